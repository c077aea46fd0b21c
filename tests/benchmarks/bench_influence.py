"""How fast the influence of all filters is worked out, beside a run of the whole network for every replacement.

The networks read 500 bases and have 320 filters of width 16 and a pool of 8: those of the question (`seed`, a SimpleRNN
of 128 units, and the same trained, where 216 filters ever respond), with dense layers behind the pool, with an LSTM in
both directions, and with two further convolutions. Whole runs are of a sample of filters, all layers from the letters
on. Times are those of the processor.

    OPENBLAS_NUM_THREADS=1 PYTHONPATH=core:samples python tests/benchmarks/bench_influence.py --windows 100

Goal: 320 filters in 1,000 windows of the question's network in 15 s on one core (`--windows 1000`).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from cnn_core.attribution import InputWindow, input_windows
from cnn_core.blocks import Reading
from cnn_core.layers import (
    LSTM,
    Bidirectional,
    Conv1D,
    Dense,
    Flatten,
    GlobalMaxPooling1D,
    Input,
    Layer,
    MaxPooling1D,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.presets import preset
from cnn_core.public.inputs import as_record
from cnn_core.readers import open_model_file
from cnn_core.scan import FilterInfluence
from cnn_samples import model_path

FILTERS, LENGTH, POOLED = 320, 500, 60
SAMPLE = 12
"""Filters that are replaced by whole runs, in one window."""


def numbers(*shape: int) -> np.ndarray:
    """Return weights of a shape."""
    random = np.random.RandomState(sum(shape))
    return (random.randn(*shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)


def networks() -> list[tuple[str, Model]]:
    """Return the networks by their names."""

    def model(*head: Layer) -> Model:
        conv = Conv1D(numbers(16, 4, FILTERS), numbers(FILTERS), activation="relu")
        layers = [("letters", Input(LENGTH)), ("conv", conv), ("pool", MaxPooling1D(8))]
        return Model.sequential("net", [*layers, *((f"head{at}", layer) for at, layer in enumerate(head))])

    ways = [LSTM(numbers(FILTERS, 512), numbers(128, 512), go_backwards=backwards) for backwards in (False, True)]
    hidden = Dense(numbers(POOLED * FILTERS, 925), numbers(925), "relu")
    return [
        ("seed", preset("seed")),
        ("trained", open_model_file(Path(model_path("trained"))).model),
        ("dense", model(Flatten(), hidden, Dense(numbers(925, 1), None))),
        ("LSTM", model(Bidirectional(*ways), Dense(numbers(256, 1), None))),
        (
            "convolutions",
            model(
                Conv1D(numbers(8, FILTERS, 200), numbers(200), padding="same", activation="relu"),
                MaxPooling1D(4),
                Conv1D(numbers(5, 200, 200), numbers(200), activation="relu"),
                GlobalMaxPooling1D(),
                Dense(numbers(200, 1), None),
            ),
        ),
    ]


def windows_of(model: Model, count: int) -> list[InputWindow]:
    """Return input windows of random letters."""
    letters = np.random.RandomState(1).choice([*"ACGT"], (count, LENGTH))
    readings = (Reading.of(model, as_record(encode("".join(each)))) for each in letters)
    return [window for reading in readings for window in input_windows(reading)]


def whole_runs(model: Model, windows: list[InputWindow], means: np.ndarray) -> tuple[np.ndarray, float]:
    """Return what some filters add to the first window, each by a run of all layers, and the time that each takes."""
    codes = windows[0].reading.codes(0, LENGTH)
    block = model.letter_blocks[0]
    node = model[block.pool].inputs[0]
    # The logit, where the last layer is a sigmoid alone.
    last = model.nodes[-1] if model.nodes[-1].layer.weights() else model.nodes[-2]

    def run(replaced: int | None) -> float:
        values: dict[str, np.ndarray] = {}
        for each in model.nodes:
            layer = each.layer
            values[each.name] = (
                layer.encoded(codes) if isinstance(layer, Input) else layer.forward(*map(values.get, each.inputs))
            )
            if each.name == node and replaced is not None:
                values[node][:, replaced] = means[replaced]
            if each is last:
                break
        return float(values[last.name][0])

    before = run(None)
    start = time.process_time()
    found = np.array([before - run(at) for at in range(SAMPLE)])
    return found, (time.process_time() - start) / SAMPLE


def main() -> None:
    """Measure all networks."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--windows", type=int, default=100)
    parser.add_argument("--only")
    typed = parser.parse_args()
    for name, model in networks():
        if typed.only not in (None, name):
            continue
        windows = windows_of(model, typed.windows)
        work = FilterInfluence(model)
        start = time.process_time()
        for _ in work.average(windows):
            pass
        averaged = time.process_time()
        for _ in work.replace(windows):
            pass
        took = time.process_time() - start
        means = work.found.replaced_by
        first = FilterInfluence(model)
        list(first.average(windows))
        list(first.replace(windows[:1]))
        whole, each = whole_runs(model, windows, means)
        scale = max(1e-3, float(np.abs(whole).max()))
        assert np.abs(first.found.mean[:SAMPLE] - whole).max() < 1e-4 * scale + 1e-5
        replacements = len(windows) * FILTERS
        print(
            f"{name}: {FILTERS} filters in {len(windows):,} windows in {took:.2f} s, of which the means "
            f"{averaged - start:.2f} s; {took * 1000 / len(windows):.1f} s for 1,000; whole runs would take "
            f"{each * replacements:,.0f} s, "
            f"{each * replacements / took:,.0f} x"
        )


if __name__ == "__main__":
    main()
