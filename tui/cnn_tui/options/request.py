"""Everything that can be asked for, each option said once. Imports nothing heavy.

The parsers of the command line, the options of a view in Python and TOML, and the line of options in the dialog of
models are derived from the fields here and in `model_options`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from .default_model import DEFAULT_LONG_MODEL, DEFAULT_MODEL, LONG_RECORD
from .model_options import MODEL_OPTIONS, ModelOptions
from .option import Option, option, options_in, typed_options

if TYPE_CHECKING:
    from .saved_view import SavedView

__all__ = [
    "AMBIGUITY_NAMES",
    "DEFAULT_SEQUENCES",
    "FOREIGN_THEME_NAMES",
    "METHODS",
    "MODELS",
    "MODEL_NAMES",
    "OPTIONS",
    "OTHER_STRAND",
    "PAD_LETTERS",
    "PAD_SIDES",
    "STANDARD_INPUT",
    "THEME_NAMES",
    "VIEW_KEY",
    "VIEW_SUFFIX",
    "OpenRequest",
    "following_theme",
    "with_paths",
]

AMBIGUITY_NAMES: Final = ("zero", "uniform", "error")
"""What `--ambiguity` takes: `cnn_core.letters.alphabet.Ambiguity`, whose module is too heavy for `--help`."""
DEFAULT_SEQUENCES: Final = "@planted"
STANDARD_INPUT: Final = "-"
OTHER_STRAND: Final = "@reverse-complement"
"""What stands for a file of numbers where an input is the other strand of the letters."""
VIEW_SUFFIX: Final = ".toml"
"""How the name of a view file ends."""
VIEW_KEY: Final = "cnn_tui_view"
"""The key that says that a file is one."""
MODEL_NAMES: Final = ("motifs", "seed", "trained")
"""The models that need no path: `opening.model_names`, whose modules are too heavy for `--help`."""
MODELS: Final = f"{', '.join(MODEL_NAMES)}, or a file"
"""What stands for a model, in a few words."""
PAD_SIDES: Final = ("right", "left", "center")
"""`cnn_core.blocks.padding.PadSide`, whose room is too heavy for `--help`."""
PAD_LETTERS: Final = ("zeros", "N")
THEME_NAMES: Final = ("dark", "light", "high-contrast")
"""Our themes: `cnn_tui.pictures.colours.PALETTES`, whose module is too heavy for `--help`. The first is the default."""
FOREIGN_THEME_NAMES: Final = (
    *("textual-dark", "textual-light", "nord", "gruvbox", "catppuccin-mocha", "dracula", "tokyo-night", "monokai"),
    *("flexoki", "catppuccin-latte", "catppuccin-frappe", "catppuccin-macchiato", "solarized-light"),
    *("solarized-dark", "rose-pine", "rose-pine-moon", "rose-pine-dawn", "atom-one-dark", "atom-one-light"),
)
"""Textual's own, which are as heavy: `cnn_tui.pictures.colours.FOREIGN_THEMES`."""

