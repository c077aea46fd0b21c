"""What a layer is called and how it is set, from any Keras's words to those of Keras 3.

Keras 0.3 and 1 said `Convolution1D(nb_filter, filter_length, border_mode, subsample_length)` where Keras 2 and 3 say
`Conv1D(filters, kernel_size, padding, strides)`. Nothing is judged here; a setting that is missing stays missing.

Sources: `get_config` of the layers of Keras 0.3.3, 1.2.2, 2.2.4, 2.15 and 3, and the tables with which Keras 2 read
Keras 1 (`keras/legacy/interfaces.py`).
"""

from __future__ import annotations

from typing import Any, Final

from .layer_classes import CLASSES
from .layer_config import is_own
from .text import Json

__all__ = ["modern", "qualified"]

_KERAS: Final = ("keras", "keras_core", "tf_keras", "tensorflow")
"""The first parts of the modules in which Keras's own classes stand."""
_KNOWN_PACKAGES: Final = ("Addons", "Keras", "keras")
"""Packages of registered classes none of which has the name of a layer of Keras's without being it."""
_NO_PACKAGE: Final = "Custom"

_EVERYWHERE: Final = {
    "border_mode": "padding",
    "bias": "use_bias",
    "nb_filter": "filters",
    "subsample": "strides",
    "atrous_rate": "dilation_rate",
    "inner_activation": "recurrent_activation",
    "batch_input_shape": "batch_shape",
}
_ORDERINGS: Final = {"th": "channels_first", "tf": "channels_last"}


def qualified(part: Json) -> str:
    """Return a layer's class, behind its package and `>` where it is not Keras's own.

    A class of the author's own may have the name of one of Keras's and compute something else. Keras 3 and the
    `.keras` files of 2.12 to 2.15 say where a class comes from; a legacy file says it of registered classes alone, as
    `mine>Conv1D`.

    Args:
        part: The layer as its configuration has it: `class_name`, and `module` and `registered_name` where they are.
    """
    found = part.get("class_name", part.get("name"))
    class_name = found if isinstance(found, str) else ""
    module, registered = part.get("module"), part.get("registered_name")
    package, _, name = class_name.rpartition(">")
    package = package or (registered.rpartition(">")[0] if isinstance(registered, str) else "")
    if package:
        return name if package in _KNOWN_PACKAGES else f"{package}>{name}"
    if "module" not in part or (isinstance(module, str) and module.partition(".")[0] in _KERAS):
        return name
    return f"{module or _NO_PACKAGE}>{name}"


def modern(class_name: str, config: Json) -> tuple[str, Json]:
    """Return a layer's class and settings in the words of Keras 3; a class of the author's own stays as it is.

    Args:
        class_name: The class, as `qualified` returns it.
        config: The settings, as the file has them; they are not changed.
    """
    if is_own(class_name):
        return class_name, dict(config)
    found = _named(class_name)
    row = CLASSES.get(found)
    settings = dict(config)
    for old, new in {**_EVERYWHERE, **(row.older_settings if row else {})}.items():
        if old in settings:
            value = settings.pop(old)
            settings.setdefault(new, value)
    ordering = settings.pop("dim_ordering", None)
    if _is_text(ordering) and ordering in _ORDERINGS:
        settings.setdefault("data_format", _ORDERINGS[ordering])
    if "nb_row" in settings and "nb_col" in settings:
        settings.setdefault("kernel_size", [settings.pop("nb_row"), settings.pop("nb_col")])
    if class_name.startswith("CuDNN"):
        # Neither can be set otherwise.
        settings |= {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True, "reset_after": True}
        settings["cudnn"] = True
    if found == "Merge":
        return _merge(settings)
    if found == "ThresholdedReLU":
        return "ReLU", {"name": settings.get("name"), "threshold": settings.get("theta", 1.0)}
    if found == "TimeDistributedMerge" and settings.get("mode") == "ave":
        return "GlobalAveragePooling1D", settings
    return found, settings


def _named(class_name: str) -> str:
    """Return what Keras 3 calls a class."""
    if class_name in CLASSES:
        return class_name
    return next((name for name, row in CLASSES.items() if class_name in row.older_names), class_name)


def _merge(settings: Json) -> tuple[str, Json]:
    """Return the layer that a mode of Keras 1's Merge is now."""
    mode: Any = settings.get("mode")
    raw = mode and settings.get("mode_type", "raw") == "raw"
    found = next((name for name, row in CLASSES.items() if raw and row.merge_mode == mode), None)
    if found is None:
        return "Merge", settings
    if found == "Concatenate":
        settings.setdefault("axis", settings.get("concat_axis", -1))
    if found == "Dot":
        settings.setdefault("axes", settings.get("dot_axes", -1))
    return found, settings


def _is_text(value: object) -> bool:
    return isinstance(value, str)
