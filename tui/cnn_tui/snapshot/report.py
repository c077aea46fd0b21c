"""What became of views: a page that shows what has changed, which needs no other file, and what CI is told.

The page shows both pictures side by side, what differs marked; JUnit XML holds no time and no host.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from cnn_core.errors import printable

from ..rendering.svg import CELL_HEIGHT, CELL_WIDTH
from .comparing import Change, Checked, spans
from .recognising import PAGE_TITLE, SUITES

__all__ = ["Case", "annotation_of", "junit_of", "page_of"]

_STYLE: Final = """\
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1d242c; background: #fbfbf9 }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2.5rem }
.pair { display: flex; flex-wrap: wrap; gap: 1rem }
figure { flex: 1 1 30rem; min-width: 0; margin: 0 } figcaption { color: #6a7480 }
.screen { position: relative } .screen img { width: 100%; display: block }
.screen svg { position: absolute; inset: 0; width: 100%; height: 100% }
pre, td { font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: 12px; line-height: 1.3 }
pre { background: #eeefec; overflow: auto; padding: .5rem; margin: 0 }
table { border-collapse: collapse; margin-top: 1rem }
td, th { text-align: left; vertical-align: top; padding: .15rem .8rem .15rem 0; white-space: pre-wrap }
mark { background: #f6b017; color: #000 }
@media (prefers-color-scheme: dark) {
  body { color: #dde3ea; background: #11151c } pre { background: #1a202a } figcaption { color: #7d8a99 }
}"""


def page_of(checked: Sequence[Checked]) -> str:
    """Return the page of the views that are not as their baselines.

    Args:
        checked: The views; those that are the same are left out.
    """
    changed = [each for each in checked if not each.same]
    body = "\n".join(piece for each in changed for piece in _section(each))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{PAGE_TITLE}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<h1>{PAGE_TITLE}</h1>\n"
        f"{body or '<p>Nothing.</p>'}\n</body>\n</html>\n"
    )


def _section(checked: Checked) -> Iterator[str]:
    changes = checked.comparison.changes
    yield f"<h2>{escape(checked.path.name)}</h2>\n<p>{escape(checked.comparison.summary)}</p>"
    yield '<div class="pair">'
    yield f"<figure><figcaption>baseline</figcaption>{_before(checked)}</figure>"
    picture = _image("image/svg+xml", checked.after.svg.encode())
    yield f"<figure><figcaption>now</figcaption>{_marked(picture, checked)}</figure>"
    yield "</div>\n<table>"
    yield "<tr><th>what</th><th>baseline</th><th>now</th></tr>"
    for change in changes:
        before, after = _halves(change)
        what = change.words if change.remark else change.where
        yield f"<tr><td>{escape(what)}</td><td>{before}</td><td>{after}</td></tr>"
    yield "</table>"


def _before(checked: Checked) -> str:
    content, suffix = checked.before or b"", checked.path.suffix.lower()
    if suffix == ".svg":
        return _marked(_image("image/svg+xml", content), checked)
    if suffix == ".png":
        return _marked(_image("image/png", content), checked)
    return f"<pre>{escape(content.decode('utf-8', 'replace'))}</pre>"


def _image(kind: str, content: bytes) -> str:
    # As an image, a baseline from elsewhere runs no script and loads nothing.
    return f'<img alt="" src="data:{kind};base64,{b64encode(content).decode("ascii")}">'


def _marked(picture: str, checked: Checked) -> str:
    """Return a picture with a frame around every place that differs."""
    drawing = checked.after.drawing
    width, height = drawing.width * CELL_WIDTH, drawing.height * CELL_HEIGHT
    frames = []
    for change in checked.comparison.changes:
        if change.line is None:
            continue
        places = spans(change.before, change.after) or [(0, drawing.width)]
        frames += [
            f'<rect x="{first * CELL_WIDTH}" y="{change.line * CELL_HEIGHT}"'
            f' width="{(last - first) * CELL_WIDTH}" height="{CELL_HEIGHT}"/>'
            for first, last in places
        ]
    marks = "".join(frames)
    overlay = (
        f'<svg viewBox="0 0 {width} {height}" fill="#f6b017" fill-opacity=".25" stroke="#f6b017">{marks}</svg>'
        if marks
        else ""
    )
    return f'<div class="screen">{picture}{overlay}</div>'


def _halves(change: Change) -> tuple[str, str]:
    if change.line is None:
        return escape(change.before), escape(change.after)
    places = spans(change.before, change.after)
    return _with_marks(change.before, places), _with_marks(change.after, places)


def _with_marks(text: str, places: Sequence[tuple[int, int]]) -> str:
    pieces, end = [], 0
    for first, last in places:
        pieces += [escape(text[end:first]), f"<mark>{escape(text[first:last])}</mark>"]
        end = last
    return "".join([*pieces, escape(text[end:])])


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


def annotation_of(case: Case, path: str) -> str:
    """Return the line that GitHub Actions shows beside a file, of a view that is not as it should be.

    Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions, and the escapes of
    its toolkit.

    Args:
        case: The view.
        path: Where it is kept, from the root of the repository.
    """
    said = "\n".join(printable(line) for line in (case.failure or case.error, *case.details))
    return f"::error file={_property(path)},title={_property(case.name)}::{_escaped(said)}"


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
