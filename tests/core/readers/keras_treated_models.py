"""Small models as authors publish them: with Lambdas and classes of their own around layers of Keras's.

`make_keras_treated_fixtures.py` stores them; Keras 2.15 on TensorFlow and Keras 3 on PyTorch make them all.
"""

from __future__ import annotations

LENGTH = 40


def models(keras):
    """Yield (name, model) of every model."""
    for make in (stochastic, conv_dna, slices, detector, strands, noisy_stack):
        keras.backend.clear_session()
        yield make.__name__, make(keras)


# Both import what they use: Keras stores their bytes.
def turned(x):
    import keras

    if int(keras.__version__.split(".")[0]) >= 3:
        return keras.ops.flip(x, (1, 2))
    import tensorflow as tf

    return tf.reverse(x, (1, 2))


def rows(x):
    import keras

    if int(keras.__version__.split(".")[0]) >= 3:
        return keras.ops.one_hot(keras.ops.cast(x, "int32"), 4)
    import tensorflow as tf

    return tf.one_hot(tf.cast(x, tf.int32), 4)


def stochastic(keras):
    """Both strands by turns and shifts while training, as Basenji's: the first layer gives two tensors."""
    layers = keras.layers

    class StochasticReverseComplement(layers.Layer):
        def call(self, inputs, training=False):
            return inputs, inputs[:, 0, 0] * 0

    class StochasticShift(layers.Layer):
        def __init__(self, shift_max=3, pad="uniform", **more):
            super().__init__(**more)
            self.shift_max, self.pad = shift_max, pad

        def call(self, inputs, training=False):
            return inputs

        def get_config(self):
            return {**super().get_config(), "shift_max": self.shift_max, "pad": self.pad}

    class SwitchReverse(layers.Layer):
        def call(self, inputs):
            return inputs[0]

    letters = layers.Input((LENGTH, 4), name="sequence")
    x, reverse = StochasticReverseComplement(name="turn")(letters)
    x = StochasticShift(name="shift")(x)
    x = layers.Conv1D(5, 7, padding="same", name="conv1d")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Activation("relu", name="relu")(x)
    x = layers.MaxPooling1D(4, name="pool")(x)
    x = layers.Dense(2, activation="softplus", name="dense")(x)
    return keras.models.Model(letters, SwitchReverse(name="back")([x, reverse]), name="stochastic")


def conv_dna(keras):
    """Convolutions of classes that extend Keras's with settings of their own, as MMSplice's."""
    layers = keras.layers

    class ConvSequence(layers.Conv1D):
        def __init__(self, filters, kernel_size, seq_length=None, **more):
            super().__init__(filters, kernel_size, **more)
            self.seq_length = seq_length

        def get_config(self):
            return {**super().get_config(), "seq_length": self.seq_length}

    class ConvDNA(ConvSequence):
        pass

    class MyDense(layers.Dense):
        pass

    letters = layers.Input((LENGTH, 4), name="ss")
    x = ConvDNA(6, 9, seq_length=LENGTH, activation="relu", name="conv_dna_1")(letters)
    x = ConvSequence(4, 1, padding="same", dilation_rate=2, name="conv_sequence_1")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    x = layers.Flatten(name="flatten")(x)
    return keras.models.Model(letters, MyDense(1, activation="sigmoid", name="score")(x), name="conv_dna")


def slices(keras):
    """Convolutions over the letters as one row, whose axis a Lambda takes away again, as APARENT's residual network."""
    layers = keras.layers
    letters = layers.Input((1, LENGTH, 4), name="sequence")
    x = layers.Conv2D(4, (1, 3), padding="same", activation="relu", name="conv2d")(letters)
    y = layers.Conv2D(4, (1, 3), padding="same", dilation_rate=(1, 2), name="conv2d_1")(x)
    x = layers.Add(name="add")([x, y])
    x = layers.Conv2D(1, (1, 1), name="conv2d_2")(x)
    x = layers.Lambda(lambda x: x[:, 0, :, 0], output_shape=(LENGTH,), name="lambda_1")(x)
    return keras.models.Model(letters, layers.Softmax(name="cuts")(x), name="slices")


def detector(keras):
    """Letters as numbers that a Lambda makes rows of, and an own class behind the convolution, as DeepBind's."""
    layers = keras.layers

    class Rectify(layers.Layer):
        def call(self, inputs):
            return keras.activations.relu(inputs)

    numbers = layers.Input((LENGTH,), name="numbers")
    x = layers.Lambda(rows, output_shape=(LENGTH, 4), name="rows")(numbers)
    x = layers.Conv1D(6, 8, name="detectors")(x)
    x = Rectify(name="rectify")(x)
    x = layers.GlobalMaxPooling1D(name="strongest")(x)
    return keras.models.Model(numbers, layers.Dense(1, name="score")(x), name="detector")


def strands(keras):
    """One convolution on both strands, of which a Lambda makes the second."""
    layers = keras.layers
    letters = layers.Input((LENGTH, 4), name="letters")
    other = layers.Lambda(turned, output_shape=(LENGTH, 4), name="turned")(letters)
    conv = layers.Conv1D(3, 5, name="conv")
    pool = layers.GlobalMaxPooling1D(name="pool")
    both = layers.Maximum(name="both")([pool(conv(letters)), pool(conv(other))])
    return keras.models.Model(letters, layers.Dense(2, name="out")(both), name="strands")


def noisy_stack(keras):
    """A stack whose own class stands within, with a model in it."""
    layers = keras.layers

    class Noise(layers.Layer):
        def __init__(self, rate=0.25, **more):
            super().__init__(**more)
            self.rate = rate

        def call(self, inputs, training=False):
            return inputs

        def get_config(self):
            return {**super().get_config(), "rate": self.rate}

    inner = keras.models.Sequential([layers.Input((36, 4)), Noise(name="noise"), layers.Conv1D(3, 3, name="inner")])
    return keras.models.Sequential(
        [layers.Input((LENGTH, 4)), layers.Conv1D(4, 5, name="conv"), inner, Noise(name="more"), layers.Flatten()],
        name="noisy_stack",
    )
