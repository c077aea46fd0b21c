"""Where an output rounds alike before and after an edit, its logit tells them apart."""

from __future__ import annotations

import re

from cnn_tui.opening import open_model, open_reading, open_source
from cnn_tui.options.request import OpenRequest
from cnn_tui.words.change_words import explain_output_change, output_change


def test_the_logit_is_named_where_the_output_rounds_alike() -> None:
    with open_source("@planted") as sequences:
        edited = open_reading(OpenRequest(edits=("149G>T",)), sequences, open_model("trained"))
        original = edited.edited(()).into(edited.block)
        assert original.values.keys() == edited.values.keys()
        assert re.fullmatch(r"1\.000, logit 14\.32 → \d\d\.\d\d", output_change(original, edited))
        (told,) = explain_output_change(original, edited)
        assert re.fullmatch(r"the edit changes this model's output by −\S+, its logit by −0\.\d+", told)
