"""Letters in the middle or at the end of an input, in a program."""

from __future__ import annotations

from itertools import product

import numpy as np
from each_case import each_case
from small_models import Letters

from cnn_core.blocks import Pad, PadSide, Reading
from cnn_core.layers import Conv1D, Input
from cnn_core.letters.alphabet import one_hot
from cnn_core.network.model import Model
from cnn_core.programs.letters import encoding_lines, letter_lines


@each_case(
    ("side", "with_n", "channels", "ambiguity", "reverse"),
    [*product(PadSide, [False, True], ["ACGT", "ATGCN"], ["zero", "uniform"], [False, True])],
)
def test_a_program_has_the_numbers_that_the_network_reads(
    side: PadSide, with_n: bool, channels: str, ambiguity: str, reverse: bool
) -> None:
    layer = Input(9, channels)
    kernel = np.ones((2, len(channels), 1), dtype=np.float32)
    model = Model.sequential("m", [("letters", layer), ("conv", Conv1D(kernel))])
    record = Letters("ACGNR")
    reading = Reading.of(model, record, reverse=reverse, ambiguity=ambiguity, pad=Pad(side, with_n))
    lines = [*letter_lines(reading, None), *encoding_lines(layer, "numbers", reading)]
    found: dict[str, object] = {"np": np}
    exec("\n".join(lines), found)
    expected = one_hot(reading.codes(0, 9), channels, ambiguity)
    np.testing.assert_allclose(np.asarray(found["numbers"]), expected, atol=1e-6)
