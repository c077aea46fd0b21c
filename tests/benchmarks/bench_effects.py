"""How fast the effects of all bases are computed, beside PyTorch in batches and tangermeme on the same cores.

All are given the same network and the same substitutions in the same process, in turn; of each the median counts.
The networks are the model `trained` (500 bases, all 1,485 substitutions that it reads; 320 filters, a pool, a
recurrent layer), and stacks of dilated residual convolutions of 64 channels whose middle output reads ±40, ±200 and
±1,000 bases. PyTorch runs the whole network on every substitution, in the batches in which it is fastest; of the
large stacks on a sample of them. tangermeme's fast path is forced on, which it otherwise takes for long jobs; the time
in which it captures the network is not counted.

    OPENBLAS_NUM_THREADS=1 PYTHONPATH=core:samples python tests/benchmarks/bench_effects.py --threads 1

Needs torch for the ratios, and tangermeme for its own; without them our own times are printed. Goals: `trained` 25 ×
PyTorch on one thread, 15 × on two, 8 × tangermeme; the stacks 30, 10 and 6 × PyTorch. Measured by processor time on one
thread of a Zen 4, November 2026: `trained` takes 35 to 39 ms, 34 to 59 × PyTorch and 8.3 to 10 × tangermeme 1.6.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cnn_core.attribution import Target, edited_values, effects
from cnn_core.layers import Activation, Add, Conv1D, Input
from cnn_core.letters.alphabet import one_hot
from cnn_core.network.model import Model, Node
from cnn_core.readers import open_model_file
from cnn_samples import model_path

CHANNELS = 64
FIRST = 19
STACKS = {
    40: (1000, (1, 2, 4, 8, 16)),
    200: (1000, (1, 2, 4, 8, 16, 32, 64, 64)),
    1000: (2500, (1, 2, 4, 8, 16, 32, 64, 128, 256, 480)),
}
"""The length of the input and the dilations, by the reach to either side."""
BATCHES = (64, 256, 1024)
SAMPLE = 128
ROUNDS = 5


def dilated(reach: int) -> tuple[Model, int]:
    """Return a stack whose output at a position reads so many bases to either side, and the length of its input."""
    random = np.random.RandomState(reach)
    length, dilations = STACKS[reach]

    def normal(*shape: int) -> np.ndarray:
        return (random.randn(*shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)

    first = Conv1D(normal(FIRST, 4, CHANNELS), normal(CHANNELS), padding="same", activation="relu")
    nodes = [Node("letters", Input()), Node("conv", first, ("letters",))]
    trunk = "conv"
    for index, dilation in enumerate(dilations):
        conv = Conv1D(normal(3, CHANNELS, CHANNELS), normal(CHANNELS), padding="same", dilation=dilation)
        nodes.append(Node(f"dilated_{index}", conv, (trunk,)))
        nodes.append(Node(f"relu_{index}", Activation("relu"), (f"dilated_{index}",)))
        nodes.append(Node(f"add_{index}", Add(), (trunk, f"relu_{index}")))
        trunk = f"add_{index}"
    nodes.append(Node("profile", Conv1D(normal(1, CHANNELS, 1)), (trunk,)))
    return Model(f"dilated ±{reach}", tuple(nodes)), length


def stack_in_torch(model: Model, reach: int, position: int) -> object:
    """Return the stack as a module that gives its output at one position, shape (batch, 1)."""
    import torch
    from torch.nn import functional

    def weights(name: str) -> tuple[object, object]:
        layer = model[name].layer
        kernel = torch.from_numpy(np.ascontiguousarray(layer.kernel.transpose(2, 1, 0)))
        return kernel, None if layer.bias is None else torch.from_numpy(layer.bias)

    dilations = STACKS[reach][1]
    first, last = weights("conv"), weights("profile")
    inner = [weights(f"dilated_{index}") for index in range(len(dilations))]

    class Stack(torch.nn.Module):
        def forward(self, x: object) -> object:
            x = functional.relu(functional.conv1d(x, *first, padding=FIRST // 2))
            for (kernel, bias), dilation in zip(inner, dilations, strict=True):
                x = x + functional.relu(functional.conv1d(x, kernel, bias, padding=dilation, dilation=dilation))
            return functional.conv1d(x, *last)[:, 0, position : position + 1]

    return Stack().eval()


def trained_in_torch(model: Model) -> object:
    """Return the model `trained` up to its logit as a module."""
    import torch

    conv, rnn, dense = (model[name].layer for name in ("conv1d", "simple_rnn", "dense"))

    def tensor(array: np.ndarray) -> object:
        return torch.nn.Parameter(torch.from_numpy(np.ascontiguousarray(array)))

    class Trained(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv1d(4, conv.filters, conv.kernel_size)
            self.conv.weight, self.conv.bias = tensor(conv.kernel.transpose(2, 1, 0)), tensor(conv.bias)
            self.relu, self.pool = torch.nn.ReLU(), torch.nn.MaxPool1d(8)
            self.rnn = torch.nn.RNN(conv.filters, rnn.units, batch_first=True)
            self.rnn.weight_ih_l0, self.rnn.weight_hh_l0 = tensor(rnn.kernel.T), tensor(rnn.recurrent_kernel.T)
            self.rnn.bias_ih_l0, self.rnn.bias_hh_l0 = tensor(rnn.bias), tensor(np.zeros_like(rnn.bias))
            self.dense = torch.nn.Linear(*dense.kernel.shape)
            self.dense.weight, self.dense.bias = tensor(dense.kernel.T), tensor(dense.bias)

        def forward(self, x: object) -> object:
            cells = self.pool(self.relu(self.conv(x)))
            return self.dense(self.rnn(cells.transpose(1, 2))[0].flatten(1))

    return Trained().eval()


def substitutions(codes: np.ndarray, read: np.ndarray) -> np.ndarray:
    """Return the one-hot rows of every substitution of the bases that are read, shape (edits, 4, length)."""
    x = one_hot(codes).T
    edited = []
    for position in np.flatnonzero(read):
        for letter in np.flatnonzero(x[:, position] == 0):
            one = x.copy()
            one[:, position] = np.arange(4) == letter
            edited.append(one)
    return np.array(edited, dtype=np.float32)


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(title: str, model: Model, target: Target, length: int, module: Callable[[], object] | None) -> None:
    """Print our time for all effects of a value, and its ratio to those of the others."""
    codes = np.array([1, 2, 4, 8], np.uint8)[np.random.RandomState(1).randint(0, 4, length)]
    found = effects(model, target, codes)
    edits = 3 * int(found.read.sum())
    values = model.run(codes)
    edited = codes.copy()
    edited[length // 2] = 1 if codes[length // 2] != 1 else 2
    theirs: list[Callable[[], float]] = []
    labels = []
    if module is not None:
        import torch

        network, inputs = module(), torch.from_numpy(substitutions(codes, found.read))
        sample = inputs if len(inputs) * length < 1 << 20 else inputs[:: len(inputs) // SAMPLE][:SAMPLE]

        def in_batches(size: int) -> np.ndarray:
            with torch.inference_mode():
                return torch.cat([network(sample[at : at + size]) for at in range(0, len(sample), size)]).numpy()

        step = 1 if sample is inputs else len(inputs) // SAMPLE
        behind = (found.value + found.raw)[found.read][~found.present[found.read]][::step][: len(sample)]
        assert np.abs(in_batches(64)[:, 0] - behind).max() < 1e-4 * max(1, np.abs(behind).max())
        sizes = [size for size in BATCHES if size <= len(sample)]
        best = min(sizes, key=lambda size: seconds(lambda: in_batches(size)))
        theirs.append(lambda: seconds(lambda: in_batches(best)) * len(inputs) / len(sample))
        labels.append(f"PyTorch in batches of {best}")
        if tangermeme_is_there() and title == "trained":
            fast = in_tangermeme(network, codes)
            theirs.append(fast)
            labels.append("tangermeme, fast")
    ours, others, ones = [], [[] for _ in theirs], []
    for _ in range(ROUNDS):
        ours.append(seconds(lambda: effects(model, target, codes)))
        ones.append(seconds(lambda: edited_values(model, values, codes, edited)))
        for times, their in zip(others, theirs, strict=True):
            times.append(their())
    mine = statistics.median(ours)
    print(
        f"{title}: {edits:,} substitutions in {mine * 1e3:.1f} ms; all layers behind one edit in "
        f"{statistics.median(ones) * 1e3:.1f} ms"
    )
    for label, times in zip(labels, others, strict=True):
        median = statistics.median(times)
        print(f"  {label}: {median * 1e3:,.0f} ms, {median / mine:.1f} x")


def tangermeme_is_there() -> bool:
    """Tell whether tangermeme is installed."""
    try:
        import tangermeme.saturation_mutagenesis  # noqa: F401
    except ImportError:
        return False
    return True


def in_tangermeme(network: object, codes: np.ndarray) -> Callable[[], float]:
    """Return what times tangermeme's fast path, without the capture of the network."""
    import importlib

    import torch

    module = importlib.import_module("tangermeme.saturation_mutagenesis")
    module._FAST_MIN_SECONDS, module._FAST_MAX_RELATIVE_TIME = 0.0, float("inf")
    rows = torch.from_numpy(one_hot(codes).T.copy())[None]

    def run(sequences: int) -> float:
        x = rows.repeat(sequences, 1, 1)
        return seconds(lambda: module.saturation_mutagenesis(network, x, device="cpu", raw_outputs=True, fast=True))

    # What each further sequence takes.
    return lambda: (run(9) - run(1)) / 8


def main() -> None:
    """Compare on all networks."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    threads = parser.parse_args().threads
    try:
        import torch

        torch.set_num_threads(threads)
        is_there = True
    except ImportError:
        is_there = False
    trained = open_model_file(Path(model_path("trained"))).model
    target = Target("activation", (0,), logit=True)
    compare("trained", trained, target, 500, (lambda: trained_in_torch(trained)) if is_there else None)
    for reach in STACKS:
        model, length = dilated(reach)
        middle = length // 2
        compare(
            model.name,
            model,
            Target("profile", (middle, 0)),
            length,
            (lambda model=model, reach=reach, middle=middle: stack_in_torch(model, reach, middle))
            if is_there
            else None,
        )


if __name__ == "__main__":
    main()
