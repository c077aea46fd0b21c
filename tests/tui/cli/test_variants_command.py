"""`cnn-tui variants`: what it writes as a table and as VCF, what it says, and what it refuses."""

from __future__ import annotations

import gzip
import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from explorers import fasta
from terminals import BARS_AT_ONCE, on_a_terminal

from cnn_core.letters.alphabet import encode
from cnn_core.presets import preset
from cnn_tui.__main__ import main
from cnn_tui.opening import open_model

LETTERS = "".join("ACGT"[code] for code in np.random.default_rng(11).integers(0, 4, 900))
HEAD = ["##fileformat=VCFv4.2", "##contig=<ID=1,length=900>"]
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
TABLE = (
    *("chrom", "pos", "id", "ref", "alt", "output"),
    *("reference", "alternative", "difference", "logit_difference", "status"),
)


def other(pos: int) -> str:
    return "A" if LETTERS[pos - 1] != "A" else "C"


def line(pos: int, ref: str | None = None, alt: str | None = None, info: str = "AC=1") -> str:
    return f"1\t{pos}\trs{pos}\t{ref or LETTERS[pos - 1]}\t{alt or other(pos)}\t.\tPASS\t{info}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    fasta(tmp_path / "ref.fa", chr1=LETTERS, chrM="ACGT" * 200)
    vcf(
        "calls.vcf",
        line(450),
        line(451, None, f"{other(451)},<DEL>"),
        line(300, other(300), LETTERS[299]),
        line(20),
    )
    return tmp_path


def vcf(name: str, *lines: str, columns: str = COLUMNS) -> None:
    Path(name).write_text("\n".join([*HEAD, columns, *lines, ""]))


def rows(text: str) -> list[dict[str, str]]:
    head, *lines = [each for each in text.splitlines() if not each.startswith("#")]
    assert head.split("\t") == [*TABLE]
    return [dict(zip(TABLE, each.split("\t"), strict=True)) for each in lines]


def table(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, str]]:
    assert main(["variants", "ref.fa", "calls.vcf", "--model", "trained", *words]) == 0
    return rows(capsys.readouterr().out)


def test_a_row_for_each_alternative_equals_its_two_windows_alone(capsys: pytest.CaptureFixture[str]) -> None:
    found = table(capsys)
    assert [(row["pos"], row["id"], row["ref"], row["alt"]) for row in found] == [
        ("450", "rs450", LETTERS[449], other(450)),
        ("451", "rs451", LETTERS[450], other(451)),
        ("451", "rs451", LETTERS[450], "<DEL>"),
        ("300", "rs300", other(300), LETTERS[299]),
        ("20", "rs20", LETTERS[19], other(20)),
    ]
    assert [row["status"] for row in found] == [
        "scored",
        "scored",
        "skipped: symbolic allele (<DEL>)",
        f"refused: REF differs (VCF {other(300)}, FASTA {LETTERS[299]})",
        "scored: N beyond the record (230 left)",
    ]
    model = open_model("trained").model
    for row, first in zip(found[:2], (200, 201), strict=True):
        assert row["output"] == "activation:0"
        read = LETTERS[first : first + 500]
        for column, letters in (("reference", read), ("alternative", read[:249] + row["alt"] + read[250:])):
            assert float(row[column]) == pytest.approx(model.run(encode(letters))["activation"][0], abs=1e-5)
        difference = float(row["alternative"]) - float(row["reference"])
        assert float(row["difference"]) == pytest.approx(difference, abs=1e-6)
        logits = [np.log(value / (1 - value)) for value in (float(row["reference"]), float(row["alternative"]))]
        assert float(row["logit_difference"]) == pytest.approx(logits[1] - logits[0], abs=1e-4)
    for row in found[2:4]:
        assert [row[column] for column in TABLE[5:10]] == [""] * 5


