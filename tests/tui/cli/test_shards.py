"""`--shard I/N`: the shards of a command, one behind the other, are what the command gives without."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from explorers import fasta
from small_models import random_kernel

from cnn_core.layers import Conv1D, Dense, GlobalMaxPooling1D, Input, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.readers import write_npz
from cnn_samples import model_path
from cnn_tui.__main__ import main
from cnn_tui.docs import page

COUNTS = (1, 2, 3, 7)
MANY = 12
"""More than there are windows, regions, alternatives or filters."""
_RNG = np.random.default_rng(18)
LETTERS = {
    name: "".join("ACGT"[code] for code in _RNG.integers(0, 4, length))
    for name, length in (("short", 20), ("long", 73), ("other", 31))
}


def weights(*shape: int) -> np.ndarray:
    return _RNG.normal(size=shape).astype(np.float32)


FIXED = Model.sequential(
    "fixed",
    [
        ("letters", Input(20)),
        ("conv", Conv1D(random_kernel(4, 3), weights(3), activation="relu")),
        ("pool", MaxPooling1D(4)),
        ("best", GlobalMaxPooling1D()),
        ("dense", Dense(weights(3, 2), weights(2), activation="sigmoid")),
    ],
)
PROFILE = Model.sequential(
    "profile",
    [("letters", Input()), ("conv", Conv1D(random_kernel(5, 1), padding="same", activation="relu"))],
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    fasta(tmp_path / "my.fa", **LETTERS)
    Path("my.bed").write_text("long\t3\t60\nother\t5\t11\nlong\t50\t72\nshort\t0\t9\n")
    calls = [(1, "A"), (20, "CG,T"), (20, "<DEL>"), (60, "A,C,G,T,CC"), (73, "G")]
    lines = [f"long\t{pos}\t.\t{LETTERS['long'][pos - 1]}\t{alts}\t.\t.\tAC=1" for pos, alts in calls]
    head = ["##fileformat=VCFv4.2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    Path("calls.vcf").write_text("\n".join([*head, *lines, "other\t9\t.\tNNN\tA\t.\t.\t.", ""]))
    for model in (FIXED, PROFILE):
        with Path(f"{model.name}.npz").open("wb") as file:
            write_npz(model, file)
    return tmp_path


def rows(path: Path) -> tuple[list[str], list[str]]:
    """Return what stands above the numbers but for comments, and the lines below it."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return lines[:1], lines[1:]


def written(words: Sequence[str], name: str, shard: str | None = None) -> Path:
    path = Path(name)
    assert main([*words, *([] if shard is None else ["--shard", shard]), "-o", name, "--force"]) == 0
    return path


def shards(words: Sequence[str], name: str, count: int) -> Iterator[Path]:
    for number in range(1, count + 1):
        yield written(words, f"shard{number}{name}", f"{number}/{count}")


VARIANTS = ["variants", "my.fa", "calls.vcf", "--model", "fixed.npz"]
FILTERS = ["filters", "my.fa", "--model", "fixed.npz", "--against", "none", "--fewest-sites", "1"]
TABLES = {
    "predict": ["predict", "my.fa", "--model", "fixed.npz", "--step", "9"],
    "predict regions": ["predict", "my.fa", "--model", "fixed.npz", "--step", "9", "--regions", "my.bed"],
    "effects": ["effects", "my.fa", "--model", "fixed.npz", "--target", "dense:1", "--all-records"],
    "effects regions": ["effects", "my.fa", "--model", "fixed.npz", "--target", "dense:1", "--regions", "my.bed"],
    "effects edits": [
        "effects",
        "my.fa",
        "--model",
        "fixed.npz",
        "--target",
        "dense:1",
        "--edit",
        "3_4insACGTACGT",
    ],
    "attribute": ["attribute", "my.fa", "--model", "fixed.npz", "--target", "dense:0", "--all-records"],
    "variants": VARIANTS,
    "filters": [*FILTERS, "--influence"],
    "filters, some": [*FILTERS, "--filter", "2", "--filter", "0", "--motif-rule", "weights:1"],
}


@pytest.mark.parametrize("case", TABLES)
def test_all_shards_of_a_table_are_the_whole_in_its_order(case: str, subtests: pytest.Subtests) -> None:
    words = TABLES[case]
    head, all_rows = rows(written(words, "whole.tsv"))
    assert len(all_rows) > 1
    for count in (MANY,) if " " in case else (*COUNTS, MANY):
        with subtests.test(count=count):
            found = [rows(path) for path in shards(words, ".tsv", count)]
            assert all(above == head for above, _ in found)
            assert [row for _, mine in found for row in mine] == all_rows
            assert count < MANY or any(not mine for _, mine in found)


