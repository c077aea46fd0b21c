"""Store what Keras 2 and 3 write and compute: model files of every format, and the outputs of their layers.

Each version of Keras writes one archive into `keras_files/`, named after it: the newest of Keras 2 and 3 every model, the
others those that show how they store things. Run in an environment of each, from the
repository, with the backend in KERAS_BACKEND where there is a choice:

    Python 3.7     numpy<1.20 scipy<1.6 h5py<3 pyyaml keras==2.2.4     KERAS_BACKEND=theano, Theano==1.0.5
    Python 3.7     the same, tensorflow==1.15.5 protobuf<3.21          KERAS_BACKEND=tensorflow
    Python 3.11    tensorflow-cpu==2.15.1                              (its own Keras 2.15)
    Python 3.11    keras==3.0.5 tensorflow-cpu==2.16.2                 KERAS_BACKEND=tensorflow
    Python 3.11    keras==3.6.0 tensorflow-cpu==2.18.1                 KERAS_BACKEND=tensorflow
    Python 3.11    keras==3.15.1 torch==2.13.0                         KERAS_BACKEND=torch

    python tests/core/readers/make_keras_fixtures.py

`make_old_keras_fixtures.py` does the same for Keras 0.3 and 1. `write(folder)` writes the files into a folder; the
oracle test calls it with whatever Keras is installed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zipfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

CODES = {"A": 1, "C": 2, "G": 4, "T": 8, "N": 15}
WEIGHTS_ONLY = ("question", "shared")
"""The models that are stored as weights and architecture, too."""
SAME_BYTES = (2020, 1, 1, 0, 0, 0)
"""The time of every member, so that the same contents make the same archive."""


def letters_of(name, length):
    """Return the letters that a model is given; every model has its own."""
    random = np.random.RandomState(sum(ord(letter) for letter in name))
    letters = random.choice(["A", "C", "G", "T"], length)
    if name in ("masked", "embedded", "sides"):
        letters[7], letters[-9:] = "N", "N"
    return "".join(letters)


def encoded(letters, shape):
    """Return letters as an input of some shape reads them."""
    if len(shape) == 1:
        return np.array(["NACGT".index(letter) for letter in letters], dtype="float32")
    channels = "ACGTN" if 5 in shape else "ACGT"
    rows = np.array([[letter == channel for channel in channels] for letter in letters], dtype="float32")
    if len(shape) == 2:
        return rows if shape[-1] == len(channels) else rows.T
    if len(channels) in shape and shape.index(len(channels)) < shape.index(len(letters)):
        rows = rows.T
    return rows.reshape(shape)


def is_letters(shape):
    """Tell whether an input reads the letters."""
    sizes = [size for size in shape if size not in (1, None)]
    return (len(shape) == 1 and shape[0] not in (3,)) or any(size in (4, 5) for size in sizes)


def shuffle_weights(model, random):
    """Give a model weights that differ everywhere, and statistics that are no zeros and ones."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            shuffle_weights(layer, random)
            continue
        values = []
        for variable, value in zip(layer.weights, layer.get_weights()):
            name = getattr(variable, "path", variable.name) or ""
            kind = np.asarray(value).dtype.kind
            if kind in "iu":
                values.append(value)
            elif "variance" in name or "running_std" in name:
                values.append(random.uniform(0.5, 1.5, value.shape).astype(value.dtype))
            else:
                values.append(random.normal(0, 0.4, value.shape).astype(value.dtype))
        layer.set_weights(values)


def answers_of(keras, model, name):
    """Return the inputs of a model and the outputs of its layers."""
    length = 48
    letters = letters_of(name, length)
    found = {"letters": np.array([CODES[letter] for letter in letters], dtype=np.uint8)}
    given = []
    for tensor in model.inputs:
        # TensorFlow 1 has a class for a size, and Theano's tensors do not know theirs.
        sizes = getattr(tensor, "_keras_shape", None) or tuple(tensor.shape)
        shape = tuple(length if str(size) in ("None", "?") else int(size) for size in tuple(sizes)[1:])
        side = str(tensor.name).split(":")[0].strip("/")
        if is_letters(shape):
            given.append(encoded(letters, shape)[None])
            # Only the first is the letters' own; another one is an input beside them.
            if "letters" not in side:
                found["side/" + side] = given[-1][0]
        else:
            given.append(np.random.RandomState(5).normal(size=(1,) + shape).astype("float32"))
            found["side/" + side] = given[-1][0]
    names, outputs = [], []
    behind = {"unread": ("program", "behind", "strongest")}.get(name, ())
    for layer in model.layers:
        if hasattr(layer, "layers") or layer.name in behind or "Input" in type(layer).__name__:
            continue
        calls = getattr(layer, "_inbound_nodes", None) or []
        if len(calls) > 1 and not name == "question" and layer.name == "common":
            continue
        names.append(layer.name)
        outputs.append(layer.output)
    values = keras.models.Model(model.inputs, outputs).predict(given if len(given) > 1 else given[0])
    values = [values] if len(names) == 1 else values
    for layer, value in zip(names, values):
        found["node/" + layer] = np.asarray(value)[0].astype("float32")
    return found


