"""Signals at random moments, from the first instruction to the last: `python tests/tui/many_signals.py --signals 1000`.

`test_signals` sends them at moments that have a name. Here they come at any time, and what is seen is counted.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import jobs
from jobs import Job, assert_given_back, job
from test_signals import MOTIFS, ready

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
DIALOGS = "go?smr/xySP:"
START, SCAN = 1.2, 1.5
"""Seconds from the first instruction to the first frame, and to the last line of a scan, and some more."""
SOON = 0.15
"""Seconds that something takes which a key has begun."""
GONE = 5.0
"""Seconds after which a program that a signal has asked to end must have ended."""


def end(at: Job, number: signal.Signals, before: list[object], *, may_be_done: bool = False) -> str:
    """End the job; return how it ended."""
    sent = time.monotonic()
    at.send(number)
    status = at.ended()
    took = time.monotonic() - sent
    if may_be_done and status == 0:
        how = "had ended"
    elif status == 128 + number:
        how = "ended in order"
    else:
        # Python has not come to the first line of ours, or has left the last one behind.
        assert status == -number, (status, at.text)
        assert number == signal.SIGINT or at.last_words.strip() == "", at.last_words
        assert ", in main" not in at.last_words, at.last_words
        how = "was Python alone"
    assert took < GONE, took
    assert_given_back(at, before)
    if how != "was Python alone":
        assert b"Traceback" not in at.written, at.text
        assert may_be_done or at.last_words.strip() == "", at.last_words
    return how


def explored(kind: str, number: signal.Signals, chance: random.Random) -> str:
    """Send a signal to an explorer; return what became of it."""
    with job(*MOTIFS, fresh=True) as at:
        before = at.settings
        if kind == "start":
            time.sleep(chance.uniform(0, START))
        else:
            at.until(ready)
            if kind == "dialog":
                at.press(chance.choice(DIALOGS))
            elif kind == "export":
                at.press("x")
                at.until("Esc close")
                at.press("\r")
            elif kind == "quit":
                at.press("q")
            time.sleep(chance.uniform(0, SOON))
        if number != signal.SIGTSTP:
            return end(at, number, before, may_be_done=kind == "quit")
        at.send(number)
        if not at.stopped():
            assert kind == "quit"
            assert at.status == 0
            return "had ended"
        assert_given_back(at, before)
        at.forget()
        at.go_on()
        if kind == "quit":
            assert at.ended() == 0
        else:
            at.until(lambda text: ready(text) or "─╮" in text)
            # A dialog may keep one key for itself.
            end(at, chance.choice(ENDING), before)
        assert_given_back(at, before)
        return "stopped and went on"


def scanned(number: signal.Signals, chance: random.Random, fasta: Path) -> str:
    """Send a signal to a scan that writes a file; return what became of it."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "hits.tsv"
        with job("scan", str(fasta), "--model", "motifs", "-o", str(output), fresh=True) as at:
            before = at.settings
            time.sleep(chance.uniform(0, SCAN))
            how = end(at, number, before, may_be_done=True)
        assert [path.name for path in Path(folder).iterdir()] in ([], ["hits.tsv"])
        assert output.exists() or how != "had ended"
        return how


def main() -> int:
    """Send signals, and print what became of them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--signals", type=int, default=100, help="how many (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="which of them (default: 1)")
    typed = parser.parse_args()
    jobs.TIMEOUT = 20.0
    counts: Counter[str] = Counter()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        letters = random.Random(0)
        fasta = Path(folder) / "long.fa"
        fasta.write_text(">long\n" + "".join(letters.choices("ACGT", k=3_000_000)) + "\n")
        for index in range(typed.signals):
            chance = random.Random(f"{typed.seed} {index}")
            kind = chance.choice(["start", "start", "start", "frame", "dialog", "export", "quit", "scan"])
            number = chance.choice([*ENDING, *([] if kind == "scan" else [signal.SIGTSTP])])
            try:
                how = scanned(number, chance, fasta) if kind == "scan" else explored(kind, number, chance)
            except AssertionError as error:
                failures += 1
                how = "FAILED"
                print(f"{index} {kind} {number.name}: {error}", flush=True)
            counts[f"{kind:<7} {number.name:<8} {how}"] += 1
    for line, count in sorted(counts.items()):
        print(f"{line:<40} {count}")
    print(f"{typed.signals} signals, {failures} failures")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
