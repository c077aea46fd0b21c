"""Store what Keras 0.3 and 1 write and compute: weights, architectures, and the outputs of every layer.

Each version writes one archive into `keras_files/`. Run in an environment of each, from the repository:

    Python 3.7     numpy<1.20 scipy<1.6 h5py<3 pyyaml six Theano==1.0.5 and keras==0.3.3, 1.0.5 or 1.2.2
                   THEANO_FLAGS=device=cpu,floatX=float32 KERAS_BACKEND=theano

    python tests/core/readers/make_old_keras_fixtures.py

Theano's kernels are stored the other way round, and none of these files says on what it was trained.
"""

from __future__ import annotations

import os
import sys
import tempfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from make_keras_fixtures import CODES, archive, encoded, letters_of

LENGTH = 40


def models():
    """Yield (name, model) of every model that this version can make."""
    version = _version()
    makers = [question, danq, gates, rows, filters_first, single_row, branches, padded, activations]
    makers += [graph, several] if version < (1,) else [functional]
    if version >= (1, 2):
        makers += [nested, wrapped]
    for make in makers:
        yield make.__name__, make()


def _version():
    import keras

    return tuple(int(part) for part in keras.__version__.split("."))


def sequential():
    from keras.models import Sequential

    return Sequential()


def stack(*layers):
    model = sequential()
    for layer in layers:
        model.add(layer)
    return model


def question():
    from keras.layers.convolutional import Convolution1D, MaxPooling1D
    from keras.layers.core import Activation, Dense, Flatten
    from keras.layers.recurrent import SimpleRNN

    return stack(
        Convolution1D(6, 8, activation="relu", input_dim=4, input_length=LENGTH),
        MaxPooling1D(5),
        SimpleRNN(5, return_sequences=True),
        Flatten(),
        Dense(3),
        Activation("sigmoid"),
    )


def danq():
    """An even kernel with padding on both sides, a stride of its own, and statistics of the batch."""
    from keras.layers.convolutional import AveragePooling1D, Convolution1D, MaxPooling1D
    from keras.layers.core import Activation, Dense, Dropout
    from keras.layers.normalization import BatchNormalization
    from keras.layers.recurrent import LSTM

    return stack(
        Convolution1D(5, 6, border_mode="same", subsample_length=1, input_dim=4, input_length=LENGTH),
        BatchNormalization(),
        Activation("relu"),
        MaxPooling1D(pool_length=4, stride=3),
        Dropout(0.2),
        Convolution1D(4, 3, border_mode="same", subsample_length=2, activation="tanh"),
        AveragePooling1D(2),
        LSTM(3, return_sequences=True),
        LSTM(4),
        Dense(3, activation="softmax"),
    )


def gates():
    from keras.layers.convolutional import Convolution1D
    from keras.layers.core import Dense, TimeDistributedDense
    from keras.layers.recurrent import GRU, LSTM, SimpleRNN

    return stack(
        Convolution1D(4, 5, subsample_length=4, input_dim=4, input_length=LENGTH),
        GRU(3, return_sequences=True),
        SimpleRNN(3, return_sequences=True, activation="relu", go_backwards=True),
        LSTM(3, return_sequences=True, inner_activation="sigmoid"),
        TimeDistributedDense(2, activation="tanh"),
        GRU(3, go_backwards=True),
        Dense(3),
    )


def rows():
    """The letters as four rows, channels last."""
    from keras.layers.convolutional import Convolution2D, MaxPooling2D
    from keras.layers.core import Activation, Dense, Flatten, Permute

    return stack(
        Convolution2D(5, 4, 6, dim_ordering="tf", input_shape=(4, LENGTH, 1)),
        Activation("relu"),
        MaxPooling2D((1, 3), dim_ordering="tf"),
        Permute((3, 1, 2)),
        Flatten(),
        Dense(3),
    )


def filters_first():
    """Theano's own order."""
    from keras.layers.convolutional import AveragePooling2D, Convolution2D, MaxPooling2D, ZeroPadding2D
    from keras.layers.core import Dense, Flatten
    from keras.layers.normalization import BatchNormalization

    first = {"dim_ordering": "th"}
    return stack(
        Convolution2D(5, 4, 6, activation="relu", input_shape=(1, 4, LENGTH), **first),
        BatchNormalization(axis=1),
        MaxPooling2D((1, 3), strides=(1, 2), **first),
        ZeroPadding2D((0, 2), **first),
        Convolution2D(4, 1, 4, border_mode="same", subsample=(1, 2), **first),
        AveragePooling2D((1, 2), **first),
        Flatten(),
        Dense(3),
    )


