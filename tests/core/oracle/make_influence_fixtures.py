"""Store the influence of every filter in the networks of `attribution_networks` by PyTorch, as `influence.npz`.

Each replacement is a run of all layers behind the pool's input, in float64. Run where torch is installed, from the
repository:

    pip install torch tangermeme
    PYTHONPATH=tests/core python -m oracle.make_influence_fixtures
"""

from __future__ import annotations

from pathlib import Path

import torch

from .attribution_networks import NETWORKS, Array, Network, sequences
from .make_attribution_fixtures import one_hot, torch_network
from .stored_layers import write_numbers

STORED = Path(__file__).with_name("influence.npz")
POOLS = ("max", "average", "global average")


def influence_answers(network: Network) -> dict[str, Array]:
    """Return what every filter adds to every output before a last softmax, over the network's sequences."""
    kinds = [kind for kind, *_ in network.steps]
    pool = min(kinds.index(kind) for kind in POOLS if kind in kinds)
    layers = torch_network(network)[: len(kinds) - (kinds[-1] == "softmax")]
    with torch.no_grad():
        activations = layers[:pool](torch.cat([one_hot(letters) for letters in sequences(network)]))
        means = activations.mean(dim=(0, 2))
        outputs = layers[pool:](activations)
        changes = []
        for filter_index, mean in enumerate(means):
            replaced = activations.clone()
            replaced[:, filter_index] = mean
            changes.append(outputs - layers[pool:](replaced))
    of_all = torch.stack(changes)
    return {
        "means": means.numpy(),
        "changes": of_all.mean(dim=1).numpy(),
        "rms": of_all.square().mean(dim=1).sqrt().numpy(),
    }


def main() -> None:
    """Compute and write the file."""
    named = {
        f"{network.name}: {what}": found
        for network in NETWORKS
        for what, found in influence_answers(network).items()
    }
    write_numbers(STORED, {"torch": torch.__version__}, named)


if __name__ == "__main__":
    main()
