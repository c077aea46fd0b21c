"""What PyTorch and Keras compute on the grid. Only `make_fixtures` and the live tests import this.

Padding `same`: Keras documents TensorFlow's split, ⌈length / stride⌉ windows with the odd position of padding on
the right. PyTorch has it for convolutions of stride 1 (`padding="same"`) and is used so there; elsewhere the array
is padded by hand, with 0 for a convolution, with −∞ for a max pool and with nothing counted for an average.

Keras differs by backend. Checked by hand with Keras 3.15.1: on JAX it computes what it documents. On PyTorch it
repeats the edge value into an uneven `same` padding before it pools (`_apply_same_padding`, mode "replicate"). That
leaves a maximum as it is, but counts the padding in an average: of [1, 2, 3, 4, 5] with size 4, stride 4 and
`same`, which pads 1 left and 2 right, JAX and the hand say [2, 4.5] and PyTorch says [1.75, 4.75]. Our padding is
never counted, so that these averages are left out where the backend is PyTorch.
"""

from __future__ import annotations

import keras
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from .grid import NETWORK, RESPONSES, SOFTMAX_CHANNELS, Array, Case, Recurrence, Sum

Answers = dict[str, NDArray[np.generic]]

VERSIONS = {
    "torch": torch.__version__,
    "keras": f"{keras.__version__} on {keras.backend.backend()}",
    "numpy": np.__version__,
}

_TORCH_FUNCTIONS = {
    "elu": functional.elu,
    "exponential": torch.exp,
    "gelu": functional.gelu,
    "hard_sigmoid": functional.hardsigmoid,
    "leaky_relu": lambda x: functional.leaky_relu(x, 0.2),
    "linear": lambda x: x,
    "relu": functional.relu,
    "selu": functional.selu,
    "sigmoid": torch.sigmoid,
    "softmax": lambda x: functional.softmax(x, dim=-1),
    "softplus": functional.softplus,
    "tanh": torch.tanh,
}


