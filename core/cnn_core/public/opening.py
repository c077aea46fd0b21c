"""From a file, or the name of a preset, to an opened model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..errors import ModelError, NotFoundError, SettingError, shorten
from ..presets import PRESETS, preset
from ..readers.opening import ModelOptions, open_model_file
from ..readers.report import ModelFile
from .models import OpenedModel

__all__ = ["open_model"]

_OPTIONS: Final = (*ModelOptions.__annotations__,)
_TEXT: Final = (str,), "a text"
_WHOLE: Final = (int, np.integer), "a whole number"
_KINDS: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "architecture": ((str, os.PathLike), "a path"),
    "flip_kernels": ((bool, np.bool_), "True or False"),
    "treat": ((Mapping,), 'a mapping such as {"lambda": "identity"}'),
    "pool_size": _WHOLE,
    "pool_stride": _WHOLE,
    "pseudocount": ((int, float, np.number), "a number"),
    "background": ((tuple, list, np.ndarray), "four shares"),
}


def open_model(source: str | os.PathLike[str], **options: Any) -> OpenedModel:
    """Open a model file, or a preset of the engine.

    ```python
    model = cnn.open_model("model.keras")
    model = cnn.open_model("weights.pt", activation="relu", pool_size=4)
    model = cnn.open_model("JASPAR2026.meme", motif_score="log-odds")
    print(model.assumptions)  # what the file left open, and was assumed
    ```

    Args:
        source: The file, of any format that is read (Keras, PyTorch, safetensors, motifs, npz), or the name of a
            preset, `motifs` or `seed`. The bundled trained model is the file `cnn_samples.model_path("trained")`.
        options: How a file is read, named as on the command line, `_` for `-`; `cnn-tui help formats` says which format
            needs which. Of most formats: `channels` (the order of the letters, such as `ATGC`), `treat` (layers that
            cannot be read, such as `{"lambda": "identity"}`), `begin` (the layer to begin at), `architecture` (of
            Keras's weights alone), `flip_kernels` (of Theano's). Of weights alone: `weights`, `batch_norm`,
            `activation`, `pool_size`, `pool_stride`. Of motifs: `motif_score`, `motif_rows`, `motif_threshold`,
            `pseudocount`, `background`.

    Returns:
        The model.

    Raises:
        CnnError: There is no such file or option, or the file cannot be read as a model.
    """
    if not isinstance(source, str | os.PathLike):
        raise SettingError(
            f"{type(source).__name__} is not a model file", remedy="give a path, or the name of a preset"
        )
    unknown = [name for name in options if name not in _OPTIONS]
    if unknown:
        raise SettingError(f"there is no option '{unknown[0]}'", remedy=f"there are {', '.join(_OPTIONS)}")
    for name, value in options.items():
        kinds, wanted = _KINDS.get(name, _TEXT)
        if value is not None and not isinstance(value, kinds):
            raise SettingError(f"{name} is given as {type(value).__name__}", remedy=f"give {wanted}")
    if isinstance(source, str) and source in PRESETS:
        if options:
            raise SettingError(f"{next(iter(options))} is for model files, and {source} comes without one")
        return OpenedModel(preset(source))
    try:
        opened: ModelFile = open_model_file(source, **options)
    except NotFoundError:
        if Path(source).name != source or Path(source).suffix or Path(source).exists():
            raise
        # What the command line takes as a model's name may be none here.
        raise NotFoundError(
            f"there is no file or preset '{shorten(source)}'",
            remedy=f"the presets are {' and '.join(PRESETS)}, and the trained model that comes along is the file "
            "cnn_samples.model_path('trained')",
        ) from None
    except (TypeError, ValueError) as error:
        raise ModelError(f"an option is of another kind ({error})", where=os.fspath(source)) from None
    return OpenedModel(opened.model, opened.warnings, opened.unsupported)
