"""Everything that can be done: one table for the keys, the help screen and the command palette."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from .options.request import FOREIGN_THEME_NAMES, THEME_NAMES

__all__ = [
    "BLOCK_COMMANDS",
    "COMMANDS",
    "GROUPS",
    "LESSON_COMMANDS",
    "NETWORK_COMMANDS",
    "Command",
    "Commands",
    "Themes",
    "bindings",
]


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done.

    Attributes:
        action: The screen's action, as Textual writes it.
        keys: Textual's names of its keys.
        shown: The keys as a person reads them.
        title: What it does, as the palette lists it.
        words: One more sentence for the help screen.
        group: Under which heading the help screen lists it.
    """

    action: str
    keys: tuple[str, ...]
    shown: str
    title: str
    words: str
    group: str


_MOVE, _LOOK, _CHANGE, _PLAY = "Move", "Look", "Change the block", "Play"
_KEEP, _OPEN = "Save and export", "Open and leave"
GROUPS: Final = (_MOVE, _LOOK, _CHANGE, _PLAY, _KEEP, _OPEN)
"""The headings of the help screen, in order."""

COMMANDS: Final = (
    Command("step(-1)", ("left", "h"), "← h", "Step left", "A cell, an activation or a base: one at the level of the cursor.", _MOVE),
    Command("step(1)", ("right", "l"), "→ l", "Step right", "Digits before it repeat it: 20→.", _MOVE),
    Command("filter(-1)", ("up", "k"), "↑ k", "Previous filter", "Every filter has its own feature map and its own cells.", _MOVE),
    Command("filter(1)", ("down", "j"), "↓ j", "Next filter", "The pool works filter by filter, never across them.", _MOVE),
    Command("down", ("enter",), "Enter", "Go down to what this was computed from", "Cell → its selection → the bases of its window.", _MOVE),
    Command("up", ("backspace",), "Backspace", "Go back up to what is computed from this", "Base → activation → cell.", _MOVE),
    Command("page(-1)", ("shift+left",), "Shift+←", "A page left", "As far as the tracks are wide.", _MOVE),
    Command("page(1)", ("shift+right",), "Shift+→", "A page right", "As far as the tracks are wide.", _MOVE),
    Command("filter_page(-1)", ("pageup",), "PgUp", "A page of filters up", "As many as the heat map shows.", _MOVE),
    Command("filter_page(1)", ("pagedown",), "PgDn", "A page of filters down", "As many as the heat map shows.", _MOVE),
    Command("end(False)", ("home",), "Home", "First of this level", "Cell, activation or base 0.", _MOVE),
    Command("end(True)", ("end",), "End", "Last of this level", "Where the axis ends: behind the last cell is what is left over.", _MOVE),
    Command("strongest(1)", ("t",), "t", "Next strongest cell of this filter", "From the strongest of the record down, on both strands.", _MOVE),
    Command("strongest(-1)", ("T",), "T", "Previous strongest cell of this filter", "Back towards the strongest.", _MOVE),
    Command("strongest_cells", ("s",), "s", "Strongest cells of the record …", "Both strands, this filter or all, in a table: sort it, Enter goes there.", _MOVE),
    Command("goto", ("g",), "g", "Go to …", "A cell, a position, a base, a filter, a region of the record.", _MOVE),
    Command("search", ("slash",), "/", "Search letters …", "IUPAC letters, on both strands.", _MOVE),
    Command("match(1)", ("n",), "n", "Next match", "Goes round at the end.", _MOVE),
    Command("match(-1)", ("N",), "N", "Previous match", "Goes round at the beginning.", _MOVE),
    Command("window(-1)", ("comma",), ",", "Move the input left", "By a tenth of it; digits before it are bases.", _MOVE),
    Command("window(1)", ("full_stop",), ".", "Move the input right", "By a tenth of it; digits before it are bases.", _MOVE),
    Command("zoom(-1)", ("minus",), "-", "Zoom out", "Several bases a column: the strongest is shown.", _LOOK),
    Command("zoom(1)", ("equals_sign", "plus"), "=", "Zoom in", "Several columns a base: the weights become numbers.", _LOOK),
    Command("scale", ("c",), "c", "Colour scale: this filter or this layer", "What the strongest colour stands for.", _LOOK),
    Command("unfold", ("i",), "i", "Unfold the inspector", "All it has to say, in place of the heat maps; again to fold it.", _LOOK),
    Command("card", ("f",), "f", "Filter card", "The kernel under its best and worst letters, where there is no room for both.", _LOOK),
    Command("network", ("tab",), "Tab", "The whole network, layer by layer", "Any layer over the same bases; Esc comes back.", _LOOK),
    Command("assumptions", ("exclamation_mark",), "!", "What had to be assumed", "Of the files, the letters and the inputs; the first line counts it.", _LOOK),
    Command("overview", ("z",), "z", "The whole record: this filter, all, off", "The strongest cell under every column; click to go there.", _LOOK),
    Command("predictions", ("P",), "P", "The prediction along the record …", "At every input along the record, a step apart; click to go there.", _LOOK),
    Command("theme", ("C", "ctrl+t"), "C Ctrl+T", "Theme: dark, light, high contrast", "The next of ours; Ctrl+P and a name finds Textual's own too.", _LOOK),
    Command("change('conv_stride', -1)", ("left_square_bracket",), "[", "Conv stride − 1", "Bases from one window to the next.", _CHANGE),
    Command("change('conv_stride', 1)", ("right_square_bracket",), "]", "Conv stride + 1", "Bases from one window to the next.", _CHANGE),
    Command("change('pool_size', -1)", ("left_curly_bracket",), "{", "Pool size − 1", "Positions that a cell chooses from.", _CHANGE),
    Command("change('pool_size', 1)", ("right_curly_bracket",), "}", "Pool size + 1", "Positions that a cell chooses from.", _CHANGE),
    Command("change('pool_stride', -1)", ("left_parenthesis",), "(", "Pool stride − 1", "Positions from one pool window to the next.", _CHANGE),
    Command("change('pool_stride', 1)", ("right_parenthesis",), ")", "Pool stride + 1", "Positions from one pool window to the next.", _CHANGE),
    Command("change('dilation', -1)", ("D",), "D", "Dilation − 1", "Bases between neighbouring taps of the kernel.", _CHANGE),
    Command("change('dilation', 1)", ("d",), "d", "Dilation + 1", "Bases between neighbouring taps of the kernel.", _CHANGE),
    Command("change('conv_padding')", ("p",), "p", "Conv padding: valid, same, causal", "What lies beyond the ends of the bases.", _CHANGE),
    Command("change('pool_padding')", ("w",), "w", "Pool padding: valid, same", "Whether what is left over gets a cell of its own.", _CHANGE),
    Command("reset", (), "0", "Reset to the model's own settings", "Strides, sizes, padding and dilation as trained.", _CHANGE),
    Command("block(1)", ("b",), "b", "Next block", "Another convolution that feeds a pool, where the model has several.", _CHANGE),
    Command("block(-1)", ("B",), "B", "Previous block", "Another convolution that feeds a pool, where the model has several.", _CHANGE),
    Command("ambiguity", ("a",), "a", "Ambiguous letters: zero or uniform", "An all-zero row, or shared among the letters it stands for.", _CHANGE),
    Command("strand", ("v",), "v", "Reverse complement", "Read the other strand, in its own direction.", _CHANGE),
    Command("play", ("space",), "Space", "Play or pause", "The window slides through the pool window and the cell fills.", _PLAY),
    Command("speed(-1)", ("less_than_sign",), "<", "Slower", "While it plays.", _PLAY),
    Command("speed(1)", ("greater_than_sign",), ">", "Faster", "While it plays. When paused, ← and → step by hand.", _PLAY),
    Command("escape", ("escape",), "Esc", "Stop", "Ends the play, a count or a background job.", _PLAY),
    Command("save", ("S",), "S", "Save this view, or a picture …", "A small file that opens it again, or .svg .png .txt .ansi.", _KEEP),
    Command("export", ("x",), "x", "Export values …", "Files for other tools.", _KEEP),
    Command("code", ("y",), "y", "Show me the code", "This value in Keras or PyTorch.", _KEEP),
    Command("copy", ("Y",), "Y", "Copy the equation", "Of the value under the cursor, as text, to the terminal's clipboard.", _KEEP),
    Command("open", ("o",), "o", "Open sequences …", "A FASTA file or one of the samples.", _OPEN),
    Command("model", ("m",), "m", "Open a model …", "A Keras, PyTorch or motif file, or one that is bundled.", _OPEN),
    Command("record", ("r",), "r", "Choose a record …", "One of the file's records.", _OPEN),
    Command("lesson", ("L",), "L", "The lesson", "How a convolution feeds a max pool, in 14 steps; Esc comes back here.", _OPEN),
    Command("help", ("question_mark",), "?", "Help", "All keys.", _OPEN),
    Command("palette", ("colon",), ": Ctrl+P", "Command palette", "Everything here, by name.", _OPEN),
    Command("suspend", ("ctrl+z",), "Ctrl+Z", "Suspend", "To the shell; its fg comes back to this screen.", _OPEN),
    Command("quit", ("q",), "q", "Quit", "Leaves the terminal as it was.", _OPEN),
)  # fmt: skip
"""Everything that can be done, in the order of the help screen."""


