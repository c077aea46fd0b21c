"""Write the ONNX fixtures in `onnx/`, with what ONNX Runtime computes for every value of their graphs.

Run it where torch, keras, onnx and onnxruntime are installed:

    KERAS_BACKEND=torch python tests/core/readers/make_onnx_fixtures.py

Every network of `onnx_networks` is written by both exporters of PyTorch (`NAME.new.onnx`, `NAME.old.onnx`). What the
exporters note of the author's program is taken out. `values.npz` holds for every value of every graph up to 24 of its
numbers, at places that follow from its size, all behind each other; `index` lists their graphs, names and shapes.

`tf2onnx.hand.onnx` is written by hand in the manner of tf2onnx, which needs TensorFlow: convolutions of two dimensions,
channels last, a bias behind them, names with slashes. `same/` holds networks of which there is another file: those of
`exported_models` by both exporters, and one of Keras as `keras.keras` and by its own export.
"""

from __future__ import annotations

import json
import logging
import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
import torch
from exported_models import MODELS
from make_exported_fixtures import prepared
from onnx import helper
from onnx_networks import LENGTH, NETWORKS, codes, made

HERE = Path(__file__).parent / "onnx_files"
SAMPLES = 24
KEPT = ("pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy", "pkg.onnxscript.rewriter.rule_name")
OPSETS = {"basset": 9, "bpnet": 11, "danq": 12, "planes": 13, "transformer": 14}
"""The opset in which the older exporter writes a network; otherwise 17."""
NEW_OPSETS = {"root_mean_square": 23}
"""The opset in which the newer one does; otherwise its own."""


def sampled(size: int) -> np.ndarray:
    """Return the places of a value that are kept."""
    return np.random.default_rng(size).permutation(size)[:SAMPLES]


