"""A trace in words, against cases that can be worked by hand."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hand_worked import FINDS_ACG, finds_acg, of_500, reading
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.blocks.trace import trace_cell, trace_response
from cnn_core.layers import AveragePooling1D, Conv1D, MaxPooling1D
from cnn_tui.words.block_words import filter_title
from cnn_tui.words.cell_explanation import explain_cell
from cnn_tui.words.responses import explain_base, explain_products, explain_response
from cnn_tui.words.shapes import explain_input, explain_left_over, explain_place, explain_shapes

# Cells


def test_a_cell_names_its_selection_and_its_receptive_field() -> None:
    whole = reading()
    assert explain_cell(whole, trace_cell(whole, 0, 0)) == (
        "pooled[0] of filter 0 = max(conv[0…1]) = conv[0] = 2.000",
        "receptive field of pooled[0]: bases 0–3, 3 + 1 × 1 = 4 bases",
    )


def test_a_tie_names_what_shares_the_maximum_and_says_which_is_selected() -> None:
    whole = reading(pool=MaxPooling1D(8))
    assert (
        explain_cell(whole, trace_cell(whole, 0, 0))[1]
        == "tie: conv[0] and conv[4] share the maximum; the first is selected"
    )


def test_a_tie_of_all_that_is_not_at_the_floor_is_a_tie() -> None:
    whole = reading("AAAA", conv=finds_acg(activation="linear"))
    assert explain_cell(whole, trace_cell(whole, 0, 0))[1] == "tie: all 2 share the maximum; the first is selected"


def test_a_cell_that_is_all_0_says_that_nothing_was_selected_and_what_came_nearest() -> None:
    whole = reading()
    assert explain_cell(whole, trace_cell(whole, 1, 0))[:2] == (
        "pooled[1] of filter 0 = max(conv[2…3]) = 0: all 2 are 0",
        "nothing was selected; nearest came conv[2], −1.000 before relu",
    )


def test_an_average_selects_nothing() -> None:
    whole = reading(pool=AveragePooling1D(2))
    trace = trace_cell(whole, 0, 0)
    assert explain_cell(whole, trace)[:2] == (
        "pooled[0] of filter 0 = mean(conv[0…1]) = 1.000",
        "an average selects nothing: each of the 2 positions counts the same",
    )
    assert explain_response(whole, trace) == ()
    assert explain_products(trace) == ()


def test_padding_of_the_pool_is_never_selected() -> None:
    whole = of_500(pool_padding="same")
    lines = explain_cell(whole, trace_cell(whole, 60, 0))
    assert "max(conv[479…484])" in lines[0]
    assert "2 of its 8 positions are padding and never selected" in lines


def test_padding_is_never_counted_in_an_average() -> None:
    whole = reading("ACGTACGTA", pool=AveragePooling1D(2, padding="same"))
    assert explain_cell(whole, trace_cell(whole, 3, 0)) == (
        "pooled[3] of filter 0 = mean(conv[6]) = 0",
        "an average selects nothing: it has one position",
        "1 of its 2 positions is padding and never counted",
        "receptive field of pooled[3]: bases 6–8",
    )


def test_a_pool_window_of_one_position_has_nothing_to_select_from() -> None:
    whole = reading(pool=MaxPooling1D(1))
    assert explain_cell(whole, trace_cell(whole, 4, 0))[:2] == (
        "pooled[4] of filter 0 = max(conv[4]) = 2.000",
        "receptive field of pooled[4]: bases 4–6",
    )


def test_the_receptive_field_is_summed_from_span_and_stride() -> None:
    assert explain_cell(of_500(), trace_cell(of_500(), 0, 0))[-1] == (
        "receptive field of pooled[0]: bases 0–22, 16 + 7 × 1 = 23 bases"
    )
    strided = of_500(conv_stride=4, conv_padding="same")
    assert explain_cell(strided, trace_cell(strided, 0, 0))[-2:] == (
        "receptive field of pooled[0]: bases 0–37, 16 + 7 × 4 = 44 bases",
        "6 of these lie in the padding",
    )
    dilated = of_500(dilation=2)
    assert explain_cell(dilated, trace_cell(dilated, 1, 0))[-1] == (
        "receptive field of pooled[1]: bases 8–45, 16 taps over 31, 31 + 7 × 1 = 38 bases"
    )


def test_the_trace_of_a_response_has_no_cell() -> None:
    whole = reading()
    assert explain_cell(whole, trace_response(whole, 0, 0)) == ()


# Responses


def test_a_response_is_the_sum_of_the_weights_that_the_letters_pick_and_its_bias() -> None:
    whole = reading()
    assert explain_response(whole, trace_cell(whole, 0, 0)) == (
        "conv[0] = relu(Σ 3 of 12 weights + bias) = relu(3.000 − 1.000) = 2.000",
        "conv[0] reads bases 0–2  ACG",
    )


def test_a_negative_response_is_shown_before_its_activation() -> None:
    whole = reading()
    assert explain_response(whole, trace_response(whole, 1, 0)) == (
        "conv[1] of filter 0 = relu(Σ 3 of 12 weights + bias)",
        "= relu(0 − 1.000) = relu(−1.000) = 0",
        "conv[1] reads bases 1–3  CGT",
        "read by pooled[0], which selected conv[0]",
    )


@pytest.mark.parametrize(
    ("conv", "equation"),
    [
        (finds_acg(activation="linear"), "conv[0] = Σ 3 of 12 weights + bias = 3.000 − 1.000 = 2.000"),
        (finds_acg(activation="linear", bias=None), "conv[0] = Σ 3 of 12 weights = 3.000"),
        (finds_acg(bias=None), "conv[0] = relu(Σ 3 of 12 weights) = relu(3.000) = 3.000"),
        (
            finds_acg(bias=np.array([0.5], dtype=np.float32)),
            "conv[0] = relu(Σ 3 of 12 weights + bias) = relu(3.000 + 0.500) = 3.500",
        ),
    ],
)
def test_the_equation_says_what_the_layer_does(conv: Conv1D, equation: str) -> None:
    whole = reading(conv=conv)
    assert explain_response(whole, trace_cell(whole, 0, 0))[0] == equation


def test_a_softmax_says_that_it_weighs_all_filters() -> None:
    kernel = np.concatenate([FINDS_ACG, 0 * FINDS_ACG], axis=2)
    whole = reading(conv=Conv1D(kernel, activation="softmax"))
    lines = explain_response(whole, trace_cell(whole, 0, 0))
    assert lines[0] == "conv[0] = softmax(Σ 3 of 12 weights) = softmax(3.000) = 0.953"
    assert lines[1] == "softmax weighs all 2 filters at conv[0] against each other"


@given(
    st.floats(-20, 20, width=32).filter(lambda weight: weight == 0 or abs(weight) > 1e-6),
    st.floats(-20, 20, width=32).filter(lambda bias: bias == 0 or abs(bias) > 1e-6),
)
def test_the_equation_adds_up_as_printed_or_says_that_it_is_rounded(weight: float, bias: float) -> None:
    kernel = np.full((1, 4, 1), weight, dtype=np.float32)
    whole = reading(conv=Conv1D(kernel, np.array([bias], dtype=np.float32)), pool=MaxPooling1D(1))
    equation = explain_response(whole, trace_cell(whole, 0, 0))[0]
    if "≈" in equation:
        return
    _, _, numbers, response = equation.split(" = ")
    total, sign, addend = numbers.split(" ")
    terms = [Decimal(term.replace("−", "-")) for term in (total, addend, response)]
    printed = terms[0] + (terms[1] if sign == "+" else -terms[1])
    coarsest = max((Decimal(1).scaleb(int(term.as_tuple().exponent)) for term in terms if term), default=Decimal(0))
    assert abs(printed - terms[2]) <= coarsest / 2


def test_decimals_are_added_until_the_equation_adds_up() -> None:
    kernel = np.full((1, 4, 1), 1.0004, dtype=np.float32)
    whole = reading(conv=Conv1D(kernel, np.array([1.0004], dtype=np.float32)), pool=MaxPooling1D(1))
    assert explain_response(whole, trace_cell(whole, 0, 0))[0].endswith("= 1.0004 + 1.0004 = 2.001")


def test_a_response_at_its_own_level_says_whether_a_cell_selected_it() -> None:
    whole = reading()
    selected = [explain_response(whole, trace_response(whole, position, 0))[-1] for position in range(4)]
    assert selected == [
        "read by pooled[0], which selected it",
        "read by pooled[0], which selected conv[0]",
        "read by pooled[1], all 0: nothing was selected",
        "read by pooled[1], all 0: nothing was selected",
    ]


def test_with_overlapping_pool_windows_several_cells_may_select_a_response() -> None:
    whole = reading(pool=MaxPooling1D(3, 1))
    assert (
        explain_response(whole, trace_response(whole, 4, 0))[-1] == "read by pooled[2…4], selected by pooled[2…4]"
    )
    assert (
        explain_response(whole, trace_response(whole, 3, 0))[-1] == "read by pooled[1…3], selected by none of them"
    )


def test_responses_that_no_cell_reads_say_so() -> None:
    gaps = reading(pool=MaxPooling1D(2, 3))
    assert explain_response(gaps, trace_response(gaps, 2, 0))[-1] == "no cell reads it"
    rest = reading(pool=MaxPooling1D(3))
    assert explain_response(rest, trace_response(rest, 7, 0))[-1] == "no cell reads it: it is left over"


def test_an_average_selects_none() -> None:
    whole = reading(pool=AveragePooling1D(2))
    assert (
        explain_response(whole, trace_response(whole, 0, 0))[-1]
        == "read by pooled[0], an average, which selects nothing"
    )


def test_taps_in_the_padding_add_nothing_and_are_no_bases() -> None:
    whole = reading(conv=finds_acg(padding="causal"))
    lines = explain_response(whole, trace_response(whole, 0, 0))
    assert "conv[0] reads bases 0  ··A" in lines
    assert "2 of the 3 taps lie in the padding and add nothing" in lines


def test_a_dilated_window_says_which_bases_it_reads() -> None:
    whole = reading(conv=finds_acg(dilation=2))
    assert "conv[1] reads every 2nd base of 1–5  CTC" in explain_response(whole, trace_response(whole, 1, 0))


def test_all_zero_rows_right_of_a_short_record_are_told_from_padding() -> None:
    whole = reading("ACGTA", length=10)
    lines = explain_response(whole, trace_response(whole, 4, 0))
    assert "conv[4] reads bases 4–6  A··" in lines
    assert "2 of the 3 taps lie right of the letters, on all-zero rows, and add nothing" in lines


@pytest.mark.parametrize(
    ("ambiguity", "fate"),
    [("zero", "an all-zero row that adds nothing"), ("uniform", "shared equally among its letters")],
)
def test_ambiguous_letters_say_what_the_policy_makes_of_them(ambiguity: str, fate: str) -> None:
    whole = reading("ANGTA", ambiguity=ambiguity)
    lines = explain_response(whole, trace_response(whole, 0, 0))
    assert f"1 of these letters is ambiguous: {fate}" in lines


def test_a_channel_of_its_own_makes_n_a_letter_like_any_other() -> None:
    conv = Conv1D(np.ones((3, 5, 1), dtype=np.float32))
    whole = reading("ANGTA", conv=conv, channels="ACGTN")
    assert not any("ambiguous" in line for line in explain_response(whole, trace_response(whole, 0, 0)))


def test_products_stand_under_their_letters() -> None:
    whole = reading()
    assert explain_products(trace_cell(whole, 0, 0)) == ("A       C       G", "+1.000  +1.000  +1.000")
    assert explain_products(trace_cell(whole, 0, 0), per_line=2) == (
        "A       C",
        "+1.000  +1.000",
        "G",
        "+1.000",
    )


# Bases


def test_a_base_says_what_it_adds_and_what_it_can_change() -> None:
    whole = reading()
    assert explain_base(whole, 2, trace_cell(whole, 0, 0)) == (
        "base 2 is G, under tap 2 of conv[0]",
        "its letter picks the weight 1.000: 1.000 × 1, the other 3 × 0",
        "read by 3 windows of every filter: conv[0…2]",
        "can change pooled[0…1]",
    )


def test_a_base_elsewhere_lies_outside_the_window() -> None:
    whole = reading()
    assert explain_base(whole, 5, trace_cell(whole, 0, 0))[:2] == (
        "base 5 is C",
        "outside the window of conv[0], bases 0–2",
    )


def test_a_base_between_two_taps_is_not_read_there() -> None:
    whole = reading(conv=finds_acg(dilation=2))
    assert explain_base(whole, 3, trace_response(whole, 0, 0))[:3] == (
        "base 3 is T",
        "between two taps of conv[0], which reads every 2nd base",
        "read by 2 windows of every filter: conv[1, 3]",
    )


def test_an_ambiguous_base_says_how_its_product_came_about() -> None:
    zero, uniform = reading("ANGTA"), reading("ANGTA", ambiguity="uniform")
    assert explain_base(zero, 1, trace_response(zero, 0, 0))[1] == "ambiguous: an all-zero row, adds nothing"
    assert (
        explain_base(uniform, 1, trace_response(uniform, 0, 0))[1]
        == "ambiguous: 0.250 is the mean of its letters' weights"
    )


def test_an_all_zero_row_is_no_base() -> None:
    whole = reading("ACGTA", length=10)
    assert explain_base(whole, 6, trace_response(whole, 4, 0))[:2] == (
        "base 6 is an all-zero row right of the letters, under tap 2 of conv[4]",
        "adds nothing",
    )


def test_bases_that_nothing_reads_are_never_used() -> None:
    rest = reading(pool=MaxPooling1D(3))
    assert explain_base(rest, 9, trace_cell(rest, 0, 0))[-1] == "no cell reads that: it is never used"
    strided = reading(conv=finds_acg(stride=4))
    assert explain_base(strided, 3, trace_cell(strided, 0, 0))[-1] == "no conv window reads it: it is never used"


def test_a_base_is_explained_where_an_average_names_no_response() -> None:
    whole = reading(pool=AveragePooling1D(2))
    assert explain_base(whole, 2, trace_cell(whole, 0, 0))[0] == "base 2 is G"


# Names and widths


def test_filters_have_names_where_the_model_gives_them() -> None:
    assert filter_title(of_500().run, 1) == "filter 1 GATA1"
    assert filter_title(reading().run, 0) == "filter 0"


def test_names_from_a_file_are_plain_characters() -> None:
    conv = finds_acg(filter_names=("\x1b[31m[bold]red",))
    whole = reading(conv=conv, name="\x1b[2J[bold]rec\r")
    trace = trace_response(whole, 0, 0)
    said = "\n".join((*explain_input(whole), *explain_response(whole, trace), *explain_place(whole, 0, 3)))
    assert said.replace("\n", "").isprintable()
    assert r"\x1b[2J[bold]rec\r" in said
    assert r"filter 0 \x1b[31m[bold]red" in said


@pytest.mark.parametrize("settings", [{}, {"pool_padding": "same"}, {"conv_stride": 4}, {"pool_stride": 1}])
def test_lines_fit_a_narrow_panel(settings: dict[str, object]) -> None:
    whole = of_500(**settings)
    trace = trace_cell(whole, 1, 1)
    lines = (
        *explain_cell(whole, trace),
        *explain_response(whole, trace),
        *explain_shapes(whole),
        *explain_left_over(whole),
        *explain_base(whole, 9, trace),
    )
    assert max(map(len, lines)) <= 76


def test_padding_that_counts_and_what_lies_beyond_the_end_are_told_apart() -> None:
    # 8 activations, one position of padding before and none behind: the last window lacks two.
    counts = reading(pool=AveragePooling1D(4, 3, (1, 0), ceil=True, counts_padding=True))
    first, last = (explain_cell(counts, trace_cell(counts, cell, 0)) for cell in (0, 2))
    assert first[1] == "an average selects nothing: the 3 positions and 1 of padding, which is 0, count the same"
    assert not any("of its 4 positions" in line for line in first)
    assert last[1:3] == (
        "an average selects nothing: each of the 3 positions counts the same",
        "1 of its 4 positions lies beyond the end and is never counted",
    )
    keeps = reading(pool=MaxPooling1D(3, 3, ceil=True))
    assert "1 of its 3 positions lies beyond the end and is never selected" in explain_cell(
        keeps, trace_cell(keeps, 2, 0)
    )
