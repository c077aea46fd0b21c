"""Layers as lines of PyTorch, which puts the channels before the length: (1, channels, length)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..layers import (
    ELU,
    GRU,
    LSTM,
    Activation,
    Add,
    Average,
    AveragePooling1D,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Cropping1D,
    Dense,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Identity,
    IndexInput,
    Input,
    Layer,
    LeakyReLU,
    Maximum,
    MaxPooling1D,
    Minimum,
    Multiply,
    Recurrent,
    ReLU,
    SideInput,
    Softmax,
    Subtract,
    UpSampling1D,
    ZeroPadding1D,
)
from ..layers.shapes import Array, axis_length
from .plan import NotSpelledError, Step, call_lines, text

__all__ = ["TAKEN", "spelled"]

TAKEN: Final = (
    *("F", "gzip", "gru", "letters", "letters_of", "lstm", "np", "Path", "simple_rnn", "stored", "torch"),
    *("forwards", "backwards", "said", "value", "weight"),
)
"""Names that the program uses itself."""

_COMMENT: Final = 20
"""Columns kept free for the shape behind a line."""

_FUNCTIONS: Final = {
    "linear": "{}",
    "relu": "torch.relu({})",
    "sigmoid": "torch.sigmoid({})",
    "tanh": "torch.tanh({})",
    "softmax": "F.softmax({}, dim=1)",
    "log_softmax": "F.log_softmax({}, dim=1)",
    "elu": "F.elu({})",
    "celu": "F.celu({})",
    "selu": "F.selu({})",
    "softplus": "F.softplus({})",
    "softsign": "F.softsign({})",
    "exponential": "torch.exp({})",
    "gelu": "F.gelu({})",
    "gelu_approximate": 'F.gelu({}, approximate="tanh")',
    "leaky_relu": "F.leaky_relu({}, 0.2)",
    "hard_sigmoid": "F.hardsigmoid({})",
    "hard_sigmoid_keras2": "torch.clamp(0.2 * {} + 0.5, 0, 1)",
    "relu6": "F.relu6({})",
    "silu": "F.silu({})",
    "swish": "F.silu({})",
    "hard_silu": "F.hardswish({})",
    "hard_swish": "F.hardswish({})",
    "mish": "F.mish({})",
    "log_sigmoid": "F.logsigmoid({})",
    "hard_tanh": "F.hardtanh({})",
    "hard_shrink": "F.hardshrink({})",
    "soft_shrink": "F.softshrink({})",
    "tanh_shrink": "F.tanhshrink({})",
}


def spelled(step: Step) -> Iterator[str]:
    """Yield the lines of one layer.

    Args:
        step: The layer at its place.

    Raises:
        NotSpelledError: The layer is not among those that are written as PyTorch.
    """
    layer, made = step.layer, step.variable
    if isinstance(layer, IndexInput) or getattr(layer, "mask_zero", False):
        raise NotSpelledError("letters as indices are written as Keras only")
    if isinstance(layer, Input):
        yield f"{made} = torch.from_numpy({step.numbers}.T[None].copy())  # {_shape(step)}"
        return
    if isinstance(layer, SideInput):
        yield f"{made} = torch.zeros{_shape(step)}  # numbers that are not letters"
        return
    for kind, function in _SPELLERS:
        if isinstance(layer, kind):
            lines = function(step)
            break
    else:
        raise NotSpelledError(f"a {layer.type} is written as Keras only")
    *before, last = lines
    yield from before
    yield f"{last}  # {_shape(step)}"


def _shape(step: Step) -> str:
    """Return the shape of the output as PyTorch has it."""
    return f"({', '.join(map(str, (1, *reversed(step.shape))))})"


def _conv(step: Step) -> Iterator[str]:
    layer = step.layer
    assert isinstance(layer, Conv1D)
    x = step.inputs[0]
    pads = layer.sliding.pads(axis_length(step.input_shapes[0]))
    if any(pads):
        x = f"F.pad({x}, {pads})"
    settings = f"stride={layer.stride}"
    settings += f", dilation={layer.dilation}" if layer.dilation > 1 else ""
    settings += f", groups={layer.groups}" if layer.groups > 1 else ""
    kernel = _weight(step, layer.kernel, (2, 1, 0))
    yield f"{step.variable} = F.conv1d({x}, {kernel}, {_weight(step, layer.bias, none='None')}, {settings})"
    if layer.activation != "linear":
        yield f"{step.variable} = {_activated(layer.activation, step.variable)}"


def _max_pool(step: Step) -> Iterator[str]:
    layer = step.layer
    assert isinstance(layer, MaxPooling1D)
    x, pads = step.inputs[0], layer.sliding.pads(axis_length(step.input_shapes[0]))
    if any(pads):
        x = f"F.pad({x}, {pads}, value=-torch.inf)"
    yield f"{step.variable} = F.max_pool1d({x}, {layer.size}, stride={layer.sliding.stride})"


def _average_pool(step: Step) -> Iterator[str]:
    layer = step.layer
    assert isinstance(layer, AveragePooling1D)
    x, pads = step.inputs[0], layer.sliding.pads(axis_length(step.input_shapes[0]))
    pool = f"{layer.size}, stride={layer.sliding.stride})"
    if not any(pads):
        yield f"{step.variable} = F.avg_pool1d({x}, {pool}"
        return
    yield "# Padding is not counted: the mean is taken over the positions that are there."
    yield f"{step.variable} = F.avg_pool1d(F.pad({x}, {pads}), {pool}"
    yield f"{step.variable} = {step.variable} / F.avg_pool1d(F.pad(torch.ones_like({x}), {pads}), {pool}"


def _dense(step: Step) -> Iterator[str]:
    layer = step.layer
    assert isinstance(layer, Dense)
    x, rank = step.inputs[0], len(step.input_shapes[0])
    if rank > 2:
        raise NotSpelledError("a Dense on three axes is written as Keras only")
    weights = f"{_weight(step, layer.kernel, (1, 0))}, {_weight(step, layer.bias, none='None')}"
    made = f"F.linear({x}, {weights})" if rank == 1 else f"F.linear({x}.transpose(1, 2), {weights}).transpose(1, 2)"
    yield f"{step.variable} = {made}"
    if layer.activation != "linear":
        yield f"{step.variable} = {_activated(layer.activation, step.variable)}"


def _flatten(step: Step) -> Iterator[str]:
    rank = len(step.input_shapes[0])
    if rank > 2:
        raise NotSpelledError("a Flatten of three axes is written as Keras only")
    turned = ".transpose(1, 2)" if rank == 2 else ""
    if turned:
        yield "# Keras lays position after position, so that the channels go last before the array is laid out."
    yield f"{step.variable} = {step.inputs[0]}{turned}.flatten(1)"


def _recurrent(step: Step) -> Iterator[str]:
    layer = step.layer
    assert isinstance(layer, Recurrent)
    turned = f"{step.inputs[0]}.flip(2)" if layer.go_backwards else step.inputs[0]
    last = "" if layer.return_sequences else "[:, :, -1]"
    yield from _states(step, step.variable, layer, turned, last)


def _bidirectional(step: Step) -> Iterator[str]:
    layer = step.layer
    assert isinstance(layer, Bidirectional)
    if layer.forward_layer.go_backwards:
        raise NotSpelledError("a Bidirectional whose first layer goes backwards is written as Keras only")
    x = step.inputs[0]
    yield from _states(step, "forwards", layer.forward_layer, x)
    yield from _states(step, "backwards", layer.backward_layer, f"{x}.flip(2)")
    if layer.return_sequences:
        one, other = "forwards", "backwards.flip(2)"
    else:
        one, other = "forwards[:, :, -1]", "backwards[:, :, -1]"
    merged = {
        "concat": f"torch.cat([{one}, {other}], 1)",
        "sum": f"{one} + {other}",
        "mul": f"{one} * {other}",
        "ave": f"({one} + {other}) / 2",
    }
    yield f"{step.variable} = {merged[layer.merge_mode or 'concat']}"


def _states(step: Step, variable: str, layer: Recurrent, x: str, last: str = "") -> Iterator[str]:
    """Yield the call of the helper that carries a layer's state along the length."""
    arguments = [x, _weight(step, layer.kernel), _weight(step, layer.recurrent_kernel)]
    bias, activate = _weight(step, layer.bias, none="0"), _callable(layer.activation)
    name = "simple_rnn"
    if isinstance(layer, GRU):
        # With reset_after the bias has two rows: the input's, and the state's.
        both = [f"*{bias}"] if layer.reset_after and layer.bias is not None else [bias, "0"]
        gate = _callable(layer.recurrent_activation)
        name, arguments = "gru", [*arguments, *both, gate, activate, f"reset_after={layer.reset_after}"]
    elif isinstance(layer, LSTM):
        name, arguments = "lstm", [*arguments, bias, _callable(layer.recurrent_activation), activate]
    else:
        arguments = [*arguments, bias, activate]
    yield from call_lines(f"{variable} = {name}(", arguments, f"){last}", _COMMENT)


