"""Hits as GFF3: nine fields, coordinates from 1, lengths of records, and what has to be escaped."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from each_case import each_case
from small_models import Letters, block_model, random_kernel

from cnn_core.blocks.reading import Reading
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.scan.hits import Hit
from cnn_core.writers import write_hits_gff3

NAMES = ("one", "a=b;c,d&e%f g", "zwölf")
CONV = Conv1D(random_kernel(4, filters=3), np.zeros(3, np.float32), filter_names=NAMES)
READING = Reading.of(block_model(CONV, MaxPooling1D(2)), Letters("ACGT" * 9), (0, 36)).into()
HIT = Hit("chr1", 0, 2.5, 4, 17, 22, 26, "+", "ACGT", p=1.490116119384e-8, record_length=1000)


def lines_of(*hits: Hit) -> list[str]:
    file = io.BytesIO()
    write_hits_gff3(iter(hits), READING, file)
    return file.getvalue().decode().splitlines()


def test_a_hit_is_a_line_and_a_record_a_directive() -> None:
    averaged = replace(HIT, record="chr2", strand="-", position=None, p=None, record_length=50)
    assert lines_of(HIT, replace(HIT, start=0, stop=4, cell=5), averaged) == [
        "##sequence-region chr1 1 1000",
        "chr1\tcnn-tui\tnucleotide_motif\t23\t26\t2.5\t+\t.\t"
        "Name=one;filter=0;p=1.49012e-08;cell=4;selection=17;letters=ACGT",
        "chr1\tcnn-tui\tnucleotide_motif\t1\t4\t2.5\t+\t.\t"
        "Name=one;filter=0;p=1.49012e-08;cell=5;selection=17;letters=ACGT",
        "##sequence-region chr2 1 50",
        "chr2\tcnn-tui\tnucleotide_motif\t23\t26\t2.5\t-\t.\tName=one;filter=0;cell=4;letters=ACGT",
    ]


@each_case(
    ("name", "written"),
    [
        ("chr1.2:a^b*c$d@e!f+g_h?i-j|k", "chr1.2:a^b*c$d@e!f+g_h?i-j|k"),
        (">seq", "%3Eseq"),
        ("a~b;c=d%e,f&g", "a%7Eb%3Bc%3Dd%25e%2Cf%26g"),
        ("zwölf", "zw%C3%B6lf"),
        ("#1", "%231"),
    ],
)
def test_names_of_records_are_escaped(name: str, written: str) -> None:
    region, line = lines_of(replace(HIT, record=name))
    assert region == f"##sequence-region {written} 1 1000"
    assert line.split("\t")[0] == written


def test_names_of_filters_are_escaped() -> None:
    (_, *lines) = lines_of(*(replace(HIT, filter=index) for index in (1, 2)))
    said = [line.split("\t") for line in lines]
    assert {len(fields) for fields in said} == {9}
    assert [fields[8].split(";")[0] for fields in said] == ["Name=a%3Db%3Bc%2Cd%26e%25f_g", "Name=zwölf"]


def test_what_lies_beside_the_letters_is_counted() -> None:
    assert lines_of(replace(HIT, start=0, stop=0)) == [
        "# 1 hits lie in the padding beside the letters and have no place here"
    ]
