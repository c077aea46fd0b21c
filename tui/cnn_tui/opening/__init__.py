"""From what the user asks for to a model, its sequences and the first reading; the commands and the app share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .config_file import config_path, read_config, read_own_config
    from .initial_place import asked_channel, first_cell, first_filter, first_position
    from .models import open_model, remarks, unsupported_words
    from .motif_sets import KNOWN_SET, NO_SET, comparison_words, open_comparison
    from .named_motif import open_motif
    from .names import check_request, is_view_name, model_names, source_path
    from .readings import asked_pad, open_block_reading, open_network_reading, open_reading, read_record
    from .record_and_region import asked_place, cut_region, regions_of, with_model
    from .side_inputs import read_side_inputs
    from .sources import open_source, start_of_toml, stream_source
    from .suggestions import nearest_file, nearest_name
    from .versus import VERSUS_EXAMPLES, Versus, versus_of

__getattr__ = lazily(
    __name__,
    {
        "config_file": "config_path read_config read_own_config",
        "initial_place": "asked_channel first_cell first_filter first_position",
        "models": "open_model remarks unsupported_words",
        "motif_sets": "KNOWN_SET NO_SET comparison_words open_comparison",
        "named_motif": "open_motif",
        "names": "check_request is_view_name model_names source_path",
        "suggestions": "nearest_file nearest_name",
        "record_and_region": "asked_place cut_region regions_of with_model",
        "readings": "asked_pad open_block_reading open_network_reading open_reading read_record",
        "side_inputs": "read_side_inputs",
        "sources": "open_source start_of_toml stream_source",
        "versus": "VERSUS_EXAMPLES Versus versus_of",
    },
)
