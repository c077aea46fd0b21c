"""Layers of attention, and EinsumDense, of which Keras's heads are made.

Sources: Keras's layers of these names, of Keras 2.15 and 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from ...layers import AdditiveAttention, Attention, EinsumDense, MultiHeadAttention
from .activations import activated
from .assembly import Tensor, Unsupported
from .calls import TensorPlace
from .layer_call import LayerCall
from .text import Json
from .variables import Plan

__all__ = ["additive_attention", "attention", "einsum_dense", "einsum_variables", "head_variables", "heads"]

_CAUSAL: Final = "use_causal_mask"
_PARTS: Final = ("query", "key", "value", "output")


def attention(called: LayerCall) -> Tensor:
    """Add an Attention."""
    given = _given(called)
    mode = called.text("score_mode", "dot")
    if mode not in ("dot", "concat"):
        raise Unsupported(f"its score_mode is '{mode}', which is not computed")
    scale = called.weights.take("scale") if called.flag("use_scale", False) else None
    weight = called.weights.take("concat_score_weight") if mode == "concat" else None
    called.weights.finish()
    return called.add(Attention(scale, weight, _causal(called)), given)


def additive_attention(called: LayerCall) -> Tensor:
    """Add an AdditiveAttention."""
    given = _given(called)
    scale = called.learned("scale", "use_scale", None)
    called.weights.finish()
    return called.add(AdditiveAttention(scale, _causal(called)), given)


def _given(called: LayerCall) -> list[Tensor]:
    """Return query, value and perhaps key, which are one argument."""
    flat = [each for given in called.call.arguments for each in (given if isinstance(given, list) else [given])]
    if not all(isinstance(each, TensorPlace) for each in flat):
        raise Unsupported("it is given more than its query, value and key by the network")
    _refuse(called, (_CAUSAL, "return_attention_scores"))
    return _in_order(called, called.given)


def heads(called: LayerCall) -> Tensor:
    """Add a MultiHeadAttention."""
    settings = called.settings
    if "key_dim" not in settings:
        raise Unsupported("it is not the MultiHeadAttention of Keras's own")
    for unread in ("use_gate", "sliding_window"):
        if settings.get(unread):
            raise Unsupported(f"its {unread} is not computed")
    if settings.get("attention_axes") not in (None, [1], 1):
        raise Unsupported("it attends along several axes")
    names = ("query", "value", "key")
    _refuse(called, (*names, _CAUSAL, "return_attention_scores"))
    found: dict[str, object] = dict(zip(names, called.call.arguments, strict=False)) | dict(called.call.keywords)
    places = [found[name] for name in names if found.get(name) is not None]
    tensors = [called.given[place.number] for place in places if isinstance(place, TensorPlace)]
    if len(called.call.arguments) > len(names) or len(tensors) < len(places) or len(tensors) < 2:
        raise Unsupported("it is given more than its query, value and key by the network")
    kernels = _kernels(called)
    if called.age.major < 3 and any(tensor.masked for tensor in tensors):
        raise Unsupported(
            "this Keras may attend to positions without data, by a version that the file does not say"
        )
    if called.training:
        called.note_training()
    layer = MultiHeadAttention(**kernels, causal=_causal(called))
    return called.add(layer, _in_order(called, tensors))


def _kernels(called: LayerCall) -> dict[str, Any]:
    """Return the kernels and biases of all parts by their names."""
    count, key_dim = called.whole("num_heads"), called.whole("key_dim")
    value_dim, biases = called.whole("value_dim", key_dim), called.flag("use_bias", True)
    found: dict[str, Any] = {}
    for part, size in zip(_PARTS[:3], (key_dim, key_dim, value_dim), strict=True):
        found[f"{part}_kernel"] = called.weights.take(f"{part} kernel", None, count, size)
        found[f"{part}_bias"] = called.weights.take(f"{part} bias", count, size) if biases else None
    if len(called.weights.next_shape()) != 3:
        raise Unsupported("its output has more than one axis of channels")
    kernel = called.weights.take("output kernel", count, value_dim, None)
    found["output_kernel"] = kernel
    found["output_bias"] = called.weights.take("output bias", kernel.shape[2]) if biases else None
    called.weights.finish()
    return found


def head_variables(settings: Json) -> Plan:
    """Return the variables of a MultiHeadAttention."""
    kinds = ("kernel", "bias") if settings.get("use_bias", True) else ("kernel",)
    return Plan(tuple(f"{part}/{kind}" for part in _PARTS for kind in kinds))


def _in_order(called: LayerCall, given: Sequence[Tensor]) -> list[Tensor]:
    """Return tensors laid out as Keras has them: (positions, channels)."""
    found = [called.assembly.as_keras(called.name, tensor) for tensor in given]
    for tensor in found:
        if len(tensor.known()) != 2:
            raise Unsupported(
                f"it reads positions and channels, and {tensor.node} gives {len(tensor.known())} axes"
            )
    return found


def _causal(called: LayerCall) -> bool:
    # Until Keras 2.10 an Attention had it as a setting.
    return bool(called.call.keywords.get(_CAUSAL)) or called.flag("causal", False)


def _refuse(called: LayerCall, understood: Sequence[str]) -> None:
    """Refuse a call that is given by name what is not read."""
    for name, value in called.call.keywords.items():
        if name not in understood:
            raise Unsupported(f"it is given its {name} by the network")
        if name == "return_attention_scores" and value:
            raise Unsupported("it gives its scores beside its values")
        if name == _CAUSAL and value not in (True, False):
            raise Unsupported(f"it is given its {name} by the network")


def einsum_dense(called: LayerCall) -> Tensor:
    """Add an EinsumDense."""
    equation = called.text("equation", "").replace(" ", "")
    terms, _, output = equation.partition("->")
    given, _, kernel_letters = terms.partition(",")
    if "..." not in given:
        # Its first letter is the batch's.
        batch = given[:1]
        if not batch or output[:1] != batch or batch in kernel_letters:
            raise Unsupported(f"its equation is {equation}, in which samples of a batch mix")
        given, output = given[1:], output[1:]
    kernel = called.weights.take_any("kernel")
    bias = called.weights.take_any("bias") if called.settings.get("bias_axes") is not None else None
    called.weights.finish()
    layer = partial(EinsumDense, f"{given},{kernel_letters}->{output}", kernel, bias)
    return activated(called, layer, called.plain())


def einsum_variables(settings: Json) -> Plan:
    """Return the variables of an EinsumDense."""
    return Plan(("kernel",) if settings.get("bias_axes") is None else ("kernel", "bias"))