NETWORK_COMMANDS: Final = (
    Command("walk(1)", ("tab", "right_square_bracket"), "Tab ]", "Next layer", "In the order of computation; digits before it repeat it.", _MOVE),
    Command("walk(-1)", ("shift+tab", "left_square_bracket"), "Shift+Tab [", "Previous layer", "Over the same bases, where it has positions.", _MOVE),
    Command("step(-1)", ("left", "h"), "← h", "Step left", "A position, or a unit where no length is left.", _MOVE),
    Command("step(1)", ("right", "l"), "→ l", "Step right", "Digits before it repeat it: 20→.", _MOVE),
    Command("channel(-1)", ("up", "k"), "↑ k", "Previous channel", "Or the unit a line above.", _MOVE),
    Command("channel(1)", ("down", "j"), "↓ j", "Next channel", "Or the unit a line below.", _MOVE),
    Command("channel_page(-1)", ("pageup",), "PgUp", "A page of channels up", "As many as the heat map shows.", _MOVE),
    Command("channel_page(1)", ("pagedown",), "PgDn", "A page of channels down", "As many as the heat map shows.", _MOVE),
    Command("end(False)", ("home",), "Home", "First position", "Or the first unit.", _MOVE),
    Command("end(True)", ("end",), "End", "Last position", "Or the last unit.", _MOVE),
    Command("down", ("enter",), "Enter", "Go down to what counts most in this value", "The largest part, a state that is remembered among them; down to the block and its bases.", _MOVE),
    Command("up", ("backspace",), "Backspace", "Go back to where the way down came from", "Value by value.", _MOVE),
    Command("list", ("a",), "a", "All layers as a table", "Shapes, weights, and what each layer makes of its input; again for its values.", _LOOK),
    Command("reasons", ("W",), "W", "Why this output?", "The parts of its sum, the largest first, each down to the bases.", _LOOK),
    Command("zoom(-1)", ("minus",), "-", "Zoom out", "Several bases a column: the strongest is shown.", _LOOK),
    Command("zoom(1)", ("equals_sign", "plus"), "=", "Zoom in", "Several columns a base.", _LOOK),
    Command("read_on", ("i",), "i", "Read on in the inspector", "What it has to say beyond its lines; at the end from the start again.", _LOOK),
    Command("assumptions", ("exclamation_mark",), "!", "What had to be assumed", "Of the files, the letters and the inputs; the first line counts it.", _LOOK),
    Command("theme", ("C", "ctrl+t"), "C Ctrl+T", "Theme: dark, light, high contrast", "The next of ours; Ctrl+P and a name finds Textual's own too.", _LOOK),
    Command("window(-1)", ("comma",), ",", "Move the input left", "By a tenth of it; digits before it are bases.", _CHANGE),
    Command("window(1)", ("full_stop",), ".", "Move the input right", "By a tenth of it; digits before it are bases.", _CHANGE),
    Command("strand", ("v",), "v", "Reverse complement", "Read the other strand, in its own direction.", _CHANGE),
    Command("explorer('save')", ("S",), "S", "Save this view, or a picture …", "A small file that opens it again, or .svg .png .txt .ansi.", _KEEP),
    Command("explorer('code')", ("y",), "y", "Show me the code", "This value in Keras or PyTorch.", _KEEP),
    Command("explorer('copy')", ("Y",), "Y", "Copy the equation", "Of the value under the cursor, as text, to the terminal's clipboard.", _KEEP),
    Command("ask('open')", ("o",), "o", "Open sequences …", "A FASTA file or one of the samples.", _OPEN),
    Command("ask('model')", ("m",), "m", "Open a model …", "A Keras, PyTorch or motif file, or one that is bundled.", _OPEN),
    Command("ask('record')", ("r",), "r", "Choose a record …", "One of the file's records.", _OPEN),
    Command("help", ("question_mark",), "?", "Help", "All keys.", _OPEN),
    Command("palette", ("colon",), ": Ctrl+P", "Command palette", "Everything here, by name.", _OPEN),
    Command("leave", ("escape",), "Esc", "Back to the block", "Where the model has one.", _OPEN),
    Command("suspend", ("ctrl+z",), "Ctrl+Z", "Suspend", "To the shell; its fg comes back to this screen.", _OPEN),
    Command("quit", ("q",), "q", "Back to the block, or quit", "It quits where the model has no block.", _OPEN),
)  # fmt: skip
"""Everything that can be done on the screen of the whole network, in the order of its help screen."""


