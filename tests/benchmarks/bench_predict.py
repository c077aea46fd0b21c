"""How fast `predict`'s engine is beside PyTorch and ONNX Runtime, on the same core in the same run.

    OMP_NUM_THREADS=1 PYTHONPATH=core python tests/benchmarks/bench_predict.py [RECORDS]

Needs torch; ONNX Runtime (with onnx) is measured where it is installed. Two networks with random weights on random
records: the question's (500 bases, 320 filters of 16, pool 8, SimpleRNN of 128, Dense, sigmoid), and DanQ's layout
(1,000 bases, 320 filters of 26, pool 13, a bidirectional LSTM of 320, Dense of 925 and 919; Quang and Xie, Nucleic
Acids Research 44:e107, 2016). Each of the three runs batches of its best size; rounds take turns, and the least time of
the processor counts. PyTorch and ONNX Runtime are given one-hot float32 batches that are ready, ours the letters.
Prints milliseconds a record, the ratios, which are to be 1 or more, and the largest difference from PyTorch.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from cnn_core.attribution import InputWindow
from cnn_core.blocks import Reading
from cnn_core.layers import LSTM, Activation, Bidirectional, Conv1D, Dense, Flatten, Input, MaxPooling1D, SimpleRNN
from cnn_core.letters.alphabet import one_hot
from cnn_core.network.model import Model
from cnn_core.scan import Predictions

BATCHES = (1, 8, 32, 64)
ROUNDS = 5
RNG = np.random.default_rng(0)


def weights(*shape: int) -> np.ndarray:
    return (RNG.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)


class Letters:
    """A record in memory."""

    def __init__(self, codes: np.ndarray, name: str) -> None:
        self.held, self.name = codes, name

    def __len__(self) -> int:
        return len(self.held)

    def codes(self, start: int, stop: int) -> np.ndarray:
        return self.held[start:stop]


class InTorch(torch.nn.Module):
    """A network of ours, of the layers that are used here."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.steps = []
        for node in model.nodes[1:]:
            layer = node.layer
            if isinstance(layer, Conv1D):
                made = torch.nn.Conv1d(layer.kernel.shape[1], layer.filters, layer.kernel_size)
                self._set(made, weight=layer.kernel.transpose(2, 1, 0), bias=layer.bias)
            elif isinstance(layer, MaxPooling1D):
                made = torch.nn.MaxPool1d(layer.size)
            elif isinstance(layer, Dense):
                made = torch.nn.Linear(*layer.kernel.shape)
                self._set(made, weight=layer.kernel.T, bias=layer.bias)
            elif isinstance(layer, SimpleRNN):
                made = torch.nn.RNN(layer.kernel.shape[0], layer.units, batch_first=True)
                self._set(made, **self._recurrent(layer, ""))
            elif isinstance(layer, Bidirectional):
                one = layer.forward_layer
                made = torch.nn.LSTM(one.kernel.shape[0], one.units, batch_first=True, bidirectional=True)
                self._set(made, **self._recurrent(one, ""), **self._recurrent(layer.backward_layer, "_reverse"))
            else:
                made = None
            self.steps.append((layer, made))
            if made is not None:
                self.add_module(node.name, made)

    @staticmethod
    def _recurrent(layer, end: str) -> dict[str, np.ndarray]:
        return {
            f"weight_ih_l0{end}": layer.kernel.T,
            f"weight_hh_l0{end}": layer.recurrent_kernel.T,
            f"bias_ih_l0{end}": layer.bias,
            f"bias_hh_l0{end}": np.zeros_like(layer.bias),
        }

    @staticmethod
    def _set(made: torch.nn.Module, **values: np.ndarray) -> None:
        for name, value in values.items():
            getattr(made, name).data = torch.from_numpy(np.ascontiguousarray(value))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        is_last = False  # whether channels are the last axis
        for layer, made in self.steps:
            if isinstance(layer, SimpleRNN | Bidirectional):
                x, _ = made(x if is_last else x.transpose(1, 2))
                is_last = True
            elif isinstance(layer, Flatten):
                x = x.flatten(1)
            elif made is not None:
                x = made(x)
            activation = getattr(layer, "activation", "linear")
            if activation in ("relu", "sigmoid") and not isinstance(layer, SimpleRNN):
                x = getattr(torch, activation)(x)
        return x


