"""What is opened for what was typed, and how it is refused."""

from __future__ import annotations

import gzip
import io
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError, ModelError, NotFoundError, RegionError, SequenceError, SettingError
from cnn_core.letters.alphabet import Ambiguity, decode
from cnn_core.presets import PRESETS
from cnn_core.readers.filter_defaults import DEFAULT_POOL_SIZE
from cnn_samples import SAMPLES
from cnn_tui.opening import (
    asked_place,
    check_request,
    cut_region,
    model_names,
    open_model,
    open_reading,
    open_source,
)
from cnn_tui.opening.initial_place import first_cell, first_filter, first_position
from cnn_tui.options.default_model import DEFAULT_MODEL
from cnn_tui.options.model_options import POOL_SIZE
from cnn_tui.options.request import (
    AMBIGUITY_NAMES,
    DEFAULT_SEQUENCES,
    FOREIGN_THEME_NAMES,
    MODEL_NAMES,
    THEME_NAMES,
    OpenRequest,
)
from cnn_tui.pictures.colours import FOREIGN_THEMES, PALETTES
from cnn_tui.view_file.first_look import open_request
from cnn_tui.words.faults import defect_sentence, os_sentence

LETTERS = "ACGTTGCAAC" * 10
FASTA = f">empty\n>one first record\n{LETTERS}\n>two\n{'NNNN' + LETTERS}\n"


@pytest.fixture
def fasta(tmp_path: Path) -> Path:
    path = tmp_path / "my.fa"
    path.write_text(FASTA)
    return path


@pytest.fixture
def read(fasta: Path) -> Callable[..., Reading]:
    def opened(**asked: object) -> Reading:
        request = OpenRequest(sequences=str(fasta), **asked)  # type: ignore[arg-type]
        return open_reading(request, open_source(request.sequences), open_model(request.model))

    return opened


def test_the_names_that_help_lists_are_those_that_there_are() -> None:
    assert tuple(Ambiguity) == AMBIGUITY_NAMES
    assert (*PALETTES,) == THEME_NAMES
    assert FOREIGN_THEMES == FOREIGN_THEME_NAMES
    assert next(iter(PRESETS)) == DEFAULT_MODEL
    assert f"@{next(iter(SAMPLES))}" == DEFAULT_SEQUENCES
    assert DEFAULT_POOL_SIZE == POOL_SIZE


# Models


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_opens_by_its_name(name: str) -> None:
    assert open_model(name).model.name == name


@pytest.mark.parametrize("name", ["danq.h5", "models/danq"])
def test_a_model_file_that_is_not_there_says_so_and_what_is(name: str) -> None:
    for look in (open_model, lambda typed: check_request(OpenRequest(model=typed))):
        with pytest.raises(NotFoundError) as refused:
            look(name)
        assert str(refused.value) == f"{name}: there is no such file; the models are motifs, seed and trained"


def test_a_misspelt_model_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "danq.h5").touch()
    with pytest.raises(NotFoundError, match=r"there is no such file; did you mean .*danq\.h5\?"):
        open_model(str(tmp_path / "dnaq.h5"))


def test_sequences_are_no_model(fasta: Path) -> None:
    with pytest.raises(ModelError, match=r"my\.fa: holds sequences and no model; give it as the sequences"):
        open_model(str(fasta))


def test_a_misspelt_model_names_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="no model 'sead'; did you mean seed"):
        open_model("sead")
    with pytest.raises(NotFoundError, match="the models are motifs, seed and trained, or give a file"):
        open_model("transformer")


# Sequences


