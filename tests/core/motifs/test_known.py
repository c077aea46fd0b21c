"""The motifs that come along are JASPAR's."""

from __future__ import annotations

import numpy as np

from cnn_core.motifs import known_motifs

BY_ID = {motif.matrix_id: motif for motif in known_motifs()}


def test_they_are_1019_of_different_identifiers() -> None:
    assert len(known_motifs()) == len(BY_ID) == 1019
    assert len({motif.name for motif in known_motifs()}) < 1019
    assert sum(motif.width for motif in known_motifs()) == 10_542
    assert {motif.width for motif in known_motifs()} >= {4, 33}


def test_counts_are_those_that_jaspar_publishes() -> None:
    # https://jaspar.elixir.no/matrix/MA0004.1 and MA0108.3
    arnt = BY_ID["MA0004.1"]
    rows = ([4, 19, 0, 0, 0, 0], [16, 0, 20, 0, 0, 0], [0, 1, 0, 20, 0, 20], [0, 0, 0, 0, 20, 0])
    assert arnt.counts.T.tolist() == [*rows]
    assert (arnt.name, arnt.family) == ("Arnt", "PAS domain factors")
    assert arnt.factor_class == "Basic helix-loop-helix factors (bHLH)"
    tbp = BY_ID["MA0108.3"]
    assert tbp.counts[:, 0].tolist() == [16, 352, 3, 354, 268, 360, 222]


def test_families_of_a_complex_are_joined() -> None:
    assert "Fos-related::Jun-related" in {motif.family for motif in known_motifs()}


def test_every_column_has_finite_counts() -> None:
    for motif in known_motifs():
        assert np.isfinite(motif.counts).all()
        assert motif.counts.min() >= 0
        assert motif.counts.sum(axis=1).min() > 0


def test_scaled_counts_keep_their_size() -> None:
    assert max(motif.counts.max() for motif in known_motifs()) == 312_906
