"""P-values of the scores of matrices by memelite's FIMO, which the distribution of a kernel's score is held to.

python tests/core/oracle/make_p_value_fixtures.py (memelite 0.5; writes tests/core/letter_sums/memelite_p_values.json)
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from memelite.fimo import _pwm_to_mapping

OUT = Path(__file__).parents[1] / "letter_sums" / "memelite_p_values.json"
LARGEST = (1e-2, 1e-4, 1e-6, 1e-9, 1e-12)


def main() -> None:
    """Write the fixture: of each matrix, scores in quarters and the p-value of each."""
    draw = np.random.RandomState(5)
    cases = []
    for width in (8, 11, 16, 19, 30):
        quarters = draw.randint(-14, 9, (width, 4))
        smallest, logs = _pwm_to_mapping(np.ascontiguousarray(quarters.T / 4.0), 0.25)
        chances = 2.0**logs
        picked = [int(np.flatnonzero(chances <= p)[0]) for p in LARGEST if (chances[np.isfinite(logs)] <= p).any()]
        cases.append(
            {
                "quarters": quarters.tolist(),
                "scores": [(smallest + nth) / 4 for nth in picked],
                "p": [float(chances[nth]) for nth in picked],
            }
        )
    OUT.write_text(json.dumps({"made_with": "memelite 0.5", "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
