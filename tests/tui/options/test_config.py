"""The user's own file: what it may say, and that what is wrong in it harms nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnn_tui.options.config import Config, config_from, with_config
from cnn_tui.options.key_names import named_stroke, shown_key, typed_stroke
from cnn_tui.options.request import OpenRequest
from cnn_tui.options.saved_view import SavedView

FILE = Path("/home/me/config.toml")


def test_it_says_theme_inspector_model_and_keys() -> None:
    content = {
        "theme": "high-contrast",
        "inspector": "unfolded",
        "model": "seed",
        "keys": {"play": "p", "next-filter": ["down", "J", "ctrl+N"], "zoom-in": "+"},
    }
    assert config_from(content, FILE) == Config(
        theme="high-contrast",
        model="seed",
        inspector="unfolded",
        keys=(("play", ("p",)), ("next-filter", ("down", "J", "ctrl+n")), ("zoom-in", ("plus",))),
    )
    assert config_from({}, FILE) == Config()


def test_a_model_file_is_relative_to_it() -> None:
    assert config_from({"model": "nets/danq.h5"}, FILE).model == str(FILE.parent / "nets" / "danq.h5")
    assert config_from({"model": "/nets/danq.h5"}, FILE).model == str(Path("/nets/danq.h5"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"thme": "light"}, "there is no option 'thme'; did you mean theme?"),
        ({"theme": "drak"}, "theme = 'drak'; did you mean dark?"),
        ({"theme": 3}, "theme = 3 is not text; write it so"),
        ({"inspector": "wide"}, "inspector = 'wide'; it is one of folded, unfolded, card"),
        ({"keys": 3}, 'keys is no table; write play = "p" under [keys]'),
        ({"keys": {"play": "hyper+p"}}, "there is no key 'hyper+p'"),
        ({"keys": {"play": "pageupp"}}, "there is no key 'pageupp'; did you mean pageup?"),
        ({"keys": {"play": 3}}, "play = 3 is no key"),
        ({"keys": {"play": ""}}, "play = '' is no key"),
        ({"keys": {"play": []}}, "play = [] is no key"),
        ({"keys": {"play": "7"}}, "play = '7': digits are counts"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_the_rest_holds(content: dict[str, Any], sentence: str) -> None:
    config = config_from({"model": "seed", **content}, FILE)
    assert [sentence in problem and str(FILE) in problem for problem in config.problems] == [True]
    assert config == Config(model="seed", problems=config.problems)


def test_what_is_asked_for_comes_before_it() -> None:
    config = Config(theme="nord", model="seed", inspector="card")
    assert with_config(OpenRequest(), config) == OpenRequest(theme="nord", default_model="seed", inspector="card")
    typed = with_config(OpenRequest(theme="light", model="motifs"), config)
    assert (typed.theme, typed.model, typed.default_model) == ("light", "motifs", None)
    # The lesson has a model of its own, and a saved view says itself what it shows.
    assert with_config(OpenRequest(lesson=1), config).default_model is None
    view = with_config(OpenRequest(view=SavedView(Path("v.toml"))), config)
    assert (view.default_model, view.inspector) == (None, None)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("right_square_bracket", "]"),
        ("ctrl+t", "Ctrl+T"),
        ("space", "Space"),
        ("pageup", "PgUp"),
        ("shift+left", "Shift+←"),
        ("p", "p"),
        ("P", "P"),
        ("f5", "F5"),
        ("escape", "Esc"),
    ],
)
def test_a_key_is_shown_as_it_can_be_written(key: str, shown: str) -> None:
    assert shown_key(key) == shown
    written = typed_stroke(shown) if len(shown) == 1 else named_stroke(shown, "", "")
    assert written.key == key
