"""What may be typed. Imports nothing heavy, so that `--help` and a wrong usage answer at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields
from typing import Final, NoReturn

from cnn_core import __version__

from ..opening import AMBIGUITY_NAMES, DEFAULT_MODEL, DEFAULT_SEQUENCES, THEME_NAMES, OpenRequest
from .model_arguments import MODELS, add_model_options, options_of

__all__ = ["SUBCOMMANDS", "parse", "request_of"]

SUBCOMMANDS: Final = {
    "summary": "the layer table of a model, as Keras prints it",
    "trace": "one cell, or any value of any layer, traced back to its bases",
    "export": "every layer's activations as an .npz file",
    "inspect": "what is in a model file, without running it",
    "convert": "a model file as an .npz that needs nothing but numpy",
}
"""The subcommands, each with one line that says what it gives."""

_EXPLORER: Final = """\
See how a 1-D convolution over DNA feeds a max pool: bases, windows, responses,
activations and cells over one axis. Opens the explorer; without arguments, on
simulated records with planted motifs and on filters that are transcription
factor motifs."""

_EXPLORER_END: Final = f"""\
subcommands (cnn-tui COMMAND --help tells more):
{chr(10).join(f"  {name:<9} {gives}" for name, gives in SUBCOMMANDS.items())}
  A file of such a name is opened as ./summary.

examples:
  cnn-tui                                  the bundled sample
  cnn-tui my.fa --region chr1:46-845       800 bases of your own
  cnn-tui my.fa --model seed --filter 17   one of 320 untrained filters
  cnn-tui my.fa --model danq.h5            a model of your own
  zcat my.fa.gz | cnn-tui -                from a pipe

exit status: 0 done, 1 the input is at fault, 2 wrong usage"""

_SUMMARY: Final = """\
Print a model's layers, their output shapes (None: any length; —: it cannot be
computed, the reason is below) and how many numbers each of them has learned."""

_SUMMARY_END: Final = """\
example:
  cnn-tui summary seed

  input          (None, 500, 4)           0   500 bases, one-hot
  conv1d         (None, 485, 320)    20,800   500 - 16 + 1 windows, 320 filters
  max_pooling1d  (None, 60, 320)          0   8 a cell, 5 left over"""

_TRACE: Final = """\
Trace one cell of one filter: cell, selection, window, products. Says which
position of its pool window the pool kept, which bases that response was
computed from, and which bases could influence the cell at all. With --layer:
any value of any layer, down through the part that counts most at each step."""

_TRACE_END: Final = """\
Positions are 0-based and count from the first base of the input window. With
--json every interval is half-open. A region is 1-based and inclusive.

  cnn-tui trace my.fa --model danq.h5 --layer dense --position 0

example:
  cnn-tui trace @planted --cell 2 --filter TBP

  pooled[2] of filter 0 TBP = max(conv[16…23]) = conv[21] = 9.500
  6th of 8, no tie
  conv[21] = relu(Σ 16 products + bias) = relu(14.75 − 5.250) = 9.500
  reads bases 21–36  GTATAAAAGGCGGGGC"""

_EXPORT: Final = """\
Write what every layer gives for one input window: an array a layer under the
layer's name (length, channels; float32), the position that each cell of a max
pool chose under selection/LAYER (int64), and the letters as one_hot."""

_EXPORT_END: Final = """\
The file appears whole or not at all, and holds no time: equal arrays are equal
bytes. A model of any length runs on 200,000 bases at most.

example:
  cnn-tui export @planted --model seed -o planted.npz

  >>> np.load("planted.npz")["conv1d"].shape
  (485, 320)"""


_INSPECT: Final = """\
Print what is in a model file: its format, the version that wrote it, every
tensor, the layers, what is not supported and why. Nothing in it is run. Where
no model can be made of it as it is, that is said in place of the layers."""

_INSPECT_END: Final = """\
example:
  cnn-tui inspect danq.h5 --json"""

_CONVERT: Final = """\
Write a model as an .npz file, which opens again, bit for bit, with nothing but
numpy. What had to be said of the model is kept with it."""

_CONVERT_END: Final = """\
The file appears whole or not at all.

