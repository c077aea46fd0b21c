"""One layer, and a network of layers, as a configuration of any age says, in the words of Keras 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...layers import Shape
from .calls import Call, TensorRef
from .text import Json

__all__ = ["LayerConfig", "Network", "is_own", "sample_shape"]


@dataclass(frozen=True, slots=True, eq=False)
class LayerConfig:
    """One layer as its configuration says.

    Attributes:
        class_name: Its class in Keras 3's words, such as Conv1D; one of the author's own behind its package, such as
            mine>Conv1D.
        stored_class: Its class in the file's words, such as Convolution1D.
        name: Its name, unique in its network.
        settings: Its settings in Keras 3's words.
        calls: What it reads, once for every time that it is called; nothing for an input.
        inner: The layer that a wrapper wraps, such as the LSTM of a Bidirectional.
        network: The layers of a nested model.
        is_operation: Whether it is a function of `keras.ops`, which has a name in the graph but no weights.
        parts: The layers that serve as its settings, by the setting: activation functions, and the backward layer of
            a Bidirectional.
        built_shape: The shape that it was built for, batch axis first, as the file has it; None where it does not.
    """

    class_name: str
    stored_class: str
    name: str
    settings: Json
    calls: tuple[Call, ...] = ()
    inner: LayerConfig | None = None
    network: Network | None = None
    is_operation: bool = False
    parts: Mapping[str, LayerConfig] = field(default_factory=dict)
    built_shape: object = None

    @property
    def trainable(self) -> bool:
        """Whether the layer was being trained, which decides where its weights stand in a legacy file."""
        return self.settings.get("trainable", True) is not False

    @property
    def is_own(self) -> bool:
        """Whether its class is the author's own, whatever it is called."""
        return is_own(self.class_name)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A model, or one nested in another.

    Attributes:
        name: Its name.
        layers: The layers in the file's order.
        inputs: Where its inputs enter.
        outputs: What it gives.
        is_sequential: Whether it is a plain stack.
    """

    name: str
    layers: tuple[LayerConfig, ...]
    inputs: tuple[TensorRef, ...]
    outputs: tuple[TensorRef, ...]
    is_sequential: bool = False

    def every_layer(self) -> Iterator[LayerConfig]:
        """Yield all layers, each nested model followed by its own."""
        for layer in self.layers:
            yield layer
            if layer.network is not None:
                yield from layer.network.every_layer()


def sample_shape(stated: object) -> Shape | None:
    """Return the shape of one sample; None where that is not what is stated.

    Args:
        stated: A shape as a file has it, the batch axis first.
    """
    if not isinstance(stated, list) or len(stated) < 2:
        return None
    if not all(axis is None or (isinstance(axis, int) and axis > 0) for axis in stated[1:]):
        return None
    return tuple(stated[1:])


def is_own(class_name: str) -> bool:
    """Tell whether a class is the author's own.

    Args:
        class_name: The class, as `settings.qualified` returns it.
    """
    return ">" in class_name
