"""What became of several views, as JUnit XML: the report that CI services show. No time and no host in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from cnn_core.errors import printable

from .recognising import SUITES

__all__ = ["Case", "junit_of"]


@dataclass(frozen=True, slots=True)
class Case:
    """One view of a run.

    Attributes:
        name: The view.
        file: Where it is kept.
        failure: What has changed, in one line; nothing where it is the same.
        details: What has changed, line by line.
        error: Why there is nothing to compare; nothing where there is.
    """

    name: str
    file: str
    failure: str = ""
    details: tuple[str, ...] = ()
    error: str = ""


def junit_of(cases: Sequence[Case]) -> str:
    """Return a report.

    Args:
        cases: The views.
    """
    failures, errors = (sum(bool(getattr(case, kind)) for case in cases) for kind in ("failure", "error"))
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<{SUITES} {counts}>"]
    lines.append(f'  <testsuite name="views" {counts} skipped="0">')
    for case in cases:
        head = f'    <testcase name={_attribute(case.name)} classname="views" file={_attribute(case.file)}'
        if case.failure:
            details = "\n".join(escape(printable(line)) for line in case.details)
            lines.append(f"{head}>\n      <failure message={_attribute(case.failure)}>{details}</failure>")
            lines.append("    </testcase>")
        elif case.error:
            lines.append(f"{head}>\n      <error message={_attribute(case.error)}/>\n    </testcase>")
        else:
            lines.append(f"{head}/>")
    return "\n".join([*lines, "  </testsuite>", "</testsuites>"]) + "\n"


def _attribute(text: str) -> str:
    return f'"{escape(printable(text.replace(chr(10), " ")))}"'
