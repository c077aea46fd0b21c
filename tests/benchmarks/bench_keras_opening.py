"""How fast a Keras file of a deep residual network opens: from its bytes to a model whose shapes are known.

The network has the layout of SpliceAI-10k (Jaganathan et al., Cell 176:535-548, 2019): about 700,000 parameters in
32 convolutions with batch normalisation, more than 100 layers. Its file is written here, in both of Keras's formats.

    PYTHONPATH=core python tests/benchmarks/bench_keras_opening.py

Needs h5py to write the files. Prints the best time of each format, which is to stay below 1 s.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import h5py
import numpy as np

from cnn_core.readers.keras import read_keras

CHANNELS = 32
UNITS = [(11, 1)] * 4 + [(11, 4)] * 4 + [(21, 10)] * 4 + [(41, 25)] * 4
"""Kernel size and dilation of each residual unit."""
ROUNDS = 7


class Network:
    """The configuration of a network and its weights, by layer."""

    def __init__(self) -> None:
        self.layers: list[dict[str, Any]] = []
        self.weights: dict[str, list[np.ndarray]] = {}
        self._random = np.random.RandomState(0)

    def add(
        self, class_name: str, name: str, inputs: list[str], shapes: list[tuple[int, ...]], **settings: Any
    ) -> str:
        """Add a layer and return its name."""
        reads = [[[each, 0, 0, {}] for each in inputs]] if inputs else []
        config = {"name": name, **settings}
        self.layers.append({"class_name": class_name, "config": config, "name": name, "inbound_nodes": reads})
        self.weights[name] = [self._random.uniform(0.5, 1, shape).astype(np.float32) for shape in shapes]
        return name

    def conv(self, name: str, source: str, size: int, channels: int, filters: int, dilation: int = 1) -> str:
        shapes = [(size, channels, filters), (filters,)]
        settings = {"filters": filters, "kernel_size": [size], "dilation_rate": [dilation], "padding": "same"}
        return self.add("Conv1D", name, [source], shapes, **settings)

    @property
    def config(self) -> dict[str, Any]:
        inner = {
            "name": "residual",
            "layers": self.layers,
            "input_layers": [["letters", 0, 0]],
            "output_layers": [[self.layers[-1]["name"], 0, 0]],
        }
        return {"class_name": "Functional", "config": inner}


def residual() -> Network:
    network = Network()
    network.add("InputLayer", "letters", [], [], batch_input_shape=[None, None, 4])
    trunk = network.conv("conv", "letters", 1, 4, CHANNELS)
    skip = network.conv("skip", trunk, 1, CHANNELS, CHANNELS)
    for index, (size, dilation) in enumerate(UNITS):
        inner = trunk
        for half in "ab":
            name = f"{index}{half}"
            inner = network.add("BatchNormalization", f"norm_{name}", [inner], [(CHANNELS,)] * 4)
            inner = network.add("Activation", f"relu_{name}", [inner], [], activation="relu")
            inner = network.conv(f"conv_{name}", inner, size, CHANNELS, CHANNELS, dilation)
        trunk = network.add("Add", f"add_{index}", [trunk, inner], [])
        if index % 4 == 3:
            branch = network.conv(f"skip_{index}", trunk, 1, CHANNELS, CHANNELS)
            skip = network.add("Add", f"join_{index}", [skip, branch], [])
    network.conv("output", skip, 1, CHANNELS, 3)
    return network


def archive(network: Network) -> bytes:
    """Return the network as `.keras`."""
    weights = io.BytesIO()
    counts: dict[str, int] = {}
    groups = {"Conv1D": "conv1d", "BatchNormalization": "batch_normalization"}
    with h5py.File(weights, "w") as file:
        for layer in network.layers:
            group = groups.get(layer["class_name"])
            if group is None:
                continue
            number = counts[group] = counts.get(group, -1) + 1
            for index, values in enumerate(network.weights[layer["name"]]):
                file[f"layers/{group}{f'_{number}' if number else ''}/vars/{index}"] = values
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr("metadata.json", json.dumps({"keras_version": "3.0.0"}))
        opened.writestr("config.json", json.dumps(network.config))
        opened.writestr("model.weights.h5", weights.getvalue())
    return packed.getvalue()


def legacy(network: Network) -> bytes:
    """Return the network as a legacy `.h5`."""
    found = io.BytesIO()
    with h5py.File(found, "w") as file:
        file.attrs["model_config"] = json.dumps(network.config)
        file.attrs["keras_version"], file.attrs["backend"] = "2.3.1", "tensorflow"
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = np.array([name.encode() for name in network.weights])
        for name, arrays in network.weights.items():
            group = weights.create_group(name)
            names = [f"{name}/{index}:0" for index in range(len(arrays))]
            group.attrs["weight_names"] = np.array([each.encode() for each in names])
            for each, values in zip(names, arrays, strict=True):
                group[each] = values
    return found.getvalue()


def main() -> None:
    network = residual()
    for name, data in (("residual.keras", archive(network)), ("residual.h5", legacy(network))):
        best = float("inf")
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            model = read_keras(data, name).model
            model.shapes(10_000)
            best = min(best, time.perf_counter() - begin)
        print(f"{name:16} {len(model.nodes)} layers, {model.parameter_count:,} parameters: {best * 1000:.0f} ms")


if __name__ == "__main__":
    main()