PROFILE_WINDOWS = ["predict", "my.fa", "--model", "profile.npz", "--window", "30"]
TRACKS = {
    "predict": ["predict", "my.fa", "--model", "fixed.npz", "--step", "9", "--target", "dense:1"],
    "predict without a step": ["predict", "my.fa", "--model", "fixed.npz", "--target", "dense:1"],
    "predict along the bases": [*PROFILE_WINDOWS, "--target", "conv:0", "--step", "11"],
    "predict along regions that overlap": [*PROFILE_WINDOWS, "--target", "conv:0", "--regions", "my.bed"],
    "effects": ["effects", "my.fa", "--model", "fixed.npz", "--target", "dense:1", "--all-records"],
}


def bases(path: Path) -> dict[tuple[str, int], str]:
    """Return the value of every base of a bedGraph file, no base of which may be there twice."""
    found: dict[tuple[str, int], str] = {}
    for line in path.read_text().splitlines():
        if not line.startswith("track"):
            name, start, stop, value = line.split("\t")
            mine = {(name, base): value for base in range(int(start), int(stop))}
            assert not found.keys() & mine
            found |= mine
    return found


@pytest.mark.parametrize("case", TRACKS)
def test_every_base_of_a_track_is_in_one_shard(case: str) -> None:
    whole = bases(written(TRACKS[case], "whole.bedgraph"))
    for count in (2, 5):
        found: dict[tuple[str, int], str] = {}
        for mine in map(bases, shards(TRACKS[case], ".bedgraph", count)):
            assert not found.keys() & mine
            found |= mine
        assert found == whole


def test_regions_that_overlap_are_refused_by_every_shard(capsys: pytest.CaptureFixture[str]) -> None:
    for number in "123":
        assert main([*TABLES["effects regions"], "--shard", f"{number}/3", "-o", "x.bedgraph"]) == 1
        assert "long:51-72: two regions overlap" in capsys.readouterr().err


@pytest.mark.parametrize("case", ["predict regions", "effects regions", "attribute", "filters"])
def test_arrays_of_shards_are_joined_row_by_row(case: str) -> None:
    def arrays(path: Path) -> dict[str, np.ndarray]:
        with np.load(path) as file:
            return dict(file)

    whole = arrays(written(TABLES[case], "whole.npz"))
    parts = [arrays(path) for path in shards(TABLES[case], ".npz", MANY)]
    placed = next(name for name in ("window", "starts", "filters") if name in whole)
    assert any(not part[placed].size for part in parts)
    along = {
        "filters",
        "counts",
        "information",
        "consensus",
        "influence_mean",
        "raw",
        "gradient",
        "hypothetical",
        "dense",
        "starts",
        "stops",
        "window",
        "value",
        "delta",
        "lengths",
    }
    for name in along & {*whole}:
        assert np.array_equal(np.concatenate([part[name] for part in parts]), whole[name]), name


def test_shards_of_vcf_have_its_header_and_lines_that_stay_whole() -> None:
    def lines(path: Path) -> list[str]:
        return path.read_text().splitlines()

    whole = lines(written(VARIANTS, "whole.vcf"))
    head = [line for line in whole if line.startswith("#")]
    for count in (2, MANY):
        parts = [lines(path) for path in shards(VARIANTS, ".vcf", count)]
        assert all(part[: len(head)] == head for part in parts)
        assert head + [line for part in parts for line in part[len(head) :]] == whole


def test_motifs_of_shards_are_those_of_all_filters() -> None:
    def motifs(path: Path) -> list[str]:
        return path.read_text().split("MOTIF ")

    words = ["filters", "my.fa", "--model", "fixed.npz", "--fewest-sites", "1"]
    head, *whole = motifs(written(words, "whole.meme"))
    parts = [motifs(path) for path in shards(words, ".meme", 4)]
    assert all(part[0].strip() == head.strip() for part in parts)
    assert [motif.strip() for part in parts for motif in part[1:]] == [motif.strip() for motif in whole]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["predict", "my.fa", "--shard", "0/3"], "there is no shard 0 of 3"),
        (["predict", "my.fa", "--shard", "2"], "'2' is no shard; write I/N"),
        (["variants", "my.fa", "-", "--model", "seed", "--shard", "1/2"], "CALLS is read twice"),
    ],
)
def test_what_is_no_shard_is_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


_, *SCRIPTS = re.findall(r"```(?:sh|python)\n(.*?)```", page("shards"), re.DOTALL)


