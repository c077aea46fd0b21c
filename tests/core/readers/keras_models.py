"""Small models of every kind, written with the names that Keras 2 and Keras 3 share.

Runs under Python 3.7 to 3.13, since Keras 2.2.4 needs an old one. `make_keras_fixtures.py` says how.
"""

from __future__ import annotations

LENGTH = 48
STORED_OTHERWISE = ("question", "danq", "rows", "gates", "shared", "sides", "half", "unread")
"""The models of versions that compute what their neighbours do and store it in another way."""


def models(keras, backend):
    """Yield (name, model): every model that this Keras on this backend can make."""
    major = int(keras.__version__.split(".")[0])
    newest = tuple(int(part) for part in keras.__version__.split(".")[:2])
    makers = [
        question,
        residual,
        danq,
        rows,
        single_row,
        gates,
        directions,
        merges,
        activations,
        shaping,
        separable,
    ]
    makers += [shared, sides, embedded, masked]
    if backend != "tensorflow":
        # TensorFlow computes channels in front on a GPU alone.
        makers += [channels_first, sequence_first]
    if major >= 3 or newest >= (2, 15):
        makers += [grouped, norms, half]
    if backend != "theano":
        makers += [unread]
    if newest in ((3, 0), (3, 6)) or (newest < (2, 15) and backend == "tensorflow"):
        makers = [make for make in makers if make.__name__ in STORED_OTHERWISE]
    for make in makers:
        if backend != "theano":
            keras.backend.clear_session()
        yield make.__name__, make(keras, major)


