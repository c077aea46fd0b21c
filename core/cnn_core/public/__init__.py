"""The public face of the engine, for notebooks and scripts: what `import cnn_core` offers, and stays as it is."""

from __future__ import annotations

from .explanations import Explanation
from .hits import Hits
from .models import OpenedModel
from .opening import open_model
from .predictions import PredictedSequences
from .readings import ModelReading
from .variants import VariantScores

__all__ = [
    "Explanation",
    "Hits",
    "ModelReading",
    "OpenedModel",
    "PredictedSequences",
    "VariantScores",
    "open_model",
]