@pytest.fixture
def shell(here: Path) -> dict[str, str]:
    """An environment in which `cnn-tui` is this program, beside what the page's scripts read."""
    program = here / "bin" / "cnn-tui"
    program.parent.mkdir()
    packages = os.pathsep.join(sys.path)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{packages}" exec "{sys.executable}" -m cnn_tui "$@"\n')
    program.chmod(0o755)
    shutil.copy(model_path("trained"), "model.keras")
    fasta(here / "my.fa", one=LETTERS["long"] * 28)
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "SLURM_ARRAY_TASK_COUNT": "2"}


def whole_table() -> str:
    assert main(["predict", "my.fa", "--model", "model.keras", "-o", "expected.tsv"]) == 0
    return Path("expected.tsv").read_text()


# Scans: records of more than 65,536 letters are cut


HIGH = "8"
SCAN = ["scan", "genome.fa", "--model", "padded.npz"]
PADDED = Model.sequential(
    "padded",
    [
        ("letters", Input()),
        ("conv", Conv1D(random_kernel(7, 2), weights(2), padding="same", activation="relu")),
        ("pool", MaxPooling1D(5, 3, padding="same")),
    ],
)


@pytest.fixture
def genome(here: Path) -> None:
    """A chromosome that is cut, and short records on either side of it."""
    letters = "".join("ACGT"[code] for code in _RNG.integers(0, 4, 70_000))
    fasta(here / "genome.fa", **LETTERS, chromosome=letters, last=letters[:300])
    with Path("padded.npz").open("wb") as file:
        write_npz(PADDED, file)


def hits(path: Path) -> list[str]:
    # Where a record is cut, hits on one strand may stand before those on the other that begin a few bases earlier.
    return sorted(rows(path)[1])


def test_every_hit_is_in_one_shard(genome: None, subtests: pytest.Subtests) -> None:
    for strand, counts in (("both", (*COUNTS, MANY)), ("-", (3,))):
        words = [*SCAN, "--threshold", HIGH, "--strand", strand]
        whole = hits(written(words, "whole.tsv"))
        assert len(whole) > 100
        for count in counts:
            with subtests.test(strand=strand, count=count):
                found = [hits(path) for path in shards(words, ".tsv", count)]
                assert sorted(row for mine in found for row in mine) == whole
                # The chromosome is shared out, not given to one of them.
                assert count == MANY or max(map(len, found)) < 2 * len(whole) / count


def test_the_strongest_of_all_shards_are_the_strongest(genome: None) -> None:
    for words in ([*SCAN, "--top", "7"], [*SCAN, "--top", "7", "--together"]):
        whole = rows(written(words, "whole.tsv"))[1]
        found = [row for path in shards(words, ".tsv", 3) for row in rows(path)[1]]
        groups = ["0", "1"] if "--together" not in words else [""]
        best = [
            row
            for group in groups
            for row in sorted(
                (each for each in found if group in ("", each.split("\t")[4])),
                key=lambda each: -float(each.split("\t")[6]),
            )[:7]
        ]
        assert best == whole


@pytest.mark.parametrize("name", ["hits.tsv", "hits.bed", "hits.gff3"])
def test_a_scan_of_few_records_has_shards_without_any(name: str) -> None:
    words = ["scan", "my.fa", "--model", "fixed.npz", "--threshold", "0.1"]
    whole = rows(written(words, name))
    found = [rows(path) for path in shards(words, name, 7)]
    lines = [below if name.endswith(".tsv") else [*above, *below] for above, below in found]
    assert [row for mine in lines for row in mine] == [*([] if name.endswith(".tsv") else whole[0]), *whole[1]]
    assert [] in lines


@pytest.mark.skipif(not (shutil.which("sh") and shutil.which("awk")), reason="needs a shell")
def test_the_array_of_jobs_of_the_page_gives_the_whole(shell: dict[str, str]) -> None:
    join, array, _ = SCRIPTS
    for number in "12":
        subprocess.run(["sh", "-c", array], check=True, env={**shell, "SLURM_ARRAY_TASK_ID": number})
    subprocess.run(["sh", "-c", join], check=True, env=shell)
    assert Path("whole.tsv").read_text() == whole_table()


@pytest.mark.skipif(shutil.which("snakemake") is None, reason="needs Snakemake")
def test_the_rules_of_the_page_give_the_whole(shell: dict[str, str]) -> None:
    Path("Snakefile").write_text(SCRIPTS[2].replace("range(1, 9)", "range(1, 3)"))
    subprocess.run(["snakemake", "--cores", "2", "--quiet"], check=True, env=shell)
    assert Path("whole.tsv").read_text() == whole_table()