def question(keras, major):
    """The model of the question behind this program, smaller."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.Conv1D(6, 8, activation="relu", input_shape=(LENGTH, 4), name="conv"),
            layers.MaxPooling1D(5, name="pool"),
            layers.SimpleRNN(5, return_sequences=True, name="rnn"),
            layers.Flatten(name="flatten"),
            layers.Dense(1, name="dense"),
            layers.Activation("sigmoid", name="sigmoid"),
        ],
        name="question",
    )


def residual(keras, major):
    """A dilated residual network that reads any length, as SpliceAI."""
    layers = keras.layers
    letters = layers.Input((None, 4), name="letters")
    x = layers.Conv1D(5, 1, name="stem")(letters)
    skip = layers.Conv1D(5, 1, name="skip")(x)
    for block, dilation in enumerate((1, 3)):
        y = x
        for step in "ab":
            y = layers.BatchNormalization(name="norm%d%s" % (block, step))(y)
            y = layers.Activation("relu", name="relu%d%s" % (block, step))(y)
            y = layers.Conv1D(5, 3, dilation_rate=dilation, padding="same", name="conv%d%s" % (block, step))(y)
        x = layers.Add(name="add%d" % block)([y, x])
    x = layers.Add(name="add")([x, skip])
    x = layers.Cropping1D((4, 5), name="crop")(x)
    x = layers.Conv1D(3, 1, activation="softmax", name="splice")(x)
    return keras.models.Model(letters, x, name="residual")


def danq(keras, major):
    layers = keras.layers
    lstm = layers.LSTM(4, return_sequences=True, recurrent_activation="hard_sigmoid")
    return keras.models.Sequential(
        [
            layers.Conv1D(6, 7, activation="relu", padding="same", strides=2, input_shape=(LENGTH, 4), name="conv"),
            layers.MaxPooling1D(5, strides=3, name="pool"),
            layers.Dropout(0.2, name="drop"),
            layers.Bidirectional(lstm, name="both"),
            layers.Flatten(name="flatten"),
            layers.Dense(5, activation="relu", name="hidden"),
            layers.Dense(2, activation="sigmoid", name="out"),
        ],
        name="danq",
    )


def rows(keras, major):
    """Convolutions of two dimensions whose kernel reads all four letters at once."""
    layers = keras.layers
    letters = layers.Input((4, LENGTH, 1), name="letters")
    x = layers.Conv2D(5, (4, 6), activation="relu", name="conv")(letters)
    x = layers.MaxPooling2D((1, 3), strides=(1, 2), name="pool")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Conv2D(4, (1, 4), padding="same", dilation_rate=(1, 2), name="second")(x)
    x = layers.LeakyReLU(name="leaky")(x)
    x = layers.Flatten(name="flatten")(x)
    columns = layers.Input((LENGTH, 4, 1), name="columns")
    y = layers.Conv2D(3, (5, 4), strides=(2, 1), name="columns_conv")(columns)
    y = layers.GlobalMaxPooling2D(name="columns_pool")(y)
    x = layers.Concatenate(name="together")([x, y])
    return keras.models.Model([letters, columns], layers.Dense(2, name="out")(x), name="rows")


def single_row(keras, major):
    """Convolutions of two dimensions over one row."""
    layers = keras.layers
    letters = layers.Input((1, LENGTH, 4), name="letters")
    x = layers.Conv2D(5, (1, 5), padding="same", activation="relu", name="conv")(letters)
    x = layers.Conv2D(4, (3, 3), padding="same", name="square")(x)
    x = layers.SpatialDropout2D(0.1, name="drop")(x)
    x = (
        layers.AveragePooling2D((1, 3), padding="same", name="pool")(x)
        if keras.backend.backend() != "theano"
        else x
    )
    x = layers.ZeroPadding2D((0, 2), name="pad")(x)
    x = layers.Cropping2D(((0, 0), (1, 2)), name="crop")(x)
    x = layers.UpSampling2D((1, 2), name="up")(x)
    y = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Reshape((-1, 4), name="squeeze")(x)
    x = layers.GRU(3, name="gru")(x)
    x = layers.Concatenate(name="together")([x, y])
    return keras.models.Model(letters, layers.Dense(2, activation="softmax", name="out")(x), name="single_row")


def channels_first(keras, major):
    layers = keras.layers
    first = {"data_format": "channels_first"}
    letters = layers.Input((1, 4, LENGTH), name="letters")
    x = layers.Conv2D(5, (4, 6), activation="relu", name="conv", **first)(letters)
    x = layers.MaxPooling2D((1, 4), name="pool", **first)(x)
    x = layers.BatchNormalization(axis=1, name="norm")(x)
    x = layers.Conv2D(4, (1, 4), padding="same", name="even", **first)(x)
    x = layers.PReLU(shared_axes=[2, 3], name="prelu")(x)
    y = layers.GlobalAveragePooling2D(name="mean", **first)(x)
    z = layers.Flatten(name="reordered", **first)(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Concatenate(name="together")([x, y, z])
    return keras.models.Model(letters, layers.Dense(2, name="out")(x), name="channels_first")


def sequence_first(keras, major):
    """Convolutions of one dimension over (channels, length), and letters that are turned first."""
    layers = keras.layers
    first = {"data_format": "channels_first"}
    letters = layers.Input((4, LENGTH), name="letters")
    x = layers.Conv1D(5, 6, strides=2, padding="same", name="conv", **first)(letters)
    x = layers.Activation("relu", name="relu")(x)
    x = layers.MaxPooling1D(3, name="pool", **first)(x)
    x = layers.Flatten(name="flatten")(x)
    y = layers.Permute((2, 1), name="turn")(letters)
    y = layers.Conv1D(4, 5, activation="tanh", name="turned")(y)
    y = layers.GlobalMaxPooling1D(name="strongest")(y)
    x = layers.Concatenate(name="together")([x, y])
    return keras.models.Model(letters, layers.Dense(2, name="out")(x), name="sequence_first")


def gates(keras, major):
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(4, 5, strides=3, name="conv")(letters)
    sequences = {"return_sequences": True}
    heads = [
        layers.LSTM(3, name="lstm", recurrent_activation="sigmoid", **sequences)(x),
        layers.LSTM(3, name="lstm_hard", recurrent_activation="hard_sigmoid", **sequences)(x),
        layers.LSTM(3, name="lstm_plain", use_bias=False, activation="relu", go_backwards=True, **sequences)(x),
        layers.GRU(3, name="gru_after", reset_after=True, **sequences)(x),
        layers.GRU(3, name="gru_before", reset_after=False, **sequences)(x),
        layers.SimpleRNN(3, name="rnn", go_backwards=True, **sequences)(x),
    ]
    last = layers.GRU(2, name="gru_last", go_backwards=True, dropout=0.2, recurrent_dropout=0.1)(x)
    x = layers.Concatenate(name="together")(heads)
    x = layers.TimeDistributed(layers.Dense(2, activation="relu", name="inner"), name="each")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Concatenate(name="all")([x, last])
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="gates")


def directions(keras, major):
    """Bidirectional with every merge mode."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(4, 5, strides=4, name="conv")(letters)
    heads = [
        layers.Bidirectional(layers.GRU(3, return_sequences=True, reset_after=True), merge_mode=mode, name=mode)(x)
        for mode in ("concat", "sum", "mul", "ave")
    ]
    x = layers.Concatenate(name="together")(heads)
    x = layers.Bidirectional(layers.LSTM(2), name="last")(x)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="directions")