METHODS: Final = ("effects", "gradient", "gradient-x-input", "integrated", "deeplift")
"""What can be drawn of every base."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What to open and where to look first, as typed; nothing in it has been checked.

    Attributes:
        sequences: A path, `@` and the name of a sample, or `-`; None is the bundled sample.
        model: The name of a preset, or a model file; None is for `with_model` to choose.
        model_options: How the model file is read.
        default_model: What the user's own file opens where none is named; see `config`.
        inspector: What it shows in the inspector's place.
        view: Where one stood and how it looked, of a view file; see `view_file`.
        stdin: What standard input held, where it has been read already; see `open_source`.
    """

    sequences: str | None = option(
        None,
        "sequences",
        "a FASTA file, plain or gzipped, a sample such as @planted, or - for standard input",
        flag="",
        metavar="SEQUENCES",
        path="bundled",
    )
    record: str | None = option(
        None, "reading", "the record to read (default: the first with letters)", metavar="NAME", once=True
    )
    region: str | None = option(
        None,
        "reading",
        "the part to read, 1-based and inclusive as in samtools, such as chr1:1,000-2k or {chr1}:46-; a-b alone "
        "is one of the record",
        metavar="chr:a-b",
        once=True,
    )
    edits: tuple[str, ...] = option(
        (),
        "reading",
        "other letters over the record's, which itself stays as it is: 46A>G, 46_48del, 46_47insTA or 46_48delinsGT, "
        "1-based, with or without the record's name before a colon; once for each",
        flag="--edit",
        metavar="chr1:46A>G",
    )
    reverse: bool = option(False, "window", "read the other strand, in its direction", flag="--reverse-complement")
    ambiguity: str = option(
        AMBIGUITY_NAMES[0],
        "reading",
        "letters such as N or R: zero, an all-zero row (default); uniform, shared among the letters they stand for; "
        "error, refused",
        metavar="POLICY",
        choices=AMBIGUITY_NAMES,
    )
    model: str | None = option(
        None,
        "reading",
        f"{MODELS} (default: {DEFAULT_LONG_MODEL} for records of {LONG_RECORD} letters and more, else {DEFAULT_MODEL})",
        metavar="MODEL",
        once=True,
        path="bundled",
    )
    block: str | None = option(
        None,
        "reading",
        "the conv → pool block to look into, by the name of a layer of it (default: the first on the letters)",
        metavar="LAYER",
    )
    inputs: tuple[str, ...] = option(
        (),
        "window",
        "the numbers of an input that is not letters, of its shape or a row for every base of the record (default: "
        f"zeros); NAME={OTHER_STRAND} is the other strand of what is read; once for each",
        flag="--input",
        metavar="NAME=FILE.npy",
        path="named",
    )
    pad: str | None = option(
        None,
        "window",
        "of a record shorter than the network's input, where the rest of it stands: right, left or center of the "
        "letters, as they are read",
        metavar="SIDE",
        choices=PAD_SIDES,
    )
    pad_with: str | None = option(
        None, "window", "with --pad: all-zero rows, zeros (default), or N", metavar="N|zeros", choices=PAD_LETTERS
    )
    theme: str | None = option(
        None,
        "start",
        f"{', '.join(THEME_NAMES)}, or one of Textual's such as {FOREIGN_THEME_NAMES[2]} (default: {THEME_NAMES[0]})",
        metavar="NAME",
        choices=(*THEME_NAMES, *FOREIGN_THEME_NAMES),
    )
    config: str | None = option(
        None,
        "start",
        "the file that says theme, keys and more (default: config.toml in your configuration folder, see help config)",
        metavar="FILE",
        path="file",
    )
    filter: str | None = option(None, "start", "the filter to look at first, by number or name", metavar="N|NAME")
    cell: int | None = option(
        None, "start", "begin at this cell, pooled[N]", metavar="N", alternatives="places to begin at"
    )
    position: int | None = option(
        None, "start", "begin at this position, conv[N]", metavar="N", alternatives="places to begin at"
    )
    variants: str | None = option(
        None,
        "start",
        "list the variants of a VCF file by what they change the output by",
        metavar="CALLS.vcf",
        path="file",
    )
    effects: str | None = option(
        None,
        "start",
        "draw what every base does to a value, before its last sigmoid or softmax: output, output:N, LAYER:UNIT or "
        "LAYER:POSITION:CHANNEL, counted from 0",
        metavar="TARGET",
    )
    probability: bool = option(False, "start", "with --effects: the value behind that sigmoid or softmax")
    method: str | None = option(
        None,
        "start",
        f"with --effects: {', '.join(METHODS)} (default: {METHODS[0]}, every substitution)",
        metavar="METHOD",
        choices=METHODS,
    )
    versus: str | None = option(
        None,
        "start",
        "look at another reading beside it: edit:46A>G (several between commas), original, set:pool_size=4, "
        "weights:conv1d:17:3A=0.5, model:NAME, filter:N, record:NAME or strand",
        metavar="WHAT",
        path="versus",
    )
    lesson: int | None = option(None, "start", "begin with the lesson, at this step, 1 to 15", metavar="N", least=1)
    settings: tuple[str, ...] = option(
        (),
        "reading",
        "settings of the block other than the model's own: conv_stride, conv_padding, dilation, pool_size, "
        "pool_stride, pool_padding",
        flag="--set",
        metavar="NAME=N,…",
    )
    model_options: ModelOptions = field(default_factory=ModelOptions)
    default_model: str | None = None
    inspector: str | None = None
    view: SavedView | None = None
    stdin: bytes | None = field(default=None, repr=False)

    @property
    def typed(self) -> tuple[str, ...]:
        """The options that are not their defaults and their values, as they are typed."""
        return (*typed_options(self), *self.model_options.typed)


OPTIONS: Final[dict[str, Option]] = {each.name: each for each in (*options_in(OpenRequest), *MODEL_OPTIONS)}
"""All options of a view by their names: those of the explorer, with `_` for `-`."""


def following_theme(name: str) -> str:
    """Return which of our themes comes after one; the first after the last, and after a foreign one."""
    return THEME_NAMES[(THEME_NAMES.index(name) + 1) % len(THEME_NAMES)] if name in THEME_NAMES else THEME_NAMES[0]


def with_paths(request: OpenRequest, change: Callable[[str], str]) -> OpenRequest:
    """Return a request with its paths changed; what is bundled needs none and keeps its name.

    Args:
        request: What is asked for.
        change: Gives the new path.
    """

    def changed(each: Option, value: Any) -> Any:
        if not each.path or value is None:
            return value
        if each.path == "named":
            parts = (given.partition("=") for given in value)
            return tuple(
                f"{name}{equals}{file if file == OTHER_STRAND else change(file)}" for name, equals, file in parts
            )
        if each.path == "versus":
            kind, _, name = value.partition(":")
            named = kind.strip() == "model" and name.strip() not in MODEL_NAMES
            return f"model:{change(name.strip())}" if named else value
        return (
            value if each.path == "bundled" and (value.startswith("@") or value in MODEL_NAMES) else change(value)
        )

    ours, theirs = (
        {each.name: changed(each, getattr(owner, each.name)) for each in options_in(type(owner))}
        for owner in (request, request.model_options)
    )
    return replace(request, **ours, model_options=ModelOptions(**theirs))
