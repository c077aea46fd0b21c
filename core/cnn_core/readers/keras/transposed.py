"""Transposed convolutions along a sequence, of one and of two dimensions.

Source: Keras's layers of these names.
"""

from __future__ import annotations

import numpy as np

from ...layers import Conv1DTranspose, Layer
from .activations import activated
from .assembly import Tensor, Unsupported
from .site import Site
from .two_dimensional import plane_of

__all__ = ["transposed_convolution"]


def transposed_convolution(site: Site) -> Tensor:
    """Add a Conv1DTranspose, or a Conv2DTranspose that is one."""
    if site.age.theano:
        raise Unsupported("Theano's transposed convolutions are not computed")
    plane, tensor = plane_of(site, pools=False)
    if plane.consumes:
        raise Unsupported("it slides along the letters as well as along the sequence")
    sizes, strides = site.wholes("kernel_size", plane.rank), site.wholes("strides", plane.rank, 1)
    dilation = site.wholes("dilation_rate", plane.rank, 1)[plane.length]
    outer = site.settings.get("output_padding")
    ends = site.wholes("output_padding", plane.rank) if outer is not None else (None,) * plane.rank
    if plane.rank == 2 and (sizes[plane.other], strides[plane.other], ends[plane.other] or 0) != (1, 1, 0):
        raise Unsupported("it makes more than one row of a sequence")
    filters = site.whole("filters")
    kernel = np.ascontiguousarray(plane.along(site.weights.take("kernel", *sizes, filters, None)))
    bias = site.weights.take("bias", filters) if site.flag("use_bias", True) else None
    site.weights.finish()
    padding = site.text("padding", "valid")
    if padding not in ("valid", "same"):
        raise Unsupported(f"its padding is '{padding}', which is not computed")

    def of(activation: str) -> Layer:
        return Conv1DTranspose(
            kernel,
            bias,
            stride=strides[plane.length],
            padding=padding,
            output_padding=ends[plane.length],
            dilation=dilation,
            activation=activation,
        )

    return activated(site, of, tensor, plane.axes)
