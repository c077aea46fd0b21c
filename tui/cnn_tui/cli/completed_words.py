"""What the last word of a command line may become."""

from __future__ import annotations

from argparse import Action, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from cnn_core import blocks
from cnn_core.errors import CnnError
from cnn_core.readers.formats import FORMATS
from cnn_samples import SAMPLES

from .. import opening, options
from ..docs import TOPICS
from ..options.arguments import request_of
from ..options.default_model import DEFAULT_MODEL, default_model
from ..options.request import OPTIONS, OTHER_STRAND
from .arguments import SUBCOMMANDS, command_of, parser_of
from .named_files import files, record_names
from .scanned_places import block_of
from .typed_words import flag_of

if TYPE_CHECKING:
    from cnn_core.network.model import Model

    from ..options.request import OpenRequest
    from .parser import Parser
    from .typed_words import TypedWord

__all__ = ["Completions", "completions"]

_FASTA: Final = (".fa", ".fasta", ".fna", ".ffn", ".fas")
_MODELS: Final = tuple(chain.from_iterable(FORMATS.values()))
_MOTIFS: Final = tuple(
    chain.from_iterable(suffixes for module, suffixes in FORMATS.items() if module.startswith("motifs."))
)
_PACKED: Final = (".gz", ".bgz")
_LONGEST: Final = 60
"""Characters of what is said of an option."""
_MOST: Final = 2000
"""How many words are offered: more, nobody reads."""
_BEGUN: Final = ("/", ":", "=")
"""How a word ends that goes on."""
_VERSUS: Final = ("edit:", "original", "set:", "weights:", "model:", "filter:", "record:", "strand")
"""What `--versus` begins with, see `opening.versus_of`."""


@dataclass(frozen=True)
class Completions:
    """What a word may become.

    Attributes:
        words: Each whole word, and what it means, where that is to be said.
    """

    words: dict[str, str] = field(default_factory=dict)

    @property
    def are_begun(self) -> bool:
        """Whether every word goes on, such as the name of a folder."""
        return all(word.endswith(_BEGUN) for word in self.words)


def completions(words: Sequence[str]) -> Completions:
    """Return what the last word may become.

    Args:
        words: The words behind `cnn-tui`, of which the last is unfinished; none is an empty one.
    """
    *before, last = words or [""]
    command, others = command_of(before)
    parser = parser_of(command)
    *known, now = parser.words([*others, last])
    line = _Line(command, parser, known)
    if now.kind == "option" and now.action is not None and "=" in last and last not in now.action.option_strings:
        flag = flag_of(last)
        found = _values(line, now.action, last[len(flag) + 1 :])
        return Completions({f"{flag}={word}": meaning for word, meaning in found.words.items()})
    if now.kind in ("option", "unknown", "end") or (now.kind == "place" and last == "-"):
        return line.flags(last)
    return Completions() if now.action is None else _values(line, now.action, last)


@dataclass(frozen=True, eq=False)
class _Line:
    """What stands before the word: the command, and what it was given."""

    command: str | None
    parser: Parser
    known: Sequence[TypedWord]

    def flags(self, begun: str) -> Completions:
        """Return the options that may follow; those that are there already are no more offered."""
        given = {id(word.action) for word in self.known if word.kind == "option"}
        found = {}
        for action in self.parser.actions:
            flag = next((each for each in reversed(action.option_strings) if each.startswith(begun)), None)
            if flag is not None and (id(action) not in given or isinstance(action.default, list)):
                found[flag] = _meaning(action)
        return Completions(found)

    @cached_property
    def request(self) -> OpenRequest:
        """What is asked for so far; what cannot be understood is passed over."""
        found: dict[str, Any] = {name: each.default for name, each in OPTIONS.items()}
        for word in self.known:
            each = None if word.action is None else OPTIONS.get(word.action.dest)
            is_joined = word.kind == "option" and "=" in word.text
            if each is None or each.kind in (bool, int) or not (is_joined or word.kind in ("value", "place")):
                continue
            text = word.text.partition("=")[2] if is_joined else word.text
            found[each.name] = (*found[each.name], text) if each.kind is tuple else text
        return request_of(Namespace(**found))

    @cached_property
    def model(self) -> Model:
        """The model that is named, or that would be chosen."""
        name = self.request.model
        if name is None:
            path = opening.source_path(self.request.sequences)
            name = default_model(path.stat().st_size) if path.is_file() else DEFAULT_MODEL
        return opening.open_model(name, self.request.model_options).model

    def records(self) -> Iterable[tuple[str, str]]:
        """Return the names of the records, as far as they can be told at once."""
        return ((name, "") for name in record_names(opening.source_path(self.request.sequences)))

    def layers(self) -> Iterable[tuple[str, str]]:
        """Return the layers of the model."""
        return ((node.name, type(node.layer).__name__) for node in self.model.nodes)

    def side_inputs(self) -> Iterable[str]:
        """Return the inputs that are not letters."""
        return (node.name for node in self.model.inputs if node.layer is not self.model.input)

    def looked_into(self) -> Iterable[tuple[str, str]]:
        """Return the convolutions that a pool reads."""
        return ((block.conv, f"→ {block.pool}") for block in self.model.blocks)

    def filters(self) -> Iterable[tuple[str, str]]:
        """Return the filters of the block, by their names where they have any."""
        block = block_of(self.request, self.model)
        if block is None:
            return ()
        conv: Any = self.model[block.conv].layer
        names = blocks.filter_names(conv)
        return (
            (names[index] if names else str(index), str(index) if names else "") for index in range(conv.filters)
        )

    def targets(self, begun: str) -> Iterable[tuple[str, str]]:
        """Return the values that can be explained, as far as they have names."""
        if begun.startswith("output:"):
            return ((f"output:{index}", name) for index, name in enumerate(self.model.output_names))
        return chain([("output", "")], ((f"{name}:", kind) for name, kind in self.layers()))


