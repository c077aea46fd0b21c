"""Configurations as JSON and YAML: plain values, whatever a text asks for."""

from __future__ import annotations

import random
import sys
from contextlib import suppress

import pytest
from each_case import each_case
from keras_fixtures import FILES, members

from cnn_core.errors import CnnError, ModelError
from cnn_core.readers.keras import text
from cnn_core.readers.keras.text import read_text


def test_yaml_and_json_of_one_model_say_the_same() -> None:
    for tag, stem in (
        ("keras_0.3.3_theano", "danq"),
        ("keras_1.0.5_theano", "danq"),
        ("keras_2.2.4_theano", "shared"),
    ):
        found = members(tag)
        as_json, as_yaml = (read_text(found[f"{stem}.{kind}"], stem) for kind in ("json", "yaml"))
        # Keras wrote numpy's numbers as objects to be built, which nobody builds.
        assert _without(as_yaml, "input_dim") == _without(as_json, "input_dim")


def _without(value: object, key: str) -> object:
    if isinstance(value, dict):
        return {name: _without(each, key) for name, each in value.items() if name != key}
    return [_without(each, key) for each in value] if isinstance(value, list) else value


def test_the_yaml_of_old_versions_in_its_compact_form() -> None:
    found = read_text(
        b"""class_name: Sequential
config:
- class_name: Convolution1D
  config: {W_regularizer: null, activation: relu, batch_input_shape: !!python/tuple [null, 20,
      4], bias: true, border_mode: valid, dropout: 0.5, init: !!python/unicode 'glorot', lr: 1.0e-05,
    name: "conv\\t1", nb_filter: 3, sums: [-1, +2, .5, 1e3, .inf]}
keras_version: 1.0.5
""",
        "m.yaml",
    )
    assert found == {
        "class_name": "Sequential",
        "config": [
            {
                "class_name": "Convolution1D",
                "config": {
                    "W_regularizer": None,
                    "activation": "relu",
                    "batch_input_shape": [None, 20, 4],
                    "bias": True,
                    "border_mode": "valid",
                    "dropout": 0.5,
                    "init": "glorot",
                    "lr": 1e-05,
                    "name": "conv\t1",
                    "nb_filter": 3,
                    "sums": [-1, 2, 0.5, 1000.0, float("inf")],
                },
            }
        ],
        "keras_version": "1.0.5",
    }


def test_a_part_that_stands_for_another_is_that_other() -> None:
    assert read_text(b"a: &shape [1, 2]\nb: *shape\n", "m") == {"a": [1, 2], "b": [1, 2]}


@each_case(
    "tag",
    [
        "!!python/object/apply:os.system ['touch /tmp/owned']",
        "!!python/object:os.error {}",
        "!!python/name:os.system",
        "!!python/module:os",
        "!!python/object/new:type ['x', !!python/tuple [], {}]",
        "!custom {a: 1}",
    ],
)
def test_nothing_that_yaml_asks_for_is_built(tag: str) -> None:
    assert read_text(f"name: x\nmade: {tag}\n".encode(), "m") == {"name": "x", "made": None}


@each_case(
    ("data", "sentence"),
    [
        (b"", "is not the configuration of a model"),
        (b"- 3", "is not the configuration of a model"),
        (b"[1, 2]", "is not the configuration of a model"),
        (b"\xff\xfe", "is not text"),
        (b'{"a": 1,}', "is not JSON: line 1, column"),
        (b'{"a": ' + b"[" * 100_000, "nested or numbered beyond reason"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "nested or numbered beyond reason"),
        (b"a: " + b"[" * 200, "nested more than 100 deep"),
        (b"a: [1, 2", "is neither JSON nor YAML: line"),
        (b"a: &x [*x]", "*x stands for nothing"),
        (b"a: *nobody", "*nobody stands for nothing"),
        (b"{[1]: 2}", "is not JSON"),
        (b"? [1]\n: 2", "a key is a list or a mapping"),
    ],
)
def test_what_is_no_configuration_is_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_text(data, "m.json")
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("m.json")


def test_long_texts_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LONGEST_TEXT", 100)
    monkeypatch.setattr(text, "_LONGEST_YAML", 50)
    with pytest.raises(ModelError, match="a configuration of 200 bytes"):
        read_text(b" " * 200, "m")
    with pytest.raises(ModelError, match="a YAML configuration of 60 letters"):
        read_text(b"a" * 60, "m")


def test_without_pyyaml_json_is_read_and_yaml_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert read_text(b'{"a": 1}', "m") == {"a": 1}
    with pytest.raises(ModelError, match=r"pip install 'cnn-tui\[keras\]'"):
        read_text(b"a: 1", "m")


def test_damage_to_any_letter_is_a_sentence_or_no_damage() -> None:
    draw = random.Random(4)
    texts = [stored.architecture_data for stored in FILES if stored.architecture is not None]
    for _ in range(400):
        chosen = draw.choice(texts)
        assert chosen is not None
        damaged = bytearray(chosen[:6000])
        for _ in range(draw.choice([1, 3, 20])):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        with suppress(CnnError):
            assert isinstance(read_text(bytes(damaged), "m"), dict)
