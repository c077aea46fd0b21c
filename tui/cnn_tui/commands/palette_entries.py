"""What the command palette offers: commands, themes, and the words of the glossary."""

from __future__ import annotations

from functools import partial
from typing import Final

from textual.command import DiscoveryHit, Hit, Hits, Provider

from .. import docs
from ..options.request import FOREIGN_THEME_NAMES, THEME_NAMES
from .command import Command

__all__ = ["Commands", "Glossary", "Themes"]

_FEWEST: Final = 3
"""Characters from which on more than titles is looked through."""
_FOR_A_LETTER: Final = 3.0
"""The score, for each letter, of what is found by another word than its title: above letters scattered over one."""


class Commands(Provider):
    """Offers every command of the screen in the palette, with its keys."""

    @property
    def _offered(self) -> tuple[Command, ...]:
        commands: tuple[Command, ...] = getattr(self.screen, "commands", ())
        return commands

    async def discover(self) -> Hits:
        """Yield all of them."""
        for command in self._offered:
            if command.action != "palette":
                run = partial(self.screen.run_action, command.action)
                yield DiscoveryHit(command.title, run, help=f"{command.shown}  {command.words}")

    async def search(self, query: str) -> Hits:
        """Yield those whose titles match, and those that have another word that begins so."""
        matcher, typed = self.matcher(query), query.casefold().strip()
        for command in self._offered:
            score = matcher.match(command.title)
            if len(typed) >= _FEWEST and any(word.startswith(typed) for word in command.also.casefold().split()):
                score = max(score, _FOR_A_LETTER * len(typed))
            if score > 0 and command.action != "palette":
                highlighted = matcher.highlight(command.title)
                run = partial(self.screen.run_action, command.action)
                yield Hit(score, highlighted, run, help=f"{command.shown}  {command.words}")


class Themes(Provider):
    """Offers every theme by its name, once something is typed."""

    async def search(self, query: str) -> Hits:
        """Yield those that match."""
        matcher = self.matcher(query)
        for name in (*THEME_NAMES, *FOREIGN_THEME_NAMES):
            title = f"Theme {name}"
            if (score := matcher.match(title)) > 0 and name in self.app.available_themes:
                words = "One of ours" if name in THEME_NAMES else "Textual's, with our colours on its ground"
                yield Hit(score, matcher.highlight(title), partial(setattr, self.app, "theme", name), help=words)


class Glossary(Provider):
    """Offers the words of the glossary, with which the help then begins, and the pages of the documentation."""

    async def search(self, query: str) -> Hits:
        """Yield the words that begin so, and the pages that are about one."""
        typed = query.casefold().strip()
        if len(typed) < _FEWEST:
            return
        score = _FOR_A_LETTER * len(typed)
        for topic, tells in docs.TOPICS.items():
            if any(word.startswith(typed) for word in ("documentation", topic, *tells.casefold().split())):
                run = partial(self.screen.run_action, f"documentation({topic!r})")
                yield Hit(score, f"Documentation: {topic}", run, help=tells)
        for word, meaning in docs.glossary().items():
            if word.startswith(typed):
                run = partial(self.screen.run_action, f"help({word!r})")
                yield Hit(score, f"What is meant by {word}", run, help=meaning)