def question() -> Model:
    return Model.sequential(
        "question",
        [
            ("letters", Input(500)),
            ("conv", Conv1D(weights(16, 4, 320), weights(320), activation="relu")),
            ("pool", MaxPooling1D(8)),
            ("rnn", SimpleRNN(weights(320, 128), weights(128, 128), weights(128), return_sequences=True)),
            ("flat", Flatten()),
            ("dense", Dense(weights(7680, 1), weights(1))),
            ("end", Activation("sigmoid")),
        ],
    )


def danq() -> Model:
    def lstm(*, backwards: bool) -> LSTM:
        return LSTM(
            *(weights(320, 1280), weights(320, 1280), weights(1280)), return_sequences=True, go_backwards=backwards
        )

    return Model.sequential(
        "DanQ",
        [
            ("letters", Input(1000)),
            ("conv", Conv1D(weights(26, 4, 320), weights(320), activation="relu")),
            ("pool", MaxPooling1D(13)),
            ("lstm", Bidirectional(lstm(backwards=False), lstm(backwards=True))),
            ("flat", Flatten()),
            ("dense", Dense(weights(48_000, 925), weights(925), activation="relu")),
            ("end", Dense(weights(925, 919), weights(919), activation="sigmoid")),
        ],
    )


def in_batches(run: Callable[[np.ndarray], np.ndarray], x: np.ndarray, batch: int) -> np.ndarray:
    return np.concatenate([run(x[first : first + batch]) for first in range(0, len(x), batch)])


def in_onnx(module: InTorch, x: np.ndarray) -> Callable[[np.ndarray], np.ndarray] | None:
    """Return ONNX Runtime on the network, or None where it is not installed."""
    try:
        import onnxruntime
    except ImportError:
        return None
    file = io.BytesIO()
    torch.onnx.export(
        *(module, (torch.from_numpy(x[:2]),), file),
        input_names=["x"],
        dynamic_axes={"x": {0: "batch"}},
        dynamo=False,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])
    return lambda part: session.run(None, {"x": part})[0]


def ours(model: Model, records: Sequence[Letters]) -> np.ndarray:
    windows = (InputWindow(Reading.of(model, record), 0, len(record)) for record in records)
    return np.array([each.values[0] for each in Predictions(model).of(windows)])


def compare(model: Model, records: int) -> None:
    length = model.input.length
    letters = RNG.choice(np.array([1, 2, 4, 8], np.uint8), (records, length))
    held = [Letters(codes, f"r{number}") for number, codes in enumerate(letters)]
    x = np.stack([one_hot(codes).T for codes in letters])
    module = InTorch(model).eval()

    def in_torch(part: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return module(torch.from_numpy(part)).numpy()

    runs = {"ours": lambda: ours(model, held)}
    for name, run in (("PyTorch", in_torch), ("ONNX Runtime", in_onnx(module, x))):
        if run is not None:
            runs |= {
                f"{name}, {batch} at once": lambda run=run, batch=batch: in_batches(run, x, batch)
                for batch in BATCHES
            }
    best = dict.fromkeys(runs, float("inf"))
    found = {}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = time.process_time()
            found[name] = run()
            best[name] = min(best[name], time.process_time() - start)
    print(f"{model.name}, {records:,} records of {length:,}: ours {best['ours'] / records * 1e3:.3f} ms a record")
    for theirs in ("PyTorch", "ONNX Runtime"):
        mine = {name: seconds for name, seconds in best.items() if name.startswith(theirs)}
        if mine:
            name = min(mine, key=mine.__getitem__)
            print(f"  {name}: {mine[name] / records * 1e3:.3f} ms a record; ratio {mine[name] / best['ours']:.2f}")
    worst = np.abs(found["ours"] - found["PyTorch, 1 at once"]).max()
    print(f"  largest difference from PyTorch: {worst:.1e}")


def main() -> None:
    torch.set_num_threads(1)
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 128
    for model in (question(), danq()):
        compare(model, records)


if __name__ == "__main__":
    main()
