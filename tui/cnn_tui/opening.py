"""From what the user asks for to a model, its sequences and the first reading; the commands and the app share it.

Nothing heavy is imported until something is opened, so that `--help` answers at once.
"""

from __future__ import annotations

import io
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnn_core.errors import ModelError, NotFoundError, RegionError, SequenceError, SettingError

from .model_options import ModelOptions

if TYPE_CHECKING:
    from cnn_core.block_reading import BlockReading
    from cnn_core.model import Model
    from cnn_core.readers.report import ModelFile
    from cnn_core.reading import Reading
    from cnn_core.sequences import Progress, Record, RecordStream, Sequences

    from .view_file.saved import SavedView

__all__ = [
    "AMBIGUITY_NAMES",
    "DEFAULT_LONG_MODEL",
    "DEFAULT_MODEL",
    "DEFAULT_SEQUENCES",
    "LONG_RECORD",
    "STANDARD_INPUT",
    "THEME_NAMES",
    "OpenRequest",
    "asked_place",
    "check_request",
    "cut_region",
    "default_model",
    "model_names",
    "nearest_file",
    "open_block_reading",
    "open_model",
    "open_reading",
    "open_source",
    "remarks",
    "stream_source",
    "with_model",
]

AMBIGUITY_NAMES: Final = ("zero", "uniform", "error")
"""What `--ambiguity` takes: `cnn_core.alphabet.Ambiguity`, whose module is too heavy for `--help`."""
DEFAULT_MODEL: Final = "motifs"
"""The model where none is named."""
DEFAULT_LONG_MODEL: Final = "trained"
"""The model where none is named and the record has what it takes to fill that model's input."""
LONG_RECORD: Final = 500
"""Letters from which on a record is read with `DEFAULT_LONG_MODEL`."""
DEFAULT_SEQUENCES: Final = "@planted"
STANDARD_INPUT: Final = "-"
THEME_NAMES: Final = ("dark", "light")
"""What `--theme` takes: `cnn_tui.palette.THEMES`, whose module is too heavy for `--help`."""

_SOURCES: Final = "give a FASTA file, a sample such as @planted, or - for standard input"
_VIEW_SUFFIX: Final = ".toml"
_VIEW_KEY: Final = b"cnn_tui_view"
"""What a saved view holds: `view_file.reading.FORMAT_KEY`, which imports this module."""
_VIEW_START: Final = 4096
_BARE_REGION: Final = re.compile(r"[0-9,\s–-]*[0-9][0-9,\s–-]*")


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


def check_request(request: OpenRequest) -> None:
    """Refuse what cannot be opened, as far as a look at the names can tell; no file is read.

    Raises:
        NotFoundError: There is no such model, sample or file.
        SequenceError: The sequences are a folder.
    """
    if request.model is not None:
        _check_model_name(request.model)
    if request.sequences != STANDARD_INPUT:
        _source_path(request.sequences)


def model_names() -> dict[str, str]:
    """Return the models that need no path, each with one line that says what it is: presets and bundled files."""
    from cnn_core.presets import PRESETS
    from cnn_samples import MODELS

    return {**PRESETS, **MODELS}


def with_model(request: OpenRequest, sequences: Sequences) -> OpenRequest:
    """Return the request with the model that it stands for.

    Without one, a record long enough is read with the trained network, whose filters learned something to look at,
    and a shorter one with the motifs.

    Args:
        request: What is asked for.
        sequences: Where its record is.

    Raises:
        CnnError: There is no such record or region.
    """
    if request.model is not None:
        return request
    record, _ = asked_place(request, sequences)
    return replace(request, model=default_model(len(record)))


def default_model(letters: int) -> str:
    """Return the model of a record of so many letters where none is named."""
    return DEFAULT_LONG_MODEL if letters >= LONG_RECORD else DEFAULT_MODEL


def open_model(name: str | None, options: ModelOptions | None = None) -> ModelFile:
    """Open the model that a name stands for.

    Args:
        name: One of `model_names`, or the path of a model file; None is `DEFAULT_MODEL`.
        options: How a file is read.

    Returns:
        The model, and what must be said of how it was read.

    Raises:
        NotFoundError: There is no such model.
        SettingError: An option that does not bear on the model.
        ModelError: The file cannot be read as a model.
    """
    name = DEFAULT_MODEL if name is None else name
    _check_model_name(name)
    options = options or ModelOptions()
    from cnn_core.presets import PRESETS, preset
    from cnn_samples import MODELS, model_path

    if name in PRESETS:
        if options.given:
            raise SettingError(
                f"{options.given[0]} is for model files, and {name} comes without one", remedy="leave it out"
            )
        from cnn_core.readers.report import ModelFile

        return ModelFile(preset(name), "preset")
    from cnn_core.readers.opening import open_model_file

    if name not in MODELS:
        return open_model_file(name, **options.for_reader)
    opened = open_model_file(model_path(name), **options.for_reader)
    return replace(opened, model=replace(opened.model, name=name))


