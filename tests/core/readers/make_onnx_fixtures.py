"""Write the ONNX fixtures in `onnx/`, with what ONNX Runtime computes for every value of their graphs.

Run it where torch, onnx and onnxruntime are installed:

    python tests/core/readers/make_onnx_fixtures.py

Every network of `onnx_networks` is written by both exporters of PyTorch (`NAME.new.onnx`, `NAME.old.onnx`). What the
exporters note of the author's program is taken out. `values.npz` holds for every value of every graph up to 24 of its
numbers, at places that follow from its size, all behind each other; `index` lists their graphs, names and shapes.
"""

from __future__ import annotations

import json
import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper
from onnx_networks import NETWORKS, codes, made

HERE = Path(__file__).parent / "onnx"
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


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    HERE.mkdir(exist_ok=True)
    index: list[tuple[str, str, tuple[int, ...]]] = []
    numbers: list[np.ndarray] = []
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
