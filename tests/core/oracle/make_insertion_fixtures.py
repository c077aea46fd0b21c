"""Store what tangermeme's marginalization gives for the networks of `attribution_networks`, as `insertion.npz`.

Run where torch and tangermeme are installed, from the repository:

    pip install torch tangermeme
    PYTHONPATH=tests/core python -m oracle.make_insertion_fixtures
"""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import torch
from tangermeme.ersatz import dinucleotide_shuffle
from tangermeme.marginalize import marginalize

from .attribution_networks import INSERTED, NETWORKS, SHUFFLES, Array, Network
from .make_attribution_fixtures import one_hot, torch_network
from .stored_layers import write_numbers

STORED = Path(__file__).with_name("insertion.npz")


def answers(network: Network) -> dict[str, Array]:
    """Return the outputs before and after each motif was put into shuffles, shape (shuffles, outputs)."""
    model, x = torch_network(network), one_hot(network.letters)
    shuffles = [dinucleotide_shuffle(x, n=1, random_state=network.seed + nth)[0] for nth in range(SHUFFLES)]
    found = {}
    for letters, start in INSERTED:
        result = marginalize(model, torch.cat(shuffles), letters, start=start, device="cpu", dtype=torch.float64)
        found[f"{letters} before"], found[f"{letters} after"] = (
            each.numpy() for each in (result.y_before, result.y_after)
        )
    return found


def main() -> None:
    """Compute and write the file."""
    named = {}
    for network in NETWORKS:
        ends = {"": network}
        if network.steps[-1] == ("softmax",):
            ends["logit of "] = replace(network, steps=network.steps[:-1])
        named |= {
            f"{end}{network.name}: {what}": found
            for end, each in ends.items()
            for what, found in answers(each).items()
        }
    write_numbers(STORED, {"torch": torch.__version__, "tangermeme": version("tangermeme")}, named)


if __name__ == "__main__":
    main()
