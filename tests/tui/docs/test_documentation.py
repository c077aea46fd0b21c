"""The documentation: every page is there, its commands run, and its links lead somewhere."""

from __future__ import annotations

import gzip
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from zipfile import ZipFile

import numpy as np
import pytest

from cnn_core.errors import NotFoundError
from cnn_samples import model_path
from cnn_tui import docs
from cnn_tui.__main__ import main
from cnn_tui.cli.arguments import parse
from cnn_tui.docs import TOPICS, page
from cnn_tui.options.arguments import request_of
from cnn_tui.view_file.first_look import open_request

ROOT = Path(__file__).parents[3]
MOTIF_FILES = ROOT / "tests/core/readers/motif_files"
PYTORCH = ROOT / "tests/core/readers/pytorch/plain.pt"
TREATED = ROOT / "tests/core/readers/keras_treated/keras_3.15.1_torch.zip"
LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(4).integers(0, 4, 2_700))
WANTS_MORE = ("hg38.fa.gz", "views.toml", ".png", " | ")
"""Examples that want a genome, a file of the samples, an extra, or a shell."""


def commands(text: str) -> Iterator[str]:
    """Yield the commands of a page, from its console blocks."""
    for kind, block in re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines() if kind in ("", "console") else ():
            command = re.split(r" {3,}", line.strip())[0]
            if command.startswith("cnn-tui ") and not any(wanted in command for wanted in WANTS_MORE):
                yield command


README = (ROOT / "README.md").read_text()
EXAMPLES = dict.fromkeys(
    command for text in (README, *map(page, TOPICS)) for command in commands(text) if "TOPIC" not in command
)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples name, to be copied."""
    folder = tmp_path_factory.mktemp("named")
    (folder / "my.fa").write_text(f">chr1\n{LETTERS}\n>chr2\n{LETTERS[:-601:-1]}\n")
    (folder / "ref.fa").write_text(f">chr1\n{LETTERS}\n")
    calls = f"##fileformat=VCFv4.2\nchr1\t900\t.\t{LETTERS[899]}\t{'G' if LETTERS[899] != 'G' else 'T'}\t.\t.\t.\n"
    (folder / "calls.vcf").write_text(calls)
    (folder / "names.txt").write_text("enhancer\n")
    (folder / "regions.bed").write_text("chr1\t600\t650\n")
    (folder / "calls.vcf.gz").write_bytes(gzip.compress(calls.encode()))
    (folder / "chr1.fa.gz").write_text(f">chr1\n{LETTERS}\n")
    (folder / "model.keras").write_bytes(Path(model_path("trained")).read_bytes())
    # What a file is, its content says.
    (folder / "model.onnx").write_bytes((folder / "model.keras").read_bytes())
    (folder / "weights.pt").write_bytes(PYTORCH.read_bytes())
    (folder / "known.motif").write_bytes((MOTIF_FILES / "homer.motif").read_bytes())
    (folder / "database.pfm").write_bytes((MOTIF_FILES / "gimme.pfm").read_bytes())
    with ZipFile(TREATED) as archive:
        treated = {"basenji": "stochastic", "acceptor": "conv_dna", "deepbind": "detector"}
        for name, member in treated.items():
            (folder / f"{name}.h5").write_bytes(archive.read(f"{member}.h5"))
    made = ["export", str(folder / "my.fa"), "--model", "motifs", "-o", str(folder / "motifs.meme")]
    assert main(made) == 0
    return folder


@pytest.fixture
def folder(named: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own with what the examples name."""
    monkeypatch.chdir(copytree(named, tmp_path / "named"))
    return Path.cwd()


@pytest.mark.parametrize("command", EXAMPLES)
def test_every_command_of_the_documentation_runs(command: str, folder: Path) -> None:
    words = shlex.split(command)[1:]
    if "--check" in words:
        assert main([*words[: words.index("--check")], "-o", "view.svg"]) == 0
    typed = parse(words)
    if typed.command not in (None, "serve"):
        assert main(words) == 0
        return
    # What is served, or opened in a terminal, is opened here without either.
    if "view.toml" not in words:
        with open_request(request_of(typed)).sequences:
            pass


def test_there_are_examples_of_every_kind() -> None:
    assert {shlex.split(command)[1] for command in EXAMPLES} >= {
        "trace", "export", "scan", "variants", "effects", "attribute", "predict", "diff", "insert",
        "snapshot", "code", "inspect", "convert", "summary", "serve", "my.fa"
    }  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS)
def test_every_page_is_there_and_fits_a_line(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", topic]) == 0
    assert capsys.readouterr().out == page(topic)
    assert page(topic).startswith("# ")
    assert f"]({'tui/cnn_tui/docs/' + topic}.md)" in README
    prose = [line for line in page(topic).splitlines() if not line.startswith(("|", "- Conv1D", "cnn-tui"))]
    assert max(map(len, prose)) <= 120


def test_no_page_but_those_that_are_listed() -> None:
    assert {each.stem for each in Path(docs.__file__).parent.glob("*.md")} == {*TOPICS}
    with pytest.raises(NotFoundError, match="did you mean formats"):
        page("format")


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > len(TOPICS)
    for link in links:
        if "://" not in link:
            assert (ROOT / link.replace("%5B", "[").replace("%5D", "]")).exists(), link
    assert len(README.splitlines()) <= 150


def test_the_python_of_the_pages_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = 0
    for text in (README, *map(page, TOPICS)):
        for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
            if "import cnn_core" in block:
                exec(compile(block, "example", "exec"), {})
                ran += 1
    assert ran == 4
    assert "max of 8" in capsys.readouterr().out