def write(folder):
    """Write every file into a folder and return what stands in each model's answers."""
    import keras
    from keras_models import models

    version = tuple(int(part) for part in keras.__version__.split(".")[:2])
    backend = keras.backend.backend()
    answers = {}
    for name, model in models(keras, backend):
        shuffle_weights(model, np.random.RandomState(len(answers)))
        for key, value in answers_of(keras, model, name).items():
            answers[name + "/" + key] = value
        path = os.path.join(folder, name)
        try:
            model.save(path + ".h5")
        except ValueError as error:
            # Keras 3.0 cannot store two layers of one name in one nested model.
            assert "already exists" in str(error), error
            os.remove(path + ".h5")
        if version >= (2, 15):
            model.save(path + ".keras")
        if name in WEIGHTS_ONLY:
            with open(path + ".json", "w") as file:
                file.write(model.to_json())
            if version < (3, 0):
                model.save_weights(path + ".legacy.h5")
            if version >= (2, 15):
                model.save_weights(path + ".weights.h5")
            if version < (2, 6):
                with open(path + ".yaml", "w") as file:
                    file.write(model.to_yaml())
    if version < (2, 4) and backend == "tensorflow":
        answers.update(write_cudnn(keras, folder))
    np.savez_compressed(os.path.join(folder, "answers.npz"), **answers)
    return answers


def write_cudnn(keras, folder):
    """Store layers that run on a GPU alone; Keras itself reads their weights into those that run anywhere."""
    layers = keras.layers

    def model(lstm, gru):
        letters = layers.Input((48, 4), name="letters")
        x = layers.Conv1D(4, 5, strides=3, name="conv")(letters)
        x = lstm(3, return_sequences=True, name="lstm")(x)
        x = layers.Bidirectional(gru(3, return_sequences=True), name="both")(x)
        x = gru(4, name="gru")(x)
        return keras.models.Model(letters, layers.Dense(3, name="out")(x), name="cudnn")

    def plain_gru(units, **settings):
        return layers.GRU(units, reset_after=True, recurrent_activation="sigmoid", **settings)

    def plain_lstm(units, **settings):
        return layers.LSTM(units, recurrent_activation="sigmoid", **settings)

    def without_gpu(self, inputs, initial_state):
        states = keras.backend.dot(inputs, self.kernel[:, : self.units])
        return states if self.return_sequences else states[:, -1], [states[:, -1]] * len(initial_state)

    # What they compute is not asked for; their weights are.
    layers.CuDNNLSTM._process_batch = layers.CuDNNGRU._process_batch = without_gpu
    path = os.path.join(folder, "cudnn.h5")
    fast = model(layers.CuDNNLSTM, layers.CuDNNGRU)
    shuffle_weights(fast, np.random.RandomState(99))
    fast.save(path)
    plain = model(plain_lstm, plain_gru)
    plain.load_weights(path)
    return {"cudnn/" + key: value for key, value in answers_of(keras, plain, "cudnn").items()}


def archive(folder, path):
    """Pack a folder, whose HDF5 files are mostly empty."""
    with zipfile.ZipFile(path, "w") as packed:
        for name in sorted(os.listdir(folder)):
            member = zipfile.ZipInfo(name, SAME_BYTES)
            member.compress_type = zipfile.ZIP_LZMA
            with open(os.path.join(folder, name), "rb") as file:
                packed.writestr(member, file.read())


def main():
    import keras

    tag = "keras_" + keras.__version__ + "_" + keras.backend.backend()
    with tempfile.TemporaryDirectory() as folder:
        write(folder)
        target = os.path.join(HERE, "keras_files", tag + ".zip")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        archive(folder, target)
    print(target, os.path.getsize(target))


if __name__ == "__main__":
    main()