def _batch_norm(step: Step) -> Iterator[str]:
    layer, rank = step.layer, len(step.input_shapes[0])
    assert isinstance(layer, BatchNormalization)
    if layer.axis not in (-1, rank):
        raise NotSpelledError("a normalisation along the length is written as Keras only")
    numbers = [_weight(step, each, none="None") for each in (layer.mean, layer.variance, layer.gamma, layer.beta)]
    arguments = [step.inputs[0], *numbers, f"eps={layer.epsilon!r}"]
    yield from call_lines(f"{step.variable} = F.batch_norm(", arguments, ")", _COMMENT)


def _function(step: Step) -> Iterator[str]:
    layer, x = step.layer, step.inputs[0]
    if isinstance(layer, Activation):
        if len(step.shape) > 2:
            raise NotSpelledError("an activation of three axes is written as Keras only")
        made = _activated(layer.activation, x)
    elif isinstance(layer, LeakyReLU):
        made = f"F.leaky_relu({x}, {layer.negative_slope!r})"
    elif isinstance(layer, ELU):
        made = f"F.elu({x}, {layer.alpha!r})"
    elif isinstance(layer, Softmax) and layer.axis in (-1, len(step.shape)):
        made = f"F.softmax({x}, dim=1)"
    elif isinstance(layer, ReLU) and not layer.threshold:
        made = f"F.leaky_relu({x}, {layer.negative_slope!r})" if layer.negative_slope else f"torch.relu({x})"
        if layer.max_value is not None:
            made = f"torch.clamp({made}, max={layer.max_value!r})"
    else:
        raise NotSpelledError(f"a {layer.type} with these settings is written as Keras only")
    yield f"{step.variable} = {made}"


