"""From the name of a model to the model: presets, bundled files, and files of the user's."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import cache
from pathlib import PurePath
from typing import Final

from cnn_core.errors import SettingError
from cnn_core.network.output_names import read_output_names, with_output_names
from cnn_core.network.weight_edits import parse_weight_edits
from cnn_core.presets import PRESETS, preset
from cnn_core.readers.npz import MODEL_FORMAT
from cnn_core.readers.opening import open_model_file
from cnn_core.readers.report import ModelFile
from cnn_core.readers.unavailability import causes
from cnn_samples import MODELS, model_path

from ..options.default_model import DEFAULT_MODEL
from ..options.model_options import ModelOptions
from .names import check_model_name

__all__ = [
    "open_model",
    "remarks",
    "unsupported_words",
]

_log: Final = logging.getLogger(__name__)


def open_model(name: str | None, options: ModelOptions | None = None) -> ModelFile:
    """Open the model that a name stands for.

    Args:
        name: One of `names.model_names`, or the path of a model file; None is `DEFAULT_MODEL`.
        options: How a file is read, how its outputs are called, and what is edited of its weights.

    Returns:
        The model, and what must be said of how it was read.

    Raises:
        NotFoundError: There is no such model, or a layer or filter that is edited.
        SettingError: An option that does not apply to the model, or an edit of no weight of it.
        ModelError: The file cannot be read as a model.
    """
    options = options or ModelOptions()
    name = DEFAULT_MODEL if name is None else name
    opened = _opened(name, options)
    _log.info(
        "model %s: %s, %d layers, %d numbers",
        *(model_path(name) if name in MODELS else name, opened.format),
        *(len(opened.model.nodes), opened.model.parameter_count),
    )
    if options.output_names is not None:
        named = read_output_names(options.output_names)
        opened = replace(opened, model=with_output_names(opened.model, named, options.output_names))
    if options.weight_edits:
        edits = parse_weight_edits(options.weight_edits, opened.model)
        opened = replace(opened, model=opened.model.with_weights(edits))
    return opened


def _opened(name: str, options: ModelOptions) -> ModelFile:
    """Return the model of a name, with the weights of its own."""
    check_model_name(name)
    if name in PRESETS:
        if options.given:
            raise SettingError(
                f"{options.given[0]} is for model files, and {name} comes without one", remedy="leave it out"
            )
        return _coming_along(name)
    if name not in MODELS:
        opened = open_model_file(name, **options.for_reader)
        if not opened.format.startswith(MODEL_FORMAT) and opened.model.name in (*PRESETS, *MODELS):
            # What is said of a model that comes along holds for no other of its name.
            opened = replace(opened, model=replace(opened.model, name=PurePath(name).name))
        return opened
    if not options.given:
        return _coming_along(name)
    opened = open_model_file(model_path(name), **options.for_reader)
    return replace(opened, model=replace(opened.model, name=name))


@cache
def _coming_along(name: str) -> ModelFile:
    """Return a model that comes along as it is: one for all who open it, and so are its tables of words."""
    if name in PRESETS:
        return ModelFile(preset(name), "preset")
    opened = open_model_file(model_path(name))
    return replace(opened, model=replace(opened.model, name=name))


def remarks(opened: ModelFile) -> tuple[str, ...]:
    """Return what must be said of how a model was read: what is not supported, then what was assumed."""
    return (*unsupported_words(opened), *opened.warnings)


def unsupported_words(opened: ModelFile) -> tuple[str, ...]:
    """Return what of a model cannot be computed, by cause, see `readers.unavailability`."""
    return tuple(f"not supported: {each}" for each in causes(opened.model))
