"""`cnn-tui diff`: two files of one network, layer by layer."""

from __future__ import annotations

import json
import math
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cnn_core import scan, writers
from cnn_core.errors import SequenceError, printable

from .. import opening
from ..options.arguments import add_options, request_of
from ..options.request import MODELS
from ..output.whole_file import OutputFile, is_on_standard_output
from ..words.numbers import number
from .columns import column_lines
from .parser import Parser, add_sequences
from .progress import progress_bars
from .read_windows import ReadWindows
from .scanned_places import open_places
from .streams import write_lines, write_note, write_warnings
from .typed_values import number_of

if TYPE_CHECKING:
    from cnn_core.scan import LayerDifference, ModelDifferences

    from ..options.request import OpenRequest

__all__ = ["main", "parser", "run"]

_DESCRIPTION: Final = """\
Run two files of one network on the same sequences, such as a Keras file and its
ONNX, and say for every layer how far the values lie apart at most, and where.
The exit status is 1 where they differ by more than --tolerance."""

_END: Final = """\
Layers belong together that have one shape and agree, bear one name, or end with
one operation, in this order of weight; outputs by their places. So a batch norm
that one file has folded into its convolution moves nothing out of step. Layers
that belong to none of the other file are listed.

A difference is given as it is, and as a part of the layer's scale, its largest
value. .tsv has a line a pair: layer, other, shape, difference, relative, scale,
record, start and stop (the input window as in BED), index, value, other_value.
.json holds the same, and whether the files agree.

Options of how a file is read are for cnn-tui convert, whose .npz can be
compared.

example:
  cnn-tui diff danq.keras danq.onnx @planted
  cnn-tui diff model.h5 model.pt2 my.fa --tolerance 1e-6 -o differences.tsv"""

_STATUS: Final = "0 they agree; 1 they differ, or the input is at fault;\n2 wrong usage"
_TOLERANCE: Final = 1e-5
_DIFFERS: Final = 1
_COLUMNS: Final = (
    *("layer", "other", "shape", "difference", "relative", "scale"),
    *("record", "start", "stop", "index", "value", "other_value"),
)
_NAMED: Final = 8
"""How many layers of one model alone are named."""
_WORDS: Final = 3
"""How many columns of the list are words."""


def parser() -> Parser:
    """Return the parser of `cnn-tui diff`."""
    usage = "cnn-tui diff MODEL OTHER SEQUENCES [options]"
    made = Parser("cnn-tui diff", usage, _DESCRIPTION, _END, _STATUS)
    made.add_argument("model", metavar="MODEL", help=f"the network: {MODELS}")
    made.add_argument("other", metavar="OTHER", help="another file of the same network")
    add_sequences(made)
    made.add_argument(
        "--tolerance",
        metavar="X",
        type=number_of(
            "is no tolerance; give a part of the scale, such as 1e-5", lambda part: 0 <= part < math.inf
        ),
        default=_TOLERANCE,
        help=f"up to what part of a layer's scale values agree (default: {_TOLERANCE:g})",
    )
    made.add_output(
        ".tsv", ".json", instead="differences", meaning="the file to write, .tsv or .json; - is standard output"
    )
    add_options(
        made,
        *("record", "region", "edits", "ambiguity", "inputs", "pad", "pad_with"),
        record="the record to read (default: all with letters)",
    )
    return made


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    return run(request_of(typed), typed.other, typed.tolerance, typed.output_file)


