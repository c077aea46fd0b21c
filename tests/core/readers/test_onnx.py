"""ONNX models: every value of a graph is what ONNX Runtime computed, whichever exporter wrote it."""

from __future__ import annotations

import numpy as np
import pytest
from onnx_fixtures import FILES, graph_values, sampled, stored

from cnn_core.readers.opening import open_model_file


def test_every_value_of_every_graph_is_the_runtimes(subtests: pytest.Subtests) -> None:
    answers = stored()[1]
    for name in FILES:
        with subtests.test(name):
            found, reasons = graph_values(name)
            assert reasons == {}
            compared = 0
            for value, (shape, numbers) in answers[name].items():
                if value not in found:
                    continue
                assert found[value].shape == shape, value
                scale = max(1.0, float(np.abs(numbers).max()))
                ours = found[value].ravel()[sampled(found[value].size)]
                np.testing.assert_allclose(ours, numbers, rtol=0, atol=1e-5 * scale, err_msg=value)
                compared += 1
            assert compared >= len(answers[name]) / 2


def test_every_model_opens_whole_and_gives_the_runtimes_outputs(subtests: pytest.Subtests) -> None:
    codes = stored()[0]
    for name, path in FILES.items():
        with subtests.test(name):
            file = open_model_file(path)
            assert file.unsupported == ()
            run = file.model.run(codes)
            assert set(file.model.outputs) <= run.keys()
