"""The grid of layers: which settings are compared with Keras.

Knows neither a framework nor the engine.
"""

from __future__ import annotations

from itertools import product

from .layer_case import NO_DATA, Case, Given, Settings, Step, chain, merged, one, said


def _sliding() -> list[Case]:
    activations = ("linear", "relu", "tanh", "silu")
    settings = [
        (size, stride, padding, dilation, multiplier)
        for size, stride, padding, dilation, multiplier in product(
            (1, 4, 5), (1, 2, 3), ("valid", "same"), (1, 2, 3), (1, 2)
        )
        # Keras refuses a stride and a dilation above 1 together.
        if (stride == 1 or dilation == 1) and (size > 1 or dilation == 1)
    ]
    cases = []
    for index, (size, stride, padding, dilation, multiplier) in enumerate(settings):
        common: Settings = {
            "kernel_size": size,
            "strides": stride,
            "padding": padding,
            "dilation_rate": dilation,
            "depth_multiplier": multiplier,
            "use_bias": index % 3 > 0,
            "activation": activations[index % 4],
        }
        cases.append(one("DepthwiseConv1D", (17 + index % 4, 3), **common))
        cases.append(one("SeparableConv1D", (17 + index % 5, 3), filters=4, **common))
    return cases


def _normalising() -> list[Case]:
    return [
        *(
            one("BatchNormalization", (7, 5), of, center=center, scale=scale, epsilon=epsilon)
            for center, scale, epsilon, of in [
                (True, True, 1e-3, "normal"),
                (False, True, 1e-5, "normal"),
                (True, False, 1e-3, "normal"),
                (False, False, 1e-3, "normal"),
                (True, True, 1e-3, "large"),
            ]
        ),
        one("BatchNormalization", (5,)),
        one("BatchNormalization", (7, 5), axis=1),
        one("BatchNormalization", (7, 5), axis=2),
        one("BatchNormalization", (3, 4, 5), axis=2),
        *(
            one("LayerNormalization", (7, 5), of, center=center, scale=scale, epsilon=epsilon)
            for center, scale, epsilon, of in [
                (True, True, 1e-3, "normal"),
                (False, True, 1e-6, "normal"),
                (True, False, 1e-3, "normal"),
                (False, False, 1e-3, "normal"),
                (True, True, 1e-3, "large"),
            ]
        ),
        one("LayerNormalization", (5,)),
        one("LayerNormalization", (7, 5), axis=(1, 2)),
        one("LayerNormalization", (3, 4, 5), axis=(2, 3)),
    ]


FUNCTIONS = (
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh",
    "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu",
    "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus",
    "swish", "tanh", "tanh_shrink",
)  # fmt: skip
"""Every name that Keras 3 knows an activation function by, but glu, threshold and sparsemax: see `functions`."""


def _activating() -> list[Case]:
    return [
        *(one("Activation", (9, 6), activation=name) for name in FUNCTIONS),
        *(
            one("ReLU", (9, 6), max_value=highest, negative_slope=slope, threshold=threshold)
            for highest, slope, threshold in product((None, 0.7, 6.0), (0.0, 0.25), (0.0, 0.5))
        ),
        one("LeakyReLU", (9, 6)),
        one("LeakyReLU", (9, 6), negative_slope=0.05),
        one("ELU", (9, 6)),
        one("ELU", (9, 6), alpha=0.3),
        one("PReLU", (9, 6)),
        one("PReLU", (9, 6), shared_axes=(1,)),
        one("PReLU", (9, 6), shared_axes=(1, 2)),
        one("PReLU", (6,)),
        one("Softmax", (9, 6)),
        one("Softmax", (9, 6), axis=1),
        one("Softmax", (9, 6), axis=(1, 2)),
        one("Softmax", (3, 4, 5), axis=2),
    ]