def run(
    request: OpenRequest,
    other: str,
    tolerance: float = _TOLERANCE,
    file: OutputFile | None = None,
) -> int:
    """Compare two files and write how they differ.

    Args:
        request: The first file, and what both read.
        other: The second file.
        tolerance: Up to what part of a layer's scale values agree.
        file: The file to write, or None.

    Returns:
        1 where they differ by more than that, 0 where they agree.

    Raises:
        CnnError: A file or a record is not there or cannot be read, or the two are not of one network.
    """
    both = [opening.open_model(name, request.model_options) for name in (request.model, other)]
    with progress_bars() as bars, open_places(request, bars, "comparing", may_stream=True) as places:
        models = [opening.read_side_inputs(request.inputs, each.model)[0] for each in both]
        found = scan.ModelDifferences(models[0], models[1], tolerance)
        told = None if places.streamed else bars.begin("comparing", "b")
        first = 0 if found.reading_model is models[0] else 1
        windows = ReadWindows(request, both[first].model, places, told)
        for window in windows:
            found.add(window)
        if not found.windows:
            raise SequenceError("none of its records has letters", remedy="give another file")
        said = [sentence for each in both for sentence in (*opening.unsupported_words(each), *each.warnings)]
        said += [*windows.assumptions(has_ambiguous=False), places.notice()]
    if file is not None:
        text = _table(found) if file.suffix == ".tsv" else f"{json.dumps(_as_json(found))}\n"
        file.write(text.encode())
        if is_on_standard_output():
            for line in _summary(found):
                write_note(line)
        else:
            write_lines(_summary(found))
    else:
        write_lines(_listed(found))
    write_warnings(said)
    return 0 if found.agrees else _DIFFERS


def _listed(found: ModelDifferences) -> Iterator[str]:
    """Yield the pairs of layers as lines, and what is to be said of all of them."""
    rows: list[tuple[str, ...]] = [(found.one.name, found.other.name, "shape", "difference", "of scale", "where")]
    rows += [_row(each) for each in found.layers]
    yield from column_lines([tuple(map(printable, row)) for row in rows], range(_WORDS, len(rows[0]) - 1))
    yield from _summary(found)


def _row(each: LayerDifference) -> tuple[str, ...]:
    place = ""
    if each.largest:
        index = ",".join(map(str, each.index))
        one, other = map(writers.shortest, each.values)
        region = f"{each.record}:{each.window[0] + 1}-{each.window[1]}"
        place = f"{region} {each.one}[{index}]: {one}, {other}"
    shape = " × ".join(f"{size:,}" for size in each.shape)
    return each.one, each.other, shape, number(each.largest), number(each.relative), place


def _summary(found: ModelDifferences) -> Iterator[str]:
    """Yield what is to be said of all layers."""
    for model, names in zip((found.one, found.other), found.alone, strict=True):
        if names:
            more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
            yield f"only in {printable(model.name)}: {', '.join(map(printable, names[:_NAMED]))}{more}"
    worst = found.worst
    assert worst is not None
    windows = f"{found.windows:,} input window{'s' if found.windows > 1 else ''}"
    beyond = [each for each in found.layers if each.relative > found.tolerance]
    if not beyond:
        yield (
            f"they agree: on {windows} no layer differs by more than {number(worst.relative)} of its scale "
            f"(tolerance {found.tolerance:g})"
        )
        return
    yield (
        f"they differ: on {windows} {len(beyond)} of {len(found.layers)} layers by more than {found.tolerance:g} of "
        f"their scale, first {printable(beyond[0].one)}, most {printable(worst.one)} ({number(worst.relative)})"
    )


def _fields(each: LayerDifference) -> Sequence[str | float | Sequence[int]]:
    """Return what is said of a pair, in the order of `_COLUMNS`."""
    return (
        *(each.one, each.other, each.shape, each.largest, each.relative, each.scale),
        *(each.record, *each.window, each.index, *each.values),
    )


def _table(found: ModelDifferences) -> str:
    rows = ["\t".join(_COLUMNS)]
    for each in found.layers:
        fields = (
            ",".join(map(str, field))
            if isinstance(field, tuple)
            else writers.table_name(field)
            if isinstance(field, str)
            else f"{field:.9g}"
            for field in _fields(each)
        )
        rows.append("\t".join(fields))
    return "\n".join(rows) + "\n"


def _as_json(found: ModelDifferences) -> dict[str, object]:
    return {
        "model": printable(found.one.name),
        "other": printable(found.other.name),
        "agree": found.agrees,
        "tolerance": found.tolerance,
        "windows": found.windows,
        "layers": [
            {
                name: field if not isinstance(field, float) or math.isfinite(field) else None
                for name, field in zip(_COLUMNS, _fields(each), strict=True)
            }
            for each in found.layers
        ],
        "only_in_model": [*found.alone[0]],
        "only_in_other": [*found.alone[1]],
    }