def _meaning(action: Action) -> str:
    """Return what an option means, in a few words."""
    words = (action.help or "").replace("%%", "%").partition(" (default")[0]
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rsplit(' ', 1)[0].rstrip(',;:')} …"


def _values(line: _Line, action: Action, begun: str) -> Completions:
    """Return what the value of an option may become, or what stands at its place."""
    if action.choices is not None:
        return _of(((str(each), "") for each in action.choices), begun)
    try:
        return _named(line, action.dest, begun) or _by_suffix(str(action.metavar), begun)
    except (CnnError, OSError):
        return Completions()


def _of(words: Iterable[tuple[str, str]], begun: str) -> Completions:
    return Completions(dict(islice((each for each in words if each[0].startswith(begun)), _MOST)))


def _with_files(begun: str, suffixes: Sequence[str], words: Iterable[tuple[str, str]] = ()) -> Completions:
    return _of(chain(words, ((name, "") for name in files(begun, suffixes))), begun)


def _sequences(line: _Line, begun: str) -> Completions:
    """Return subcommands, where none is there yet, samples, and files of letters and views."""
    takes_views = line.command in (None, "snapshot", "serve")
    commands = SUBCOMMANDS.items() if line.command is None and not line.known else ()
    samples = ((f"@{name}", words) for name, words in SAMPLES.items())
    suffixes = (*_FASTA, *(f"{each}{packed}" for each in _FASTA for packed in _PACKED), *[".toml"] * takes_views)
    return _with_files(begun, suffixes, chain(commands, samples))


def _models(begun: str) -> Completions:
    return _with_files(begun, _MODELS, ((name, words) for name, words in opening.model_names().items()))


def _named(line: _Line, name: str, begun: str) -> Completions | None:
    """Return what the value of an option of a name may become; None where its name does not say it."""
    if name == "sequences":
        return _sequences(line, begun)
    if name in ("model", "other"):
        return _models(begun)
    if name == "file":
        return _with_files(begun, _MODELS)
    if name == "record":
        return _of(line.records(), begun)
    if name == "region":
        return _of(((f"{record}:", "") for record, _ in line.records()), begun)
    if name in ("filter", "filters"):
        return _of(line.filters(), begun)
    if name in ("layer", "begin"):
        return _of(line.layers(), begun)
    if name == "block":
        return _of(line.looked_into(), begun)
    if name in ("target", "targets", "effects"):
        return _of(line.targets(begun), begun)
    if name == "weight_edits":
        return _of(((f"{block}:", "") for block, _ in line.looked_into()), begun)
    if name == "settings":
        whole = begun[: begun.rfind(",") + 1]
        return _of(((f"{whole}{each}=", "") for each in options.SETTING_NAMES), begun)
    if name == "against":
        return _with_files(begun, _MOTIFS, [("jaspar", "JASPAR 2026 CORE vertebrates"), ("none", "")])
    if name == "topic":
        return _of(chain(TOPICS.items(), SUBCOMMANDS.items()), begun)
    return _joined(line, name, begun)


def _joined(line: _Line, name: str, begun: str) -> Completions | None:
    """Return what may stand in a value of two parts."""
    first, separator, rest = begun.partition("=" if name == "inputs" else ":")
    if name == "inputs":
        if not separator:
            return _of(((f"{each}=", "") for each in line.side_inputs()), begun)
        found = _with_files(rest, (".npy",), [(OTHER_STRAND, "the other strand of what is read")])
    elif name == "versus":
        if not separator:
            return _of(((each, "") for each in _VERSUS), begun)
        found = _named(line, first, rest) or Completions()
    else:
        return None
    return Completions({f"{first}{separator}{each}": words for each, words in found.words.items()})


def _by_suffix(metavar: str, begun: str) -> Completions:
    """Return the files that what stands for a value speaks of, such as `FILE.bed`."""
    name, dot, suffix = metavar.partition(".")
    if metavar == "CALLS" or suffix == "vcf":
        return _with_files(begun, (".vcf", *(f".vcf{packed}" for packed in _PACKED)))
    if dot and name.isupper():
        return _with_files(begun, (f".{suffix}", *(f".{suffix}{packed}" for packed in _PACKED)))
    return _with_files(begun, ()) if metavar in ("FILE", "VIEW") else Completions()