def remarks(opened: ModelFile) -> tuple[str, ...]:
    """Return what must be said of how a model was read: what is not supported, then what was assumed."""
    return (*(f"not supported: {each}" for each in opened.unsupported), *opened.warnings)


def _check_model_name(name: str) -> None:
    """Refuse a name that is neither a model's nor a file's; whether the file is a model, its content decides."""
    names = model_names()
    path = Path(name)
    if name in names or (name and path.exists()):
        return
    *others, last = names
    are = f"the models are {', '.join(others)} and {last}"
    if path.suffix or len(path.parts) > 1:
        raise NotFoundError("there is no such file", where=name, remedy=nearest_file(path, are))
    close = get_close_matches(name.casefold(), names, n=1)
    raise NotFoundError(
        f"there is no model '{name}'", remedy=f"did you mean {close[0]}?" if close else f"{are}, or give a file"
    )


def open_source(text: str | None, *, stdin: bytes | None = None, progress: Progress | None = None) -> Sequences:
    """Open the records that a name on the command line stands for.

    Args:
        text: A path, `@` and the name of a sample, or `-` for standard input; None is the bundled sample.
        stdin: What standard input held. None reads it now, which the app cannot: its keys come from there.
        progress: See `cnn_core.sequences`.

    Raises:
        NotFoundError: There is no such sample or file.
        SequenceError: It is not FASTA, or a saved view.
    """
    if text == STANDARD_INPUT:
        from cnn_core.sequences import open_sequences

        return open_sequences("-", stdin=None if stdin is None else io.BytesIO(stdin), progress=progress)
    path = _source_path(text)
    _check_no_view(path)
    from cnn_core.sequences import open_sequences

    return open_sequences(path, progress=progress)


def stream_source(
    text: str | None, *, stdin: bytes | None = None, progress: Progress | None = None
) -> RecordStream | None:
    """Open the records of a name on the command line one after the other, see `cnn_core.sequences.open_stream`.

    Args:
        text: As for `open_source`.
        stdin: As for `open_source`.
        progress: Called while records are asked for.

    Returns:
        None where they can be read by slice.

    Raises:
        NotFoundError: There is no such sample or file.
        SequenceError: It cannot be read, or is a saved view.
    """
    from cnn_core.sequences import open_stream

    if text == STANDARD_INPUT:
        return open_stream("-", stdin=None if stdin is None else io.BytesIO(stdin), progress=progress)
    path = _source_path(text)
    _check_no_view(path)
    return open_stream(path, progress=progress)


def _source_path(text: str | None) -> Path:
    """Return the file of a name, of which at least so much is known that it is there."""
    from cnn_samples import SAMPLES, sample_path

    name = DEFAULT_SEQUENCES if text is None else text
    if name.startswith("@"):
        return sample_path(name)
    path = Path(name)
    if not name or not path.exists():
        sample = name.removesuffix(".fa")
        remedy = f"the sample of that name is @{sample}" if sample in SAMPLES else nearest_file(path, _SOURCES)
        raise NotFoundError("there is no such file", where=name or "''", remedy=remedy)
    if path.is_dir():
        raise SequenceError("this is a folder", where=name, remedy="name a FASTA file in it")
    return path


def _check_no_view(path: Path) -> None:
    """Refuse a saved view, of which the reader could but say that it does not begin with a record."""
    if path.suffix.lower() != _VIEW_SUFFIX or not path.is_file():
        return
    # Whoever opens it says why it cannot be.
    with suppress(OSError), path.open("rb") as file:
        start = file.read(_VIEW_START).lstrip()
        if _VIEW_KEY in start and not start.startswith(b">"):
            raise SequenceError(
                "this is a saved view, which the explorer and snapshot open",
                where=str(path),
                remedy="give the FASTA file that it names",
            )


