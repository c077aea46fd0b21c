"""What a pair of random hands does: steps drawn from a seed alone, so that the same seed always does the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

__all__ = ["SIZES", "Step", "read_steps", "steps_of", "write_steps"]


def _words(text: str) -> list[str]:
    return text.split()


Value = str | int | float


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done.

    Attributes:
        kind: `key`, `click`, `drag`, `scroll`, `hover`, `paste`, `resize` or `tick`.
        given: What goes with it; places are shares of whatever is on the screen by then, see `Driver`.
        hurried: Whether the next step comes before the work behind this one is done.
    """

    kind: str
    given: tuple[Value, ...] = ()
    hurried: bool = False


def write_steps(steps: list[Step]) -> str:
    """Return steps as text, one a line."""
    return "\n".join(json.dumps([step.kind, list(step.given), step.hurried]) for step in steps)


def read_steps(text: str) -> list[Step]:
    """Return the steps of a text."""
    found = [json.loads(line) for line in text.splitlines() if line.strip()]
    return [Step(kind, tuple(given), hurried) for kind, given, hurried in found]


SIZES: Final = (
    (80, 24),
    (60, 18),
    (120, 40),
    (160, 45),
    (200, 60),
    (300, 100),
    (59, 17),
    (20, 5),
    (1, 1),
    (61, 100),
)
_MOVES = _words(
    "left right up down h l k j enter enter backspace shift+left shift+right pageup pagedown home end minus minus "
    "equals_sign plus c i f z t T s n N comma full_stop v space less_than_sign greater_than_sign escape a b B"
)
_SETTINGS = _words(
    "left_square_bracket right_square_bracket left_curly_bracket right_curly_bracket left_parenthesis "
    "right_parenthesis d D p w 0 left right enter"
)
_NETWORK = _words(
    "tab tab shift+tab left_square_bracket right_square_bracket left right up down pageup pagedown home end enter "
    "enter backspace minus equals_sign i comma full_stop v h l k j"
)
_EDITING = _words(
    "left right home end backspace delete up down pageup pagedown tab tab shift+tab enter enter ctrl+a ctrl+e ctrl+w "
    "ctrl+u ctrl+k ctrl+x ctrl+c ctrl+v ctrl+home ctrl+end shift+left shift+end space"
)
_DIALOG_KEYS = _words("a v p f k j c s y i tab shift+tab enter up down pageup pagedown home end space left right")
_SELDOM = _words(
    "ctrl+t ctrl+p ctrl+c ctrl+l ctrl+d ctrl+r ctrl+s f1 f2 f5 f12 insert alt+left ctrl+left ctrl+right "
    "shift+up shift+down ctrl+up ctrl+down ctrl+home ctrl+end escape tab shift+tab delete ctrl+j ctrl+m ctrl+i "
    "alt+enter ctrl+backspace ctrl+at scroll_lock é ß 中 ~ _ £"
)
_OPENING = {"g": "goto", "slash": "search", "s": "", "o": "file", "m": "file", "r": "name", "x": "write"} | {
    "S": "write", "y": "", "P": "number", "question_mark": "", "exclamation_mark": "", "ctrl+p": "command", "f": "",
    "i": "", "tab": "",
}  # fmt: skip
_OFTEN = [*_OPENING, "s", "s", "m", "o", "x", "ctrl+p", "r"]
_TEXTS = {
    "goto": ("c3", "cell 0", "conv 45", "r999999", "b100", "filter 2", "f1", "1-10", "sim_01:46-61", "99999999999",
             "-5", "input 3", "nowhere:5-9", ":", "0", "TBP", "sim_01:1k-2k"),
    "search": ("TATAWA", "N", "acgt", "ACGTNRYK", "x!", "AC GT", "TATA" * 40, "[b]", "ü"),
    "file": ("", "lab", "m", "..", "./", "nothing", "@planted", "seed", "[red]x", "many", "fa", ".", "q"),
    "name": ("sim", "01", "zzz", "[b]", " ", "long", "a b"),
    "write": ("x.tsv", "v.toml", "p.py", "x", ".npz", "x.bw", "x_{filter}.bed", "no/such/x.tsv", "x.bedgraph", "x.npz"),
    "number": ("1", "0", "250", "-3", "1,000", "9999999999999", "", "7"),
    "command": ("zoom", "next", "quit", "net", "save", "zzz", "code", "dark"),
}  # fmt: skip
_PASTED = (
    "ACGT", "[red]bold[/red] [/]", "\x1b[31mred\x1b]0;title\x07", "two\nlines\r\nthree", "\x00\x07\x7f", "中文字🧬é",
    "x" * 5_000, "../../etc", "   ", "", "\ud7ff\uffff\u202e\u200b", "c3", "1-60",
)  # fmt: skip