def single_row():
    from keras.layers.convolutional import Convolution2D, UpSampling2D
    from keras.layers.core import Dense, Reshape
    from keras.layers.recurrent import GRU

    return stack(
        Convolution2D(5, 1, 5, border_mode="same", dim_ordering="tf", input_shape=(1, LENGTH, 4)),
        Convolution2D(3, 1, 4, subsample=(1, 3), activation="relu", dim_ordering="tf"),
        UpSampling2D((1, 2), dim_ordering="tf"),
        Reshape((26, 3)),
        GRU(4),
        Dense(3),
    )


def branches():
    """A stack that begins with two others."""
    from keras.layers.convolutional import Convolution1D
    from keras.layers.core import Activation, Dense, Flatten, Merge

    left = stack(Convolution1D(3, 5, input_dim=4, input_length=LENGTH), Flatten())
    right = stack(Dense(2, input_dim=3), Activation("tanh"))
    return stack(Merge([left, right], mode="concat"), Dense(3))


def padded():
    from keras.layers.convolutional import Convolution1D, UpSampling1D, ZeroPadding1D
    from keras.layers.core import Dense, Flatten, Permute, RepeatVector, Reshape
    from keras.layers.noise import GaussianDropout, GaussianNoise

    return stack(
        ZeroPadding1D(2, input_shape=(LENGTH, 4)),
        Convolution1D(4, 4, subsample_length=3),
        UpSampling1D(2),
        GaussianNoise(0.1),
        GaussianDropout(0.1),
        Permute((2, 1)),
        Reshape((28, 4)),
        Flatten(),
        Dense(3),
        RepeatVector(2),
        Flatten(),
        Dense(3),
    )


def activations():
    from keras.layers.advanced_activations import ELU, LeakyReLU, PReLU, ThresholdedReLU
    from keras.layers.convolutional import Convolution1D
    from keras.layers.core import Activation, Dense, Flatten

    return stack(
        Convolution1D(4, 5, input_dim=4, input_length=LENGTH),
        LeakyReLU(0.2),
        PReLU(),
        ELU(0.8),
        Activation("hard_sigmoid"),
        Activation("softplus"),
        ThresholdedReLU(0.95),
        Flatten(),
        Dense(3, activation="softsign") if _knows("softsign") else Dense(3),
    )


def _knows(name):
    from keras import activations as known

    return hasattr(known, name)


def graph():
    """Keras 0.3's graphs, whose nodes merge what they read."""
    from keras.layers.convolutional import Convolution1D
    from keras.layers.core import Dense, Flatten
    from keras.models import Graph

    model = Graph()
    model.add_input(name="letters", input_shape=(LENGTH, 4))
    model.add_node(Convolution1D(3, 4, activation="relu"), name="narrow", input="letters")
    model.add_node(Convolution1D(3, 7, border_mode="same"), name="wide", input="letters")
    model.add_node(Flatten(), name="flat_narrow", input="narrow")
    model.add_node(Flatten(), name="flat_wide", input="wide")
    model.add_node(Dense(3), name="joined", inputs=["flat_narrow", "flat_wide"], merge_mode="concat")
    model.add_output(name="out", input="joined")
    return model


def several():
    """Stacks within a stack."""
    from keras.layers.convolutional import Convolution1D
    from keras.layers.core import Dense, Flatten
    from keras.layers.normalization import BatchNormalization

    inner = stack(
        Convolution1D(3, 5, input_dim=4, input_length=LENGTH), BatchNormalization(), Convolution1D(4, 3), Flatten()
    )
    return stack(inner, Dense(4), BatchNormalization(), Dense(3))


def functional():
    """Branches, merges of every mode, and a shared layer."""
    from keras.engine import Input, Model, merge
    from keras.layers.convolutional import Convolution1D
    from keras.layers.core import Dense, Flatten

    letters = Input((LENGTH, 4), name="letters")
    a = Convolution1D(3, 5, activation="tanh", name="a")(letters)
    b = Convolution1D(3, 5, name="b")(letters)
    shared = Convolution1D(3, 3, name="shared")
    modes = ["sum", "mul", "ave"] + (["max"] if _version() >= (1, 2) else [])
    found = [merge([a, b], mode=mode, name=mode) for mode in modes]
    wide = merge(found, mode="concat", concat_axis=-1, name="wide")
    long = merge([shared(a), shared(b)], mode="concat", concat_axis=1, name="long")
    x = merge([Flatten(name="flat_wide")(wide), Flatten(name="flat_long")(long)], mode="concat", name="together")
    return Model(letters, Dense(3, name="out")(x))


def nested():
    from keras.engine import Input, Model
    from keras.layers.convolutional import Convolution1D
    from keras.layers.core import Dense, Flatten
    from keras.layers.normalization import BatchNormalization

    inner = stack(
        Convolution1D(3, 5, input_dim=4, input_length=LENGTH, name="deep"),
        BatchNormalization(name="norm"),
        Convolution1D(4, 3, name="deeper"),
        BatchNormalization(name="norm_2"),
    )
    letters = Input((LENGTH, 4), name="letters")
    x = inner(letters)
    x = Flatten(name="flatten")(x)
    return Model(letters, Dense(3, name="out")(x))