def bare(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model without what its exporter noted of the program."""
    for node in model.graph.node:
        kept = [each for each in node.metadata_props if each.key in KEPT]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.doc_string = ""
    for holder in (model, model.graph):
        del holder.metadata_props[:]
        holder.doc_string = ""
    for value in (*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer):
        if hasattr(value, "metadata_props"):
            del value.metadata_props[:]
    del model.graph.value_info[:]
    return model


def values(model: onnx.ModelProto, letters: np.ndarray) -> dict[str, np.ndarray]:
    """Return every value of a graph as ONNX Runtime computes it."""
    everything = onnx.ModelProto()
    everything.CopyFrom(model)
    known = {each.name for each in everything.graph.output}
    for node in everything.graph.node:
        for name in node.output:
            if name and name not in known:
                everything.graph.output.append(helper.make_empty_tensor_value_info(name))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    data = everything.SerializeToString()
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: letters}), strict=True))


def exported(name: str, folder: Path, *, new: bool) -> onnx.ModelProto:
    network, letters = made(name), NETWORKS[name].letters(codes())
    path = folder / f"{name}.onnx"
    along = NETWORKS[name].axes.index("L")
    if new:
        shapes = ({along: torch.export.Dim("length", min=20, max=500)},) if NETWORKS[name].free else None
        torch.onnx.export(
            network,
            (letters,),
            path,
            dynamo=True,
            external_data=False,
            dynamic_shapes=shapes,
            opset_version=NEW_OPSETS.get(name),
            verbose=False,
        )
    else:
        axes = {"letters": {0: "batch", **({along: "length"} if NETWORKS[name].free else {})}}
        torch.onnx.export(
            network,
            (letters,),
            path,
            dynamo=False,
            input_names=["letters"],
            dynamic_axes=axes if name in ("danq", "free", "bpnet") else None,
            opset_version=OPSETS.get(name, 17),
        )
    return bare(onnx.load(path))


def by_hand() -> onnx.ModelProto:
    """Return a network in the manner of tf2onnx."""
    rng = np.random.default_rng(3)
    weights = {
        "conv1d/kernel": rng.normal(size=(5, 4, 1, 7)) / 4,
        "conv1d/bias": rng.normal(size=5) / 4,
        "dense/kernel": rng.normal(size=(5 * 18, 3)) / 8,
        "dense/bias": rng.normal(size=3) / 8,
    }
    stored = [onnx.numpy_helper.from_array(each.astype(np.float32), name) for name, each in weights.items()]
    stored += [
        onnx.numpy_helper.from_array(np.array(each, np.int64), name)
        for name, each in {"one": [1], "two": [2], "flat": [-1, 90]}.items()
    ]
    name = "StatefulPartitionedCall/model/"
    layers = [
        helper.make_node("Unsqueeze", ["letters", "one"], ["a"], f"{name}conv1d/Conv1D/ExpandDims"),
        helper.make_node("Transpose", ["a"], ["b"], f"{name}conv1d/Conv1D__6", perm=[0, 3, 1, 2]),
        helper.make_node(
            "Conv", ["b", "conv1d/kernel"], ["c"], f"{name}conv1d/Conv1D",
            kernel_shape=[1, 7], strides=[1, 1], dilations=[1, 1], group=1, pads=[0, 0, 0, 0],
        ),
        helper.make_node("Squeeze", ["c", "two"], ["d"], f"{name}conv1d/Conv1D/Squeeze"),
        helper.make_node("Transpose", ["d"], ["e"], f"{name}conv1d/BiasAdd__8", perm=[0, 2, 1]),
        helper.make_node("Add", ["e", "conv1d/bias"], ["f"], f"{name}conv1d/BiasAdd"),
        helper.make_node("Relu", ["f"], ["g"], f"{name}conv1d/Relu"),
        helper.make_node("Transpose", ["g"], ["h"], f"{name}max_pooling1d/MaxPool__10", perm=[0, 2, 1]),
        helper.make_node("Unsqueeze", ["h", "two"], ["i"], f"{name}max_pooling1d/ExpandDims"),
        helper.make_node(
            "MaxPool", ["i"], ["j"], f"{name}max_pooling1d/MaxPool",
            kernel_shape=[1, 3], strides=[1, 3], pads=[0, 0, 0, 0],
        ),
        helper.make_node("Squeeze", ["j", "two"], ["k"], f"{name}max_pooling1d/Squeeze"),
        helper.make_node("Transpose", ["k"], ["l"], f"{name}flatten/Reshape__12", perm=[0, 2, 1]),
        helper.make_node("Reshape", ["l", "flat"], ["m"], f"{name}flatten/Reshape"),
        helper.make_node("MatMul", ["m", "dense/kernel"], ["n"], f"{name}dense/MatMul"),
        helper.make_node("Add", ["n", "dense/bias"], ["o"], f"{name}dense/BiasAdd"),
        helper.make_node("Softmax", ["o"], ["dense"], f"{name}dense/Softmax", axis=-1),
    ]  # fmt: skip
    given = helper.make_tensor_value_info("letters", onnx.TensorProto.FLOAT, ["unk__1", LENGTH, 4])
    gives = helper.make_tensor_value_info("dense", onnx.TensorProto.FLOAT, ["unk__1", 3])
    graph = helper.make_graph(layers, "tf2onnx", [given], [gives], stored)
    opset = helper.make_opsetid("", 15)
    return helper.make_model(graph, producer_name="by hand, as tf2onnx", opset_imports=[opset], ir_version=8)


SAME = ("danq", "basset", "spliceai", "strand_average", "two_inputs", "unet", "embedding_gru")


def write_same(folder: Path) -> None:
    """Write networks of which there is another file."""
    folder.mkdir(exist_ok=True)
    for name in SAME:
        network, inputs = prepared(name, MODELS[name])
        for exporter in ("new", "old"):
            path = folder / f"{name}.{exporter}.onnx"
            called = [f"input{number}" for number in range(len(inputs))]
            how = {"dynamo": True, "external_data": False} if exporter == "new" else {"dynamo": False}
            torch.onnx.export(network, inputs, path, input_names=called, verbose=False, **how)
            path.write_bytes(bare(onnx.load(path)).SerializeToString())
    keras.utils.set_random_seed(1)
    x = given = keras.Input((LENGTH, 4))
    x = keras.layers.Conv1D(6, 7, activation="relu", padding="same", name="conv")(x)
    x = keras.layers.BatchNormalization(name="norm", gamma_initializer="random_normal")(x)
    x = keras.layers.MaxPooling1D(4, name="pool")(x)
    x = keras.layers.DepthwiseConv1D(3, dilation_rate=2, activation="elu", name="deep")(x)
    x = keras.layers.GlobalMaxPooling1D(name="max")(x)
    network = keras.Model(given, keras.layers.Dense(2, activation="sigmoid", name="out")(x))
    network.predict(np.zeros((1, LENGTH, 4), np.float32), verbose=0)
    network.save(folder / "keras.keras")
    network.export(folder / "keras.export.onnx", format="onnx", verbose=False)
    model = bare(onnx.load(folder / "keras.export.onnx"))
    (folder / "keras.export.onnx").write_bytes(model.SerializeToString())


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    HERE.mkdir(exist_ok=True)
    index: list[tuple[str, str, tuple[int, ...]]] = []
    numbers: list[np.ndarray] = []
    write_same(HERE / "same")
    hand = by_hand()
    onnx.checker.check_model(hand)
    (HERE / "tf2onnx.hand.onnx").write_bytes(hand.SerializeToString())
    for each, array in values(hand, np.eye(4, dtype=np.float32)[codes().numpy()][None]).items():
        index.append(("tf2onnx.hand", each, array.shape))
        numbers.append(array.ravel()[sampled(array.size)])
    with tempfile.TemporaryDirectory() as folder:
        for name, network in NETWORKS.items():
            letters = network.letters(codes()).numpy()
            with torch.no_grad():
                answers = made(name)(torch.from_numpy(letters))
            answers = answers if isinstance(answers, tuple) else (answers,)
            for exporter in network.exporters:
                model = exported(name, Path(folder), new=exporter == "new")
                called = f"{name}.{exporter}"
                (HERE / f"{called}.onnx").write_bytes(model.SerializeToString())
                computed = values(model, letters)
                for output, answer in zip(model.graph.output, answers, strict=True):
                    difference = np.abs(computed[output.name] - answer.numpy()).max()
                    assert difference < 1e-5, f"{called}: ONNX Runtime is {difference} from PyTorch"
                for each, array in computed.items():
                    if array.dtype == np.float32 and array.size:
                        index.append((called, each, array.shape))
                        numbers.append(array.ravel()[sampled(array.size)])
                print(called, len(computed))
    np.savez_compressed(
        HERE / "values.npz",
        codes=codes().numpy().astype(np.uint8),
        index=np.frombuffer(json.dumps(index).encode(), dtype=np.uint8),
        numbers=np.concatenate(numbers),
    )


if __name__ == "__main__":
    main()
