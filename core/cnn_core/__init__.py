"""See what a 1-D convolution over DNA computes, what the pool selects, and from where. numpy in, numpy out.

```python
import cnn_core as cnn

model = cnn.open_model("model.keras")  # or a preset: "motifs", "seed"
with cnn.open_sequences("my.fa") as records:
    reading = model.read(records["chr1"], region="1-500")
    print(reading["conv1d"])  # activations, a numpy array (positions, channels)
    print(reading.explain("max_pooling1d", cell=3, channel=17))  # the chain down to the bases
    print(model.predict(records)["output"])  # what the network gives on all of them
```

`open_model` gives an `OpenedModel`, whose `read` gives a `ModelReading`; what these return has `to_frame()`, a data
frame of pandas or polars. Wrong input raises a `CnnError`, one sentence: what, where, and what would be right.

What stands in `__all__` is the public face: it stays as it is, and is loaded when it is first used. The modules behind
it may move. Nothing here opens a terminal, prints, or knows a screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy_names import lazily

if TYPE_CHECKING:
    from .attribution import Attribution, Effects
    from .errors import CnnError
    from .letters.sequence_files import open_sequences
    from .motifs import FilterMotif, FilterMotifs
    from .named_arrays import NamedArray
    from .public import (
        Explanation,
        Hits,
        ModelReading,
        OpenedModel,
        PredictedSequences,
        VariantScores,
        open_model,
    )
    from .scan import Influence, Insertion

__version__ = "0.2.0"
__all__ = [
    "Attribution",
    "CnnError",
    "Effects",
    "Explanation",
    "FilterMotif",
    "FilterMotifs",
    "Hits",
    "Influence",
    "Insertion",
    "ModelReading",
    "NamedArray",
    "OpenedModel",
    "PredictedSequences",
    "VariantScores",
    "open_model",
    "open_sequences",
]

__getattr__ = lazily(
    __name__,
    {
        "attribution": "Attribution Effects",
        "errors": "CnnError",
        "letters.sequence_files": "open_sequences",
        "motifs": "FilterMotif FilterMotifs",
        "named_arrays": "NamedArray",
        "public": "Explanation Hits ModelReading OpenedModel PredictedSequences VariantScores open_model",
        "scan": "Influence Insertion",
    },
)


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__, "__version__"]