LESSON_COMMANDS: Final = (
    Command("enter", ("enter",), "Enter", "Answer, show the answer, or go on", "Digits choose an answer, or are the number.", _MOVE),
    Command("turn(-1)", ("left", "h"), "←", "The page before", "Before its answer.", _MOVE),
    Command("turn(1)", ("right", "l"), "→", "Skip to the next page", "Without an answer.", _MOVE),
    Command("erase", ("backspace",), "Backspace", "Take back a digit", "Of the number that is typed.", _MOVE),
    Command("play", ("space",), "Space", "Play it", "Once the answer is shown.", _PLAY),
    Command("theme", ("C", "ctrl+t"), "C Ctrl+T", "Theme: dark, light, high contrast", "The next of ours; Ctrl+P and a name finds Textual's own too.", _LOOK),
    Command("help", ("question_mark",), "?", "Help", "All keys.", _OPEN),
    Command("palette", ("colon",), ": Ctrl+P", "Command palette", "Everything here, by name.", _OPEN),
    Command("leave", ("escape", "L"), "Esc L", "Back to the explorer", "Which stays as it was; L comes back to this page.", _OPEN),
    Command("suspend", ("ctrl+z",), "Ctrl+Z", "Suspend", "To the shell; its fg comes back to this screen.", _OPEN),
    Command("quit", ("q",), "q", "Quit", "Leaves the terminal as it was.", _OPEN),
)  # fmt: skip
"""Everything that can be done in the lesson."""


