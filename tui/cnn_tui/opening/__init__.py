"""From what the user asks for to a model, its sequences and the first reading; the commands and the app share it."""

from __future__ import annotations

from ..options.default_model import DEFAULT_LONG_MODEL, DEFAULT_MODEL, LONG_RECORD, default_model
from ..options.request import (
    AMBIGUITY_NAMES,
    DEFAULT_SEQUENCES,
    STANDARD_INPUT,
    THEME_NAMES,
    OpenRequest,
)
from .checks import check_request
from .models import (
    model_names,
    open_model,
    remarks,
    unsupported_words,
)
from .nearest import nearest_file
from .places import asked_place, cut_region, with_model
from .readings import open_block_reading, open_reading, read_record
from .sources import open_source, start_of_toml, stream_source

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
    "read_record",
    "remarks",
    "start_of_toml",
    "stream_source",
    "unsupported_words",
    "with_model",
]