def test_nothing_typed_is_the_bundled_sample() -> None:
    assert open_source(None).names == open_source("@planted").names


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples_open_by_name_from_any_folder(sample: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_source(f"@{sample}").names


def test_a_path_opens_plain_and_compressed(fasta: Path) -> None:
    packed = fasta.with_suffix(".fa.gz")
    packed.write_bytes(gzip.compress(FASTA.encode()))
    assert open_source(str(fasta)).names == open_source(str(packed)).names == ("empty", "one", "two")


def test_standard_input_is_read_now_or_has_been_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_source("-", stdin=FASTA.encode()).names == ("empty", "one", "two")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FASTA.encode())))
    assert open_source("-").names == ("empty", "one", "two")


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("@plantd", "there is no sample '@plantd'; did you mean @planted?"),
        ("planted", "planted: there is no such file; the sample of that name is @planted"),
        ("planted.fa", "planted.fa: there is no such file; the sample of that name is @planted"),
        ("mi.fa", "mi.fa: there is no such file; did you mean my.fa?"),
        ("", "'': there is no such file; give a FASTA file, a sample such as @planted, or - for standard input"),
        (
            "nowhere/x.fa",
            "nowhere/x.fa: there is no such file; give a FASTA file, a sample such as @planted, "
            "or - for standard input",
        ),
        (".", ".: this is a folder; name a FASTA file in it"),
    ],
)
@pytest.mark.parametrize("look", [open_source, lambda typed: check_request(OpenRequest(typed))])
def test_what_is_not_there_says_so_and_what_would_be_right(
    typed: str, refusal: str, look: Callable[[str], object], fasta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fasta.parent)
    with pytest.raises(CnnError) as refused:
        look(typed)
    assert str(refused.value) == refusal


def test_a_saved_view_is_named_as_one_and_letters_are_read_from_any_name(tmp_path: Path) -> None:
    path = tmp_path / "v.toml"
    path.write_text("# of mine\ncnn_tui_view = 1\n")
    with pytest.raises(CnnError) as refused:
        open_source(str(path))
    assert str(refused.value) == (
        f"{path}: this is a saved view, which the explorer and snapshot open; give the FASTA file that it names"
    )
    path.write_text(">cnn_tui_view\nACGT\n")
    assert [record.name for record in open_source(str(path))] == ["cnn_tui_view"]


def test_variants_that_are_not_there_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "calls.vcf"
    path.write_text("this is not VCF")
    check_request(OpenRequest(variants=str(path)))
    for typed, said in (
        (str(tmp_path / "call.vcf"), f"did you mean {path}"),
        (str(tmp_path), "this is a folder; name a VCF file in it"),
        ("", "'': there is no such file; give a VCF file"),
        ("-", "standard input: variants are not read from there; name a file, or run cnn-tui variants"),
    ):
        with pytest.raises(CnnError) as refused:
            check_request(OpenRequest(variants=typed))
        assert said in str(refused.value)


def test_a_request_is_checked_without_reading_anything(tmp_path: Path) -> None:
    path = tmp_path / "no.fa"
    path.write_text("this is not FASTA")
    check_request(OpenRequest(str(path)))
    check_request(OpenRequest("-"))
    check_request(OpenRequest())
    with pytest.raises(NotFoundError, match="no model"):
        check_request(OpenRequest(model="x"))


# Records and regions


def test_the_first_record_with_letters_is_read_where_none_is_named(read: Callable[..., Reading]) -> None:
    assert read().record.name == "one"
    assert read().window == (0, 100)
    assert read(record="two").record.name == "two"


def test_a_file_without_letters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.fa"
    path.write_text(">a\n>b\n")
    with pytest.raises(SequenceError, match=r"no\.fa: none of its records has letters"):
        open_reading(OpenRequest(), open_source(str(path)), open_model("motifs"))


def test_a_misspelt_record_names_the_nearest(read: Callable[..., Reading]) -> None:
    with pytest.raises(NotFoundError, match=r"no record is named 'tow'; did you mean two\?"):
        read(record="tow")


