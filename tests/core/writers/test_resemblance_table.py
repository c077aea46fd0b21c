"""What filters resemble, as columns and as arrays."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np

from cnn_core.motifs import FilterMotif, MotifComparison, MotifRule, MotifSettings, filter_matches, known_motifs
from cnn_core.writers import FILTER_COLUMNS, match_arrays, match_columns, resemblance_columns, write_filter_table

GATA1 = next(motif for motif in known_motifs() if motif.matrix_id == "MA0035.5")
COMPARISON = MotifComparison(known_motifs())


def filter_of(number: int, counts: np.ndarray, sites: int) -> FilterMotif:
    return FilterMotif(number, f"f{number}", counts, sites, MotifRule(), MotifSettings())


# Of few sites, as GATA1 on its other strand, and without a preference.
FILTERS = (
    filter_of(3, GATA1.counts, 5),
    filter_of(4, GATA1.counts[::-1, ::-1], 1000),
    filter_of(7, np.full((6, 4), 25.0), 100),
)
MATCHES = filter_matches(FILTERS, COMPARISON)


def test_a_filter_without_enough_sites_or_a_preference_has_no_match() -> None:
    assert MATCHES.keys() == {4}
    assert MATCHES[4].motif is GATA1


def test_columns_stand_behind_those_of_the_filters() -> None:
    file = BytesIO()
    write_filter_table(FILTERS, file, columns=(*FILTER_COLUMNS, *match_columns(MATCHES)))
    header, few, turned, flat = [line.split("\t") for line in file.getvalue().decode().splitlines()[1:]]
    assert header[5:] == ["match_id", "match_name", "p", "q", "offset", "strand"]
    assert few[5:] == flat[5:] == [""] * 6
    assert [*turned[5:7], *turned[9:]] == ["MA0035.5", GATA1.name, "0", "-"]
    assert 0 < float(turned[7]) < float(turned[8]) < 1e-3


def test_for_people_a_match_is_named_where_it_is_likely() -> None:
    name, q = resemblance_columns(MATCHES)
    assert [name.text(motif) for motif in FILTERS] == ["few sites", f"{GATA1.name} MA0035.5", ""]
    assert [q.text(motif) for motif in FILTERS] == ["", f"{MATCHES[4].q:.3g}", ""]
    for column in resemblance_columns({4: replace(MATCHES[4], q=0.06)}):
        assert column.text(FILTERS[1]) == ""


def test_arrays_have_a_row_for_each_filter() -> None:
    arrays = match_arrays(FILTERS, MATCHES)
    assert arrays["match_id"].tolist() == ["", "MA0035.5", ""]
    assert arrays["match_family"].tolist() == ["", "C4-GATA-related", ""]
    assert np.isnan(arrays["match_q"]).tolist() == [True, False, True]
    assert arrays["match_p"][1] == MATCHES[4].p
    assert (arrays["match_offset"].tolist(), arrays["match_strand"].tolist()) == ([0, 0, 0], ["", "-", ""])
    assert arrays["match_overlap"].tolist() == [0, GATA1.width, 0]