def same_pads(length: int, span: int, stride: int) -> tuple[int, int]:
    """Return the padding left and right that TensorFlow documents for `same`."""
    windows = -(-length // stride)
    total = max((windows - 1) * stride + span - length, 0)
    return total // 2, total - total // 2


def torch_case(case: Case) -> Answers:
    """Return what PyTorch computes; selections are positions of the convolution's output."""
    x = torch.from_numpy(case.x.T.copy())[None]
    kernel = torch.from_numpy(case.kernel.transpose(2, 1, 0).copy())
    bias = torch.from_numpy(case.bias)
    span = case.dilation * (case.kernel_size - 1) + 1
    padding: str | int = 0
    if case.padding == "causal":
        x = functional.pad(x, (span - 1, 0))
    elif case.padding == "same" and case.stride == 1:
        padding = "same"
    elif case.padding == "same":
        x = functional.pad(x, same_pads(case.length, span, case.stride))
    responses = functional.conv1d(x, kernel, bias, case.stride, padding, case.dilation, case.groups)
    activations = _TORCH_FUNCTIONS[case.activation](responses)

    size, stride, positions = case.pool_size, case.pool_stride, activations.shape[-1]
    pads = same_pads(positions, size, stride) if case.pool_padding == "same" else (0, 0)
    walled = functional.pad(activations, pads, value=-torch.inf)
    cells, chosen = functional.max_pool1d(walled, size, stride, return_indices=True)
    counted = functional.avg_pool1d(functional.pad(torch.ones_like(activations), pads), size, stride)
    average = functional.avg_pool1d(functional.pad(activations, pads), size, stride) / counted
    return {
        "activations": _channels_last(activations),
        "max": _channels_last(cells),
        "selections": _channels_last(chosen - pads[0]).astype(np.int16),
        "average": _channels_last(average),
        "global_max": activations.amax(-1)[0].numpy(),
        "global_average": activations.mean(-1)[0].numpy(),
    }


def _channels_last(batch: torch.Tensor) -> NDArray[np.generic]:
    return batch[0].T.contiguous().numpy()


def keras_case(case: Case) -> Answers:
    """Return what Keras computes; nothing where it refuses stride and dilation above 1 together."""
    if case.stride > 1 and case.dilation > 1:
        return {}
    layers = keras.layers
    conv = layers.Conv1D(
        case.filters,
        case.kernel_size,
        strides=case.stride,
        padding=case.padding,
        dilation_rate=case.dilation,
        groups=case.groups,
        activation=case.activation,
    )
    activations = _called(conv, case.x, case.kernel, case.bias)
    pooling = {"pool_size": case.pool_size, "strides": case.pool_stride, "padding": case.pool_padding}
    answers = {
        "activations": activations,
        "max": _called(layers.MaxPooling1D(**pooling), activations),
        "average": _called(layers.AveragePooling1D(**pooling), activations),
        "global_max": _called(layers.GlobalMaxPooling1D(), activations),
        "global_average": _called(layers.GlobalAveragePooling1D(), activations),
    }
    left, right = same_pads(len(activations), case.pool_size, case.pool_stride)
    if case.pool_padding == "same" and left != right and keras.backend.backend() == "torch":
        del answers["average"]
    return answers


def _called(layer: keras.layers.Layer, x: NDArray[np.generic], *weights: Array) -> NDArray[np.generic]:
    layer.build((None, *x.shape))
    layer.set_weights([*weights])
    return keras.ops.convert_to_numpy(keras.ops.stop_gradient(layer(x[None])))[0]


def torch_recurrence(case: Recurrence) -> NDArray[np.generic] | None:
    """Return what PyTorch computes, where its RNN has the activation function."""
    if case.activation not in ("tanh", "relu"):
        return None
    x, kernel, recurrent, bias = (torch.from_numpy(array) for array in case.drawn)
    rnn = torch.nn.RNN(case.channels, case.units, nonlinearity=case.activation, bias=case.bias)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(kernel.T)
        rnn.weight_hh_l0.copy_(recurrent.T)
        if case.bias:
            rnn.bias_ih_l0.copy_(bias)
            rnn.bias_hh_l0.zero_()
        states, last = rnn(x.flip(0) if case.go_backwards else x)
    return states.numpy() if case.return_sequences else last[0].numpy()


def keras_recurrence(case: Recurrence) -> NDArray[np.generic]:
    """Return what Keras computes."""
    x, kernel, recurrent, bias = case.drawn
    rnn = keras.layers.SimpleRNN(
        case.units,
        activation=case.activation,
        use_bias=case.bias,
        return_sequences=case.return_sequences,
        go_backwards=case.go_backwards,
    )
    return _called(rnn, x, kernel, recurrent, *([bias] if case.bias else []))


def torch_sum(case: Sum) -> NDArray[np.generic]:
    """Return what PyTorch's linear layer computes."""
    x, kernel, bias = (torch.from_numpy(array) for array in case.drawn)
    return _TORCH_FUNCTIONS[case.activation](functional.linear(x, kernel.T, bias if case.bias else None)).numpy()


def keras_sum(case: Sum) -> NDArray[np.generic]:
    """Return what Keras's Dense computes."""
    x, kernel, bias = case.drawn
    dense = keras.layers.Dense(case.units, activation=case.activation, use_bias=case.bias)
    return _called(dense, x, kernel, *([bias] if case.bias else []))


def torch_function(name: str) -> NDArray[np.generic]:
    """Return the activations of `RESPONSES`; softmax is given rows of `SOFTMAX_CHANNELS`."""
    given = RESPONSES.reshape(-1, SOFTMAX_CHANNELS) if name == "softmax" else RESPONSES
    return _TORCH_FUNCTIONS[name](torch.from_numpy(given)).numpy()


def keras_function(name: str) -> NDArray[np.generic]:
    """Return the activations of `RESPONSES`; softmax is given rows of `SOFTMAX_CHANNELS`."""
    given = RESPONSES.reshape(-1, SOFTMAX_CHANNELS) if name == "softmax" else RESPONSES
    return keras.ops.convert_to_numpy(keras.activations.get(name)(keras.ops.convert_to_tensor(given)))


def keras_flatten(x: Array) -> NDArray[np.generic]:
    """Return what Keras's Flatten gives."""
    return _called(keras.layers.Flatten(), x)


def keras_network() -> Answers:
    """Return what Keras says of the network of the issue: its shapes, its parameters and its numbers."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((NETWORK.length, 4)),
            layers.Conv1D(320, 16, activation="relu", name="conv"),
            layers.MaxPooling1D(8, 8, name="pool"),
            layers.SimpleRNN(128, return_sequences=True, name="rnn"),
            layers.Flatten(name="flatten"),
            layers.Dense(1, name="dense"),
            layers.Activation("sigmoid", name="sigmoid"),
        ]
    )
    for name, weights in NETWORK.weights.items():
        model.get_layer(name).set_weights([*weights])
    x = np.array([[letter == base for base in "ACGT"] for letter in NETWORK.letters], dtype=np.float32)[None]
    answers: Answers = {}
    for layer in model.layers:
        x = keras.ops.convert_to_numpy(keras.ops.stop_gradient(layer(x)))
        answers[f"{layer.name}/shape"] = np.array(x.shape[1:])
        answers[f"{layer.name}/params"] = np.array(layer.count_params())
        # Every hundredth filter is enough of a feature map.
        answers[f"{layer.name}/values"] = x[0][..., ::100] if x.ndim == 3 else x[0][::100]
    answers["params"] = np.array(model.count_params())
    return answers
