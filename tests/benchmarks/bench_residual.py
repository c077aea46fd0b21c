"""How fast a deep dilated residual network runs, beside PyTorch on the same cores in the same process.

The network has the layout of SpliceAI-10k (Jaganathan et al., Cell 176:535-548, 2019): 32 channels, 16 residual
units of two dilated convolutions, about 700,000 parameters; every node's activations are kept, as `Model.run` does.

    OPENBLAS_NUM_THREADS=2 PYTHONPATH=core python tests/benchmarks/bench_residual.py

Needs torch. Prints the best time of each and their ratio, which is to stay below 2.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from cnn_core.layers import Activation, Add, BatchNormalization, Conv1D, Input
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model, Node

CHANNELS = 32
UNITS = [(11, 1)] * 4 + [(11, 4)] * 4 + [(21, 10)] * 4 + [(41, 25)] * 4
"""Kernel size and dilation of each residual unit."""
LENGTH = 10_000
THREADS = 2
ROUNDS = 40


def residual_network(random: np.random.RandomState) -> Model:
    """Return the network with random weights; a skip path leaves every fourth unit."""
    nodes = [Node("letters", Input())]

    def add(name: str, layer: object, *inputs: str) -> str:
        nodes.append(Node(name, layer, inputs))
        return name

    def normal(*shape: int) -> np.ndarray:
        return (random.randn(*shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)

    def conv(size: int, channels: int, filters: int, dilation: int = 1, activation: str = "linear") -> Conv1D:
        return Conv1D(
            normal(size, channels, filters),
            normal(filters),
            stride=1,
            padding="same",
            dilation=dilation,
            activation=activation,
        )

    def norm() -> BatchNormalization:
        return BatchNormalization(normal(CHANNELS), np.exp(normal(CHANNELS)), normal(CHANNELS), normal(CHANNELS))

    trunk = add("conv", conv(1, 4, CHANNELS), "letters")
    skip = add("skip", conv(1, CHANNELS, CHANNELS), trunk)
    for index, (size, dilation) in enumerate(UNITS):
        inner = trunk
        for half in "ab":
            name = f"{index}{half}"
            inner = add(f"norm_{name}", norm(), inner)
            inner = add(f"relu_{name}", Activation("relu"), inner)
            inner = add(f"conv_{name}", conv(size, CHANNELS, CHANNELS, dilation), inner)
        trunk = add(f"add_{index}", Add(), trunk, inner)
        if index % 4 == 3:
            branch = add(f"skip_{index}", conv(1, CHANNELS, CHANNELS), trunk)
            skip = add(f"join_{index}", Add(), skip, branch)
    add("output", conv(1, CHANNELS, 3, activation="softmax"), skip)
    return Model("residual", tuple(nodes))


def in_torch(model: Model) -> Callable[[np.ndarray], np.ndarray]:
    """Return the same network, computed by PyTorch on one-hot rows."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(THREADS)
    weights = {
        node.name: {name: torch.from_numpy(array) for name, array in node.layer.weights().items()}
        for node in model.nodes
    }
    kernels = {
        node.name: weights[node.name]["kernel"].permute(2, 1, 0).contiguous()
        for node in model.nodes
        if isinstance(node.layer, Conv1D)
    }

    def forward(rows: np.ndarray) -> np.ndarray:
        values = {"letters": torch.from_numpy(rows.T.copy())[None]}
        with torch.inference_mode():
            for node in model.nodes[1:]:
                x, mine = values[node.inputs[0]], weights[node.name]
                if isinstance(node.layer, Conv1D):
                    padding, dilation = "same", node.layer.dilation
                    x = functional.conv1d(x, kernels[node.name], mine["bias"], 1, padding, dilation)
                elif isinstance(node.layer, BatchNormalization):
                    statistics = mine["moving_mean"], mine["moving_variance"]
                    x = functional.batch_norm(x, *statistics, mine["gamma"], mine["beta"], eps=1e-3)
                elif isinstance(node.layer, Add):
                    x = x + values[node.inputs[1]]
                else:
                    x = functional.relu(x)
                values[node.name] = x
            return functional.softmax(values["output"], dim=1)[0].T.numpy()

    return forward


def best_of(run: Callable[[], object]) -> float:
    """Return the seconds of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    """Check that both say the same, then time them in turn."""
    random = np.random.RandomState(0)
    model = residual_network(random)
    codes = encode("".join(random.choice([*"ACGT"], LENGTH)))
    try:
        forward = in_torch(model)
    except ImportError:
        sys.exit("torch is not installed: this bench compares with PyTorch on the CPU")
    values = model.run(codes)
    rows = values["letters"]
    difference = np.abs(values["output"] - forward(rows)).max()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(best_of(lambda: model.run(codes)))
        theirs.append(best_of(lambda: forward(rows)))
    ratio = min(ours) / min(theirs)
    convolutions = sum(isinstance(node.layer, Conv1D) for node in model.nodes)
    print(f"{model.parameter_count:,} parameters, {len(model.nodes)} nodes, {convolutions} convolutions")
    print(f"{LENGTH:,} bases; largest difference of the output {difference:.1e}")
    print(f"cnn_core {min(ours) * 1e3:.0f} ms, torch {min(theirs) * 1e3:.0f} ms, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