def _simple(step: Step) -> Iterator[str]:
    layer, x = step.layer, step.inputs[0]
    if isinstance(layer, Identity):
        made = x
    elif isinstance(layer, GlobalMaxPooling1D):
        made = f"{x}.amax(2{', keepdim=True' if layer.keepdims else ''})"
    elif isinstance(layer, GlobalAveragePooling1D):
        made = f"{x}.mean(2{', keepdim=True' if layer.keepdims else ''})"
    elif isinstance(layer, Cropping1D):
        left, right = layer.cropping
        made = f"{x}[:, :, {left}:{-right if right else ''}]"
    elif isinstance(layer, ZeroPadding1D):
        made = f"F.pad({x}, {tuple(layer.padding)})"
    else:
        assert isinstance(layer, UpSampling1D)
        made = f"{x}.repeat_interleave({layer.size}, 2)"
    yield f"{step.variable} = {made}"


def _merged(step: Step) -> Iterator[str]:
    layer, given = step.layer, step.inputs
    if isinstance(layer, Concatenate):
        rank = len(step.shape)
        axis = rank if layer.axis == -1 else layer.axis
        if rank > 2 or axis < 1:
            raise NotSpelledError("a Concatenate of three axes is written as Keras only")
        yield f"{step.variable} = torch.cat([{', '.join(given)}], {rank + 1 - axis})"
        return
    if len(set(step.input_shapes)) > 1:
        raise NotSpelledError(f"a {layer.type} of unlike shapes is written as Keras only")
    signs: dict[type[Layer], str] = {Add: " + ", Average: " + ", Subtract: " - ", Multiply: " * "}
    if isinstance(layer, Maximum | Minimum):
        made = given[0]
        for each in given[1:]:
            made = f"torch.{layer.type.lower()}({made}, {each})"
    else:
        made = signs[type(layer)].join(given)
    yield f"{step.variable} = {f'({made}) / {len(given)}' if isinstance(layer, Average) else made}"


_SPELLERS: Final = (
    (Conv1D, _conv),
    (MaxPooling1D, _max_pool),
    (AveragePooling1D, _average_pool),
    (Dense, _dense),
    (Flatten, _flatten),
    (Recurrent, _recurrent),
    (Bidirectional, _bidirectional),
    (BatchNormalization, _batch_norm),
    ((Activation, LeakyReLU, ELU, Softmax, ReLU), _function),
    ((Identity, GlobalMaxPooling1D, GlobalAveragePooling1D, Cropping1D, ZeroPadding1D, UpSampling1D), _simple),
    ((Add, Average, Subtract, Multiply, Maximum, Minimum, Concatenate), _merged),
)


def _weight(step: Step, weight: Array | None, axes: tuple[int, ...] = (), *, none: str = "") -> str:
    if weight is None:
        return none
    (name,) = step.stored(weight)
    return f"weight({', '.join([text(name), *map(str, axes)])})"


def _activated(name: str, x: str) -> str:
    if name not in _FUNCTIONS:
        raise NotSpelledError(f"the activation function {name} is written as Keras only")
    return _FUNCTIONS[name].format(x)


def _callable(name: str) -> str:
    made = _activated(name, "x")
    return made.removesuffix("(x)") if made.endswith("(x)") and made.count("x") == 1 else f"lambda x: {made}"
