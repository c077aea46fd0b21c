"""Store what tangermeme computes on the networks of `attribution_networks`, as `attribution.npz`.

Run where torch and tangermeme are installed, from the repository:

    pip install torch tangermeme
    PYTHONPATH=tests/core python -m oracle.make_attribution_fixtures
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from tangermeme.deep_lift_shap import deep_lift_shap
from tangermeme.ersatz import dinucleotide_shuffle
from torch import nn

from .attribution_networks import NETWORKS, SHUFFLED, Array, Network
from .stored_layers import write_numbers

STORED = Path(__file__).with_name("attribution.npz")
_FUNCTIONS = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "elu": nn.ELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "softplus": nn.Softplus,
    "softmax": lambda: nn.Softmax(dim=-1),
}


class PositionByPosition(nn.Module):
    """Flattens as Keras does: all channels of a position, then those of the next."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.transpose(1, 2).flatten(1)


class Mean(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(dim=-1)


def torch_network(network: Network) -> nn.Module:
    """Return a network, in float64, with its weights in PyTorch's order."""
    layers: list[nn.Module] = []
    x = torch.zeros(1, 4, network.length)
    for number, (kind, *settings) in enumerate(network.steps):
        if kind == "conv":
            filters, width, dilation, padding = settings
            layer = nn.Conv1d(x.shape[1], filters, width, padding=padding, dilation=dilation)
            _set(layer.weight, network.weights(number, (width, x.shape[1], filters)).transpose(2, 1, 0))
            _set(layer.bias, network.weights(number, (filters,)))
        elif kind == "dense":
            layer = nn.Linear(x.shape[1], settings[0])
            _set(layer.weight, network.weights(number, (x.shape[1], settings[0])).T)
            _set(layer.bias, network.weights(number, (settings[0],)))
        elif kind == "norm":
            layer = nn.BatchNorm1d(x.shape[1])
            of_mean, of_scale = network.weights(number, (2, x.shape[1]))
            _set(layer.running_mean, of_mean)
            _set(layer.running_var, 1 + np.abs(of_scale))
            _set(layer.weight, of_scale)
            _set(layer.bias, of_mean)
        elif kind == "layer norm":
            layer = nn.LayerNorm(x.shape[1:])
            _set(layer.weight, network.weights(number, (x.shape[1],)))
            _set(layer.bias, network.weights(number, (x.shape[1], 1))[:, 0])
        else:
            layer = {
                "max": nn.MaxPool1d,
                "average": nn.AvgPool1d,
                "flatten": PositionByPosition,
                "global average": Mean,
                **_FUNCTIONS,
            }[kind](*settings)
        layers.append(layer.eval())
        x = layers[-1](x)
    return nn.Sequential(*layers).double().eval()


def _set(weight: torch.Tensor, values: Array) -> None:
    with torch.no_grad():
        weight.copy_(torch.from_numpy(values.copy()))


def one_hot(letters: str) -> torch.Tensor:
    return torch.from_numpy(
        np.array([[[base == letter for letter in letters] for base in "ACGT"]], dtype=np.float64)
    )


def codes_of(rows: torch.Tensor) -> Array:
    return (1 << rows.argmax(dim=-2).numpy()).astype(np.float32)


def deep_lift_answers(network: Network) -> dict[str, Array]:
    """Return what tangermeme says of a network's second output."""
    model, x = torch_network(network), one_hot(network.letters)
    settings = {"target": 1, "n_shuffles": network.references, "random_state": network.seed, "device": "cpu"}
    found = deep_lift_shap(model, x, return_references=True, hypothetical=True, **settings)
    multipliers = deep_lift_shap(model, x, raw_outputs=True, **settings)
    return {
        "value": model(x)[0, 1].detach().numpy(),
        "references": codes_of(found.references[0]),
        "reference values": model(found.references[0].double())[:, 1].detach().numpy(),
        "hypothetical": found.attributions[0].T.numpy(),
        "multipliers": multipliers[0].transpose(-1, -2).numpy(),
    }


def main() -> None:
    """Compute and write the file."""
    named: dict[str, Array] = {}
    for network in NETWORKS:
        named |= {f"{network.name}: {what}": found for what, found in deep_lift_answers(network).items()}
    for letters, seed, count in SHUFFLED:
        drawn = [dinucleotide_shuffle(one_hot(letters), n=1, random_state=seed + number) for number in range(count)]
        named[f"shuffles: {letters}"] = codes_of(torch.cat(drawn)[:, 0])
    write_numbers(STORED, {"torch": torch.__version__, "tangermeme": version("tangermeme")}, named)


if __name__ == "__main__":
    main()