def merges(keras, major):
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    scores = layers.Input((3,), name="scores")
    a = layers.Conv1D(3, 5, name="a")(letters)
    b = layers.Conv1D(3, 5, activation="tanh", name="b")(letters)
    c = layers.Conv1D(3, 5, activation="relu", name="c")(letters)
    found = [
        layers.Add(name="add")([a, b, c]),
        layers.Subtract(name="subtract")([a, b]),
        layers.Multiply(name="multiply")([a, b]),
        layers.Average(name="average")([a, b, c]),
        layers.Maximum(name="maximum")([a, b]),
        layers.Minimum(name="minimum")([a, b]),
    ]
    wide = layers.Concatenate(name="side_by_side")(found)
    long = layers.Concatenate(axis=1, name="end_to_end")([a, b])
    products = layers.Dot(axes=(1, 1), name="products")([a, b])
    cosines = layers.Dot(axes=2, normalize=True, name="cosines")([a, c])
    x = layers.Concatenate(name="all")(
        [
            layers.GlobalMaxPooling1D(name="strongest")(wide),
            layers.GlobalAveragePooling1D(name="mean")(long),
            layers.Flatten(name="flat_products")(products),
            layers.Flatten(name="flat_cosines")(cosines),
            scores,
        ]
    )
    return keras.models.Model([letters, scores], layers.Dense(1, name="out")(x), name="merges")


def activations(keras, major):
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(4, 5, name="conv")(letters)
    slope = {"negative_slope": 0.1} if major >= 3 else {"alpha": 0.1}
    found = [
        layers.LeakyReLU(name="leaky", **slope)(x),
        layers.LeakyReLU(name="leaky_default")(x),
        layers.PReLU(shared_axes=[1], name="prelu")(x),
        layers.PReLU(name="prelu_each")(x),
        layers.ELU(0.7, name="elu")(x),
        layers.Softmax(name="softmax")(x),
        layers.Softmax(axis=1, name="softmax_along")(x),
        layers.ReLU(0.5, negative_slope=0.2, threshold=0.1, name="relu")(x),
    ]
    names = ["linear", "tanh", "sigmoid", "hard_sigmoid", "softplus", "softsign", "elu", "selu", "exponential"]
    if keras.backend.backend() != "theano" and major + int(keras.__version__.split(".")[1] > "2") >= 3:
        names += ["swish", "gelu"]
    found += [layers.Activation(name, name="of_" + name)(x) for name in names]
    if major >= 3:
        names = ["silu", "mish", "relu6", "leaky_relu", "log_softmax", "hard_silu"]
        found += [layers.Activation(name, name="of_" + name)(x) for name in names]
        found += [layers.Conv1D(4, 3, padding="same", activation=layers.LeakyReLU(), name="with_layer")(x)]
    x = layers.Concatenate(name="together")(found)
    x = layers.GlobalAveragePooling1D(name="mean")(x)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="activations")


