"""The sample files: where they lie, what they hold, and that their scripts still write them."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import yaml
from each_case import each_case

import cnn_samples
from cnn_core import __version__
from cnn_core.errors import NotFoundError
from cnn_core.layers import Conv1D
from cnn_core.letters.alphabet import encode, is_ambiguous, reverse_complement
from cnn_core.presets import motifs, preset
from cnn_samples import SAMPLES, sample_path, simulate_iupac, simulate_lesson, simulate_planted
from cnn_tui.cli.arguments import parse

MODEL = preset("motifs")
CONV = MODEL["conv1d"].layer
assert isinstance(CONV, Conv1D)
MATRICES = {motif.name.upper(): motif for motif in motifs.matrices()}
TAIL = ("sim_12", "CREB1", 484)


class Record(NamedTuple):
    name: str
    description: str
    letters: str


class Plant(NamedTuple):
    record: Record
    factor: str
    first_base: int
    strand: str


def records(sample: str) -> list[Record]:
    found = []
    for entry in sample_path(sample).read_text(encoding="ascii").removeprefix(">").split("\n>"):
        header, *lines = entry.rstrip("\n").split("\n")
        name, _, description = header.partition(" ")
        found.append(Record(name, description, "".join(lines)))
    return found


PLANTS = [
    Plant(record, factor, int(first_base), strand)
    for record in records("planted")
    for factor, first_base, strand in re.findall(r" (\S+)@(\d+)([+-])", record.description)
]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_a_file_with_lines_of_at_most_60_letters(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = sample_path(name)
    assert path == sample_path(f"@{name}")
    data = path.read_bytes()
    assert data.startswith(b">")
    assert data.endswith(b"\n")
    assert b"\r" not in data
    for record in data.decode("ascii").split(">")[1:]:
        header, *lines = record.rstrip("\n").split("\n")
        assert header
        assert {len(line) for line in lines[:-1]} <= {60}
        assert 0 < len(lines[-1]) <= 60


def test_the_readme_tells_of_every_sample() -> None:
    readme = sample_path("planted").with_name("README.md").read_text(encoding="utf-8")
    assert all(f"`@{name}`" in readme for name in SAMPLES)


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ("plantd", "did you mean @planted?"),
        ("@seed", "did you mean @seed_20mer?"),
        ("zzz", "the samples are @planted, @seed_20mer, @lesson, @iupac"),
        ("../planted", "did you mean @planted?"),
    ],
)
def test_an_unknown_sample_names_what_there_is(wrong: str, remedy: str) -> None:
    with pytest.raises(NotFoundError, match=re.escape(f"'{wrong}'")) as refused:
        sample_path(wrong)
    assert refused.value.remedy == remedy


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("planted", simulate_planted.simulate()),
        ("iupac", simulate_iupac.simulate()),
        ("lesson", simulate_lesson.simulate()),
    ],
)
def test_scripts_rewrite_their_files_byte_for_byte(name: str, written: str) -> None:
    assert sample_path(name).read_bytes() == written.encode("ascii")


@pytest.mark.parametrize(
    ("script", "name"),
    [(simulate_planted, "planted.fa"), (simulate_iupac, "iupac.fa"), (simulate_lesson, "lesson.fa")],
)
def test_a_script_run_as_a_module_writes_beside_itself(
    script: object, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "__file__", str(tmp_path / "script.py"))
    script.main()  # type: ignore[attr-defined]
    assert (tmp_path / name).read_bytes() == sample_path(name.removesuffix(".fa")).read_bytes()


class TestSeed20mer:
    def test_five_windows_of_16_and_no_more(self) -> None:
        (record,) = records("seed_20mer")
        assert isinstance(CONV, Conv1D)
        count = CONV.sliding.output_length(len(record.letters))
        assert [record.letters[first : first + 16] for first in range(count)] == [
            "ATCATTTTCTCGATGA",
            "TCATTTTCTCGATGAA",
            "CATTTTCTCGATGAAA",
            "ATTTTCTCGATGAAAG",
            "TTTTCTCGATGAAAGC",
        ]
        assert record.letters == "ATCATTTTCTCGATGAAAGC"


class TestPlanted:
    def test_twelve_simulated_records_of_500_bases(self) -> None:
        found = records("planted")
        assert [record.name for record in found] == [f"sim_{number:02}" for number in range(1, 13)]
        for record in found:
            assert record.description.startswith("simulated; planted ")
            assert len(record.letters) == 500
            assert set(record.letters) == set("ACGT")

    def test_every_factor_is_planted_on_the_records_own_strand(self) -> None:
        assert {plant.factor for plant in PLANTS if plant.strand == "+"} == set(MATRICES)
        assert {plant.strand for plant in PLANTS} == {"+", "-"}

    def test_the_first_record_begins_with_two_strong_cells_and_silence(self) -> None:
        values = MODEL.run(encode(records("planted")[0].letters))["max_pooling1d"]
        assert isinstance(CONV, Conv1D)
        sounding = {(CONV.filter_names[row], int(cell)) for cell, row in np.argwhere(values[:10] > 0)}
        assert sounding == {("TBP", 21 // 8), ("GATA1", (59 - 2) // 8)}
        assert values[2, 0] > 9
        assert values[7, 1] > 11
        assert 21 % 8
        assert (59 - 2) % 8

    @each_case("plant", PLANTS)
    def test_the_filter_answers_at_the_planted_place(self, plant: Plant) -> None:
        assert isinstance(CONV, Conv1D)
        row = CONV.filter_names.index(plant.factor)
        motif, codes = MATRICES[plant.factor], encode(plant.record.letters)
        first_base = plant.first_base
        if plant.strand == "-":
            # Base b of the other strand is base 499 − b of the record.
            codes, first_base = reverse_complement(codes), 500 - plant.first_base - motif.width
        values = MODEL.run(codes)
        window = first_base + motifs.first_column(motif)
        assert values["conv1d"][window, row] == values["conv1d"][:, row].max() > 4
        if (plant.record.name, plant.factor, plant.first_base) == TAIL:
            assert window == 482 >= len(values["max_pooling1d"]) * 8
        elif window < 480:
            assert values["max_pooling1d"][window // 8, row] == values["conv1d"][window, row]

    def test_the_first_record_holds_the_consensus(self) -> None:
        letters = records("planted")[0].letters
        assert letters[21:36] == "GTATAAAAGGCGGGG"
        assert letters[59:70] == "TTCTTATCTGT"
        assert letters[147:166] == "TGGCCACCAGGGGGCGCTA"
        assert letters[214:225] == "ACAGATAAGAA"

    def test_sites_do_not_overlap(self) -> None:
        for record in records("planted"):
            ends = 0
            for plant in (plant for plant in PLANTS if plant.record.name == record.name):
                assert plant.first_base >= ends
                ends = plant.first_base + MATRICES[plant.factor].width
            assert ends <= 500


IUPAC = {record.name: record for record in records("iupac")}


class TestIupac:
    def test_four_simulated_records_of_500_letters(self) -> None:
        assert list(IUPAC) == ["iupac_01", "iupac_02", "iupac_03", "iupac_04"]
        for record in IUPAC.values():
            assert record.description.startswith("simulated; ")
            assert len(encode(record.letters)) == 500

    @pytest.mark.parametrize("name", ["iupac_01", "iupac_02"])
    def test_the_description_says_which_letters_differ(self, name: str) -> None:
        record = IUPAC[name]
        told = [
            position
            for first, last in re.findall(r"(\d+)-(\d+)", record.description)
            for position in range(int(first), int(last) + 1)
        ]
        plain = "ACGT"
        assert told == [position for position, letter in enumerate(record.letters) if letter not in plain]
        assert {record.letters[position] for position in told} == (set("acgt") if name == "iupac_01" else {"N"})

    def test_every_ambiguous_letter_stands_in_the_third(self) -> None:
        letters = IUPAC["iupac_03"].letters
        assert letters[16:27] == "RYSWKMBDHVN"
        ambiguous = is_ambiguous(encode(letters))
        assert ambiguous[16:27].all()
        assert not ambiguous[:16].any()
        assert 11 + 20 <= ambiguous.sum() <= 11 + 30
        assert any(letter.islower() for letter in letters)

    def test_the_fourth_is_rna(self) -> None:
        assert set(IUPAC["iupac_04"].letters) == set("ACGU")


def test_what_runs_in_ci_pins_all_that_draws() -> None:
    samples = Path(cnn_samples.__file__).parent
    hooks = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
    drawing = [("textual", version("textual")), ("rich", version("rich"))]
    for path in (samples / "workflow.yml", samples / "gitlab-ci.yml", hooks):
        text = path.read_text()
        # The hook is at the version that its repository is at.
        for name, pinned in [("cnn-tui", __version__)] * (path != hooks) + drawing:
            assert re.search(rf"[ \[]{name}=={re.escape(pinned)}\b", text), (path.name, name)


def test_both_workflows_run_the_same_and_keep_the_page() -> None:
    github, gitlab = (
        yaml.safe_load(Path(cnn_samples.__file__).with_name(name).read_text())
        for name in ("workflow.yml", "gitlab-ci.yml")
    )
    steps = github["jobs"]["views"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == gitlab["views"]["script"]
    (kept,) = (step["with"]["path"].split() for step in steps if "upload-artifact" in step.get("uses", ""))
    artifacts = gitlab["views"]["artifacts"]
    assert kept == [*artifacts["paths"], artifacts["reports"]["junit"]] == ["views.html", "views.xml"]


def test_the_hook_of_pre_commit_is_a_command_that_there_is() -> None:
    (hook,) = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    program, *words = [*hook["entry"].split(), *hook["args"]]
    typed = parse(words)
    assert (program, typed.command, typed.views, typed.check) == ("cnn-tui", "snapshot", "views.toml", "")


def test_the_lesson_begins_with_the_question_repeats_and_ends_in_what_is_left_over() -> None:
    lesson, before, after = records("lesson")
    assert lesson.letters[:20] == records("seed_20mer")[0].letters
    assert lesson.letters[232:272] == "ACGT" * 10
    assert lesson.letters[484:496] == records("planted")[11].letters[484:496]
    assert [at for at in range(500) if before.letters[at] != after.letters[at]] == [68]
    assert before.letters[68] + after.letters[68] == "CG"
