"""The public face of the engine, for notebooks and scripts: what `import cnn_core` offers, and stays as it is."""

from __future__ import annotations

from .explanations import Explanation
from .models import OpenedModel, open_model
from .readings import ModelReading

__all__ = ["Explanation", "ModelReading", "OpenedModel", "open_model"]
