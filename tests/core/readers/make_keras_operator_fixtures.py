"""Store the models of `keras_operator_models.py` in both formats, and what their layers and functions give.

Each version of Keras writes one archive into `keras_operators/`, named after it. Run in an environment of each, from
the repository:

    Python 3.11    tensorflow-cpu==2.15.1        (its own Keras 2.15)
    Python 3.11    keras==3.15.1 torch==2.13.0   KERAS_BACKEND=torch

    python tests/core/readers/make_keras_operator_fixtures.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from keras_operator_models import models
from make_keras_corner_fixtures import letters_of
from make_keras_fixtures import CODES, archive, encoded, shuffle_weights

HERE = Path(__file__).parent


def answers_of(keras, model, name):
    """Return the letters, and what the layers and functions that have one output give for them."""
    letters = letters_of(name)
    found = {"letters": np.array([CODES[letter] for letter in letters], dtype=np.uint8)}
    if name == "batches":
        # What mixes the samples of a batch has no answer for one.
        return found
    named = {layer.name: layer for layer in getattr(model, "operations", model.layers)}
    outputs = {
        key: each.output
        for key, each in named.items()
        if "Input" not in type(each).__name__ and not isinstance(each.output, list | tuple)
    }
    shape = tuple(model.inputs[0].shape)[1:]
    values = keras.models.Model(model.inputs, [*outputs.values()])(encoded(letters, shape)[None])
    for key, value in zip(outputs, values, strict=True):
        value = np.asarray(value.detach() if hasattr(value, "detach") else value)
        if value.dtype != bool:
            found["node/" + key] = value[0].astype("float32")
    return found


def write(folder):
    """Write every file into a folder and return what stands in each model's answers."""
    import keras

    answers = {}
    for name, model in models(keras):
        shuffle_weights(model, np.random.RandomState(len(name)))
        for key, value in answers_of(keras, model, name).items():
            answers[name + "/" + key] = value
        for kind in (".keras", ".h5"):
            model.save(Path(folder) / (name + kind))
    np.savez_compressed(Path(folder) / "answers.npz", **answers)
    return answers


def main():
    import keras

    with tempfile.TemporaryDirectory() as folder:
        answers = write(folder)
        backend = keras.backend.backend()
        path = HERE / "keras_operators" / f"keras_{keras.__version__}_{backend}.zip"
        path.parent.mkdir(exist_ok=True)
        archive(folder, path)
    print(path.name, path.stat().st_size, len(answers))


if __name__ == "__main__":
    main()