def wrapped():
    """What came with Keras 1.2."""
    from keras.layers import Bidirectional, TimeDistributed
    from keras.layers.convolutional import AtrousConvolution1D, Convolution1D, Cropping1D
    from keras.layers.core import Dense, Flatten
    from keras.layers.recurrent import GRU, LSTM

    return stack(
        AtrousConvolution1D(4, 4, atrous_rate=2, border_mode="same", input_dim=4, input_length=LENGTH),
        Cropping1D((2, 3)),
        Convolution1D(3, 5, subsample_length=4, bias=False),
        Bidirectional(LSTM(3, return_sequences=True)),
        Bidirectional(GRU(3, return_sequences=True, consume_less="gpu"), merge_mode="sum"),
        LSTM(3, return_sequences=True, consume_less="gpu"),
        TimeDistributed(Dense(2)),
        Flatten(),
        Dense(3),
    )


def weighted(model):
    """Yield the layers of a model that have weights of their own."""
    layers = model.nodes.values() if hasattr(model, "nodes") and not hasattr(model, "layers") else model.layers
    for layer in layers:
        if hasattr(layer, "layers") and layer.layers:
            for inner in weighted(layer):
                yield inner
        elif layer.get_weights():
            yield layer


def shuffle_weights(model, random):
    for layer in weighted(model):
        values = layer.get_weights()
        shuffled = [random.normal(0, 0.4, value.shape).astype("float32") for value in values]
        if type(layer).__name__ == "BatchNormalization":
            shuffled[3] = random.uniform(0.5, 1.5, values[3].shape).astype("float32")
        layer.set_weights(shuffled)


def answers_of(model, name):
    """Return the letters, and the outputs of the layers by number, or by name in a graph."""
    import theano

    letters = letters_of(name, LENGTH)
    found = {"letters": np.array([CODES[letter] for letter in letters], dtype=np.uint8)}
    is_graph = hasattr(model, "nodes") and not hasattr(model, "layers")
    if hasattr(model, "inbound_nodes"):
        inputs = model.inputs
        named = [(layer.name, layer.output) for layer in model.layers if len(layer.inbound_nodes) == 1]
        # A model in a model has a node of its own, which does not read these inputs.
        named = [
            (each, tensor) for each, tensor in named if not each.startswith(("sequential", "letters", "input"))
        ]
        phase = [__import__("keras").backend.learning_phase()]
        shapes = [tensor._keras_shape[1:] for tensor in inputs]
    else:
        layers = [(each, model.nodes[each]) for each in model.nodes] if is_graph else list(enumerate(model.layers))
        inputs = [model.inputs["letters"].input] if is_graph else model.get_input(train=False)
        inputs = inputs if isinstance(inputs, list) else [inputs]
        named = [(str(each), layer.get_output(train=False)) for each, layer in layers]
        phase = []
        shapes = [(LENGTH, 4)] if is_graph else _shapes(model)
    given = []
    for shape in shapes:
        if len(shape) > 1:
            given.append(encoded(letters, tuple(shape))[None])
        else:
            given.append(np.random.RandomState(5).normal(size=(1,) + tuple(shape)).astype("float32"))
            found["side"] = given[-1][0]
    computed = theano.function(inputs + phase, [tensor for _, tensor in named], on_unused_input="ignore")
    for (each, _), value in zip(named, computed(*(given + [0] * len(phase)))):
        found["node/" + each] = np.asarray(value)[0].astype("float32")
    return found


def _shapes(model):
    shape = model.layers[0].input_shape
    return [tuple(each[1:]) for each in (shape if isinstance(shape, list) else [shape])]


def main():
    import keras

    version = _version()
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models():
            shuffle_weights(model, np.random.RandomState(len(answers)))
            if version < (1,):
                model.compile("sgd", {"out": "mse"} if name == "graph" else "mse")
            for key, value in answers_of(model, name).items():
                answers[name + "/" + key] = value
            path = os.path.join(folder, name)
            model.save_weights(path + ".weights.h5", overwrite=True)
            with open(path + ".json", "w") as file:
                file.write(model.to_json())
            if name in ("question", "danq", "graph"):
                with open(path + ".yaml", "w") as file:
                    file.write(model.to_yaml())
            if version >= (1, 2) and name != "branches":
                model.save(path + ".h5")
        np.savez_compressed(os.path.join(folder, "answers.npz"), **answers)
        target = os.path.join(HERE, "keras_files", "keras_" + keras.__version__ + "_theano.zip")
        archive(folder, target)
    print(target, os.path.getsize(target))


if __name__ == "__main__":
    main()