def _merging() -> list[Case]:
    cases = []
    for kind in ("Add", "Multiply", "Maximum", "Minimum", "Average"):
        cases += [
            merged(kind, (7, 5), (7, 5)),
            merged(kind, (7, 5), (7, 5), (7, 5)),
            merged(kind, (7, 5), (5,)),
            merged(kind, (5,), (7, 5)),
            merged(kind, (7, 5), (1, 5)),
            merged(kind, (7, 1), (1, 5)),
            merged(kind, (7, 5), (7, 1), (5,)),
        ]
    return [
        *cases,
        merged("Subtract", (7, 5), (7, 5)),
        merged("Subtract", (5,), (7, 5)),
        merged("Concatenate", (7, 5), (7, 2)),
        merged("Concatenate", (7, 5), (7, 2), (7, 1), axis=2),
        merged("Concatenate", (7, 5), (3, 5), axis=1),
        merged("Concatenate", (7, 5), (3, 5), (1, 5), axis=-2),
        merged("Concatenate", (5,), (3,)),
        merged("Dot", (7, 5), (7, 3), axes=1),
        merged("Dot", (7, 5), (4, 5), axes=2),
        merged("Dot", (7, 5), (5, 4), axes=(2, 1)),
        merged("Dot", (7, 5), (3, 7), axes=(1, 2)),
        merged("Dot", (7, 5), (4, 5), axes=-1),
        merged("Dot", (5,), (5,), axes=1),
        merged("Dot", (5,), (5,), axes=-1, normalize=True),
        merged("Dot", (7, 5), (4, 5), axes=2, normalize=True),
        merged("Dot", (7, 5), (5,), axes=(2, 1)),
        merged("Dot", (7,), (7, 5), axes=1),
        merged("Dot", (5,), (7, 5), axes=(1, 2)),
    ]


def _reshaping() -> list[Case]:
    return [
        *(one("Cropping1D", (9, 3), cropping=cropping) for cropping in [(1, 1), (0, 3), (2, 0), (4, 4)]),
        *(one("ZeroPadding1D", (9, 3), padding=padding) for padding in [(1, 1), (0, 3), (2, 0)]),
        *(one("UpSampling1D", (5, 3), size=size) for size in (1, 2, 3)),
        *(
            one("Reshape", shape, target_shape=target)
            for shape, target in [
                ((6, 4), (24,)),
                ((6, 4), (-1,)),
                ((6, 4), (4, 6)),
                ((6, 4), (-1, 8)),
                ((6, 4), (6, 4, 1)),
                ((6, 4), (6, 1, -1)),
                ((24,), (2, 3, 4)),
            ]
        ),
        one("Permute", (6, 4), dims=(2, 1)),
        one("Permute", (6, 4), dims=(1, 2)),
        one("Permute", (3, 4, 5), dims=(3, 1, 2)),
        one("Permute", (3, 4, 5), dims=(1, 3, 2)),
        one("RepeatVector", (5,), n=4),
        one("Flatten", (6, 4)),
        one("Flatten", (2, 3, 4)),
        *(
            one(kind, (9, 3), keepdims=keepdims)
            for kind, keepdims in product(("GlobalMaxPooling1D", "GlobalAveragePooling1D"), (False, True))
        ),
        one("SpatialDropout1D", (9, 3), rate=0.4),
        one("GaussianNoise", (9, 3), stddev=0.4),
        one("GaussianDropout", (9, 3), rate=0.4),
        one("AlphaDropout", (9, 3), rate=0.4),
        one("ActivityRegularization", (9, 3), l1=0.1),
        one("Dropout", (9, 3), rate=0.4),
        one("Identity", (9, 3)),
    ]


_FLAGS: list[Settings] = [
    {"return_sequences": sequences, "go_backwards": backwards}
    for sequences, backwards in product((True, False), (True, False))
]


def _recurring() -> list[Case]:
    cases = []
    for flags, bias in product(_FLAGS, (True, False)):
        cases += [
            one("SimpleRNN", (9, 3), units=4, use_bias=bias, **flags),
            one("LSTM", (9, 3), units=4, use_bias=bias, **flags),
            one("GRU", (9, 3), units=4, use_bias=bias, reset_after=True, **flags),
            one("GRU", (9, 3), units=4, use_bias=bias, reset_after=False, **flags),
        ]
    functions: Settings = {"activation": "relu", "recurrent_activation": "hard_sigmoid", "return_sequences": True}
    cases += [
        one("LSTM", (40, 3), units=5, **functions),
        one("GRU", (40, 3), units=5, **functions),
        one("LSTM", (40, 3), units=5, activation="softsign", recurrent_activation="tanh"),
        one("LSTM", (9, 3), units=4, unit_forget_bias=False),
        one("LSTM", (1, 3), units=1),
    ]
    inner: list[tuple[str, Settings]] = [
        ("SimpleRNN", {"units": 4}),
        ("LSTM", {"units": 4}),
        ("GRU", {"units": 4}),
        ("GRU", {"units": 4, "reset_after": False}),
    ]
    for (kind, settings), sequences, mode in product(inner, (True, False), ("concat", "sum", "mul", "ave")):
        layer = kind, {**settings, "return_sequences": sequences}
        cases.append(one("Bidirectional", (9, 3), layer=layer, merge_mode=mode))
    reading: Settings = {"units": 4, "return_sequences": True}
    turned = "GRU", {**reading, "units": 2, "go_backwards": True, "activation": "relu"}
    forward = "LSTM", {**reading, "go_backwards": True}
    return [
        *cases,
        one("Bidirectional", (9, 3), layer=("LSTM", reading), backward_layer=turned),
        one("Bidirectional", (9, 3), layer=forward, backward_layer=("LSTM", reading)),
        one("TimeDistributed", (9, 3), layer=("Dense", {"units": 4, "activation": "relu"})),
        one("TimeDistributed", (9, 3, 2), layer=("Flatten", {})),
        one("TimeDistributed", (4, 9, 2), layer=("Conv1D", {"filters": 3, "kernel_size": 4})),
        one("TimeDistributed", (4, 9, 2), layer=("LSTM", {"units": 3})),
        one("TimeDistributed", (4, 9, 2), layer=("MaxPooling1D", {"pool_size": 2})),
        one("Embedding", (9,), "indices", input_dim=7, output_dim=4),
    ]


