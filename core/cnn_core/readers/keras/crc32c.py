"""The checksum CRC-32C (Castagnoli), and the form in which TensorFlow's files keep it.

Long data is cut into lanes that numpy takes a byte of each at a time, and the lanes' checksums are then put together:
that of a lane with n bytes behind it is what n zero bytes make of it, and a checksum is linear in its bits.

Source: RFC 3720, appendix B.4; `tensorflow/core/lib/hash/crc32c.h` (the mask).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["crc32c", "masked"]

_POLYNOMIAL: Final = 0x82F63B78
_ALL: Final = 0xFFFFFFFF
_MASK: Final = 0xA282EAD8
_LANES: Final = 2048
_LONG: Final = 1 << 15

Words = NDArray[np.uint32]


def crc32c(data: bytes | memoryview) -> int:
    """Return the checksum of some bytes.

    Args:
        data: The bytes.
    """
    state, at = _ALL, 0
    if len(data) >= _LONG:
        width = len(data) // _LANES
        at = width * _LANES
        lanes = np.frombuffer(data, dtype=np.uint8, count=at).reshape(_LANES, width)
        states = np.zeros(_LANES, dtype=np.uint32)
        states[0] = _ALL
        for column in np.ascontiguousarray(lanes.T):
            states = _TABLE[(states ^ column) & np.uint32(0xFF)] ^ (states >> np.uint32(8))
        shift = _zeros(width)
        state = 0
        for each in states.tolist():
            state = shift[0][state & 255] ^ shift[1][state >> 8 & 255] ^ shift[2][state >> 16 & 255] ^ (
                shift[3][state >> 24]
            ) ^ each  # fmt: skip
    for byte in data[at:]:
        state = _NUMBERS[(state ^ byte) & 255] ^ (state >> 8)
    return state ^ _ALL


def masked(checksum: int) -> int:
    """Return a checksum as TensorFlow stores it.

    Args:
        checksum: The checksum.
    """
    return ((checksum >> 15 | checksum << 17) + _MASK) & _ALL


def _table() -> Words:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, values >> np.uint32(1) ^ np.uint32(_POLYNOMIAL), values >> np.uint32(1))
    return values


_TABLE: Final = _table()
_NUMBERS: Final[list[int]] = _TABLE.tolist()


def _zeros(count: int) -> list[list[int]]:
    """Return what so many zero bytes make of a state, as a table for each of its bytes."""
    states = (np.arange(256, dtype=np.uint32)[None] << np.arange(0, 32, 8, dtype=np.uint32)[:, None]).ravel()
    for _ in range(count):
        states = _TABLE[states & np.uint32(0xFF)] ^ (states >> np.uint32(8))
    return states.reshape(4, 256).tolist()
