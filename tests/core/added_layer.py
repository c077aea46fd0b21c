"""A layer that the engine lacks, added as CONTRIBUTING.md says, and a Keras file that has it."""

from __future__ import annotations

import importlib
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
import pytest

from cnn_core import layers
from cnn_core.programs import rows
from cnn_core.readers import npz_classes
from cnn_core.readers.keras import layer_classes
from cnn_core.readers.keras.activations import simple
from cnn_core.readers.keras.variables import always

__all__ = ["LENGTH", "OFFSET", "SCALE", "added_layer", "write_keras_file"]

LENGTH, OFFSET = 24, 0.25
SCALE: Final = np.array([2, -0.5, 1.5], dtype=np.float32)
_ROOM: Final = Path(__file__).parent / "added"


@contextmanager
def added_layer() -> Iterator[None]:
    """Add the layer for a while."""
    with pytest.MonkeyPatch.context() as patch:
        # Its family's module stands in the room of the layers.
        patch.setattr(layers, "__path__", [*layers.__path__, str(_ROOM)])
        family = importlib.import_module(f"{layers.__name__}.scaling")
        # Its line in the room's `__init__.py`: from .scaling import *
        for name in family.__all__:
            patch.setattr(layers, name, getattr(family, name), raising=False)
        # Its row in the table of Keras's classes.
        read = layer_classes.KerasClass(simple(family.Scaling, weights=("scale",)), always("scale"))
        patch.setitem(layer_classes.CLASSES, "Scaling", read)
        # Its row in the table of programs.
        patch.setitem(rows.ROWS, family.Scaling, rows._of_inputs("{0} * {scale} + {offset!r}"))
        _forget_classes()
        try:
            yield
        finally:
            del sys.modules[family.__name__], layers.scaling  # type: ignore[attr-defined]
            _forget_classes()


def _forget_classes() -> None:
    """Let model files of ours name what the room of the layers holds now."""
    for known in (npz_classes._known, npz_classes.classes, npz_classes.enums):
        known.cache_clear()


def write_keras_file(path: Path) -> None:
    """Write a model as Keras 3 does: Conv1D → Scaling → MaxPooling1D → Flatten → Dense."""
    numbers = np.random.default_rng(7)
    weights = {
        "conv1d": [numbers.normal(size=(4, 4, 3)), numbers.normal(size=3)],
        "scaling": [SCALE],
        "dense": [numbers.normal(size=(30, 1)), numbers.normal(size=1)],
    }
    stated: list[tuple[str, dict[str, Any]]] = [
        ("InputLayer", {"name": "input_layer", "batch_shape": [None, LENGTH, 4]}),
        ("Conv1D", {"name": "conv1d", "filters": 3, "kernel_size": [4], "activation": "relu"}),
        ("Scaling", {"name": "scaling", "offset": OFFSET}),
        ("MaxPooling1D", {"name": "max_pooling1d", "pool_size": [2], "strides": [2]}),
        ("Flatten", {"name": "flatten"}),
        ("Dense", {"name": "dense", "units": 1}),
    ]
    configured = [{"module": "keras.layers", "class_name": kind, "config": config} for kind, config in stated]
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "added", "layers": configured}}
    stored = io.BytesIO()
    with h5py.File(stored, "w") as file:
        for layer, arrays in weights.items():
            for number, array in enumerate(arrays):
                file[f"layers/{layer}/vars/{number}"] = array.astype(np.float32)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(model))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("model.weights.h5", stored.getvalue())