BLOCK_COMMANDS: Final = tuple(
    command
    for command in COMMANDS
    if command.action.partition("(")[0]
    in ("block", "strongest", "strongest_cells", "goto", "search", "overview", "predictions", "play", "export")
)
"""What can only be done at a block: on the screen of the whole network its keys lead there, or say why none is there."""


def bindings(commands: tuple[Command, ...] = COMMANDS) -> list[Binding]:
    """Return the key bindings of a screen.

    Args:
        commands: What can be done there.
    """
    return [
        Binding(",".join(command.keys), command.action, command.title, show=False, id=command.action)
        for command in commands
        if command.keys
    ]


class Commands(Provider):
    """Offers every command of the screen in the palette, with its keys."""

    @property
    def _offered(self) -> tuple[Command, ...]:
        commands: tuple[Command, ...] = getattr(self.screen, "COMMAND_TABLE", ())
        return commands

    async def discover(self) -> Hits:
        """Yield all of them."""
        for command in self._offered:
            if command.action != "palette":
                yield DiscoveryHit(command.title, self._runner(command), help=f"{command.shown}  {command.words}")

    async def search(self, query: str) -> Hits:
        """Yield those whose titles match."""
        matcher = self.matcher(query)
        for command in self._offered:
            score = matcher.match(command.title)
            if score > 0 and command.action != "palette":
                highlighted = matcher.highlight(command.title)
                yield Hit(score, highlighted, self._runner(command), help=f"{command.shown}  {command.words}")

    def _runner(self, command: Command) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await self.screen.run_action(command.action)

        return run


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
