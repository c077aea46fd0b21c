"""The kernels of a convolution as arrays or as a table."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..blocks.filter_labels import filter_label
from ..blocks.letter_block import run_on_letters
from ..blocks.reading import Reading
from .comments import assumption_array, write_comments
from .decimals import decimals, shortest
from .tables import table_name

__all__ = ["channels_of", "kernel_arrays", "write_kernel_table"]


def kernel_arrays(reading: Reading, filters: tuple[int, ...]) -> dict[str, NDArray[Any]]:
    """Return the filters of a block's convolution as arrays.

    Args:
        reading: The block.
        filters: The filters, by number.

    Raises:
        SettingError: The kernels read feature maps.

    Returns:
        `kernel`, shape (kernel size, input channels, filters), channels in the model's order; `bias`, shape
        (filters,), zeros without a bias; `channels`, the order; `filters` and `filter_names`; `assumptions`, what
        had to be assumed about the files, and `weight_edits`, if anything.
    """
    conv, chosen = run_on_letters(reading.run).conv, list(filters)
    bias = np.zeros(conv.filters, dtype=np.float32) if conv.bias is None else conv.bias
    return {
        "kernel": conv.full_kernel()[:, :, chosen],
        "bias": bias[chosen],
        "channels": np.array(channels_of(reading)),
        "filters": np.array(filters, dtype=np.int64),
        "filter_names": np.array([conv.filter_names[index] if conv.filter_names else "" for index in filters]),
        **assumption_array(reading.assumed, weight_edits=reading.model.weight_names),
    }


def write_kernel_table(reading: Reading, filters: tuple[int, ...], file: BinaryIO) -> None:
    """Write kernels as tab-separated columns: filter, tap, one column a channel; the bias is in the row of tap `bias`.

    What had to be assumed about the files comes first, in lines that begin with #.

    Args:
        reading: The block.
        filters: The filters, by number.
        file: A file that is open for writing bytes.

    Raises:
        SettingError: The kernels read feature maps.
    """
    run = run_on_letters(reading.run)
    conv = run.conv
    channels = channels_of(reading)
    kernel = conv.full_kernel()
    write_comments(reading.assumed, file, reading.model.weight_names)
    file.write(f"filter\ttap\t{chr(9).join(channels)}\n".encode())
    for index in filters:
        label = table_name(filter_label(conv, index))
        for tap, weights in enumerate(kernel[:, :, index]):
            file.write(f"{label}\t{tap}\t{chr(9).join(decimals(weights))}\n".encode())
        bias = 0.0 if conv.bias is None else conv.bias[index]
        file.write(f"{label}\tbias\t{shortest(bias)}{chr(9) * (len(channels) - 1)}\n".encode())


def channels_of(reading: Reading) -> str:
    """Return the order of the channels that a block's kernels read, such as ACGT."""
    letters = reading.model.letters_of(reading.model[reading.block.conv])
    assert letters is not None
    return letters.channels