@pytest.mark.parametrize(
    ("asked", "name", "window"),
    [
        ({"region": "two:5-54"}, "two", (4, 54)),
        ({"region": "two"}, "two", (0, 104)),
        ({"region": "two:5"}, "two", (4, 104)),
        ({"region": "5-54"}, "one", (4, 54)),
        ({"region": " 5-54 "}, "one", (4, 54)),
        ({"region": "1-1,00"}, None, None),
        ({"region": "5-54", "record": "two"}, "two", (4, 54)),
        ({"region": "5", "record": "two"}, "two", (4, 104)),
        ({"region": "two:5-54", "record": "two"}, "two", (4, 54)),
    ],
)
def test_a_region_is_1_based_and_inclusive_and_may_name_its_record(
    asked: dict[str, str], name: str | None, window: tuple[int, int] | None, read: Callable[..., Reading]
) -> None:
    if name is None:
        with pytest.raises(RegionError):
            read(**asked)
        return
    reading = read(**asked)
    assert (reading.record.name, reading.window) == (name, window)


def test_a_region_of_another_record_than_the_one_asked_for_is_refused(read: Callable[..., Reading]) -> None:
    for region in ("one:5-54", "one"):
        with pytest.raises(SettingError) as refused:
            read(region=region, record="two")
        assert str(refused.value) == (
            f"the region {region} is one of record one, and the record asked for is two; leave one of them out"
        )


AMBIGUOUS = ">chr1\n" + "ACGT" * 50 + "\n>chr1:101-200\n" + "GATTACA" * 10 + "\n>101-200\n" + "TTTTC" * 10 + "\n"


@pytest.mark.parametrize(
    ("asked", "name", "window"),
    [
        ({"region": "{chr1}:101-200"}, "chr1", (100, 200)),
        ({"region": "{chr1:101-200}"}, "chr1:101-200", (0, 70)),
        ({"region": "{101-200}"}, "101-200", (0, 50)),
        ({"region": "101-200", "record": "chr1"}, "chr1", (100, 200)),
        ({"region": "chr1:101-200", "record": "chr1"}, "chr1", (100, 200)),
        ({"region": "chr1:101-200", "record": "chr1:101-200"}, "chr1:101-200", (0, 70)),
        ({"region": "1-50", "record": "101-200"}, "101-200", (0, 50)),
        ({"record": "chr1:101-200"}, "chr1:101-200", None),
    ],
)
def test_braces_or_a_record_say_which_of_two_stretches_is_meant(
    asked: dict[str, str], name: str, window: tuple[int, int] | None, tmp_path: Path
) -> None:
    (tmp_path / "my.fa").write_text(AMBIGUOUS)
    with open_source(str(tmp_path / "my.fa")) as sequences:
        record, interval = asked_place(OpenRequest(**asked), sequences)  # type: ignore[arg-type]
    assert (record.name, interval) == (name, window)


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("chr1:101-200", "write {chr1:101-200} or {chr1}:101-200"),
        ("101-200", "write {101-200} or {chr1}:101-200"),
    ],
)
def test_a_region_that_is_also_a_records_name_is_refused(region: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "my.fa").write_text(AMBIGUOUS)
    request = OpenRequest(sequences=str(tmp_path / "my.fa"), region=region)
    with pytest.raises(RegionError) as refused:
        open_request(request)
    assert str(refused.value) == f"my.fa: '{region}' can be read in two ways; {said}"


def test_a_region_reads_the_letters_that_samtools_would(read: Callable[..., Reading]) -> None:
    reading = read(region="two:5-54")
    assert decode(reading.codes(0, 50)) == LETTERS[:50]
    assert reading.region == "two:5-54"


def test_a_region_that_the_record_does_not_have_is_refused(read: Callable[..., Reading]) -> None:
    with pytest.raises(RegionError, match="one:101-110"):
        read(region="101-110")
    with pytest.raises(RegionError):
        read(region="50-40")


def test_a_region_that_reaches_past_the_end_is_cut_off_there(fasta: Path) -> None:
    request = OpenRequest(sequences=str(fasta), model="motifs", region="61-101")
    said = "one:61-101 reaches past the record's end and is cut off at 100"
    assert open_reading(request, open_source(request.sequences), open_model("motifs")).region == "one:61-100"
    assert cut_region(request, open_source(request.sequences)) == open_request(request).notice == said
    assert cut_region(replace(request, region="61-100"), open_source(request.sequences)) == ""


