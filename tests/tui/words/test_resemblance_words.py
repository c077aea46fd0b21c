"""What is said of the known motif that a filter resembles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnn_core.motifs import Match, Motif
from cnn_tui.words import resemblance

GATA1 = Motif("MA0035.5", "GATA1", np.eye(4), family="C4-GATA-related")
MATCH = Match(GATA1, 2e-9, 2e-6, 0, "+", 8)


def test_a_likely_match_is_a_resemblance_with_its_q_and_family() -> None:
    assert resemblance(MATCH) == "resembles GATA1 (MA0035.5, q = 2.0e−6), family C4-GATA-related"


def test_a_motif_of_a_file_has_no_family() -> None:
    assert resemblance(replace(MATCH, motif=Motif("M1", "mine", np.eye(4)))) == "resembles mine (M1, q = 2.0e−6)"


def test_an_unlikely_match_is_none() -> None:
    said = resemblance(replace(MATCH, q=0.41))
    assert said == "resembles no known motif: the nearest is GATA1 (MA0035.5, q = 0.410)"


def test_a_filter_may_have_nothing_to_compare() -> None:
    assert resemblance(None) == "was not compared: it has too few sites or no preference"
