"""Everything that can be done: one table for the keys, the help screen and the command palette."""

from __future__ import annotations

from typing import Final

from .command import Command

__all__ = ["ALL_NETWORK_COMMANDS", "BLOCK_COMMANDS", "COMMANDS", "LESSON_COMMANDS", "NETWORK_COMMANDS", "TABLES"]

_MOVE, _LOOK, _CHANGE, _PLAY = "Move", "Look", "Change the block", "Play"
_KEEP, _OPEN, _EDIT = "Save and export", "Open and leave", "Edit"

_THEME: Final = Command(
    "theme",
    "theme",
    ("C", "ctrl+t"),
    "C Ctrl+T",
    "Theme: dark, light, high contrast",
    "The next of ours; Ctrl+P finds others by name. For good: cnn-tui help config.",
    _LOOK,
)
_REASONS: Final = Command(
    "why-this-output",
    "reasons",
    ("W",),
    "W",
    "Why this output?",
    "The parts of its sum, the largest first, each down to the bases.",
    _LOOK,
    "logit parts contributions",
)
_EFFECTS: Final = Command(
    "base-effects",
    "base_effects",
    ("asterisk",),
    "*",
    "Effect of every base …",
    "On the output, or on the value under the cursor. One substitution at a time: 0 is not without function.",
    _LOOK,
    "effects saturation mutagenesis ISM gradient attribution contributions importance target DeepLIFT SHAP integrated",
)
_HELP: Final = Command(
    "help",
    "help",
    ("question_mark",),
    "?",
    "Help",
    "What the cursor is on, all keys, the mouse, and the words.",
    _OPEN,
    "glossary words keys mouse manual config permanent",
)
_PALETTE: Final = Command(
    "palette", "palette", ("colon",), ": Ctrl+P", "Command palette", "Everything here, by name.", _OPEN
)
_SUSPEND: Final = Command(
    "suspend", "suspend", ("ctrl+z",), "Ctrl+Z", "Suspend", "To the shell; its fg comes back to this screen.", _OPEN
)
"""What is the same on every screen."""