example:
  cnn-tui convert danq.h5 -o danq.npz
  cnn-tui my.fa --model danq.npz"""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Options in one narrow column, and the description as it is written."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24)


class _Parser(argparse.ArgumentParser):
    """Help as it is written, and no abbreviations: what is short today may mean two things tomorrow."""

    def __init__(self, prog: str, usage: str, description: str, epilog: str) -> None:
        super().__init__(
            prog=prog,
            usage=usage,
            description=description,
            epilog=epilog,
            formatter_class=_Formatter,
            allow_abbrev=False,
        )


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what was typed; `command` is one of `SUBCOMMANDS`, or None for the explorer.

    Args:
        arguments: The words after the program's name.

    Raises:
        SystemExit: 0 after `--help` or `--version`, 2 after a wrong usage; either has been printed.
    """
    command = arguments[0] if arguments and arguments[0] in SUBCOMMANDS else None
    parser = _PARSERS[command]()
    if command is not None:
        typed = parser.parse_args(arguments[1:])
    else:
        typed, unknown = parser.parse_known_args(arguments)
        if typed.sequences in SUBCOMMANDS:
            name = typed.sequences
            parser.error(f"'{name}' is a subcommand and comes first: cnn-tui {name} … (a file is ./{name})")
        if unknown:
            parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if command == "trace":
        _check_trace(parser, typed)
    typed.command = command
    return typed


def _check_trace(parser: argparse.ArgumentParser, typed: argparse.Namespace) -> None:
    """Refuse a trace of no value, or of two: --cell and --filter, or --layer and --position."""
    needed = ("cell", "filter") if typed.layer is None else ("layer", "position")
    missing = [f"--{name}" for name in needed if getattr(typed, name) is None]
    if missing:
        parser.error(f"the following arguments are required: {', '.join(missing)}")
    other = "position" if typed.layer is None else "cell"
    if getattr(typed, other) is not None:
        parser.error(f"argument --{other}: not allowed with {'--cell' if other == 'position' else '--layer'}")


def request_of(typed: argparse.Namespace) -> OpenRequest:
    """Return what was typed as a request to open something."""
    values = vars(typed)
    named = {each.name: values[each.name] for each in fields(OpenRequest) if each.name in values}
    return OpenRequest(**named, model_options=options_of(typed))


def _explorer() -> argparse.ArgumentParser:
    parser = _Parser(
        "cnn-tui",
        f"cnn-tui [SEQUENCES] [options]\n       cnn-tui {'|'.join(SUBCOMMANDS)} …",
        _EXPLORER,
        _EXPLORER_END,
    )
    parser.add_argument("--version", action="version", version=f"cnn-tui {__version__}")
    _add_sequences(parser, optional=True)
    _add_reading(parser)
    parser.add_argument("--filter", metavar="N|NAME", help="the filter to look at first, by number or name")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--cell", metavar="N", type=_position, help="begin at this cell, pooled[N]")
    start.add_argument("--position", metavar="N", type=_position, help="begin at this response, conv[N]")
    parser.add_argument("--theme", metavar="NAME", choices=THEME_NAMES, help=" or ".join(THEME_NAMES))
    add_model_options(parser)
    return parser


def _summary() -> argparse.ArgumentParser:
    parser = _Parser("cnn-tui summary", "cnn-tui summary [MODEL] [options]", _SUMMARY, _SUMMARY_END)
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?",
        default=DEFAULT_MODEL,
        help=f"{MODELS} (default: {DEFAULT_MODEL})",
    )
    _add_json(parser)
    add_model_options(parser)
    return parser


