"""Words of the command line and of files, as they reach standard output and standard error: never as escape codes."""

from __future__ import annotations

import json
import struct
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnn_tui.__main__ import main

KERAS = Path(__file__).parents[2] / "core" / "readers" / "keras_files" / "keras_3.15.1_torch.zip"
BAD = "\x1b[2Jx\x07\x9b31m"
"""Clears a screen, rings, and colours what follows."""
SPELLED = r"\x1b[2Jx\x07\x9b31m"
FASTA = f"{BAD}.fa"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files whose names, records, motifs, tensors, layers and classes all hold escape codes."""
    monkeypatch.chdir(tmp_path)
    Path(f"{BAD}.fa").write_text(f">{BAD} {BAD}\n{'ACGTTGCA' * 25}\n")
    Path(f"{BAD}.vcf").write_text(f"{BAD}\t1\t{BAD}\tA\t{BAD},C\t.\t.\t{BAD}\n{BAD}\n")
    matrix = "\n".join(["0.7 0.1 0.1 0.1"] * 6)
    Path(f"{BAD}.jaspar").write_text(
        "".join(f"{line}\n" for line in (">M \x9b31mx", *(f"{each} [1 2]" for each in "ACGT")))
    )
    Path(f"{BAD}.meme").write_text(
        f"MEME version 4\nALPHABET= ACGT\nMOTIF \x9b31m \x9b31mb\nletter-probability matrix:\n{matrix}\n"
    )
    tensors = {f"{BAD}.conv1.weight": (3, 4, 5), f"{BAD}.bn1.running_mean": (3,), f"{BAD}.bn1.running_var": (3,)}
    header, numbers = {}, b""
    for name, shape in tensors.items():
        added = np.ones(shape, np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(numbers), len(numbers) + len(added)]}
        numbers += added
    text = json.dumps(header).encode()
    Path(f"{BAD}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + numbers)
    with zipfile.ZipFile(KERAS) as packed:
        architecture = json.loads(packed.read("question.json"))
        Path("question.weights.h5").write_bytes(packed.read("question.weights.h5"))
    text = json.dumps(architecture).replace('"SimpleRNN"', json.dumps(f"{BAD}RNN"))
    Path("question.json").write_text(text)


COMMANDS = {
    "trace": ["trace", FASTA, "--cell", "0", "--filter", "0"],
    "scan": ["scan", FASTA, "--top", "1"],
    "export": ["export", FASTA, "-o", f"{BAD}.tsv", "--force", "--filter", "0"],
    "variants": ["variants", FASTA, f"{BAD}.vcf"],
    "code": ["code", FASTA, "--framework", "torch"],
    "snapshot": ["snapshot", FASTA, "-o", f"{BAD}.txt"],
}
"""A complete command of each kind that reads letters."""
OPTIONS = (
    *(
        "--record",
        "--region",
        "--filter",
        "--cell",
        "--position",
        "--block",
        "--set",
        "--input",
        "--ambiguity",
        "--weights",
    ),
    *(
        "--activation",
        "--batch-norm",
        "--pool-size",
        "--channels",
        "--flip-kernels",
        "--architecture",
        "--theme",
        "--variants",
        f"--{BAD}",
    ),
)
MODELS = (*(f"{BAD}{suffix}" for suffix in (".safetensors", ".meme", ".jaspar", ".pt")), "question.weights.h5", BAD)


def every_command() -> Iterator[list[str]]:
    """Yield words with escape codes at every place of every command that takes any."""
    yield from ([FASTA, BAD], [f"--{BAD}"], ["--theme", BAD])
    for words in COMMANDS.values():
        yield from ([*words, "--model", model] for model in MODELS)
        yield from ([*words, option, BAD] for option in OPTIONS)
        yield [*words, BAD]
        yield [words[0], BAD, *words[2:]]
    yield ["export", FASTA, "-o", f"{BAD}.{BAD}"]
    yield ["snapshot", FASTA, "-o", f"{BAD}.{BAD}"]
    yield ["snapshot", "--views", f"{BAD}.toml"]
    yield ["snapshot", FASTA, "--check", f"{BAD}.txt"]
    yield ["snapshot", FASTA, "--check", f"{BAD}.txt", "--cell", "3"]
    for model in MODELS:
        yield ["inspect", model]
        yield ["summary", model]
        yield ["summary", model, "--json"]
        yield ["convert", model, "-o", f"{BAD}.npz", "--force"]
    yield from (["summary", MODELS[0], option, BAD] for option in OPTIONS)
    yield from ([command, f"--{BAD}={BAD}", BAD] for command in ("summary", "inspect", "convert"))


def test_no_escape_code_of_argument_or_file_reaches_the_terminal(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    ends, spelled = set(), 0
    for words in every_command():
        try:
            ends.add(main(words))
        except SystemExit as usage:
            ends.add(usage.code)
        sys.stdout.flush()
        written = capfdbinary.readouterr()
        text = (written.out + written.err).decode()
        assert text.replace("\n", "").replace("\t", "").isprintable(), words
        assert "defect" not in text, words
        spelled += SPELLED in text
    assert ends == {0, 1, 2}
    assert spelled > 90


def test_a_wrong_usage_quotes_what_was_typed_spelled_out(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["a.fa", "b\x1b[2J.fa"])
    assert capsys.readouterr().err.splitlines()[-1] == r"cnn-tui: error: unexpected argument b\x1b[2J.fa"