def steps_of(random: Random, count: int) -> list[Step]:
    """Return so many steps, in short runs of the kinds of thing that hands do.

    Args:
        random: Where they are drawn from.
        count: How many.
    """
    found: list[Step] = []
    runs = (_walk, _change, _dialog, _dialog, _at_once, _network, _mouse, _mouse, _resize, _anything, _play)
    while len(found) < count:
        found += random.choice(runs)(random)
    return found[:count]


def _keys(random: Random, names: list[str], most: int, hurry: float = 0.3) -> Iterator[Step]:
    for _ in range(random.randint(1, most)):
        yield Step("key", (random.choice(names),), random.random() < hurry)


def _counted(random: Random) -> Iterator[Step]:
    for digit in random.choice(("2", "3", "9", "20", "147", "999999999", "9999999999")):
        yield Step("key", (digit,))


def _walk(random: Random) -> Iterator[Step]:
    for step in _keys(random, _MOVES, 14):
        if random.random() < 0.12:
            yield from _counted(random)
        yield step


def _change(random: Random) -> Iterator[Step]:
    for step in _keys(random, _SETTINGS, 8, 0.5):
        if random.random() < 0.2:
            yield from _counted(random)
        yield step


def _play(random: Random) -> Iterator[Step]:
    yield Step("key", ("space",))
    for _ in range(random.randint(1, 10)):
        yield Step("tick") if random.random() < 0.7 else Step("key", (random.choice(["left", "right", "<", ">"]),))
    yield Step("key", (random.choice(("space", "escape", "enter")),))


def _network(random: Random) -> Iterator[Step]:
    yield Step("key", ("tab",), random.random() < 0.2)
    yield from _keys(random, _NETWORK, 14)
    yield Step("key", (random.choice(("escape", "tab", "y", "S", "m", "o", "r", "question_mark")),))


def _dialog(random: Random) -> Iterator[Step]:
    key = random.choice(_OFTEN)
    texts = _TEXTS.get(_OPENING[key], ())
    yield Step("key", (key,), random.random() < 0.4)
    for _ in range(random.randint(1, 7)):
        match random.randrange(8):
            case 0 | 1 if texts:
                for letter in random.choice(texts):
                    yield Step("key", (letter,), True)
            case 2:
                yield from _keys(random, _EDITING, 3)
            case 3 | 4:
                yield from _keys(random, _DIALOG_KEYS, 3)
            case 5:
                yield from _mouse(random)
            case 6:
                yield from _resize(random)
            case _:
                yield Step("key", ("enter",), random.random() < 0.5)
    for _ in range(random.choice((0, 1, 1, 2))):
        yield Step("key", ("escape",))


def _at_once(random: Random) -> Iterator[Step]:
    """Press on a dialog before it has what it shows, and close it before it has begun."""
    yield Step("key", (random.choice(_OFTEN),), True)
    for _ in range(random.randint(1, 8)):
        if random.random() < 0.8:
            yield Step("click", (*_place(random), 1, random.choice((1, 1, 2))), True)
        else:
            yield Step("key", (random.choice(("enter", "enter", "escape", "a", "v", "down", "end")),), True)
    yield Step("key", ("escape",))


def _place(random: Random) -> tuple[float, float, float]:
    """Return which widget, of those on the screen, and where in it; headers, edges and corners often."""
    edges = (0.0, 0.999, random.random())
    return round(random.random(), 3), round(random.choice(edges), 3), round(random.choice(edges), 3)


def _mouse(random: Random) -> Iterator[Step]:
    for _ in range(random.randint(1, 6)):
        hurried = random.random() < 0.4
        match random.randrange(10):
            case 0 | 1 | 2 | 3:
                button = random.choice((1, 1, 1, 1, 2, 3))
                yield Step("click", (*_place(random), button, random.choice((1, 1, 1, 2, 3))), hurried)
            case 4:
                yield Step("drag", (*_place(random), *_place(random)), hurried)
            case 5 | 6 | 7:
                yield Step("scroll", (*_place(random), random.choice(("up", "down", "left", "right"))), hurried)
            case 8:
                yield Step("hover", _place(random), hurried)
            case _:
                yield Step("paste", (random.choice(_PASTED),), hurried)


def _resize(random: Random) -> Iterator[Step]:
    for _ in range(random.randint(1, 3)):
        size = random.choice(SIZES) if random.random() < 0.6 else (random.randint(1, 300), random.randint(1, 100))
        yield Step("resize", size, random.random() < 0.3)
    if random.random() < 0.7:
        yield Step("resize", random.choice(SIZES[:5]))


def _anything(random: Random) -> Iterator[Step]:
    yield from _keys(random, _SELDOM, 4)
    if random.random() < 0.1:
        yield Step("key", (random.choice(("q", "q", "ctrl+q")),))