def test_what_is_said_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    vcf(
        "calls.vcf",
        line(450) + "\tGT\t0/1",
        "",
        line(300, other(300), LETTERS[299]) + "\tGT\t0/1",
        line(301, other(301), LETTERS[300]) + "\tGT\t0/1",
        line(20, None, f"*,.,{other(20)}") + "\tGT\t0/1",
        "MT" + line(450, "C", "G")[1:] + "\tGT\t0/1",
        columns=f"{COLUMNS}\tFORMAT\tNA12878",
    )
    assert main(["variants", "ref.fa", "calls.vcf", "--model", "trained", "--strand", "both"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "cnn-tui: warning: ambiguous letters are rows of zeros; --ambiguity uniform shares them among what they stand "
        "for",
        "cnn-tui: warning: calls.vcf: 1 blank line was passed over",
        "cnn-tui: warning: calls.vcf: genotypes are ignored: every alternative is scored alone, on the reference's "
        "letters",
        "cnn-tui: warning: 2 names were matched with chr added or taken away, or MT for M: 1 is chr1, MT is chrM",
        "cnn-tui: 3 of 7 alternatives scored; output activation of trained, windows of 500 bases, the mean of both "
        "strands",
        "cnn-tui: scored with: 1 N beyond the record",
        "cnn-tui: refused: 2 REF differs",
        "cnn-tui: skipped: 1 the allele is in another deletion; 1 no alternative",
    ]


@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_strand(strand: str, capsys: pytest.CaptureFixture[str]) -> None:
    read = LETTERS[200:700]
    letters = read if strand == "+" else read[::-1].translate(str.maketrans("ACGT", "TGCA"))
    wanted = open_model("trained").model.run(encode(letters))["activation"][0]
    assert float(table(capsys, "--strand", strand)[0]["reference"]) == pytest.approx(wanted, abs=1e-5)


def test_both_strands_are_merged_by_mean_or_max(capsys: pytest.CaptureFixture[str]) -> None:
    one, other_strand, mean, most = (
        float(table(capsys, *words)[0]["alternative"])
        for words in (
            ["--strand", "+"],
            ["--strand", "-"],
            ["--strand", "both"],
            ["--strand", "both", "--merge", "max"],
        )
    )
    assert mean == pytest.approx((one + other_strand) / 2, abs=1e-6)
    assert most == max(one, other_strand)


def test_a_file_and_compressed_calls_are_the_same_table(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variants", "ref.fa", "calls.vcf", "--model", "trained"]) == 0
    printed = capsys.readouterr().out
    Path("calls.vcf.gz").write_bytes(gzip.compress(Path("calls.vcf").read_bytes()))
    assert main(["variants", "ref.fa", "calls.vcf.gz", "--model", "trained", "-o", "out.tsv"]) == 0
    assert Path("out.tsv").read_text() == printed
    assert capsys.readouterr().out == ""
    assert main(["variants", "ref.fa", "calls.vcf.gz", "--model", "trained", "-o", "out.tsv"]) == 1
    assert "--force" in capsys.readouterr().err


def test_calls_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = table(capsys)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path("calls.vcf").read_bytes())))
    assert main(["variants", "ref.fa", "-", "--model", "trained"]) == 0
    assert rows(capsys.readouterr().out) == wanted


def test_vcf_keeps_the_fixed_columns_and_adds_to_info(capsys: pytest.CaptureFixture[str]) -> None:
    scores = table(capsys)
    vcf(
        "calls.vcf",
        line(450) + "\tGT\t0/1",
        line(451, None, f"{other(451)},<DEL>", "."),
        line(20, info="CNN_EFFECT=x;DB"),
    )
    assert main(["variants", "ref.fa", "calls.vcf", "--model", "trained", "-o", "out.vcf"]) == 0
    header, columns, *lines = re.split(r"(?m)^(#CHROM.*)\n", Path("out.vcf").read_text())
    assert columns == COLUMNS
    assert header.splitlines()[:-1] == HEAD
    assert header.splitlines()[-1] == (
        '##INFO=<ID=CNN_EFFECT,Number=.,Type=String,Description="output activation of trained, windows of 500 bases, '
        'strand +. Format: alternative|output|reference|alternative|difference|logit_difference|status">'
    )
    found = [each.split("\t") for each in lines[0].splitlines()]
    assert ["\t".join(each[:7]) for each in found] == [
        each.rpartition("\t")[0] for each in (line(450), line(451, None, f"{other(451)},<DEL>"), line(20))
    ]
    numbers = ["|".join(row[column] for column in TABLE[5:10]) for row in scores]
    assert found[0][7] == f"AC=1;CNN_EFFECT=1|{numbers[0]}|scored"
    assert found[1][7] == f"CNN_EFFECT=1|{numbers[1]}|scored,2||||||skipped:_symbolic_allele_(%3CDEL%3E)"
    assert found[2][7] == f"DB;CNN_EFFECT=1|{numbers[4]}|scored:_N_beyond_the_record_(230_left)"


