"""Store SavedModels and checkpoints as TensorFlow writes them, and what the layers of their networks give.

Run from the repository in an environment with tensorflow-cpu==2.15.1 (its own Keras 2.15):

    python tests/core/readers/make_saved_model_fixtures.py

The functions in `saved_model.pb`, two megabytes that no reader of ours looks at, are left out.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras_treated_models
import numpy as np
import tensorflow as tf
from keras_treated_models import LENGTH
from make_keras_fixtures import archive, shuffle_weights
from make_keras_treated_fixtures import answers_of
from tensorflow import keras

HERE = Path(__file__).parent
layers = keras.layers


def every_kind():
    """Layers of every way of holding variables: cells, wrappers, statistics, models in a model."""
    letters = layers.Input((LENGTH, 4), name="letters")
    x = layers.Conv1D(5, 6, name="conv")(letters)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.PReLU(shared_axes=[1], name="prelu")(x)
    x = layers.MaxPooling1D(5, name="pool")(x)
    x = layers.SeparableConv1D(6, 2, padding="same", name="separable")(x)
    x = layers.DepthwiseConv1D(3, padding="same", name="depthwise")(x)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both")(x)
    x = layers.GRU(4, return_sequences=True, name="gru")(x)
    x = layers.TimeDistributed(layers.Dense(3), name="each")(x)
    inner = keras.models.Sequential(
        [layers.Input((7, 3)), layers.Conv1D(4, 2, name="deep"), layers.Flatten(name="flat")], name="inner"
    )
    return keras.models.Model(letters, layers.Dense(2, name="out")(inner(x)), name="every_kind")


def stack():
    """A stack with two layers of one shape, one of which is not trained."""
    return keras.models.Sequential(
        [
            layers.Input((LENGTH, 4)),
            layers.Conv1D(4, 5, padding="same", activation="relu", name="first"),
            layers.Conv1D(4, 5, padding="same", trainable=False, name="second"),
            layers.BatchNormalization(scale=False, trainable=False, name="norm"),
            layers.GlobalMaxPooling1D(name="strongest"),
            layers.Dense(2, name="out"),
        ],
        name="stack",
    )


def own_model():
    """A model of an author's own class, whose configuration no file has."""

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.motifs = layers.Conv1D(6, 7, name="motifs")
            self.out = layers.Dense(1, name="out")

        def call(self, inputs):
            return self.out(tf.reduce_max(self.motifs(inputs), axis=1))

    model = Own()
    model(np.zeros((1, LENGTH, 4), np.float32))
    return model


def first_graph(path):
    """Save the variables of a network as TensorFlow 1 did, by their names."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        random = np.random.RandomState(1)
        for name, shape in (("conv/kernel", (6, 4, 5)), ("conv/bias", (5,)), ("out/kernel", (175, 2))):
            tf.compat.v1.get_variable(name, initializer=random.randn(*shape).astype("float32"))
        tf.compat.v1.train.get_or_create_global_step()
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver(write_version=2).save(session, str(path), write_meta_graph=False)


def main():
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        models = [
            every_kind(),
            stack(),
            keras_treated_models.stochastic(keras),
            keras_treated_models.conv_dna(keras),
        ]
        kept = {}
        for model in models:
            shuffle_weights(model, np.random.RandomState(len(model.name)))
            for key, value in answers_of(keras, model, model.name).items():
                answers[f"{model.name}/{key}"] = value
            model.save(Path(folder) / model.name, save_format="tf")
            kept[f"{model.name}.json"] = model.to_json()
        models[1].save_weights(Path(folder) / "checkpoint" / "stack")
        own = own_model()
        answers["own_model/kernel"] = own.motifs.get_weights()[0]
        own.save(Path(folder) / "own_model", save_format="tf")
        first_graph(Path(folder) / "checkpoint" / "first")
        for path in Path(folder).glob("*/saved_model.pb"):
            path.write_bytes(path.read_bytes()[:2])
        flat = Path(folder) / "flat"
        flat.mkdir()
        for path in Path(folder).glob("**/*"):
            if path.is_file() and path.name != "fingerprint.pb" and flat not in path.parents:
                (flat / "!".join(path.relative_to(folder).parts)).write_bytes(path.read_bytes())
        for name, text in kept.items():
            (flat / name).write_text(text)
        np.savez_compressed(flat / "answers.npz", **answers)
        target = HERE / "saved_models" / f"tensorflow_{tf.__version__}.zip"
        target.parent.mkdir(exist_ok=True)
        archive(flat, target)
    print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
