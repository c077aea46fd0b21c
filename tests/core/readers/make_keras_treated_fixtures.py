"""Store the models of `keras_treated_models.py` in both formats, and what their layers give.

Each version of Keras writes one archive into `keras_treated/`, named after it. Run in an environment of each, from the
repository:

    Python 3.11    tensorflow-cpu==2.15.1       (its own Keras 2.15)
    Python 3.11    keras==3.15.1 torch==2.13.0  KERAS_BACKEND=torch

    python tests/core/readers/make_keras_treated_fixtures.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from keras_treated_models import LENGTH, models
from make_keras_fixtures import CODES, archive, encoded, shuffle_weights

HERE = Path(__file__).parent


def letters_of(name):
    random = np.random.RandomState(sum(ord(letter) for letter in name))
    return "".join(random.choice(["A", "C", "G", "T"], LENGTH))


def answers_of(keras, model, name):
    """Return the letters, and what each call of a layer gives for them whose output is one tensor."""
    letters = letters_of(name)
    found = {"letters": np.array([CODES[letter] for letter in letters], dtype=np.uint8)}
    # The numbers of letters begin with 0 here, as one-hot rows do.
    shape = model.inputs[0].shape[1:]
    given = encoded(letters, tuple(shape)) - (1 if len(shape) == 1 else 0)
    outputs = {}
    for layer in model.layers:
        if "Input" in type(layer).__name__ or hasattr(layer, "layers"):
            continue
        for number in range(len(layer._inbound_nodes)):
            key = layer.name + (f"#{number + 1}" if number else "")
            node = layer._inbound_nodes[number]
            tensors = node.output_tensors if hasattr(node, "output_tensors") else node.outputs
            outputs[key] = tensors[0] if isinstance(tensors, list | tuple) else tensors
    values = keras.models.Model(model.inputs, [*outputs.values()])(given[None])
    for key, value in zip(outputs, values, strict=True):
        value = value.detach().numpy() if hasattr(value, "detach") else np.asarray(value)
        found["node/" + key] = value[0].astype("float32")
    return found


def main():
    import keras

    backend = keras.backend.backend()
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models(keras):
            shuffle_weights(model, np.random.RandomState(len(name)))
            for key, value in answers_of(keras, model, name).items():
                answers[name + "/" + key] = value
            for kind in (".keras", ".h5"):
                model.save(Path(folder) / (name + kind))
        np.savez_compressed(Path(folder) / "answers.npz", **answers)
        target = HERE / "keras_treated" / f"keras_{keras.__version__}_{backend}.zip"
        target.parent.mkdir(exist_ok=True)
        archive(folder, target)
    print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