COMMANDS: Final = (
    Command("step-left", "step(-1)", ("left", "h"), "← h", "Step left", "A cell, an activation or a base: one at the level of the cursor.", _MOVE),
    Command("step-right", "step(1)", ("right", "l"), "→ l", "Step right", "Digits before it repeat it: 20→.", _MOVE),
    Command("previous-filter", "filter(-1)", ("up", "k"), "↑ k", "Previous filter", "Every filter has its own feature map and its own cells.", _MOVE),
    Command("next-filter", "filter(1)", ("down", "j"), "↓ j", "Next filter", "The pool works filter by filter, never across them.", _MOVE),
    Command("down", "down", ("enter",), "Enter", "Go down to what this was computed from", "Cell → its selection → the bases of its window.", _MOVE),
    Command("up", "up", ("backspace",), "Backspace", "Go back up to what is computed from this", "Base → activation → cell.", _MOVE),
    Command("page-left", "page(-1)", ("shift+left",), "Shift+←", "A page left", "As far as the tracks are wide.", _MOVE),
    Command("page-right", "page(1)", ("shift+right",), "Shift+→", "A page right", "As far as the tracks are wide.", _MOVE),
    Command("filters-up", "filter_page(-1)", ("pageup",), "PgUp", "A page of filters up", "As many as the heat map shows.", _MOVE),
    Command("filters-down", "filter_page(1)", ("pagedown",), "PgDn", "A page of filters down", "As many as the heat map shows.", _MOVE),
    Command("first", "end(False)", ("home",), "Home", "First of this level", "Cell, activation or base 0.", _MOVE),
    Command("last", "end(True)", ("end",), "End", "Last of this level", "Where the axis ends: behind the last cell is what is left over.", _MOVE),
    Command("next-strongest", "strongest(1)", ("t",), "t", "Next strongest cell of this filter", "From the strongest of the record down, on both strands.", _MOVE),
    Command("previous-strongest", "strongest(-1)", ("T",), "T", "Previous strongest cell of this filter", "Back towards the strongest.", _MOVE),
    Command("strongest-cells", "strongest_cells", ("s",), "s", "Strongest cells of the record …", "Both strands, this filter or all, in a table: sort it, Enter goes there.", _MOVE, "table hits scan"),
    Command("hits", "hits", ("H",), "H", "Hits of all filters", "Where they stand along the letters, on both strands, and how many chance would give.", _MOVE, "motif FIMO p-value expected occurrences track"),
    Command("variants", "variants", ("A",), "A", "Variants of a VCF file …", "What each changes the output by, the most first; Enter shows both alleles.", _MOVE, "VCF table alleles SNP"),
    Command("go-to", "goto", ("g",), "g", "Go to …", "A cell, a position, a base, a filter, a region of the record.", _MOVE, "jump region coordinate"),
    Command("search", "search", ("slash",), "/", "Search letters …", "IUPAC letters, on both strands.", _MOVE, "find motif IUPAC"),
    Command("next-match", "match(1)", ("n",), "n", "Next match", "Goes round at the end.", _MOVE),
    Command("previous-match", "match(-1)", ("N",), "N", "Previous match", "Goes round at the beginning.", _MOVE),
    Command("input-left", "window(-1)", ("comma",), ",", "Move the input left", "By a tenth of it; digits before it are bases.", _MOVE, "pan scroll"),
    Command("input-right", "window(1)", ("full_stop",), ".", "Move the input right", "By a tenth of it; digits before it are bases.", _MOVE, "pan scroll"),
    Command("zoom-out", "zoom(-1)", ("minus",), "-", "Zoom out", "Several bases a column: the strongest is shown.", _LOOK),
    Command("zoom-in", "zoom(1)", ("equals_sign", "plus"), "=", "Zoom in", "Several columns a base: the weights become numbers.", _LOOK),
    Command("colour-scale", "scale", ("c",), "c", "Colour scale", "What the strongest colour stands for: this filter's strongest here, or the layer's.", _LOOK),
    Command("inspector", "unfold", ("i",), "i", "Unfold the inspector", "All it has to say, in place of the heat maps; again to fold it.", _LOOK, "more text explanation"),
    Command("filter-card", "card", ("f",), "f", "Filter card", "The whole card: the kernel, and the filter's logo with its rule.", _LOOK, "kernel weights motif letters logo"),
    Command("flip-logo", "flip_logo", ("V",), "V", "Flip the logo", "Its reverse complement, on the filter card.", _LOOK, "motif reverse complement strand"),
    Command("motif-names", "names", ("M",), "M", "Names of motifs", "Filters are called by what they resemble, as in ~GATA1, where q ≤ 0.05; a resemblance is no proof.", _LOOK, "JASPAR transcription factor resembles"),
    Command("filters", "filters", ("F",), "F", "Filters as motifs …", "What each responds to and resembles, in a table: sort it, / searches, Enter goes there.", _LOOK, "motifs logo JASPAR resembles table rule PWM"),
    Command("network", "network", ("tab",), "Tab", "The whole network", "Layer by layer, over the same bases; Esc comes back.", _LOOK, "layers parameters weights shapes total"),
    _REASONS,
    Command("assumptions", "assumptions", ("exclamation_mark",), "!", "What had to be assumed", "Of the files, the letters and the inputs; the first line counts it.", _OPEN, "warnings"),
    Command("whole-record", "overview", ("z",), "z", "The whole record", "The strongest cell under every column, of this filter, of all, or off; click to go there.", _LOOK, "overview scan chromosome"),
    Command("output-along", "output_scan", ("P",), "P", "Output along record …", "At every input along the record, a step apart; click to go there.", _LOOK, "prediction scan chromosome"),
    _EFFECTS,
    _THEME,
    Command("conv-stride-less", "change('conv_stride', -1)", ("left_square_bracket",), "[", "Conv stride − 1", "Bases from one window to the next.", _CHANGE),
    Command("conv-stride-more", "change('conv_stride', 1)", ("right_square_bracket",), "]", "Conv stride + 1", "Bases from one window to the next.", _CHANGE, "settings"),
    Command("pool-size-less", "change('pool_size', -1)", ("left_curly_bracket",), "{", "Pool size − 1", "Positions that a cell chooses from.", _CHANGE),
    Command("pool-size-more", "change('pool_size', 1)", ("right_curly_bracket",), "}", "Pool size + 1", "Positions that a cell chooses from.", _CHANGE, "settings window"),
    Command("pool-stride-less", "change('pool_stride', -1)", ("left_parenthesis",), "(", "Pool stride − 1", "Positions from one pool window to the next.", _CHANGE),
    Command("pool-stride-more", "change('pool_stride', 1)", ("right_parenthesis",), ")", "Pool stride + 1", "Positions from one pool window to the next.", _CHANGE),
    Command("dilation-less", "change('dilation', -1)", ("D",), "D", "Dilation − 1", "Bases between neighbouring taps of the kernel.", _CHANGE),
    Command("dilation-more", "change('dilation', 1)", ("d",), "d", "Dilation + 1", "Bases between neighbouring taps of the kernel.", _CHANGE),
    Command("conv-padding", "change('conv_padding')", ("p",), "p", "Conv padding: valid, same, causal", "What lies beyond the ends of the bases.", _CHANGE),
    Command("pool-padding", "change('pool_padding')", ("w",), "w", "Pool padding: valid, same", "Whether what is left over gets a cell of its own.", _CHANGE),
    Command("reset", "reset", (), "0", "Reset to the model's own settings", "Strides, sizes, padding and dilation as trained.", _CHANGE, "settings undo"),
    Command("next-block", "block(1)", ("b",), "b", "Next block", "Another convolution that feeds a pool, where the model has several.", _CHANGE),
    Command("previous-block", "block(-1)", ("B",), "B", "Previous block", "Another convolution that feeds a pool, where the model has several.", _CHANGE),
    Command("ambiguous-letters", "ambiguity", ("a",), "a", "Ambiguous letters: zero or uniform", "An all-zero row, or shared among the letters it stands for.", _CHANGE, "N IUPAC"),
    Command("reverse-complement", "strand", ("v",), "v", "Reverse complement", "Read the other strand, in its own direction.", _CHANGE, "strand"),
    Command("edit", "edit", ("e",), "e", "Edit letters", "A C G T N type over, Ins puts in, Del takes out, Esc ends. The record itself never changes.", _EDIT, "type mutate mutation what if substitution insertion deletion"),
    Command("edit-weights", "edit_weights", ("K",), "K", "Edit weights", "On the filter card: + - raise and lower, digits type, f flips, s shuffles, r resets, Esc ends. The model itself never changes.", _EDIT, "kernel bias flip shuffle what if"),
    Command("undo", "undo", ("u",), "u", "Undo an edit", "One after the other; while letters are typed Backspace does too.", _EDIT, "take back"),
    Command("redo", "redo", ("U",), "U", "Redo an edit", "What was undone last.", _EDIT),
    Command("edits-shown", "edits_shown", ("E",), "E", "Edited, original, difference", "In turn, on every track. ≠ marks what differs from the original.", _EDIT, "compare changes"),
    Command("side-by-side", "beside", ("vertical_line",), "|", "Side by side …", "A, B and A − B: two alleles, settings, models, filters, records or strands; again for one alone.", _EDIT, "compare split versus allele variant two difference"),
    Command("edits", "edits", ("ctrl+e",), "Ctrl+E", "List the edits …", "By name, as in chr1:46A>G; Y copies them.", _EDIT, "names copy HGVS changes"),
    Command("play", "play", ("space",), "Space", "Play or pause", "The window slides through the pool window and the cell fills.", _PLAY, "animate demonstration step"),
    Command("slower", "speed(-1)", ("less_than_sign",), "<", "Slower", "While it plays.", _PLAY),
    Command("faster", "speed(1)", ("greater_than_sign",), ">", "Faster", "While it plays. When paused, ← and → step by hand.", _PLAY),
    Command("stop", "escape", ("escape",), "Esc", "Stop", "Ends the play, a count or a background job.", _PLAY),
    Command("save", "save", ("S",), "S", "Save this view, or a picture …", "A small file that opens it again, or .svg .png .txt .ansi.", _KEEP, "picture screenshot image svg png file"),
    Command("export", "export", ("x",), "x", "Export values …", "Files for other tools.", _KEEP, "npz tsv bed bedgraph bigwig meme"),
    Command("code", "code", ("y",), "y", "Show me the code", "This value in Keras or PyTorch.", _KEEP, "Keras PyTorch program python"),
    Command("copy", "copy", ("Y",), "Y", "Copy the equation", "Of the value under the cursor, as text, to the terminal's clipboard.", _KEEP, "clipboard text"),
    Command("open-sequences", "open", ("o",), "o", "Open sequences …", "A FASTA file, a view, a sample, or with @ what was looked at last.", _OPEN, "FASTA file recent views samples resume"),
    Command("open-model", "model", ("m",), "m", "Open a model …", "A Keras, PyTorch or motif file, or one that is bundled.", _OPEN, "weights file h5 keras"),
    Command("choose-record", "record", ("r",), "r", "Choose a record …", "One of the file's records.", _OPEN),
    Command("lesson", "lesson", ("L",), "L", "The lesson", "How a convolution feeds a max pool, in 15 steps; Esc comes back here.", _OPEN, "learn tutorial quiz teach"),
    _HELP,
    _PALETTE,
    _SUSPEND,
    Command("quit", "quit", ("q",), "q", "Quit", "Leaves the terminal as it was.", _OPEN, "exit leave"),
)  # fmt: skip
"""Everything that can be done, in the order of the help screen."""


