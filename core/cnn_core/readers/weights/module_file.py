"""A model that was pickled whole: the network where nn.Sequential says its order, else one convolution.

The layers keep their own settings: stride, padding, dilation and groups of the convolution, ε of the batch norm, the
activation function and the pool. Between layers that an author's class calls, the order in which they were made is all
that the file has, and it is said to be assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from ...errors import printable
from ...layers import NEEDS, Activation, Input, Layer
from ...letters.alphabet import check_channels
from ...network.model import Model
from ..operators.assembly import Assembly, Constant, Layout, Tensor, Unsupported, Value
from ..report import FileContents, ModelFile
from ..tensors import StoredTensor
from .author_program import ORDER, save_as_program
from .batch_norms import find_batch_norms
from .first_convolution import Convolution, find_convolution
from .input_length import fitting_lengths, roundest
from .module_operators import ACTIVATIONS, POOLS, SKIPPED, computed
from .pickled_modules import Module
from .surroundings import doubts_about
from .weights_file import CHANNELS, WeightFilters, WeightsFile

__all__ = ["ModuleFile"]

_INPUT: Final = "input"
_NORMS: Final = ("BatchNorm1d", "BatchNorm2d", "SyncBatchNorm")
_CONVOLUTIONS: Final = ("Conv1d", "Conv2d")


@dataclass(frozen=True, eq=False)
class ModuleFile:
    """A file with a model that was pickled whole.

    Attributes:
        weights: Its tensors and what it holds beside them.
        root: The model.
    """

    weights: WeightsFile
    root: Module

    @property
    def contents(self) -> FileContents:
        """What the file holds."""
        return self.weights.contents

    @cached_property
    def named(self) -> Mapping[str, StoredTensor]:
        """Its tensors by name."""
        return {each.name: each for each in self.weights.tensors}

    def open(self, settings: WeightFilters) -> ModelFile:
        """Return the whole network where nn.Sequential alone says its order, else a convolution and what follows it.

        Args:
            settings: What the file leaves open. One of those of a filter bank asks for a convolution alone.

        Raises:
            ModelError: There is no convolution over the letters, or more than one; its tensors do not fit; or several
                batch norms may stand behind it.
            NotFoundError: There is no tensor, batch norm or activation function of a given name.
            SettingError: A pool size or stride below 1.
        """
        bank = replace(settings, weights=None, channels=None) != WeightFilters()
        key = settings.weights
        if key is None and self.root.is_sequential and not bank:
            key = next((each.name for each in _flattened(self.root) if each.kind in _CONVOLUTIONS), None)
        letters = [*CHANNELS] if settings.channels is None else [len(check_channels(settings.channels))]
        found = self._convolution(key, letters)
        conv = next(each for each in self.root.walk() if each.name == found.layer)
        container = None if bank else self._container(conv)
        run = self._behind(container, conv)
        if container is not None:
            network = self._network(run, found, settings, self._said_of(container, run, conv, found))
            # A part of a network without a pool has nothing to look into.
            if container is self.root or network.model.blocks:
                return network
        return self._bank(conv, found, settings)

    def _convolution(self, key: str | None, letters: Sequence[int]) -> Convolution:
        groups = {
            each.name: size
            for each in self.root.walk()
            if each.kind == "Conv1d" and type(size := each.settings.get("groups")) is int and size > 1
        }
        return find_convolution(
            self.weights.tensors, key, letters, self.weights.source, ordered=True, groups=groups
        )

    def _container(self, conv: Module) -> Module | None:
        """Return the outermost nn.Sequential in which the convolution is called after nothing but its own parts."""
        path = [self.root]
        while path[-1] is not conv:
            inner = next(each for each in path[-1].parts if any(part is conv for part in each.walk()))
            path.append(inner)
        for at in range(len(path) - 1):
            if all(each.is_sequential for each in path[at:-1]):
                return path[at]
        return None

    def _behind(self, container: Module | None, conv: Module) -> list[Module]:
        """Return the modules that compute one after the other from the letters on."""
        if container is None:
            return []
        run = _flattened(container)
        at = next(place for place, each in enumerate(run) if each is conv)
        return run if not any(each.kind in _CONVOLUTIONS for each in run[:at]) else run[at:]

    def _said_of(self, container: Module, run: Sequence[Module], conv: Module, found: Convolution) -> list[str]:
        source = self.weights.source
        if container is self.root:
            said = [f"{source} is a model of nn.Sequential alone, whose layers compute one after the other"]
            if run[0] is conv and _flattened(container)[0] is not conv:
                said.append(f"it begins at {conv.name}, as asked for; the layers in front of it are left out")
            return said
        return [
            f"{container.name} is an nn.Sequential, so its layers compute one after the other from {run[0].name} on; "
            f"what comes before and behind it is not known: {self._order(CHANNELS[found.letters])}"
        ]

    def _order(self, channels: str) -> str:
        lines = save_as_program(self.weights.length, len(channels))
        return f"{ORDER}; to see the whole network, save it there: {lines}"

    # The network of a run of modules.

    def _network(
        self, run: Sequence[Module], found: Convolution, settings: WeightFilters, said: list[str]
    ) -> ModelFile:
        channels = settings.channels or CHANNELS[found.letters]
        bounds = fitting_lengths(run, _along(found))
        length = None if bounds is None else roundest(*bounds)
        if bounds is not None:
            fits = f"{bounds[0]:,} to {bounds[1]:,} fit" if bounds[0] < bounds[1] else "no other fits"
            said = [*said, f"the input has length {length:,} (assumed: {fits} the first Linear)"]
        if settings.channels is None:
            said = [*said, f"the letters are read as {channels} (assumed)"]
        made = _Run(self, found, channels, length)
        for module in run:
            made.add(module)
        return self._file(made, said)

    # A convolution and what was made behind it.

    def _bank(self, conv: Module, found: Convolution, settings: WeightFilters) -> ModelFile:
        channels = settings.channels or CHANNELS[found.letters]
        read = self.weights
        norms = find_batch_norms(read.tensors, found, settings.batch_norm, read.source, ordered=True)
        named = {each.name: each for each in self.root.walk()}
        following = self._following(conv, norms.behind)
        activation = next((each for each in following if each.kind in ACTIVATIONS), None)
        pool = next((each for each in following if each.kind in POOLS), None)
        made = _Run(self, found, channels, None)
        parts = [conv.name]
        if norms.front is not None:
            made.add(named[norms.front])
            parts.insert(0, norms.front)
        made.add(conv)
        if norms.behind is not None:
            made.add(named[norms.behind])
            parts.append(f"batch norm {norms.behind} (ε {named[norms.behind].settings.get('eps')})")
        if activation is not None and settings.activation is None:
            made.add(activation)
            parts.append(f"{activation.kind} {activation.name}")
        else:
            made.append("activation", Activation(settings.activation_name))
            parts.append(settings.activation_name + (" (assumed)" if settings.activation is None else ""))
        asked = settings.pool_size is not None or settings.pool_stride is not None
        if pool is not None and not asked:
            made.add(pool)
            parts.append(f"{pool.kind} {pool.name}")
        else:
            made.append("max_pooling1d", settings.pool)
            parts.append("a max pool" + ("" if asked else " (assumed)"))
        said = [
            f"{read.source} holds a whole model of {self.root.path}: {conv.name} is taken with its own settings, in "
            f"this order: {', '.join(parts)}; that they follow so is assumed from the "
            "order in which they were made",
            f"the letters are read as {channels}{'' if settings.channels else ' (assumed)'}",
            *norms.said,
            self._order(channels),
        ]
        return self._file(made, [*doubts_about(found, read.tensors, ordered=True), *said])

    def _following(self, conv: Module, norm: str | None) -> list[Module]:
        """Return the activation and the pool that were made right behind a convolution, or behind its batch norm."""
        siblings = next(
            (list(each.parts) for each in self.root.walk() if any(part is conv for part in each.parts)), [conv]
        )
        at = next(place for place, each in enumerate(siblings) if each is conv)
        found: list[Module] = []
        for each in siblings[at + 1 :]:
            if each.kind in SKIPPED or (each.kind in _NORMS and each.name == norm and not found):
                continue
            wanted = POOLS if found else ACTIVATIONS | POOLS
            if each.kind not in wanted:
                break
            found.append(each)
            if each.kind in POOLS:
                break
        return found

    def _file(self, made: _Run, said: Sequence[str]) -> ModelFile:
        if self.root.settings.get("training") is True:
            said = [*said, "it was saved in training mode, and computes here as behind model.eval()"]
        model = Model(self.weights.source, tuple(made.assembly.nodes))
        warnings = (*said, *self.weights.said, *made.assembly.warnings)
        return replace(
            ModelFile.of(self.contents, model, tuple(map(printable, warnings))), unsupported=tuple(made.unsupported)
        )


@dataclass(eq=False)
class _Run:
    """A network that is being put together, module behind module."""

    file: ModuleFile
    found: Convolution
    channels: str
    length: int | None
    assembly: Assembly = field(init=False)
    unsupported: list[str] = field(default_factory=list, init=False)
    _x: Value = field(init=False)
    _names: dict[int, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.assembly = Assembly(self.file.weights.source)
        self.assembly.begin(_INPUT, _INPUT)
        self._x = self.assembly.add(Input(self.length, self.channels), (), _layout(self.found))

    def add(self, module: Module) -> None:
        """Add a module behind the others."""
        if module.kind in SKIPPED and not module.is_changed:
            return
        name = self.assembly.free(module.name or module.kind.lower())
        first = self._names.setdefault(module.identity, name)
        try:
            if isinstance(self._x, Tensor):
                self._x.known()
            self._x = computed(self.assembly, module, self._x, self._tensor, name, first)
        except Unsupported as reason:
            if not str(reason).startswith(NEEDS):
                self.unsupported.append(printable(f"{name} ({module.kind}): {reason}"))
            self.assembly.begin(name, name)
            given = [self._x] if isinstance(self._x, Tensor) else []
            self._x = self.assembly.add_unknown(module.kind, str(reason), given)

    def append(self, name: str, layer: Layer) -> None:
        """Add a layer that is in no module behind the others."""
        name = self.assembly.free(name)
        self.assembly.begin(name, name)
        if isinstance(self._x, Tensor) and self._x.shape is not None:
            self._x = self.assembly.elementwise(layer, self._x)

    def _tensor(self, name: str) -> Constant | None:
        found: StoredTensor | None = self.file.named.get(name)
        return None if found is None else found.values()


def _flattened(container: Module) -> list[Module]:
    """Return the modules of an nn.Sequential in the order in which they compute, those of containers in it too."""
    found: list[Module] = []
    waiting = [container]
    while waiting:
        each = waiting.pop()
        if each.is_sequential:
            waiting += reversed(each.parts)
        else:
            found.append(each)
    return found


def _along(found: Convolution) -> int:
    """Return which of the dimensions of a convolution the letters lie along, counted from the last."""
    shape = found.weight.shape
    return (
        -2 if len(shape) == 4 and (found.letters_axis == 3 or (found.letters_axis == 1 and shape[3] == 1)) else -1
    )


def _layout(found: Convolution) -> Layout:
    """Return which axes of our (length, channels) those of PyTorch's input are."""
    if len(found.weight.shape) == 3:
        return None, 1, 0
    if found.letters_axis == 1:
        return (None, 1, None, 0) if _along(found) == -1 else (None, 1, 0, None)
    return (None, None, 1, 0) if found.letters_axis == 2 else (None, None, 0, 1)