def _masked() -> list[Case]:
    masking: tuple[str, Settings] = ("Masking", {"mask_value": NO_DATA})
    padded, sequences = Given((9, 3), "padded"), {"return_sequences": True}
    cases = []
    for kind, flags in product(("SimpleRNN", "LSTM", "GRU"), _FLAGS):
        settings: Settings = {"units": 4, **flags}
        cases.append(chain(f"Masking-{kind}({said(settings)})", padded, masking, (kind, settings)))
    for kind, several in product(("SimpleRNN", "LSTM", "GRU"), (True, False)):
        both: Settings = {"layer": (kind, {"units": 4, "return_sequences": several})}
        cases.append(chain(f"Masking-Bidirectional({said(both)})", padded, masking, ("Bidirectional", both)))
    table: tuple[str, Settings] = ("Embedding", {"input_dim": 7, "output_dim": 4, "mask_zero": True})
    dense: tuple[str, Settings] = ("Dense", {"units": 4, "activation": "relu"})
    lstm: tuple[str, Settings] = ("LSTM", {"units": 3, **sequences})
    gru: tuple[str, Settings] = ("GRU", {"units": 3})
    indices = Given((9,), "indices")
    cases += [
        chain("Embedding-LSTM", indices, table, lstm),
        chain("Embedding-LSTM-GRU", indices, table, lstm, gru),
        chain("Embedding-Bidirectional-GRU", indices, table, ("Bidirectional", {"layer": lstm}), gru),
        chain("Embedding-Dense-Dropout-GRU", indices, table, dense, ("Dropout", {"rate": 0.5}), gru),
        chain("Embedding-TimeDistributed-GRU", indices, table, ("TimeDistributed", {"layer": dense}), gru),
        chain("Embedding-BatchNormalization-GRU", indices, table, ("BatchNormalization", {}), gru),
        chain("Embedding-LayerNormalization-GRU", indices, table, ("LayerNormalization", {}), gru),
        chain("Embedding-LeakyReLU-GRU", indices, table, ("LeakyReLU", {}), gru),
        chain("Embedding-GlobalAveragePooling1D", indices, table, ("GlobalAveragePooling1D", {})),
        chain("Embedding-GlobalMaxPooling1D", indices, table, ("GlobalMaxPooling1D", {})),
        chain("Embedding-LSTM-last-Dense", indices, table, ("LSTM", {"units": 3}), dense),
        chain("Embedding-Conv1D-GRU", indices, table, ("Conv1D", {"filters": 3, "kernel_size": 2}), gru),
    ]
    for name, kind, axis in [
        ("Add", "Add", None),
        ("Concatenate", "Concatenate", -1),
        ("behind", "Concatenate", 1),
    ]:
        settings = {} if axis is None else {"axis": axis}
        marked = Step("marked", "Masking", {"mask_value": NO_DATA})
        again = Step("again", "Masking", {"mask_value": NO_DATA}, ("y",))
        both_padded = {"x": padded, "y": Given((9, 3), "padded")}
        merge = Step("merge", kind, settings, ("marked", "again"))
        plain = Step("merge", kind, settings, ("marked", "y"))
        last = Step("gru", "GRU", {"units": 3, **sequences}, ("merge",))
        cases += [
            Case(f"Masking-{name}-GRU", both_padded, (marked, again, merge, last)),
            Case(f"Masking-{name}-unmasked-GRU", both_padded, (marked, plain, last)),
        ]
    return cases