NETWORK_COMMANDS: Final = (
    Command("next-layer", "walk(1)", ("tab", "right_square_bracket"), "Tab ]", "Next layer", "In the order of computation; digits before it repeat it.", _MOVE),
    Command("previous-layer", "walk(-1)", ("shift+tab", "left_square_bracket"), "Shift+Tab [", "Previous layer", "Over the same bases, where it has positions.", _MOVE),
    Command("step-left", "step(-1)", ("left", "h"), "← h", "Step left", "A position; a value where none lies over the bases.", _MOVE),
    Command("step-right", "step(1)", ("right", "l"), "→ l", "Step right", "Digits before it repeat it: 20→.", _MOVE),
    Command("previous-filter", "channel(-1)", ("up", "k"), "↑ k", "Previous channel", "Or the unit a line above.", _MOVE),
    Command("next-filter", "channel(1)", ("down", "j"), "↓ j", "Next channel", "Or the unit a line below.", _MOVE),
    Command("filters-up", "channel_page(-1)", ("pageup",), "PgUp", "A page of channels up", "As many as the heat map shows; the position before, off the bases.", _MOVE),
    Command("filters-down", "channel_page(1)", ("pagedown",), "PgDn", "A page of channels down", "As many as the heat map shows; the next position, off the bases.", _MOVE),
    Command("first", "end(False)", ("home",), "Home", "First position", "Or the first unit.", _MOVE),
    Command("last", "end(True)", ("end",), "End", "Last position", "Or the last unit.", _MOVE),
    Command("down", "down", ("enter",), "Enter", "Go down to what counts most in this value", "The largest part, a state that is remembered among them; down to the block and its bases.", _MOVE),
    Command("up", "up", ("backspace",), "Backspace", "Go back to where the way down came from", "Value by value.", _MOVE),
    Command("layers", "list", ("a",), "a", "All layers as a table", "Shapes, weights, and what each layer makes of its input; again for its values.", _LOOK, "parameters weights shapes total"),
    _REASONS,
    Command("zoom-out", "zoom(-1)", ("minus",), "-", "Zoom out", "Several bases a column: the strongest is shown.", _LOOK),
    Command("zoom-in", "zoom(1)", ("equals_sign", "plus"), "=", "Zoom in", "Several columns a base.", _LOOK),
    Command("inspector", "read_on", ("i",), "i", "Read on in the inspector", "What it has to say beyond its lines; at the end from the start again.", _LOOK, "more text explanation"),
    Command("assumptions", "assumptions", ("exclamation_mark",), "!", "What had to be assumed", "Of the files, the letters and the inputs; the first line counts it.", _OPEN, "warnings"),
    _EFFECTS,
    _THEME,
    Command("input-left", "window(-1)", ("comma",), ",", "Move the input left", "By a tenth of it; digits before it are bases.", _CHANGE, "pan scroll"),
    Command("input-right", "window(1)", ("full_stop",), ".", "Move the input right", "By a tenth of it; digits before it are bases.", _CHANGE, "pan scroll"),
    Command("reverse-complement", "strand", ("v",), "v", "Reverse complement", "Read the other strand, in its own direction.", _CHANGE, "strand"),
    Command("save", "explorer('save')", ("S",), "S", "Save this view, or a picture …", "A small file that opens it again, or .svg .png .txt .ansi.", _KEEP, "picture screenshot image svg png file"),
    Command("code", "explorer('code')", ("y",), "y", "Show me the code", "This value in Keras or PyTorch.", _KEEP, "Keras PyTorch program python"),
    Command("copy", "explorer('copy')", ("Y",), "Y", "Copy the equation", "Of the value under the cursor, as text, to the terminal's clipboard.", _KEEP, "clipboard text"),
    Command("open-sequences", "ask('open')", ("o",), "o", "Open sequences …", "A FASTA file, a view, a sample, or with @ what was looked at last.", _OPEN, "FASTA file recent views samples resume"),
    Command("open-model", "ask('model')", ("m",), "m", "Open a model …", "A Keras, PyTorch or motif file, or one that is bundled.", _OPEN, "weights file h5 keras"),
    Command("choose-record", "ask('record')", ("r",), "r", "Choose a record …", "One of the file's records.", _OPEN),
    _HELP,
    _PALETTE,
    Command("stop", "leave", ("escape",), "Esc", "Back to the block", "Where the model has one.", _OPEN),
    _SUSPEND,
    Command("quit", "quit", ("q",), "q", "Back to the block, or quit", "It quits where the model has no block.", _OPEN, "exit leave"),
)  # fmt: skip
"""Everything that can be done on the screen of the whole network, in the order of its help screen."""


