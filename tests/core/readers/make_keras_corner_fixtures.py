"""Store the models of `keras_corner_models.py` in both formats, and what their layers give.

Each version of Keras writes one archive into `keras_corners/`, named after it. Run in an environment of each, from the
repository:

    Python 3.11    tensorflow-cpu==2.15.1      (its own Keras 2.15)
    Python 3.11    keras==3.15.1 jax==0.10.2   KERAS_BACKEND=jax

    python tests/core/readers/make_keras_corner_fixtures.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from keras_corner_models import LENGTH, models
from make_keras_fixtures import CODES, archive, encoded, shuffle_weights

HERE = Path(__file__).parent


def letters_of(name):
    random = np.random.RandomState(sum(ord(letter) for letter in name))
    letters = random.choice(["A", "C", "G", "T"], LENGTH)
    if "mask" in name:
        letters[3], letters[-6:] = "N", "N"
    return "".join(letters)


def answers_of(keras, model, name):
    """Return the letters and what the layers and functions that have one output give for them."""
    letters = letters_of(name)
    found = {"letters": np.array([CODES[letter] for letter in letters], dtype=np.uint8)}
    named = {layer.name: layer for layer in getattr(model, "operations", model.layers)}
    shown = {key: each for key, each in named.items() if "Input" not in type(each).__name__}
    outputs = {key: each.output for key, each in shown.items() if not hasattr(each, "layers")}
    values = keras.models.Model(model.inputs, [*outputs.values()])(encoded(letters, (LENGTH, 4))[None])
    for key, value in zip(outputs, values, strict=True):
        value = np.asarray(value)
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

    backend = keras.backend.backend()
    with tempfile.TemporaryDirectory() as folder:
        write(folder)
        target = HERE / "keras_corners" / f"keras_{keras.__version__}_{backend}.zip"
        target.parent.mkdir(exist_ok=True)
        archive(folder, target)
    print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
