"""`--keys`: words become the keys that a person would press, under the names that the app binds."""

from __future__ import annotations

import string

import pytest
from textual.keys import _character_to_key

from cnn_core.errors import CnnError
from cnn_tui.commands import COMMANDS
from cnn_tui.snapshot.keys import Stroke, strokes


def named(text: str) -> list[str]:
    return [stroke.key for stroke in strokes(text)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", []),
        ("  \n\t ", []),
        ("right", ["right"]),
        ("right*3 enter ]", ["right", "right", "right", "enter", "right_square_bracket"]),
        ("] right_square_bracket", ["right_square_bracket"] * 2),
        ("}*2", ["right_curly_bracket"] * 2),
        ("20 right", ["2", "0", "right"]),
        ("→ ← ↑ ↓", ["right", "left", "up", "down"]),
        ("esc Enter PgUp pgdn return", ["escape", "enter", "pageup", "pagedown", "enter"]),
        ("shift+right ctrl+t Ctrl+P", ["shift+right", "ctrl+t", "ctrl+p"]),
        ("t T", ["t", "T"]),
        ("- minus = + plus", ["minus", "minus", "equals_sign", "plus", "plus"]),
        ("/ slash ? , .", ["slash", "slash", "question_mark", "comma", "full_stop"]),
        ("* **2", ["asterisk"] * 3),
        ("' \"", ["apostrophe", "quotation_mark"]),
        ("g 'chr1:4' enter", ["g", "c", "h", "r", "1", "colon", "4", "enter"]),
        ('"it\'s"', ["i", "t", "apostrophe", "s"]),
        ("space tick*2 wait f1", ["space", "tick", "tick", "wait", "f1"]),
    ],
)  # fmt: skip
def test_words_are_keys(text: str, keys: list[str]) -> None:
    assert named(text) == keys


def test_every_character_has_the_name_that_textual_gives_it() -> None:
    for character in string.punctuation + string.ascii_letters + string.digits:
        assert strokes(character) == (Stroke(_character_to_key(character), character),)


def test_what_is_typed_comes_with_its_characters() -> None:
    assert [stroke.character for stroke in strokes("'a b' space enter")] == ["a", " ", "b", " ", None]


def test_every_key_of_the_app_can_be_named() -> None:
    for command in COMMANDS:
        for key in command.keys:
            assert named(key) == [key]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("rihgt", "--keys: there is no key 'rihgt'; did you mean right?"),
        ("right entr*2", "--keys: there is no key 'entr'; did you mean enter?"),
        ("ctlr+t", "--keys: there is no key 'ctlr+t'; letters to type stand in quotes: 'ctlr+t'"),
        ("chr1:46-61", "--keys: there is no key 'chr1:46-61'; letters to type stand in quotes: 'chr1:46-61'"),
        ("g 'chr1", "--keys: the quote 'chr1 is not closed; add ' behind it"),
        ("right*10001", "--keys: 'right*10001' is more than 10,000 keys; press fewer"),
        ("right*0", "--keys: 'right*0' presses it 0 times; give a count from 1 on behind *"),
        ("right*-1", "--keys: 'right*-1' presses it -1 times; give a count from 1 on behind *"),
        ("right*9999 left*9", "--keys: these are more than 10,000 keys; press fewer"),
    ],
)
def test_what_is_no_key_is_one_sentence(text: str, refusal: str) -> None:
    with pytest.raises(CnnError) as refused:
        strokes(text)
    assert str(refused.value) == refusal
