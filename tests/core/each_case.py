"""Many small cases in one test: as `pytest.mark.parametrize`, for a tenth of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any

import pytest

Test = Callable[..., None]


def each_case(names: str | Sequence[str], cases: Iterable[Any]) -> Callable[[Test], Test]:
    """Go through the cases in one test, which tells each that fails by what it was given, and shares its fixtures."""
    single = isinstance(names, str) and "," not in names
    arguments = [name.strip() for name in names.split(",")] if isinstance(names, str) else [*names]
    all_given = [dict(zip(arguments, (case,) if single else case, strict=True)) for case in cases]
    assert all_given, "a test of no case holds nothing"

    def in_one(test: Test) -> Test:
        @wraps(test)
        def run(*args: Any, subtests: pytest.Subtests, **fixtures: Any) -> None:
            for given in all_given:
                with subtests.test(**given):
                    test(*args, **fixtures, **given)

        own = [each for each in signature(test).parameters.values() if each.name not in arguments]
        asked = Signature([*own, Parameter("subtests", Parameter.KEYWORD_ONLY)])
        run.__signature__ = asked  # type: ignore[attr-defined]
        return run

    return in_one
