"""The pytest fixture `cnn_snapshot`: what the explorer shows, compared with a baseline beside the test.

Nothing but pytest is imported until a test asks for the fixture. The names of baselines begin with a dot: syrupy,
which keeps its own in the same folder, would count them as unused and delete them, and passes over such names.
"""

from __future__ import annotations

import zlib
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from . import snapshot
from .snapshot.stale_baselines import CLAIMS, FOLDER, PRUNE, Claims, StaleBaselines, file_stem

if TYPE_CHECKING:
    from cnn_core.network.model import Model

__all__ = ["SnapshotFixture", "cnn_snapshot", "pytest_addoption", "pytest_configure"]

_UPDATE: Final = "--cnn-update"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--cnn-update` and `--cnn-prune`."""
    group = parser.getgroup("cnn-tui", "snapshots of the cnn-tui explorer")
    group.addoption(
        _UPDATE, action="store_true", help="write the baselines of cnn_snapshot where they are not the same"
    )
    group.addoption(
        PRUNE, action="store_true", help="after a run of all tests, remove the baselines whose test is gone"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Look for baselines whose test is gone."""
    config.pluginmanager.register(StaleBaselines(config))


class SnapshotFixture:
    """Compares views with their baselines; each call in a test is a view of its own.

    Args:
        folder: Where the baselines of the test's module are.
        classes: The names of the classes that the test stands in, from the outermost.
        test: The test's name, its parameters included.
        update: Whether baselines are written instead of compared.
        claims: Which test has each baseline; added to.
    """

    def __init__(self, folder: Path, classes: tuple[str, ...], test: str, *, update: bool, claims: Claims) -> None:
        self._folder, self._update, self._claims = folder, update, claims
        self._classes, self._test = classes, test
        self._used: set[Path] = set()

    def __call__(
        self,
        sequences: str | PathLike[str] | snapshot.Snapshot | None = None,
        model: str | PathLike[str] | Model | None = None,
        *,
        name: str = "",
        extension: str = "svg",
        **view: object,
    ) -> snapshot.Snapshot:
        """Take a view and compare it with its baseline.

        Args:
            sequences: See `cnn_tui.snapshot.take`; or a snapshot that has been taken already.
            model: See `take`.
            name: What is added to the test's name; a second view without one gets a number.
            extension: The format of the baseline: svg, txt, ansi, json or png.
            view: The rest of what `take` takes.

        Returns:
            The view.

        Raises:
            Failed: There is no baseline, the view is not as it says, or another test has this baseline; see
                `pytest.fail`.
        """
        __tracebackhide__ = True
        extension = extension.removeprefix(".")
        if f".{extension}" not in snapshot.SUFFIXES:
            pytest.fail(
                f"there is no format {extension}; it is one of {', '.join(snapshot.SUFFIXES)}", pytrace=False
            )
        path = self._path(name, extension)
        if not self._update and not path.exists():
            pytest.fail(str(snapshot.missing(path, f"pytest {_UPDATE} makes it")), pytrace=False)
        if isinstance(sequences, snapshot.Snapshot):
            if model is not None or view:
                raise TypeError("a snapshot that has been taken takes no options")
            taken = sequences
        else:
            taken = snapshot.take(sequences, model, **view)  # type: ignore[arg-type]
        try:
            if self._update:
                snapshot.update(taken, path)
                return taken
            checked = snapshot.check(taken, path)
        except snapshot.CnnError as error:
            # Of the error nothing but its sentence is told: where it was raised says nothing of the view.
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        if not checked.same:
            lines = "\n".join(f"  {line}" for line in checked.comparison.report)
            remedy = f"pytest {_UPDATE} writes it anew"
            if checked.comparison.is_foreign:
                remedy = f"remove it, and pytest {_UPDATE} makes one"
            pytest.fail(f"{path}: not the same; {remedy}\n{lines}", pytrace=False)
        return taken

    def _path(self, name: str, extension: str) -> Path:
        own = f"{self._test}-{name}" if name else self._test
        whole = ".".join((*self._classes, own))
        stem = file_stem(whole)
        if stem != whole or own != own.lower():
            # Two tests keep two files where their names differ in what no file can be called, or in case alone.
            stem += f"-{zlib.crc32(whole.encode()):08x}"
        path = self._folder / f".{stem}.{extension}"
        nth = 1
        while path in self._used:
            nth += 1
            path = self._folder / f".{stem}-{nth}.{extension}"
        self._used.add(path)
        me = "::".join((*self._classes, self._test))
        other = self._claims.setdefault(str(path).casefold(), me)
        if other != me:
            pytest.fail(
                f"{path}: this is the baseline of {other} too; give one of the tests another name", pytrace=False
            )
        return path


@pytest.fixture
def cnn_snapshot(request: pytest.FixtureRequest) -> SnapshotFixture:
    """Compare what the explorer shows with a baseline in `__snapshots__` beside the test.

    ```python
    def test_the_first_filter(cnn_snapshot):
        cnn_snapshot("my.fa", "danq.h5", filter=17, keys="right*3 enter")
    ```
    """
    return SnapshotFixture(
        request.path.parent / FOLDER / request.path.stem,
        tuple(node.name for node in request.node.listchain() if isinstance(node, pytest.Class)),
        request.node.name,
        update=bool(request.config.getoption(_UPDATE)),
        claims=request.config.stash.setdefault(CLAIMS, {}),
    )
