"""What all tests share."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

# CI draws the same examples in every run, so that what has passed passes again; elsewhere each run draws new ones.
settings.register_profile("ours", max_examples=100, deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("ours")


# Each worker of the suite has a core: threads of OpenBLAS, which asks for this as numpy is loaded, would wait for
# one by spinning. The app is told nothing of it, and uses as many threads as it would.
with pytest.MonkeyPatch.context() as _for_numpy:
    _for_numpy.setenv("OPENBLAS_NUM_THREADS", os.environ.get("OPENBLAS_NUM_THREADS", "1"))
    importlib.import_module("numpy")

# Hundreds of tests start a process of their own: without this each would compile the app, a third of its start, and
# every worker would rewrite the assertions of all tests anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What runs in the background or under nohup ignores signals, and hands that on to every process it starts.
for _number, _usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _usual)

# What is made while tests are collected stays.
gc.disable()

_APP: Final = Path(__file__).parent / "tui"
_FAST: Final = ("opening", "options", "pictures", "view", "words")
"""The rooms of the app whose tests start neither the app nor another process."""
_FEW: Final = 25
"""Examples that `--fast` draws where a test of properties draws more."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--fast`."""
    words = "leave out the rooms that run the app or processes and thorough tests, and draw fewer examples"
    parser.addoption("--fast", action="store_true", help=words)
    words = "take away what our own code would not find on Windows: termios, fcntl, SIGHUP and more"
    parser.addoption("--lacking-posix", action="store_true", help=words)


def pytest_configure(config: pytest.Config) -> None:
    """Take away what `--lacking-posix` takes away, before any of our own code is loaded."""
    if config.getoption("--lacking-posix"):
        sys.path.insert(0, str(Path(__file__).parent))
        import_module("lacking_posix").install()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what `--fast` leaves out; nothing of it is imported."""
    is_room = collection_path.parent == _APP and collection_path.is_dir()
    return True if is_room and config.getoption("--fast") and collection_path.name not in _FAST else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is thorough, and draw few examples, where `--fast` asks for that."""
    if not config.getoption("--fast"):
        return
    thorough = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=thorough)
    items[:] = [item for item in items if item not in {*thorough}]
    for item in items:
        test = getattr(item, "function", None)
        # Where Hypothesis keeps what `@settings` has said, which is above any profile.
        drawn: settings | None = getattr(test, "_hypothesis_internal_use_settings", None)
        if drawn is not None and drawn.max_examples > _FEW:
            test._hypothesis_internal_use_settings = settings(drawn, max_examples=_FEW)  # type: ignore[union-attr]


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name bytes after their argument: archives hold the time, and a test has one name in every process."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the tests themselves, which stay to the end, out of every look for garbage, and look seldom."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class FailingSubtests:
    """Pytest's subtests, of which only those are reported that do not pass: a report costs more than most cases."""

    def __init__(self, reported: pytest.Subtests) -> None:
        self._reported = reported

    @contextmanager
    def test(self, msg: str | None = None, **kwargs: object) -> Iterator[None]:
        """Go on after a case that fails, as pytest does; the test fails then."""
        __tracebackhide__ = True
        try:
            yield
        except BaseException:
            with self._reported.test(msg, **kwargs):
                raise


@pytest.fixture(name="subtests")
def failing_subtests(subtests: pytest.Subtests) -> FailingSubtests:
    """Stand in for pytest's fixture."""
    return FailingSubtests(subtests)
