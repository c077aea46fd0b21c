"""Where the user's own file is looked for, and that a broken one is no more than a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_core.errors import NotFoundError, SettingError
from cnn_tui.opening import config_path, read_config, read_own_config
from cnn_tui.options.config import Config
from cnn_tui.options.request import OpenRequest

THEIRS = 'theme = "nord"\n'


def test_the_one_that_is_typed_comes_before_the_environment_and_that_before_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed, named = tmp_path / "typed.toml", tmp_path / "named.toml"
    typed.touch()
    monkeypatch.setenv("CNN_TUI_CONFIG", str(named))
    assert config_path(OpenRequest(config=str(typed))) == typed
    assert config_path(OpenRequest()) == named
    monkeypatch.setenv("CNN_TUI_CONFIG", "")
    assert config_path(OpenRequest()) is None
    monkeypatch.delenv("CNN_TUI_CONFIG")
    own = tmp_path / "cnn-tui" / "config.toml"
    monkeypatch.setattr("platformdirs.user_config_dir", lambda name: str(tmp_path / name))
    assert config_path(OpenRequest()) is None
    own.parent.mkdir()
    own.write_text(THEIRS)
    assert config_path(OpenRequest()) == own
    assert read_config(own) == Config(theme="nord")


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe", b"[" * 100_000, None])
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "config.toml"
    if content is not None:
        path.write_bytes(content)
    config = read_config(path)
    assert len(config.problems) == 1
    assert str(path) in config.problems[0]
    assert config == Config(problems=config.problems)


def test_what_is_typed_must_be_there_and_a_snapshot_takes_no_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    asked = OpenRequest(config=str(path))
    with pytest.raises(NotFoundError, match="there is no such file"):
        config_path(asked)
    assert read_own_config(OpenRequest()) == Config()
    path.write_text('theme = "drak"\n')
    with pytest.raises(SettingError, match="did you mean dark"):
        read_own_config(asked)
