"""Store tangermeme's saturation mutagenesis of the networks of `attribution_networks`, as `saturation.npz`.

Run where torch and tangermeme are installed, from the repository:

    pip install torch tangermeme
    PYTHONPATH=tests/core python -m oracle.make_saturation_fixtures
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import torch
from tangermeme.saturation_mutagenesis import saturation_mutagenesis

from .attribution_networks import NETWORKS, Array, Network
from .make_attribution_fixtures import one_hot, torch_network
from .stored_layers import write_numbers

STORED = Path(__file__).with_name("saturation.npz")


def saturation_answers(network: Network) -> dict[str, Array]:
    """Return what tangermeme says of a network's second output, by our names."""
    model, x = torch_network(network), one_hot(network.letters)
    settings = {"target": 1, "device": "cpu", "dtype": torch.float64}
    given = {
        "centred": saturation_mutagenesis(model, x, hypothetical=True, **settings),
        "projected": saturation_mutagenesis(model, x, **settings),
    }
    return {name: found[0].T.numpy() for name, found in given.items()}


def main() -> None:
    """Compute and write the file."""
    named = {
        f"{network.name}: {what}": found
        for network in NETWORKS
        for what, found in saturation_answers(network).items()
    }
    write_numbers(STORED, {"torch": torch.__version__, "tangermeme": version("tangermeme")}, named)


if __name__ == "__main__":
    main()