def _trace() -> argparse.ArgumentParser:
    usage = (
        "cnn-tui trace SEQUENCES --cell N --filter N|NAME [options]\n"
        "       cnn-tui trace SEQUENCES --layer NAME --position N [--filter N] [options]"
    )
    parser = _Parser("cnn-tui trace", usage, _TRACE, _TRACE_END)
    _add_sequences(parser)
    parser.add_argument("--cell", metavar="N", type=_position, help="the cell, pooled[N]")
    parser.add_argument("--filter", metavar="N|NAME", help="the filter, by number or name; of a layer, the channel")
    parser.add_argument("--layer", metavar="NAME", help="a layer of the network instead of the cells")
    parser.add_argument("--position", metavar="N", type=_position, help="the layer's position, or unit")
    _add_reading(parser)
    _add_json(parser)
    add_model_options(parser)
    return parser


def _export() -> argparse.ArgumentParser:
    usage = "cnn-tui export SEQUENCES -o FILE.npz [options]"
    parser = _Parser("cnn-tui export", usage, _EXPORT, _EXPORT_END)
    _add_sequences(parser)
    parser.add_argument("-o", "--output", metavar="FILE.npz", required=True, help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace the file where there is one")
    _add_reading(parser)
    add_model_options(parser)
    return parser


def _inspect() -> argparse.ArgumentParser:
    parser = _Parser("cnn-tui inspect", "cnn-tui inspect FILE [--json]", _INSPECT, _INSPECT_END)
    parser.add_argument("file", metavar="FILE", help="a model file")
    _add_json(parser)
    return parser


def _convert() -> argparse.ArgumentParser:
    usage = "cnn-tui convert MODEL -o FILE.npz [options]"
    parser = _Parser("cnn-tui convert", usage, _CONVERT, _CONVERT_END)
    parser.add_argument("model", metavar="MODEL", help=MODELS)
    parser.add_argument("-o", "--output", metavar="FILE.npz", required=True, help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace the file where there is one")
    add_model_options(parser)
    return parser


_PARSERS: Final = {
    None: _explorer,
    "summary": _summary,
    "trace": _trace,
    "export": _export,
    "inspect": _inspect,
    "convert": _convert,
}


def _add_sequences(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    default = f" (default: {DEFAULT_SEQUENCES})" if optional else ""
    parser.add_argument(
        "sequences",
        metavar="SEQUENCES",
        nargs="?" if optional else None,
        help=f"a FASTA file, plain or gzipped, a sample such as @planted, or - for standard input{default}",
    )


def _add_reading(parser: argparse.ArgumentParser) -> None:
    """Add what says which model reads which stretch of which record, and how."""
    parser.add_argument(
        "--model", metavar="MODEL", default=DEFAULT_MODEL, help=f"{MODELS} (default: {DEFAULT_MODEL})"
    )
    parser.add_argument("--record", metavar="NAME", help="the record to read (default: the first with letters)")
    parser.add_argument(
        "--region",
        metavar="chr:a-b",
        help="the stretch to read, 1-based and inclusive as in samtools; a-b alone is one of the record",
    )
    parser.add_argument(
        "--ambiguity",
        metavar="POLICY",
        choices=AMBIGUITY_NAMES,
        default=AMBIGUITY_NAMES[0],
        help="letters such as N or R: zero, an all-zero row (default); uniform, shared among the letters they "
        "stand for; error, refused",
    )
    parser.add_argument(
        "--reverse-complement", dest="reverse", action="store_true", help="read the other strand, in its direction"
    )


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")


def _position(text: str) -> int:
    """Return a position; whether there is such a one, the model and the record decide."""
    if not (text.isascii() and text.isdigit()):
        _refuse_position(text)
    return int(text)


def _refuse_position(text: str) -> NoReturn:
    raise argparse.ArgumentTypeError(f"'{text}' is not a position: these are whole numbers, from 0 on")
