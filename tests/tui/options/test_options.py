"""Every option is said once, and parsers, TOML and Python take it from there."""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from cnn_core.errors import SettingError
from cnn_tui.cli.arguments import parse
from cnn_tui.options import arguments, by_name, request
from cnn_tui.options.arguments import add_group, request_of
from cnn_tui.options.by_name import request_from
from cnn_tui.options.model_options import MODEL_OPTIONS, ModelOptions
from cnn_tui.options.option import option, options_in
from cnn_tui.options.request import OPTIONS, OpenRequest, with_paths

_VALUES = {str: "x", int: 3, bool: True, tuple: ("x=y",)}


def _value(name: str) -> object:
    each = OPTIONS[name]
    return each.choices[-1] if each.choices else _VALUES[each.kind]


def _words(name: str) -> list[str]:
    """Return an option as it is typed."""
    each, value = OPTIONS[name], _value(name)
    if each.kind is bool:
        return [each.flag, "yes"] if each.optional else [each.flag]
    text = value[0] if isinstance(value, tuple) else str(value)
    return [each.flag, text] if each.flag else [text]


@pytest.mark.parametrize("name", OPTIONS)
def test_typed_and_given_by_name_are_the_same_request(name: str) -> None:
    typed = request_of(parse(_words(name)))
    assert typed == request_from({name: _value(name)})
    assert typed != OpenRequest()
    assert [*typed.typed] == _words(name)


def test_what_a_request_types_is_that_request_again() -> None:
    options = ModelOptions(pool_size=1, pool_stride=1, flip_kernels=False, channels="ACGT")
    asked = OpenRequest("my.fa", reverse=True, cell=0, inputs=("a=a.npy", "b=b.npy"), model_options=options)
    assert request_of(parse(asked.typed)) == asked
    assert options.typed[:6] == ("--flip-kernels", "no", "--channels", "ACGT", "--pool-size", "1")
    assert OpenRequest().typed == ()


def test_a_value_that_looks_like_an_option_is_typed_as_one_word_with_its_own() -> None:
    asked = OpenRequest(record="-x", inputs=("-a=b.npy",), model_options=ModelOptions(channels="-CGT"))
    assert asked.typed == ("--record=-x", "--input=-a=b.npy", "--channels=-CGT")
    assert request_of(parse(asked.typed)) == asked


def test_the_fields_of_the_requests_are_options_but_for_what_no_one_types() -> None:
    assert {*OPTIONS} == {each.name for owner in (OpenRequest, ModelOptions) for each in fields(owner)} - {
        "model_options",
        "default_model",
        "inspector",
        "view",
        "stdin",
    }


def test_a_new_option_is_typed_and_given_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """One field is all that an option takes."""

    @dataclass(frozen=True, slots=True)
    class Wider(OpenRequest):
        orbit: int | None = option(None, "start", "the orbit to begin in", metavar="N", least=1)

    wider = {each.name: each for each in (*options_in(Wider), *MODEL_OPTIONS)}
    for module in (request, arguments, by_name):
        monkeypatch.setattr(module, "OPTIONS", wider)
    for module in (arguments, by_name):
        monkeypatch.setattr(module, "OpenRequest", Wider)
    parser = argparse.ArgumentParser()
    add_group(parser, "reading", "window", "start")
    assert "--orbit N" in " ".join(parser.format_help().split())
    assert request_of(parser.parse_args(["--orbit", "2"])) == Wider(orbit=2)
    assert request_from(tomllib.loads("orbit = 2")) == Wider(orbit=2)
    with pytest.raises(SettingError, match="orbit = 0 is not a whole number from 1 on"):
        request_from({"orbit": 0})


def test_every_path_and_nothing_else_is_moved() -> None:
    given = OpenRequest(
        "my.fa", model="danq.h5", inputs=("age=age.npy",), record="chr1", model_options=ModelOptions("danq.json")
    )
    assert with_paths(given, lambda path: str(Path("data") / path)) == OpenRequest(
        "data/my.fa",
        model="data/danq.h5",
        inputs=("age=data/age.npy",),
        record="chr1",
        model_options=ModelOptions("data/danq.json"),
    )
    bundled = OpenRequest("@planted", model="seed")
    assert with_paths(bundled, lambda path: f"data/{path}") == bundled
