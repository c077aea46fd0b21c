"""Some hundred damaged files of every kind; `fasta_mutations` runs thousands by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fasta_mutations import KINDS, outcome

from cnn_core.letters import fasta_source, samtools_index

if TYPE_CHECKING:
    from pathlib import Path


LEAST = {
    "plain": {"read", "refused"},
    "index": {"read"},
    "remembered": {"read"},
    ".fai": {"read", "refused"},
    ".gzi": {"read", "read in part"},
}


@pytest.mark.parametrize("looked_at", [0, 200])
@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_one_sentence_or_the_letters_that_are_there(
    kind: str, looked_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fasta_source, "_SMALL_PACKED", 0)
    monkeypatch.setattr(samtools_index, "_HEADERS_READ", looked_at)
    found = set()
    for nth in range(25):
        folder = tmp_path / str(nth)
        folder.mkdir()
        seed = (nth + looked_at) * len(KINDS) + KINDS.index(kind)
        found.add(outcome(seed, folder).removeprefix(f"{kind} "))
    assert found >= LEAST.get(kind, {"refused"})
    if kind in ("index", "remembered"):
        assert found == {"read"}  # What was remembered can be found anew.
