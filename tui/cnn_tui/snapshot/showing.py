"""The explorer's picture of what Python has read, for notebooks: of readings, records and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from cnn_core.errors import SettingError
from cnn_core.letters.alphabet import decode
from cnn_core.letters.readable_record import ReadableRecord
from cnn_core.network.model import Model
from cnn_core.public import ModelReading, OpenedModel
from cnn_core.readers.report import ModelFile

from ..options.by_name import DEFAULT_SIZE
from .driving import take
from .snapshot import Snapshot

__all__ = ["show"]

_MOST_LETTERS: Final = 1 << 25
"""Letters of a record that are written down for the explorer; a longer one is opened from its own file."""
_LETTERS: Final = frozenset("ACGTUN")
_NOT_TOGETHER: Final = "a reading has its model already"


def show(
    sequences: ModelReading | ReadableRecord | str | PathLike[str] | None = None,
    model: OpenedModel | Model | str | PathLike[str] | None = None,
    *,
    size: tuple[int, int] | str = DEFAULT_SIZE,
    keys: str = "",
    **options: object,
) -> Snapshot:
    """Return the explorer's picture of a reading, a record or a file; a notebook shows it.

    ```python
    import cnn_core as cnn
    import cnn_tui

    reading = cnn.open_model("model.keras").read("ACGT" * 125)
    picture = cnn_tui.show(reading, cell=18, filter=55, theme="light")
    picture.save("cell.svg")
    ```

    It may be called where an event loop runs already, as it does in a notebook.

    Args:
        sequences: What `model.read` gave, a record of `open_sequences`, a FASTA file, a sample such as `@planted`,
            FASTA itself, which begins with `>`, or letters as text; None is the bundled sample.
        model: What `open_model` gave, the name of a preset, or a model file; None is that of the reading, or the
            explorer's default.
        size: Columns and lines of the screen, such as `80x24`.
        keys: What is pressed first, such as `right*3 enter`, as `cnn-tui snapshot --help` describes it.
        options: The explorer's options by name, `_` for `-`, such as filter, cell or position, region, theme (`dark`,
            `light`, `high-contrast`), effects, method and versus.

    Returns:
        The picture: a notebook draws it; `.text` has its characters, `.svg` and `.png` are files' contents, and
        `.save(path)` writes one.

    Raises:
        CnnError: It cannot be opened, the reading is of numbers, or there is no such filter, cell, key or option.
    """
    if isinstance(sequences, ModelReading) and model is not None:
        raise SettingError(_NOT_TOGETHER, remedy="leave out the model, or give the record instead")
    with _written(sequences, model) as given:
        return take(**{**given, **options}, size=size, keys=keys)


@contextmanager
def _written(sequences: object, model: object) -> Iterator[Mapping[str, Any]]:
    """Give the arguments of `take`; a record and numbers are in files for as long as it takes."""
    if isinstance(sequences, ModelReading):
        model = OpenedModel(sequences.reading.model, sequences.reading.assumed)
    of_model = _model_options(model)
    # A path is one whatever else it can do.
    if isinstance(sequences, str) and _are_letters(sequences):
        yield {"sequences": f">sequence\n{sequences}\n", **of_model}
        return
    if sequences is None or isinstance(sequences, str | PathLike):
        yield {"sequences": sequences, **of_model}
        return
    if not isinstance(sequences, ModelReading | ReadableRecord):
        raise SettingError(
            f"{type(sequences).__name__} is nothing that the explorer shows",
            remedy="give a reading, a record of open_sequences or a FASTA file",
        )
    with TemporaryDirectory(prefix="cnn-tui-") as name:
        folder = Path(name)
        if isinstance(sequences, ModelReading):
            yield {**of_model, **_reading_options(sequences, folder)}
        else:
            yield {"sequences": _fasta(sequences, folder), **of_model}


def _are_letters(text: str) -> bool:
    """Tell whether a text is letters, and not a file of that name."""
    if not text or not {*text.upper()} <= _LETTERS:
        return False
    with suppress(OSError):
        return not Path(text).exists()
    return True


def _model_options(model: object) -> dict[str, Any]:
    """Return the options of a model: edits of weights are named, over the weights of its own."""
    if isinstance(model, OpenedModel):
        own = model.model.without_weight_edits()
        file = ModelFile(own, "", warnings=model.assumptions, unsupported=model.unsupported)
        return {"model": file, "weight_edits": model.model.weight_names}
    if isinstance(model, Model):
        return {"model": model.without_weight_edits(), "weight_edits": model.weight_names}
    if model is None or isinstance(model, str | PathLike):
        return {"model": model}
    raise SettingError(
        f"{type(model).__name__} is no model", remedy="give what open_model gave, a preset or a model file"
    )


def _reading_options(given: ModelReading, folder: Path) -> dict[str, Any]:
    if given.numbers is not None:
        raise SettingError("numbers are read, and the explorer shows letters", remedy="read letters")
    reading = given.reading
    record = reading.record
    options: dict[str, Any] = {
        "sequences": _fasta(reading.own_record, folder),
        "reverse": reading.reverse,
        "ambiguity": str(reading.ambiguity),
        "edits": reading.bare_edit_names,
    }
    if reading.window != (0, len(record)):
        options["region"] = f"{{{record.name}}}:{reading.start + 1}-{reading.stop}"
    inputs = []
    for nth, (name, numbers) in enumerate(reading.side_inputs.items()):
        path = folder / f"input_{nth}.npy"
        np.save(path, numbers)
        inputs.append(f"{name}={path}")
    return {**options, "inputs": tuple(inputs)}


def _fasta(record: ReadableRecord, folder: Path) -> Path:
    """Write a record down, under the name of the file that it is of."""
    if len(record) > _MOST_LETTERS:
        raise SettingError(
            f"has {len(record):,} letters, which are not written down for a picture",
            where=f"record {record.name}",
            remedy="give its file instead, with record and region",
        )
    source = Path(str(getattr(record, "source", ""))).name.removesuffix(".gz").removesuffix(".toml")
    path = folder / (source or "sequences.fa")
    head = f">{record.name} {getattr(record, 'description', '')}".rstrip()
    path.write_text(f"{head}\n{decode(record.codes(0, len(record)))}\n", encoding="utf-8")
    return path
