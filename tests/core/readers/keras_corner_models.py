"""Small models in the corners of Keras: classes of an author's own, masks and modes that a call states, odd names.

`make_keras_corner_fixtures.py` stores them; Keras 2.15 and Keras 3 make those that each can.
"""

from __future__ import annotations

LENGTH = 24


def models(keras):
    """Yield (name, model): every model that this Keras can make."""
    major = int(keras.__version__.split(".")[0])
    makers = [own_classes, own_inside, own_nested, training, two_inputs, merged_masks, unlike_masks]
    if major >= 3:
        makers += [own_model, names, operations, mask_given, quantised, adapted]
    for make in makers:
        keras.backend.clear_session()
        yield make.__name__, make(keras)


def own_classes(keras):
    """Layers that are called as Keras's own and compute something else, registered or not."""
    layers = keras.layers

    @keras.saving.register_keras_serializable("mine")
    class Conv1D(layers.Conv1D):
        def call(self, inputs):
            return super().call(inputs[:, ::-1])

    class Dense(layers.Dense):
        def call(self, inputs):
            return super().call(inputs) * 3

    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(3, 5, name="conv")(letters)
    y = Conv1D(3, 5, name="turned")(letters)
    x = layers.GlobalMaxPooling1D(name="strongest")(layers.Conv1D(3, 3, name="second")(x))
    outputs = [
        Dense(2, name="thrice")(x),
        layers.GlobalMaxPooling1D(name="behind")(y),
        layers.Dense(2, name="out")(x),
    ]
    return keras.models.Model(letters, outputs, name="own_classes")


def own_inside(keras):
    """Classes of an author's own where another layer holds them."""
    layers = keras.layers

    @keras.saving.register_keras_serializable("mine")
    class GRU(layers.GRU):
        pass

    @keras.saving.register_keras_serializable("mine")
    class Dense(layers.Dense):
        pass

    @keras.saving.register_keras_serializable("mine")
    class LeakyReLU(layers.LeakyReLU):
        pass

    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(3, 5, name="conv")(letters)
    found = [
        layers.Bidirectional(GRU(2, return_sequences=True), name="both")(x),
        layers.Bidirectional(
            layers.GRU(2, return_sequences=True),
            backward_layer=GRU(2, return_sequences=True, go_backwards=True),
            name="backward",
        )(x),
        layers.TimeDistributed(Dense(2), name="each")(x),
        layers.Conv1D(2, 3, activation=LeakyReLU(), name="activated")(x),
    ]
    outputs = [layers.GlobalMaxPooling1D(name=f"pool{number}")(each) for number, each in enumerate(found)]
    outputs.append(layers.Dense(2, name="out")(layers.GlobalMaxPooling1D(name="strongest")(x)))
    return keras.models.Model(letters, outputs, name="own_inside")


def own_nested(keras):
    """A model in a model whose class is the author's own and called Sequential."""
    layers = keras.layers

    @keras.saving.register_keras_serializable("mine")
    class Sequential(keras.models.Sequential):
        def call(self, inputs, training=None, mask=None):
            return super().call(inputs) * 2

    inner = Sequential([layers.Input((LENGTH, 4)), layers.Conv1D(3, 5, name="inner_conv")], name="block")
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(3, 5, name="conv")(letters)
    outputs = [
        layers.GlobalMaxPooling1D(name="behind")(inner(letters)),
        layers.GlobalMaxPooling1D(name="strongest")(x),
    ]
    return keras.models.Model(letters, outputs, name="own_nested")


def own_model(keras):
    """A functional model of an author's own class, whose layers are Keras's."""

    @keras.saving.register_keras_serializable("mine")
    class Wrapper(keras.models.Model):
        pass

    letters = keras.layers.Input((LENGTH, 4), name="letters")
    x = keras.layers.Conv1D(3, 5, name="conv")(letters)
    return Wrapper(letters, keras.layers.GlobalMaxPooling1D(name="strongest")(x), name="own_model")


