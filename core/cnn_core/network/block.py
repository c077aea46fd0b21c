"""A conv → pool block of a network: the names of its layers, and the settings that change while its weights stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import SettingError
from ..layers import AnyPadding, Convolution1D, Layer, Padding, Pooling1D, PoolingLayer

__all__ = ["Block", "BlockSettings"]


@dataclass(frozen=True, slots=True)
class Block:
    """A convolution and the pool that reads its feature maps, by the names of their layers.

    Attributes:
        conv: The convolution.
        between: The layers between the two, which change each position for itself, in order.
        pool: The pool.
    """

    conv: str
    between: tuple[str, ...]
    pool: str


@dataclass(frozen=True, slots=True)
class BlockSettings:
    """What can be changed in a block while its weights stay.

    Attributes:
        conv_stride: Bases between neighbouring windows.
        conv_padding: `valid`, `same` or `causal`, or positions left and right.
        dilation: Bases between neighbouring taps of the kernel.
        pool_size: Responses that a cell selects from; None where it is all of them, which cannot be set.
        pool_stride: Responses between neighbouring pool windows; None as the size is.
        pool_padding: `valid` or `same`, or positions left and right.
    """

    conv_stride: int
    conv_padding: AnyPadding
    dilation: int
    pool_size: int | None
    pool_stride: int | None
    pool_padding: AnyPadding

    @classmethod
    def of(cls, conv: Convolution1D, pool: PoolingLayer) -> BlockSettings:
        """Return the settings of two layers."""
        of_conv = conv.stride, conv.sliding.padding, conv.dilation
        if not isinstance(pool, Pooling1D):
            return cls(*of_conv, None, None, Padding.VALID)
        return cls(*of_conv, pool.size, pool.sliding.stride, pool.sliding.padding)

    def applied(self, layer: Layer) -> Layer:
        """Return a convolution or a pool with these settings, and any other layer as it is.

        Raises:
            SettingError: A size, a stride or a dilation below 1, a causal pool, or one padded by a whole window.
        """
        if isinstance(layer, Convolution1D):
            return replace(layer, stride=self.conv_stride, padding=self.conv_padding, dilation=self.dilation)
        if isinstance(layer, Pooling1D):
            size = layer.size if self.pool_size is None else self.pool_size
            return replace(layer, size=size, stride=self.pool_stride, padding=self.pool_padding)
        if isinstance(layer, PoolingLayer) and self._sets_pool:
            raise SettingError(
                "reads all positions at once, so it has no size, stride or padding to set",
                where=layer.type,
                remedy="set the convolution's",
            )
        return layer

    @property
    def _sets_pool(self) -> bool:
        return (self.pool_size, self.pool_stride, self.pool_padding) != (None, None, Padding.VALID)