def test_vcf_of_no_records_has_its_header(capsys: pytest.CaptureFixture[str]) -> None:
    vcf("calls.vcf")
    assert main(["variants", "ref.fa", "calls.vcf", "--model", "trained", "-o", "out.vcf"]) == 0
    assert Path("out.vcf").read_text().splitlines()[-1] == COLUMNS
    assert "0 of 0 alternatives scored" in capsys.readouterr().err
    # Scores of before are replaced, and so is the line that describes them.
    assert main(["variants", "ref.fa", "out.vcf", "--model", "trained", "-o", "again.vcf"]) == 0
    assert Path("again.vcf").read_text() == Path("out.vcf").read_text()


def test_a_window_for_a_network_of_any_length(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["variants", "ref.fa", "calls.vcf", "--model", "motifs"]
    assert main([*words, "--window", "24"]) == 0
    outputs = [row["output"] for row in rows(capsys.readouterr().out) if row["pos"] == "450"]
    model = preset("motifs")
    shape = model.shapes_of(model.outputs[0], 24)[model.outputs[0]]
    assert len(outputs) == np.prod([axis or 1 for axis in shape])
    assert main(["variants", "ref.fa", "calls.vcf", "--model", "trained", "--window", "24"]) == 1
    assert "reads 500 bases, not 24" in capsys.readouterr().err


def test_a_malformed_line_ends_it_and_leaves_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    vcf("calls.vcf", line(450), "1\t451\t.\tA")
    assert main(["variants", "ref.fa", "calls.vcf", "--model", "trained", "-o", "out.tsv"]) == 1
    assert "calls.vcf, line 5: it has 4 columns" in capsys.readouterr().err
    assert not Path("out.tsv").exists()
    assert main(["variants", "ref.fa", "calls.vcf", "--model", "trained"]) == 1
    assert len(rows(capsys.readouterr().out)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ref.fa", "calls.vcf"], "argument --model: it is required"),
        (["-", "-", "--model", "trained"], "only one of REFERENCE and CALLS can be standard input"),
        (["ref.fa", "calls.vcf", "--model", "trained", "--merge", "max"], "--merge: it is for --strand both"),
        (["ref.fa", "calls.vcf", "--model", "trained", "--force"], "--force: it is for -o"),
        (["ref.fa", "calls.vcf", "--model", "trained", "--window", "0"], "'0' is no number of bases"),
        (["ref.fa", "--model", "trained"], "CALLS"),
    ],
)
def test_a_wrong_usage(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["variants", *words])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no.fa", "calls.vcf"], "no.fa: there is no such file"),
        (["ref.fa", "no.vcf"], "no.vcf: there is no such file"),
        (["calls.vcf", "calls.vcf"], "this looks like VCF"),
        (["ref.fa", "ref.fa"], "this looks like FASTA"),
        (["ref.fa", "calls.vcf", "-o", "out.txt"], "the name does not end in .tsv or .vcf"),
    ],
)
def test_files_that_cannot_be(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variants", *words, "--model", "trained"]) == 1
    assert said in capsys.readouterr().err


def test_escape_codes_and_formulas_in_a_file_stay_words(capsys: pytest.CaptureFixture[str]) -> None:
    vcf("calls.vcf", line(450).replace("rs450", "=1+1\x1b[2J"), line(451).replace("1\t", "\x9b31m\t", 1))
    found = table(capsys)
    assert found[0]["id"] == r"'=1+1\x1b[2J"
    assert found[1]["chrom"] == r"\x9b31m"
    assert found[1]["status"] == r"skipped: the reference has no such record (\x9b31m)"


def test_on_a_terminal_no_bar_stands_among_the_rows() -> None:
    status, shown = on_a_terminal("variants", "ref.fa", "calls.vcf", "--model", "trained", program=BARS_AT_ONCE)
    assert status == 0
    assert "scoring" not in shown
    assert "3 of 5 alternatives scored" in shown
    status, shown = on_a_terminal(
        "variants", "ref.fa", "calls.vcf", "--model", "trained", "-o", "out.tsv", program=BARS_AT_ONCE
    )
    assert status == 0
    assert "scoring" in shown