def nearest_file(path: Path, otherwise: str) -> str:
    """Return what would be right instead of a path at which there is nothing.

    Args:
        path: The path.
        otherwise: What is said where no name in its folder comes near.
    """
    try:
        names = [entry.name for entry in path.parent.iterdir()] if path.name else []
    except OSError:
        return otherwise
    close = get_close_matches(path.name, names, n=1)
    return f"did you mean {path.with_name(close[0])}?" if close else otherwise


def open_reading(request: OpenRequest, sequences: Sequences, model: Model) -> Reading:
    """Return the reading that a request asks for, with a block to look into where the model has one.

    Args:
        request: Its record, region, ambiguity, reverse, block, settings and inputs are looked at. A region that
            names no record, such as `46-61`, is one of the record.
        sequences: Where the record is.
        model: The model that reads it.

    Raises:
        CnnError: There is no such record or region, it is too short for the model, or it holds an ambiguous
            letter that the policy refuses.
    """
    from cnn_core.block_reading import BlockReading, find_block, first_block
    from cnn_core.reading import Reading

    from .side_inputs import side_inputs

    record, interval = asked_place(request, sequences)
    if request.ambiguity not in AMBIGUITY_NAMES:
        raise SettingError(
            f"there is no policy '{request.ambiguity}' for ambiguous letters",
            remedy=f"it is one of {', '.join(AMBIGUITY_NAMES)}",
        )
    named = None if request.block is None else find_block(model, request.block)
    reading = Reading.of(
        model,
        record,
        interval,
        reverse=request.reverse,
        ambiguity=request.ambiguity,
        side_inputs=side_inputs(request.inputs),
    )
    reading.check_letters()
    block = named or first_block(model, reading.length)
    if block is None:
        if request.settings:
            raise ModelError("has no conv → pool block to set", where=model.name, remedy="leave out --set")
        return reading
    if request.settings:
        from .block_settings import with_typed_settings

        reading = replace(reading, model=with_typed_settings(model, block, request.settings))
    return BlockReading.into(reading, block)


def open_block_reading(request: OpenRequest, sequences: Sequences, model: Model) -> BlockReading:
    """Return the reading that a request asks for, see `open_reading`.

    Raises:
        ModelError: The model has no block to look into.
        CnnError: As for `open_reading`.
    """
    from cnn_core.block_reading import BlockReading

    reading = open_reading(request, sequences, model)
    if not isinstance(reading, BlockReading):
        raise ModelError(
            "has no convolution that feeds a pool",
            where=model.name,
            remedy="ask for any other value with --layer and --position",
        )
    return reading


def asked_place(request: OpenRequest, sequences: Sequences) -> tuple[Record, tuple[int, int] | None]:
    """Return the record that a request asks for and, where it asks for a region, its half-open interval.

    Args:
        request: Its record and region are looked at.
        sequences: Where the record is.

    Raises:
        CnnError: There is no such record or region, they name different records, or it has no letters.
    """
    from cnn_core.regions import resolve_region

    region = _full_region(request, sequences)
    if region is None:
        return _record(request, sequences), None
    record, start, stop = resolve_region(region, sequences)
    if request.record is not None and sequences[request.record].name != record.name:
        raise SettingError(
            f"the region {region} is one of record {record.name}, and the record asked for is {request.record}",
            remedy="leave one of them out",
        )
    if not start < stop:
        raise RegionError("holds no letters", where=region, remedy="give a region of at least one letter")
    return record, (start, stop)


def cut_region(request: OpenRequest, sequences: Sequences) -> str:
    """Return what must be said of a region that reaches past its record's end and is cut off there, or nothing.

    Args:
        request: Its record and region are looked at.
        sequences: Where the record is.

    Raises:
        CnnError: There is no such record or region.
    """
    from cnn_core.regions import what_was_cut

    region = _full_region(request, sequences)
    return "" if region is None else what_was_cut(region, sequences)


def _full_region(request: OpenRequest, sequences: Sequences) -> str | None:
    """Return the region that is asked for with its record's name, or None where none is."""
    region = request.region
    if region is not None and _BARE_REGION.fullmatch(region) and region.strip() not in sequences:
        return f"{_record(request, sequences).name}:{region.strip()}"
    return region


def _record(request: OpenRequest, sequences: Sequences) -> Record:
    if request.record is not None:
        return sequences[request.record]
    for record in sequences:
        if len(record):
            return record
    raise SequenceError("none of its records has letters", where=sequences.source, remedy="give another file")