LESSON_COMMANDS: Final = (
    Command("answer", "enter", ("enter",), "Enter", "Answer, show the answer, or go on", "Digits choose an answer, or are the number.", _MOVE),
    Command("page-before", "turn(-1)", ("left", "h"), "←", "The page before", "Before its answer.", _MOVE),
    Command("next-page", "turn(1)", ("right", "l"), "→", "Skip to the next page", "Without an answer.", _MOVE),
    Command("erase", "erase", ("backspace",), "Backspace", "Take back a digit", "Of the number that is typed.", _MOVE),
    Command("play", "play", ("space",), "Space", "Play it", "Once the answer is shown.", _PLAY, "animate demonstration step"),
    _THEME,
    _HELP,
    _PALETTE,
    Command("stop", "leave", ("escape", "L"), "Esc L", "Back to the explorer", "Which stays as it was; L comes back to this page.", _OPEN),
    _SUSPEND,
    Command("quit", "quit", ("q",), "q", "Quit", "Leaves the terminal as it was.", _OPEN, "exit leave"),
)  # fmt: skip
"""Everything that can be done in the lesson."""


BLOCK_COMMANDS: Final = tuple(
    command
    for command in COMMANDS
    if command.action.partition("(")[0]
    in (
        "block",
        "strongest",
        "strongest_cells",
        "variants",
        "filters",
        "goto",
        "search",
        "overview",
        "output_scan",
        "play",
        "export",
    )
)
"""What can only be done at a block: on the screen of the whole network its keys lead there, or say why none is there."""


ALL_NETWORK_COMMANDS: Final = (*NETWORK_COMMANDS, *BLOCK_COMMANDS)
"""What the keys do there."""


TABLES: Final = {
    "block": COMMANDS,
    "network": ALL_NETWORK_COMMANDS,
    "lesson": LESSON_COMMANDS,
}
"""What the keys of each screen do."""