def shaping(keras, major):
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.ZeroPadding1D((2, 3), name="pad")(letters)
    x = layers.Conv1D(6, 4, padding="valid", strides=2, name="conv")(x)
    x = layers.GaussianNoise(0.1, name="noise")(x)
    x = layers.GaussianDropout(0.1, name="gaussian")(x)
    x = layers.SpatialDropout1D(0.1, name="spatial")(x)
    x = layers.AlphaDropout(0.1, name="alpha")(x)
    x = layers.ActivityRegularization(0.1, name="regular")(x)
    x = layers.Cropping1D((1, 1), name="crop")(x)
    x = layers.AveragePooling1D(3, strides=2, name="pool")(x)
    x = layers.UpSampling1D(2, name="up")(x)
    y = layers.Permute((2, 1), name="turn")(x)
    y = layers.Reshape((3, -1), name="reshape")(y)
    y = layers.GlobalMaxPooling1D(name="strongest")(y)
    y = layers.RepeatVector(3, name="repeat")(y)
    y = layers.Flatten(name="flatten")(y)
    z = layers.Reshape((1, 22, 6), name="plane")(x)
    z = layers.Conv2D(3, (1, 4), name="plane_conv")(z)
    z = layers.Reshape((19, 3), name="line")(z)
    z = layers.GlobalAveragePooling1D(name="mean")(z)
    x = layers.Concatenate(name="together")([y, z])
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="shaping")


def separable(keras, major):
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.SeparableConv1D(5, 5, depth_multiplier=2, activation="relu", name="separable")(letters)
    x = layers.Conv1D(4, 3, padding="causal", dilation_rate=2, name="causal")(x)
    plane = layers.Reshape((1, 44, 4), name="plane")(x)
    y = layers.SeparableConv2D(3, (1, 3), name="separable_plane")(plane)
    y = layers.Flatten(name="flat_plane")(y)
    found = [y, layers.Flatten(name="flatten")(x)]
    if hasattr(layers, "DepthwiseConv1D"):
        z = layers.DepthwiseConv1D(3, depth_multiplier=2, strides=2, padding="same", name="depthwise")(x)
        found.append(layers.GlobalMaxPooling1D(keepdims=True, name="kept")(z))
        found[-1] = layers.Flatten(name="flat_kept")(found[-1])
    if keras.backend.backend() != "theano":
        w = layers.DepthwiseConv2D((1, 3), depth_multiplier=2, name="depthwise_plane")(plane)
        found.append(layers.Flatten(name="flat_depthwise")(w))
    x = layers.Concatenate(name="together")(found)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="separable")


