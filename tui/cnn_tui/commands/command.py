"""What can be done: its keys, its words, and where the help lists it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Command"]


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done.

    Attributes:
        name: What `config.toml` calls it; the same on every screen that has it.
        action: The screen's action, as Textual writes it.
        keys: Textual's names of its keys.
        shown: The keys as a person reads them.
        title: What it does, as the palette lists it.
        words: One more sentence for the help screen.
        group: Under which heading the help screen lists it.
        also: Other words by which the palette finds it.
    """

    name: str
    action: str
    keys: tuple[str, ...]
    shown: str
    title: str
    words: str
    group: str
    also: str = ""
