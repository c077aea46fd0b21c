"""The lesson as one page for a browser: every step with the app's own pictures, before its answer and with it."""

from __future__ import annotations

from html import escape

from ..lesson.page_words import heading, told_words
from ..lesson.pages import Page, lesson_pages
from ..lesson.progress import Lesson
from ..options.request import OpenRequest
from .driving import take_along
from .keys import strokes

__all__ = ["lesson_page"]

_SIZE = (80, 24)
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 54rem; margin: 2rem auto; padding: 0 1rem; }
section { border-top: 1px solid; padding: 1rem 0 2rem; }
h2 { font-size: 1.2rem; margin: 0 0 .5rem; }
h2 small { font-weight: normal; opacity: .7; float: right; }
svg text { white-space: pre; }
svg { width: 100%; height: auto; border-radius: .4rem; margin: .5rem 0; }
ol { padding-left: 1.6rem; }
summary { cursor: pointer; font-weight: 600; padding: .4rem 0; }
.close { font-weight: 600; }
@media print { details { display: block; } section { break-inside: avoid; } }
"""
_SCRIPT = """
const sections = [...document.querySelectorAll("section")];
addEventListener("keydown", event => {
  const at = sections.findIndex(each => each.getBoundingClientRect().bottom > 40);
  const go = by => sections[Math.min(Math.max(at + by, 0), sections.length - 1)].scrollIntoView();
  if (event.key === "ArrowRight") go(1);
  else if (event.key === "ArrowLeft") go(-1);
  else if (event.key === "Enter" && document.activeElement.tagName !== "SUMMARY") {
    const details = sections[at].querySelector("details");
    details.open = !details.open;
  } else return;
  event.preventDefault();
});
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(each => each.open = true));
"""


def lesson_page() -> str:
    """Return the lesson as one HTML page that asks for nothing else.

    The answers stand in `details`, which open without a script; with one, ← and → go from step to step and Enter
    opens the answer.
    """
    pages = lesson_pages()
    keys = [stretch for at in range(len(pages)) for stretch in ("right" if at else "", "enter")]
    taken = take_along(OpenRequest(lesson=1), _SIZE, [strokes(each) for each in keys])
    sections = "\n".join(
        _section(at, page, taken[2 * at].svg, taken[2 * at + 1].svg) for at, page in enumerate(pages)
    )
    minutes = sum(page.minutes for page in pages)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>How a convolution over DNA feeds a max pool</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>How a convolution over DNA feeds a max pool</h1>
<p>15 steps and two short quizzes, about {minutes:.0f} minutes. Each asks before it shows: think first, then open the
answer. ← and → go from step to step, Enter opens an answer.</p>
{sections}
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _section(at: int, page: Page, asking: str, answering: str) -> str:
    title, far = heading(Lesson(at))
    choices = "".join(f"<li>{escape(choice)}</li>" for choice in page.choices)
    asked = f"<p>{escape(page.ask)}</p>" + (f"<ol>{choices}</ol>" if choices else "")
    told = told_words(Lesson(at, told=True))
    return f"""<section id="page-{at + 1}">
<h2>{escape(title)} <small>{escape(far)}</small></h2>
{asking}
{asked}
<details><summary>Show the answer</summary>
<p>{escape(told)}</p>
{answering}
<p class="close">{escape(page.close)}</p>
</details>
</section>"""