def test_a_region_too_short_for_the_model_states_the_shortest(read: Callable[..., Reading]) -> None:
    with pytest.raises(CnnError, match="the shortest input that works is 23 bases"):
        read(region="1-22")
    assert read(region="1-23").run.cells == 1


def test_a_fixed_length_model_reads_a_short_record_with_rows_of_zeros(read: Callable[..., Reading]) -> None:
    reading = read(model="seed")
    assert (reading.length, reading.padded) == (500, 400)


def test_the_other_strand_is_read_in_its_own_direction(read: Callable[..., Reading]) -> None:
    assert decode(read(reverse=True).codes(0, 10)) == "GTTGCAACGT"


@pytest.mark.parametrize("ambiguity", AMBIGUITY_NAMES)
def test_the_policy_for_ambiguous_letters_is_in_force(ambiguity: str, read: Callable[..., Reading]) -> None:
    assert read(ambiguity=ambiguity).ambiguity == ambiguity


def test_the_policy_error_refuses_an_ambiguous_letter_at_once(read: Callable[..., Reading], fasta: Path) -> None:
    with pytest.raises(SequenceError) as refused:
        read(record="two", ambiguity="error")
    assert str(refused.value).startswith(f"{fasta.name}, record two:1, letter N: is ambiguous; ")
    assert read(record="two", region="5-104", ambiguity="error").length == 100
    with pytest.raises(SequenceError, match="record two:1, letter N: is ambiguous"):
        read(record="two", region="3-104", ambiguity="error", reverse=True, model="seed")


def test_an_unknown_policy_is_refused(read: Callable[..., Reading]) -> None:
    with pytest.raises(CnnError, match="it is one of zero, uniform, error"):
        read(ambiguity="none")


# Where to look first


def test_where_to_look_first_is_resolved_within_bounds(read: Callable[..., Reading]) -> None:
    reading = read()
    assert first_filter(OpenRequest(), reading) == 0
    assert first_filter(OpenRequest(filter="gata1"), reading) == 1
    assert first_filter(OpenRequest(filter="11"), reading) == 11
    assert first_cell(OpenRequest(), reading) is first_position(OpenRequest(), reading) is None
    assert first_cell(OpenRequest(cell=9), reading) == 9
    assert first_position(OpenRequest(position=84), reading) == 84


@pytest.mark.parametrize(
    ("look", "asked", "refusal"),
    [
        (first_filter, OpenRequest(filter="12"), "conv1d has no filter '12'; its filters are 0 to 11"),
        (first_filter, OpenRequest(filter="GATA"), "conv1d has no filter 'GATA'"),
        (first_cell, OpenRequest(cell=10), "max_pooling1d: there is no cell 10; its cells are 0 to 9"),
        (first_position, OpenRequest(position=85), "conv1d: there is no position 85; its positions are 0 to 84"),
    ],
)
def test_what_is_out_of_bounds_is_refused(
    look: Callable[[OpenRequest, Reading], object],
    asked: OpenRequest,
    refusal: str,
    read: Callable[..., Reading],
) -> None:
    with pytest.raises(CnnError) as refused:
        look(asked, read())
    assert str(refused.value).startswith(refusal)


# What nobody meant to happen


def test_an_error_of_the_system_names_its_file() -> None:
    assert str(os_sentence(PermissionError(13, "Permission denied", "a\x1bb"))) == r"a\x1bb: permission denied"
    assert (
        str(os_sentence(OSError(28, "No space left on device", b"x"), where="out"))
        == "out: no space left on device"
    )
    assert str(os_sentence(OSError(5, os.strerror(5)))) == os.strerror(5)[0].lower() + os.strerror(5)[1:]
    assert str(os_sentence(OSError())) == "oSError"


def test_a_defect_is_one_calm_sentence() -> None:
    assert str(defect_sentence(ValueError("\x1b[2J"))) == (
        r"stopped at a defect of its own (ValueError: \x1b[2J); CNN_TUI_TRACEBACK=1 shows where; please report it"
    )


def test_the_names_of_models_are_those_that_open_without_a_path() -> None:
    assert set(MODEL_NAMES) == set(model_names())
