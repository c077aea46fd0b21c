"""A conv → pool block of a network: the names of its layers, and the settings that change while its weights stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..layers import AnyPadding, Convolution1D, Layer, Pooling1D

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
        pool_size: Responses that a cell selects from.
        pool_stride: Responses between neighbouring pool windows.
        pool_padding: `valid` or `same`, or positions left and right.
    """

    conv_stride: int
    conv_padding: AnyPadding
    dilation: int
    pool_size: int
    pool_stride: int
    pool_padding: AnyPadding

    @classmethod
    def of(cls, conv: Convolution1D, pool: Pooling1D) -> BlockSettings:
        """Return the settings of two layers."""
        return cls(
            conv.stride,
            conv.sliding.padding,
            conv.dilation,
            pool.size,
            pool.sliding.stride,
            pool.sliding.padding,
        )

    def applied(self, layer: Layer) -> Layer:
        """Return a convolution or a pool with these settings, and any other layer as it is.

        Raises:
            SettingError: A size, a stride or a dilation below 1, a causal pool, or one padded by a whole window.
        """
        if isinstance(layer, Convolution1D):
            return replace(layer, stride=self.conv_stride, padding=self.conv_padding, dilation=self.dilation)
        if isinstance(layer, Pooling1D):
            return replace(layer, size=self.pool_size, stride=self.pool_stride, padding=self.pool_padding)
        return layer
