"""Transposed convolutions along a sequence, of one and of two dimensions.

Source: Keras's layers of these names.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from ...layers import Conv1DTranspose
from .activations import activated
from .assembly import Tensor, Unsupported
from .layer_call import LayerCall
from .two_dimensional import plane_of

__all__ = ["transposed_convolution"]


def transposed_convolution(called: LayerCall) -> Tensor:
    """Add a Conv1DTranspose, or a Conv2DTranspose that is one."""
    if called.age.theano:
        raise Unsupported("Theano's transposed convolutions are not computed")
    plane, tensor = plane_of(called, pools=False)
    if plane.consumes:
        raise Unsupported("it slides along the letters as well as along the sequence")
    sizes, strides = called.wholes("kernel_size", plane.rank), called.wholes("strides", plane.rank, 1)
    dilation = called.wholes("dilation_rate", plane.rank, 1)[plane.length]
    outer = called.settings.get("output_padding")
    ends = called.wholes("output_padding", plane.rank) if outer is not None else (None,) * plane.rank
    if plane.rank == 2 and (sizes[plane.other], strides[plane.other], ends[plane.other] or 0) != (1, 1, 0):
        raise Unsupported("it makes more than one row of a sequence")
    filters = called.whole("filters")
    kernel = np.ascontiguousarray(plane.along(called.weights.take("kernel", *sizes, filters, None)))
    bias = called.bias(filters)
    padding = called.text("padding", "valid")
    if padding not in ("valid", "same"):
        raise Unsupported(f"its padding is '{padding}', which is not computed")
    layer = partial(
        Conv1DTranspose,
        kernel,
        bias,
        stride=strides[plane.length],
        padding=padding,
        output_padding=ends[plane.length],
        dilation=dilation,
    )
    return activated(called, layer, tensor, plane.axes)
