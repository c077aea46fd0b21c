"""Weights whose architecture lies beside them, under whatever name: the one whose tensors fit is taken.

Every way of calling the two is in use: `X.json` and `X.h5`, `X.arch.json`, `model.json` and `weights.h5`,
`X_modelYaml.yaml` and `X_modelWeights.h5`. So all configurations of the folder are tried. One fits if it needs every
tensor of the file, each of just that shape. Of several that fit, those go first that call the layers as the file does,
and of these the one whose name is nearest: the same, then the same but for words such as model and weights, then any
other; JSON before YAML. Where that leaves several, none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final, Unpack

from ...errors import CnnError, ModelError
from ...letters.alphabet import check_channels
from ..report import ModelFile
from ..tensors import FLOATS, listed
from .configuration import read_configuration
from .reader import KerasOptions, read_stored
from .stored import ASIDE, Stored, stored_weights
from .text import read_text

__all__ = ["Candidate", "nearness", "read_keras_beside"]

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_A-Za-z]+")
_COMMON: Final = frozenset(
    (
        *("arch", "architecture", "best", "checkpoint", "config", "configuration", "final", "h", "json", "keras"),
        *("model", "network", "params", "parameters", "structure", "trained", "weight", "weights", "yaml", "yml"),
    )
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be the architecture.

    Attributes:
        name: Its name.
        data: Its bytes.
    """

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """An architecture whose tensors are those of the file.

    Attributes:
        name: The architecture's file.
        config: What stands in it.
        opened: The model.
        rank: The smaller, the better: whether layers were matched by order, how far the name is, whether it is YAML.
    """

    name: str
    config: object
    opened: ModelFile
    rank: tuple[bool, int, bool]


def read_keras_beside(
    stored: Stored,
    source: str,
    candidates: Sequence[Candidate],
    **options: Unpack[KerasOptions],
) -> ModelFile:
    """Read a file of weights alone with the one of several architectures that fits.

    Args:
        stored: The file.
        source: The file's name.
        candidates: The architectures, one at least.
        options: See `reader.KerasOptions`.

    Returns:
        The model; which architecture was taken stands first among what is said.

    Raises:
        ModelError: The file is damaged; or no architecture fits, or several as well as each other. The message names
            them.
    """
    if (channels := options.get("channels")) is not None:
        check_channels(channels)
    best: list[_Fit] = []
    fitting: list[str] = []
    refusals: list[tuple[str, str]] = []
    for each in candidates:
        try:
            found = _fit(stored, each, source, options)
        except CnnError as error:
            refusals.append((each.name, error.what))
            continue
        fitting.append(each.name)
        # Two copies of one architecture are one.
        if not best or found.rank < best[0].rank:
            best = [found]
        elif found.rank == best[0].rank and all(found.config != other.config for other in best):
            best.append(found)
    if not best:
        (nearest, why), *others = refusals
        more = f"; nor does {listed([name for name, _ in others])}" if others else ""
        raise ModelError(
            f"holds weights alone, and {nearest} beside it does not fit them: {why}{more}",
            where=source,
            remedy="give the architecture that they were trained with: --architecture FILE",
        )
    if len(best) > 1:
        names = [each.name for each in best]
        raise ModelError(
            f"holds weights alone, and {listed(names)} beside it fit them equally well",
            where=source,
            remedy=f"say which is theirs: --architecture {names[0]}",
        )
    taken = best[0]
    of = f", the best match of {len(fitting)} that fit" if len(fitting) > 1 else ""
    of = of or (f", the only one of {len(candidates)} that fits" if len(candidates) > 1 else "")
    said = f"the file holds weights alone, and its architecture was read from {taken.name} beside it{of}"
    return replace(taken.opened, warnings=(said, *taken.opened.warnings))


def nearness(weights: str, architecture: str) -> int:
    """Return how near two names are: 0 for the same, 1 for the same but for common words, and 2 for others.

    Args:
        weights: The name of the weights' file.
        architecture: The name of the architecture's.
    """
    stems = [PurePath(weights).stem, PurePath(architecture).stem]
    if stems[1] in (stems[0], stems[0].removesuffix(".weights")):
        return 0
    mine, theirs = ("".join(_words(stem)) for stem in stems)
    return 1 if mine == theirs else 2


def _words(stem: str) -> Iterator[str]:
    yield from (word for found in _WORD.findall(stem) if (word := found.lower()) not in _COMMON)


def _fit(stored: Stored, candidate: Candidate, source: str, options: KerasOptions) -> _Fit:
    """Return an architecture as one that fits.

    Raises:
        CnnError: It does not.
    """
    config = read_text(candidate.data, candidate.name)
    configuration = read_configuration(config, candidate.name)
    doubts: list[str] = []
    tensors = stored_weights(stored, configuration.network, doubts)
    used = {tensor.name for several in tensors.values() for tensor in several}
    unused = [
        name
        for name, tensor in stored.file.tensors.items()
        if name not in used and tensor.dtype in FLOATS and not name.startswith(ASIDE)
    ]
    if unused:
        raise ModelError(f"it has no layer for {listed(unused, 2)}")
    opened = read_stored(stored, configuration, source, [], **options)
    is_yaml = not candidate.name.lower().endswith(".json")
    return _Fit(candidate.name, config, opened, (bool(doubts), nearness(source, candidate.name), is_yaml))