def shared(keras, major):
    """Shared layers, models inside models, and names that lead a reader astray."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    # The first convolution has the name of the second one's group.
    first = layers.Conv1D(4, 5, activation="relu", name="conv1d_1")
    second = layers.Conv1D(4, 5, activation="tanh", name="conv1d")
    inner = layers.Input((44, 4), name="inner")
    y = layers.BatchNormalization(name="norm")(inner)
    y = layers.Conv1D(4, 3, padding="same", name="conv1d_1" if major >= 3 else "deep")(y)
    y = layers.BatchNormalization(name="norm_2")(y)
    block = keras.models.Model(inner, layers.Add(name="sum")([y, inner]), name="block")
    stack = keras.models.Sequential(
        [
            layers.Conv1D(3, 5, name="conv", input_shape=(44, 4)),
            layers.BatchNormalization(name="norm"),
            layers.MaxPooling1D(4, name="pool"),
        ],
        name="stack",
    )
    frozen = keras.models.Sequential(
        [layers.Dense(3, name="d", input_shape=(10, 3)), layers.PReLU(name="p")], name="f"
    )
    stack.get_layer("norm").trainable = False
    common = layers.Conv1D(4, 3, padding="same", activation="relu", name="common")
    left = stack(block(common(first(letters))))
    right = stack(block(common(second(letters))))
    x = frozen(layers.Maximum(name="either")([left, right]))
    x = layers.Flatten(name="flatten")(x)
    return keras.models.Model(letters, layers.Dense(4, name="out")(x), name="shared")


def sides(keras, major):
    """Five channels, and inputs beside the letters."""
    layers = keras.layers
    scores = layers.Input((LENGTH, 2), name="scores")
    letters = layers.Input((LENGTH, 5), name="letters")
    kind = layers.Input((3,), name="kind")
    x = layers.Concatenate(name="with_scores")([letters, scores])
    x = layers.Conv1D(4, 5, activation="relu", name="conv")(x)
    gate = layers.Dense(4, activation="sigmoid", name="gate")(kind)
    x = layers.Multiply(name="gated")([x, layers.Reshape((1, 4), name="row")(gate)])
    x = layers.GlobalMaxPooling1D(name="strongest")(x)
    outputs = [layers.Dense(1, name="out")(x), layers.Dense(2, name="other")(x)]
    return keras.models.Model([scores, letters, kind], outputs, name="sides")


def embedded(keras, major):
    layers = keras.layers
    letters = layers.Input((LENGTH,), name="letters")
    x = layers.Embedding(6, 3, mask_zero=True, name="table")(letters)
    x = layers.LSTM(4, return_sequences=True, name="lstm")(x)
    x = layers.LSTM(3, name="last")(x)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="embedded")


def masked(keras, major):
    """Positions without a letter are passed over."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Masking(name="mask")(letters)
    y = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both")(x)
    y = layers.GRU(2, name="gru")(y)
    x = layers.SimpleRNN(3, name="rnn")(x)
    x = layers.Concatenate(name="together")([x, y])
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="masked")


def grouped(keras, major):
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.Conv1D(6, 5, activation="relu", input_shape=(LENGTH, 4), name="conv"),
            layers.Conv1D(4, 3, groups=2, name="grouped"),
            layers.GlobalMaxPooling1D(name="strongest"),
            layers.Dense(1, name="dense"),
        ],
        name="grouped",
    )


def norms(keras, major):
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(4, 5, name="conv")(letters)
    x = layers.BatchNormalization(center=False, epsilon=0.01, name="no_beta")(x)
    x = layers.BatchNormalization(scale=False, name="no_gamma")(x)
    x = layers.BatchNormalization(axis=1, name="along")(x)
    x = layers.LayerNormalization(name="layer")(x)
    x = layers.LayerNormalization(center=False, axis=[1, 2], name="whole")(x)
    x = layers.GlobalAveragePooling1D(name="mean")(x)
    return keras.models.Model(letters, layers.Dense(1, use_bias=False, name="out")(x), name="norms")


def half(keras, major):
    """Weights of half precision, in both kinds."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(4, 5, activation="relu", dtype="bfloat16", name="brain")(letters)
    y = layers.Conv1D(4, 5, activation="relu", dtype="float16", name="half")(letters)
    found = [
        layers.GlobalMaxPooling1D(dtype="float32", name="brain_pool")(x),
        layers.GlobalMaxPooling1D(dtype="float32", name="half_pool")(y),
    ]
    x = layers.Concatenate(name="together", dtype="float32")(found)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="half")


def unread(keras, major):
    """A Lambda on one of two branches; what does not depend on it can be read."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(4, 5, activation="relu", name="conv")(letters)
    y = layers.Lambda(lambda t: t * 2, name="program")(x)
    y = layers.Dense(2, name="behind")(y)
    y = layers.GlobalMaxPooling1D(name="strongest")(y)
    x = layers.GlobalAveragePooling1D(name="mean")(x)
    return keras.models.Model(letters, [layers.Dense(1, name="out")(x), y], name="unread")