def _graphs() -> list[Case]:
    """Small networks of the kinds that are published: branches, shared layers, several inputs and outputs."""
    same: Settings = {"padding": "same"}
    residual = [
        Step("conv", "Conv1D", {"filters": 6, "kernel_size": 5, **same}),
        *(
            step
            for index, dilation in enumerate((1, 2, 4))
            for before in ["conv" if index == 0 else f"add{index - 1}"]
            for step in (
                Step(f"norm{index}", "BatchNormalization", {}, (before,)),
                Step(f"relu{index}", "ReLU", {}, (f"norm{index}",)),
                Step(
                    f"conv{index}",
                    "Conv1D",
                    {"filters": 6, "kernel_size": 3, "dilation_rate": dilation, **same},
                    (f"relu{index}",),
                ),
                Step(f"add{index}", "Add", {}, (f"conv{index}", before)),
            )
        ),
        Step("crop", "Cropping1D", {"cropping": (5, 4)}, ("add2",)),
        Step("head", "Conv1D", {"filters": 3, "kernel_size": 1, "activation": "softmax"}, ("crop",)),
        Step("pooled", "GlobalAveragePooling1D", {}, ("add2",)),
        Step("score", "Dense", {"units": 2, "activation": "sigmoid"}, ("pooled",)),
    ]
    two_strands = [
        Step("conv", "Conv1D", {"filters": 5, "kernel_size": 6, "activation": "relu"}),
        Step("conv#2", "Conv1D", {}, ("y",), shared="conv"),
        Step("both", "Maximum", {}, ("conv", "conv#2")),
        Step("pool", "MaxPooling1D", {"pool_size": 4, "strides": 3, "padding": "same"}, ("both",)),
        Step("flat", "Flatten", {}, ("pool",)),
        Step("side", "Dense", {"units": 4, "activation": "tanh"}, ("z",)),
        Step("joined", "Concatenate", {}, ("flat", "side")),
        Step("output", "Dense", {"units": 1, "activation": "sigmoid"}, ("joined",)),
    ]
    u_shaped = [
        Step("down", "SeparableConv1D", {"filters": 6, "kernel_size": 3, "activation": "relu", **same}),
        Step("pool", "AveragePooling1D", {"pool_size": 2}, ("down",)),
        Step("deep", "Conv1D", {"filters": 6, "kernel_size": 3, "activation": "elu", **same}, ("pool",)),
        Step("up", "UpSampling1D", {"size": 2}, ("deep",)),
        Step("skip", "Concatenate", {}, ("up", "down")),
        Step("gate_mean", "GlobalAveragePooling1D", {}, ("skip",)),
        Step("gate", "Dense", {"units": 12, "activation": "sigmoid"}, ("gate_mean",)),
        Step("gated", "Multiply", {}, ("skip", "gate")),
        Step("each", "TimeDistributed", {"layer": ("Dense", {"units": 2})}, ("gated",)),
    ]
    danq = [
        Step("conv", "Conv1D", {"filters": 8, "kernel_size": 5, "activation": "relu"}),
        Step("pool", "MaxPooling1D", {"pool_size": 3}, ("conv",)),
        Step("dropped", "Dropout", {"rate": 0.2}, ("pool",)),
        Step("rnn", "Bidirectional", {"layer": ("LSTM", {"units": 5, "return_sequences": True})}, ("dropped",)),
        Step("flat", "Flatten", {}, ("rnn",)),
        Step("hidden", "Dense", {"units": 6, "activation": "relu"}, ("flat",)),
        Step("output", "Dense", {"units": 3, "activation": "sigmoid"}, ("hidden",)),
    ]
    return [
        Case("residual", {"x": Given((30, 4))}, tuple(residual)),
        Case("two strands", {"x": Given((30, 4)), "y": Given((30, 4)), "z": Given((3,))}, tuple(two_strands)),
        Case("u-shaped", {"x": Given((24, 4))}, tuple(u_shaped)),
        Case("danq", {"x": Given((40, 4))}, tuple(danq)),
    ]


LAYER_CASES = [
    *_sliding(),
    *_normalising(),
    *_activating(),
    *_merging(),
    *_reshaping(),
    *_recurring(),
    *_masked(),
    *_graphs(),
]
