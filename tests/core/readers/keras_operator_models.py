"""Small models of attention, norms and resizing, and of functions of tensors between Keras's layers.

`make_keras_operator_fixtures.py` stores them; Keras 2.15 and Keras 3 make those that each can.
"""

from __future__ import annotations

LENGTH = 24


def models(keras):
    """Yield (name, model): every model that this Keras can make."""
    major = int(keras.__version__.split(".")[0])
    makers = [attention, norms, further_on]
    makers += [masked_attention, rows, roots] if major >= 3 else []
    for make in makers:
        keras.backend.clear_session()
        yield make.__name__, make(keras)


def attention(keras):
    """A transformer's block, and every other way to attend."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(6, 5, padding="same", activation="relu", name="conv")(letters)
    y = layers.MultiHeadAttention(2, 3, name="heads")(x, x)
    x = layers.LayerNormalization(name="norm")(layers.Add(name="add")([x, y]))
    short = layers.MaxPooling1D(3, name="pool")(x)
    found = [
        layers.MultiHeadAttention(3, 2, value_dim=4, output_shape=5, name="cross")(x, short),
        layers.MultiHeadAttention(1, 2, use_bias=False, name="named")(x, value=short, key=short),
        layers.MultiHeadAttention(2, 3, dropout=0.1, name="causal")(x, x, use_causal_mask=True),
        layers.Attention(name="plain")([x, short]),
        layers.Attention(use_scale=True, name="scaled")([x, short, short]),
        layers.Attention(use_scale=True, score_mode="concat", name="concat")([x, x], use_causal_mask=True),
        layers.AdditiveAttention(name="additive")([x, short]),
        layers.AdditiveAttention(use_scale=False, name="unscaled")([x, short]),
    ]
    x = layers.GlobalAveragePooling1D(name="mean")(layers.Concatenate(name="together")(found))
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="attention")


def masked_attention(keras):
    """Attention to positions some of which hold no data."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.LSTM(5, return_sequences=True, name="lstm")(layers.Masking(name="masking")(letters))
    found = [
        layers.GlobalAveragePooling1D(name="of_heads")(layers.MultiHeadAttention(2, 3, name="heads")(x, x)),
        layers.GlobalAveragePooling1D(name="of_plain")(layers.Attention(name="plain")([x, x])),
    ]
    return keras.models.Model(
        letters, layers.Dense(1, name="out")(layers.Concatenate(name="both")(found)), name="masked_attention"
    )


def norms(keras):
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Rescaling(2.0, offset=-0.5, name="rescaled")(letters)
    x = layers.Normalization(name="of_data")(x)
    x = layers.Conv1D(6, 5, name="conv")(x)
    x = layers.Normalization(mean=0.25, variance=4.0, axis=None, name="of_all")(x)
    x = layers.Normalization(axis=(1, 2), name="of_each")(x)
    x = layers.GroupNormalization(2, name="grouped")(x)
    x = layers.GroupNormalization(-1, center=False, name="instance")(x)
    x = layers.UnitNormalization(name="unit")(x)
    x = layers.EinsumDense("abc,cd->abd", (20, 5), bias_axes="d", activation="tanh", name="einsum")(x)
    x = layers.EinsumDense("abc,bcd->ad", (3,), name="whole")(x)
    x = layers.EinsumDense("...x,xy->...y", 4, name="open")(x)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="norms")


def roots(keras):
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(6, 5, name="conv")(letters)
    x = layers.RMSNormalization(name="rms")(x)
    x = layers.Normalization(invert=True, name="inverted")(x)
    x = layers.GlobalMaxPooling1D(name="strongest")(x)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="roots")


def further_on(keras):
    """Down and up again."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(5, 3, padding="same", activation="relu", name="conv")(letters)
    down = layers.MaxPooling1D(4, name="pool")(x)
    up = layers.Conv1DTranspose(5, 4, strides=4, name="valid")(down)
    same = layers.Conv1DTranspose(5, 5, strides=4, padding="same", activation="relu", name="same")(down)
    outer = layers.Conv1DTranspose(3, 3, strides=2, output_padding=1, use_bias=False, name="outer")(down)
    sparse = layers.Conv1DTranspose(3, 2, dilation_rate=3, name="sparse")(down)
    x = layers.Add(name="add")([x, up, same, layers.UpSampling1D(4, name="repeated")(down)])
    found = [
        layers.GlobalAveragePooling1D(name="mean_" + str(at))(each) for at, each in enumerate([x, outer, sparse])
    ]
    x = layers.Concatenate(name="together")(found)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="further_on")


def rows(keras):
    """Layers of two dimensions that are used as of one."""
    layers = keras.layers
    letters = layers.Input((1, LENGTH, 4), name="letters")
    x = layers.Conv2D(5, (1, 3), activation="relu", name="conv")(letters)
    x = layers.UpSampling2D((1, 3), interpolation="bilinear", name="between")(x)
    x = layers.Conv2DTranspose(4, (1, 3), strides=(1, 2), name="transposed")(x)
    x = layers.GlobalMaxPooling2D(name="strongest")(x)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="rows")
