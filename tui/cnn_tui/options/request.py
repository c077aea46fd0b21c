"""What the user asks for, as typed, and the words that it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .model_options import ModelOptions

if TYPE_CHECKING:
    from .saved_view import SavedView

__all__ = ["AMBIGUITY_NAMES", "DEFAULT_SEQUENCES", "MODEL_NAMES", "STANDARD_INPUT", "THEME_NAMES", "OpenRequest"]

AMBIGUITY_NAMES: Final = ("zero", "uniform", "error")
"""What `--ambiguity` takes: `cnn_core.letters.alphabet.Ambiguity`, whose module is too heavy for `--help`."""
DEFAULT_SEQUENCES: Final = "@planted"
STANDARD_INPUT: Final = "-"
MODEL_NAMES: Final = ("motifs", "seed", "trained")
"""The models that need no path: `opening.model_names`, whose modules are too heavy for `--help`."""
THEME_NAMES: Final = ("dark", "light")
"""What `--theme` takes: `cnn_tui.pictures.palette.THEMES`, whose module is too heavy for `--help`."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What to open and where to look first, as typed; nothing in it has been checked.

    Attributes:
        sequences: A path, `@` and the name of a sample, or `-`; None is the bundled sample.
        model: The name of a preset, or a model file; None is for `with_model` to choose.
        model_options: How the model file is read.
        record: A record's name; None is the first that has letters.
        region: A region in samtools form, 1-based and inclusive, with or without a record's name.
        filter: A filter's number or name.
        cell: The cell to look at first.
        position: The response to look at first; only one of the two is given.
        theme: One of `THEME_NAMES`, or None.
        ambiguity: One of `AMBIGUITY_NAMES`.
        reverse: Whether the other strand is read.
        block: The name of a layer of the conv → pool block to look into; None is the first on the letters.
        inputs: `NAME=FILE.npy` for inputs that are not letters.
        settings: Settings of the block that are not the model's own, such as `pool_size=4,pool_stride=4`.
        view: Where one stood and how it looked, of a view file; see `view_file`.
        stdin: What standard input held, where it has been read already; see `open_source`.
    """

    sequences: str | None = None
    model: str | None = None
    model_options: ModelOptions = field(default_factory=ModelOptions)
    record: str | None = None
    region: str | None = None
    filter: str | None = None
    cell: int | None = None
    position: int | None = None
    theme: str | None = None
    ambiguity: str = AMBIGUITY_NAMES[0]
    reverse: bool = False
    block: str | None = None
    inputs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    view: SavedView | None = None
    stdin: bytes | None = field(default=None, repr=False)
