"""Whole records and files of them: overview, strongest cells, outputs, many records side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .filter_influence import FilterInfluence, Influence, influences
    from .hit_thresholds import HIT_P, HitThresholds
    from .inserted_change import Insertion
    from .insertion import MotifInsertion
    from .insertion_places import CENTER, InsertionPlaces
    from .model_differences import LayerDifference, ModelDifferences
    from .output_scan import OutputScan, check_scan, scan_output, units_of, window_starts
    from .overview import Overview
    from .predictions import PredictedValues, Prediction, Predictions
    from .record_scan import RecordScan, block_to_scan
    from .whole_record import whole_reading
    from .whole_scan import background_threads, prepare_scan, scan_cells

__getattr__ = lazily(
    __name__,
    {
        "filter_influence": "FilterInfluence Influence influences",
        "hit_thresholds": "HIT_P HitThresholds",
        "inserted_change": "Insertion",
        "insertion": "MotifInsertion",
        "insertion_places": "CENTER InsertionPlaces",
        "model_differences": "LayerDifference ModelDifferences",
        "overview": "Overview",
        "output_scan": "OutputScan check_scan scan_output units_of window_starts",
        "predictions": "PredictedValues Prediction Predictions",
        "record_scan": "RecordScan block_to_scan",
        "whole_record": "whole_reading",
        "whole_scan": "background_threads prepare_scan scan_cells",
    },
)