def training(keras):
    """Layers whose call states whether they are being trained."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(3, 5, name="conv")(letters)
    still = layers.BatchNormalization(name="still")(x, training=False)
    still = layers.Dropout(0.2, name="kept")(still, training=False)
    moving = layers.BatchNormalization(name="moving")(x, training=True)
    inner = layers.Input((LENGTH - 4, 3), name="inner")
    inside = layers.BatchNormalization(name="stated")(layers.Activation("relu", name="relu")(inner), training=False)
    block = keras.models.Model(inner, layers.BatchNormalization(name="told")(inside), name="block")
    noisy = layers.SpatialDropout1D(0.2, name="noisy")(still, training=True)
    outputs = [
        layers.GlobalMaxPooling1D(name="a")(still),
        layers.GlobalMaxPooling1D(name="b")(moving),
        layers.GlobalMaxPooling1D(name="c")(block(x, training=True)),
        layers.GlobalMaxPooling1D(name="d")(noisy),
    ]
    return keras.models.Model(letters, outputs, name="training")


def two_inputs(keras):
    """A nested model of two inputs."""
    layers = keras.layers
    a, b = layers.Input((None, 4), name="a"), layers.Input((None, 4), name="b")
    both = layers.Add(name="sum")([layers.Conv1D(3, 3, name="left")(a), layers.Conv1D(3, 3, name="right")(b)])
    block = keras.models.Model([a, b], both, name="block")
    letters = layers.Input((LENGTH, 4), name="letters")
    moved = layers.ZeroPadding1D((1, 0), name="pad")(layers.Cropping1D((0, 1), name="crop")(letters))
    x = layers.GlobalMaxPooling1D(name="strongest")(block([letters, moved]))
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="two_inputs")


def merged_masks(keras):
    """Two masked branches that are added, and layers behind them that ask which positions hold data."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Masking(name="mask")(letters)
    x = layers.Dense(3, name="dense")(x)
    y = layers.LayerNormalization(name="norm")(layers.Dropout(0.1, name="drop")(x))
    z = layers.Add(name="sum")([x, y])
    z = layers.GRU(3, return_sequences=True, go_backwards=True, name="gru")(z)
    z = layers.Activation("softmax", name="shares")(z)
    outputs = [layers.GlobalAveragePooling1D(name="mean")(z), layers.LSTM(2, name="lstm")(z)]
    return keras.models.Model(letters, outputs, name="merged_masks")


def unlike_masks(keras):
    """Inputs of which only one is masked, added and laid side by side: Keras 2 and 3 go on with different masks."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    masked = layers.Dense(3, name="dense")(layers.Masking(name="mask")(letters))
    plain = layers.Conv1D(3, 1, name="conv")(letters)
    outputs = [
        layers.LSTM(2, name="of_sum")(layers.Add(name="sum")([masked, plain])),
        layers.LSTM(2, name="of_both")(layers.Concatenate(name="both")([plain, masked])),
        layers.LSTM(2, name="of_end")(layers.Concatenate(axis=1, name="end")([masked, masked])),
    ]
    return keras.models.Model(letters, outputs, name="unlike_masks")


def mask_given(keras):
    """A mask that is given by hand and is not the one that the letters carry."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    masked = layers.Masking(name="mask")(letters)
    marked = keras.ops.any(keras.ops.not_equal(letters, 1.0), axis=-1)
    x = layers.LSTM(2, name="other")(masked, mask=marked)
    return keras.models.Model(letters, [x, layers.LSTM(2, name="usual")(masked)], name="mask_given")


def names(keras):
    """Names that a file must spell in UTF-8, and names that our own archives use."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(3, 5, name="\u00b5\u2192\u00e9")(letters)
    x = layers.Conv1D(3, 3, padding="same", name="one_hot")(x)
    x = layers.MaxPooling1D(2, name="selection")(x)
    # With more than eight layers, HDF5 keeps such names in another way.
    for name in ("..", "[red]", "a b", "conv#2"):
        x = layers.Conv1D(3, 1, name=name)(x)
    x = layers.GlobalMaxPooling1D(name="strongest")(x)
    return keras.models.Model(letters, layers.Dense(2, name="\u043e\u0442\u0432\u0435\u0442")(x), name="names")


def operations(keras):
    """Functions of `keras.ops`, one of which drops what stands behind the point."""
    layers, ops = keras.layers, keras.ops
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(3, 5, name="conv")(letters)
    found = [
        ops.sigmoid(x),
        ops.tanh(x),
        ops.relu(x),
        ops.softplus(x),
        ops.maximum(x, layers.Dense(3, name="dense")(x)),
        ops.absolute(x),
        ops.cast(ops.cast(x, "int32"), "float32"),
        ops.cast(x, "float16"),
    ]
    outputs = [layers.Flatten(name=f"flat{number}", dtype="float32")(each) for number, each in enumerate(found)]
    return keras.models.Model(letters, outputs, name="operations")


def _dense_head(keras, name):
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(3, 5, activation="relu", name="conv")(letters)
    x = layers.GlobalMaxPooling1D(name="strongest")(x)
    return keras.models.Model(letters, layers.Dense(8, name="dense")(x), name=name)


def quantised(keras):
    """A Dense whose weights are whole numbers of eight bits."""
    model = _dense_head(keras, "quantised")
    model.get_layer("dense").quantize("int8")
    return model


def adapted(keras):
    """A Dense with the two small kernels of a low-rank adaptation."""
    model = _dense_head(keras, "adapted")
    model.get_layer("dense").enable_lora(2)
    return model
