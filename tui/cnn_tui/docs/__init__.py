"""The documentation's pages, which travel with the program: `cnn-tui help TOPIC` shows them, the README links them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from cnn_core.errors import NotFoundError, did_you_mean

__all__ = ["TOPICS", "glossary", "page"]

TOPICS: Final = {
    "words": "what the words on the screen mean",
    "keys": "what the keys and the mouse do",
    "formats": "sequences and models: what is read, and what has to be assumed",
    "why": "what if a letter changes, and which bases a value depends on",
    "predict": "every output for every record, and two files compared",
    "variants": "what the variants of a VCF file change a network's output by",
    "motifs": "what every filter responds to, as a motif",
    "scans": "chromosomes and many records, and how fast they are",
    "export": "values, tracks, motifs and programs for other tools",
    "snapshots": "views as files, compared in CI and in tests",
    "shards": "a long command spread over many machines",
    "python": "the engine in notebooks and scripts",
    "config": "your own theme, model and keys, in a file",
    "errors": "messages, exit statuses, and what to do",
}
"""The pages by name, in the order in which they are read, each with one line that says what it tells."""


def page(topic: str) -> str:
    """Return a page as Markdown.

    Args:
        topic: One of `TOPICS`.

    Raises:
        NotFoundError: There is no such page; the message names the nearest one, or all.
    """
    if topic not in TOPICS:
        remedy = did_you_mean(topic, TOPICS, f"they are {', '.join(TOPICS)}")
        raise NotFoundError(f"there is no page '{topic}'", remedy=remedy)
    return Path(__file__).with_name(f"{topic}.md").read_text(encoding="utf-8")


@cache
def glossary() -> dict[str, str]:
    """Return the table of the page `words`: what each word means, in a sentence that begins with a capital."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", page("words"), re.MULTILINE)
    return {word: f"{meaning[0].upper()}{meaning[1:]}.".replace("`", "") for word, meaning in rows[1:]}
