"""Small models of attention, norms and resizing, and of functions of tensors between Keras's layers.

`make_keras_operator_fixtures.py` stores them; Keras 2.15 and Keras 3 make those that each can.
"""

from __future__ import annotations

LENGTH = 24


def models(keras):
    """Yield (name, model): every model that this Keras can make."""
    major = int(keras.__version__.split(".")[0])
    makers = [attention, norms, further_on]
    makers += [masked_attention, rows, roots, functions, batches] if major >= 3 else [of_tensorflow]
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


def functions(keras):
    """Functions of `keras.ops` between layers, with tensors and with constants."""
    import numpy as np

    layers, ops = keras.layers, keras.ops
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(6, 5, padding="same", name="conv")(letters)
    x = (x + 2.0) * np.array([1, -1, 2, 0.5, 3, 1], "float32")
    x = ops.clip(2 - x / 3, -1.5, 1.5) ** 2 - 0.25
    back = ops.flip(x, axis=1)
    found = [
        ops.mean(x, axis=1),
        ops.squeeze(ops.max(x, axis=1, keepdims=True), 1),
        ops.sum(ops.where(x > 0, x, 0.1 * back), axis=1),
        ops.logsumexp(x, axis=1),
        ops.std(x, axis=1),
        x[:, 3] + back[:, -1],
        ops.mean(x[:, 2:9], axis=1),
        ops.reshape(ops.mean(x, axis=(1, 2)), (-1, 1)),
        ops.expand_dims(ops.min(x, axis=(1, 2)), -1) / 2,
        ops.mean(ops.concatenate([x[..., ::2], x[:, :, 1:2]], axis=-1), axis=1),
    ]
    scores = ops.einsum("blc,bmc->blm", x, back) * 0.1
    mixed = ops.matmul(ops.softmax(scores, axis=-1), x)
    first, second = ops.split(mixed, 2, axis=-1)
    both = ops.stack([first, second], axis=1)
    found.append(ops.mean(ops.transpose(both, (0, 2, 3, 1))[:, :, :, 1], axis=1))
    heads = ops.reshape(x, (-1, LENGTH, 2, 3))
    found.append(ops.mean(ops.dot_product_attention(heads, heads, heads), axis=(1, 3)))
    found.append(ops.take(ops.pad(x, [[0, 0], [1, 2], [0, 0]], constant_values=0.5), [0, 2, 26], axis=1)[:, 2])
    found.append(ops.mean(ops.exp(-ops.absolute(x)) + ops.log1p(ops.square(x)) + ops.gelu(x), axis=1))
    found.append(ops.max(ops.repeat(x, 2, axis=1) - ops.tile(x, [1, 2, 1]), axis=1))
    found.append(ops.cumsum(x, axis=1)[:, 7])
    found.append(ops.mean(ops.maximum(x, 0.5) + ops.swapaxes(ops.swapaxes(back, 1, 2), 1, 2), axis=1))
    x = layers.Concatenate(name="together")(found)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="functions")


def batches(keras):
    """Functions that work along the batch, or mix its samples: none of them is computed."""
    layers, ops = keras.layers, keras.ops
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(4, 5, padding="same", name="conv")(letters)
    mean = ops.mean(x, axis=1)
    found = [
        ops.flip(x, axis=0),
        ops.mean(x, axis=0),
        ops.reshape(x, (-1, 4)),
        ops.mean(x),
        ops.cumsum(x, axis=0),
        ops.einsum("blc,dlc->bld", x, x),
        ops.softmax(mean, axis=0),
    ]
    return keras.models.Model(letters, found, name="batches")


def of_tensorflow(keras):
    """Functions of TensorFlow between layers, which Keras 2 wrote down."""
    import numpy as np
    import tensorflow as tf

    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(6, 5, padding="same", name="conv")(letters)
    x = (x + 2.0) * np.array([1, -1, 2, 0.5, 3, 1], "float32")
    x = tf.clip_by_value(2 - x / 3, -1.5, 1.5) ** 2 - 0.25
    back = tf.reverse(x, [1])
    found = [
        tf.reduce_mean(x, axis=1),
        tf.squeeze(tf.reduce_max(x, axis=1, keepdims=True), 1),
        tf.reduce_sum(tf.where(x > 0, x, 0.1 * back), axis=1),
        x[:, 3] + back[:, -1],
        tf.reduce_mean(x[:, 2:9][:, ::-1], axis=1),
        tf.reshape(tf.reduce_mean(x, axis=[1, 2]), [-1, 1]),
        tf.expand_dims(tf.reduce_min(x, axis=[1, 2]), -1) / 2,
        tf.reduce_mean(tf.concat([x[:, :, ::2], x[:, :, 1:2]], axis=-1), axis=1),
    ]
    mixed = tf.matmul(tf.nn.softmax(tf.matmul(x, back, transpose_b=True) * 0.1), x)
    first, second = tf.split(mixed, 2, axis=2)
    both = tf.stack([first, second], axis=1)
    found.append(tf.reduce_mean(tf.transpose(both, [0, 2, 3, 1])[:, :, :, 1], axis=1))
    found.append(tf.gather(tf.pad(x, [[0, 0], [1, 2], [0, 0]]), [0, 2, 26], axis=1)[:, 1])
    found.append(tf.reduce_mean(tf.exp(-tf.abs(x)) + tf.math.log1p(tf.square(x)) + tf.nn.gelu(x), axis=1))
    found.append(tf.reduce_max(tf.repeat(x, 2, axis=1) - tf.tile(x, [1, 2, 1]), axis=1))
    found.append(tf.cumsum(x, axis=1)[:, 7])
    found.append(tf.reduce_mean(tf.maximum(x, 0.5) + tf.identity(tf.cast(back, "float32")), axis=1))
    found.append(keras.backend.mean(keras.backend.reverse(x, 1), axis=1))
    x = layers.Concatenate(name="together")(found)
    return keras.models.Model(letters, layers.Dense(1, name="out")(x), name="of_tensorflow")
