"""The user's `config.toml`: where it is, and what it says. It is read and never written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cnn_core.errors import CnnError, SettingError

from ..options.config import Config, config_from
from ..options.request import OpenRequest
from .suggestions import no_such_file
from .toml_files import read_toml

__all__ = ["CONFIG_VARIABLE", "config_path", "read_config", "read_own_config"]

CONFIG_VARIABLE: Final = "CNN_TUI_CONFIG"
"""The environment variable that names another file than the user's own; where it is empty, none is read."""
_NAME: Final = "config.toml"
_WRITE: Final = "cnn-tui help config tells what it holds"


def config_path(request: OpenRequest) -> Path | None:
    """Return the file that holds for the explorer, or None where there is none.

    Args:
        request: What is asked for; a file that it names comes before the environment's, and that before the user's.

    Raises:
        NotFoundError: The file that is asked for does not exist.
    """
    if request.config is not None:
        path = Path(request.config)
        if not path.is_file():
            raise no_such_file(request.config, _WRITE)
        return path
    named = os.environ.get(CONFIG_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_config_dir

    path = Path(user_config_dir("cnn-tui")) / _NAME
    return path if path.is_absolute() and path.is_file() else None


def read_config(path: Path) -> Config:
    """Return what a file says; what is wrong with it is said in `Config.problems`, and the rest of it holds.

    Args:
        path: The file.
    """
    try:
        config = config_from(read_toml(path, "a configuration", _WRITE), path)
    except CnnError as error:
        return Config(problems=(str(error),))
    return config


def read_own_config(request: OpenRequest) -> Config:
    """Return what the file that a request names says, or nothing where it names none: the same on every machine.

    Args:
        request: What is asked for.

    Raises:
        CnnError: There is no such file, or something in it is wrong.
    """
    if request.config is None:
        return Config()
    path = config_path(request)
    assert path is not None
    config = read_config(path)
    if config.problems:
        raise SettingError(config.problems[0])
    return config
