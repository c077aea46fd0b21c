"""Make the `.pt2` fixtures: each network of `exported_models.py` with every value that PyTorch computes in it.

    PYTHONPATH=tests/core/readers python tests/core/readers/make_exported_fixtures.py FOLDER [NAME …]

Writes `NAME.pt2` and, in `values.npz`, what went in, every tensor of every node that computes, and the gradient at the
first input of the first output's sum, weighted by the cosines of 0, 1, 2 … The committed files were made with PyTorch
2.13, those in `older` with 2.4, 2.6 and 2.8, as their names say, of the same seeds; those called decomposed went
through `run_decompositions()`.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import torch
from exported_models import MODELS, Example

SEED = 20261128
MOVING = (
    *("alias", "detach_", "dropout", "expand", "flatten", "permute", "reshape", "select", "slice", "squeeze"),
    *("transpose", "unsqueeze", "view", "zeros"),
)


def prepared(name: str, example: Example) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    torch.manual_seed(SEED + len(name))
    model = example.make().eval()
    for module in model.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(-0.5, 1.5)
            module.bias.data.normal_(0, 0.3)
    inputs = []
    for number, shape in enumerate(example.inputs):
        if example.rows:
            inputs.append(torch.randint(1, 5, shape))
        elif number:
            inputs.append(torch.randn(shape))
        else:
            axis = next(axis for axis in range(1, len(shape)) if shape[axis] == 4)
            letters = torch.randint(0, 4, [size for at, size in enumerate(shape) if at != axis])
            inputs.append(torch.nn.functional.one_hot(letters, 4).movedim(-1, axis).float())
    return model, tuple(inputs)


def exported(example: Example, model: torch.nn.Module, inputs: tuple[torch.Tensor, ...]):
    dynamic = None
    if example.dynamic:
        dynamic = {
            name: {axis: torch.export.Dim(each, min=1 if axis == 0 else 8) for axis, each in axes.items()}
            for name, axes in example.dynamic.items()
        }
        # A batch of 1 would be taken for fixed.
        inputs = tuple(torch.cat([each, each]) for each in inputs)
    return torch.export.export(model, inputs, dynamic_shapes=dynamic)


class Recorder(torch.fx.Interpreter):
    """Runs a program and keeps every node's value."""

    def __init__(self, module) -> None:
        super().__init__(module)
        self.kept: dict[str, torch.Tensor] = {}

    def run_node(self, node):
        value = super().run_node(node)
        computes = node.op == "call_function" and not {*str(node.target).split(".")[1:2]} & {*MOVING}
        if isinstance(value, torch.Tensor) and value.is_floating_point() and computes:
            self.kept[node.name] = value
        return value


def values_of(program, inputs: tuple[torch.Tensor, ...]) -> dict[str, np.ndarray]:
    found = {f"input{number}": each.numpy() for number, each in enumerate(inputs)}
    recorder = Recorder(program.module())
    outputs = recorder.run(*inputs)
    found |= {f"node:{name}": value.detach().numpy() for name, value in recorder.kept.items()}
    for number, each in enumerate(outputs if isinstance(outputs, tuple) else (outputs,)):
        found[f"output{number}"] = each.detach().numpy()
    return found


def gradient_of(model: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> np.ndarray | None:
    if not inputs[0].is_floating_point():
        return None
    first = inputs[0].clone().requires_grad_()
    outputs = model(first, *inputs[1:])
    output = outputs[0] if isinstance(outputs, tuple) else outputs
    # Of softmaxes a plain sum would be the same whatever goes in.
    (output * torch.cos(torch.arange(output.numel())).reshape(output.shape)).sum().backward()
    return first.grad.numpy()


def without_traces(path: Path) -> None:
    """Leave out where the author's lines stand and the sample inputs, and pack: what else is in the file stays."""

    def clean(part):
        if isinstance(part, dict):
            return {key: clean(value) for key, value in part.items() if key != "stack_trace"}
        return [clean(each) for each in part] if isinstance(part, list) else part

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if "sample_inputs" not in name}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            if name.endswith(("model.json", "exported_program.json")):
                data = json.dumps(clean(json.loads(data)), separators=(",", ":")).encode()
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    kept: dict[str, np.ndarray] = {}
    for name, example in MODELS.items():
        if names and name not in names:
            continue
        model, inputs = prepared(name, example)
        gradient = gradient_of(model, inputs)
        program = exported(example, model, inputs)
        torch.export.save(program, folder / f"{name}.pt2")
        without_traces(folder / f"{name}.pt2")
        found = values_of(program, inputs)
        if gradient is not None:
            found["gradient"] = gradient
        kept |= {f"{name}/{key}": value for key, value in found.items()}
    index = json.dumps({name: value.shape for name, value in kept.items()}).encode()
    flat = np.concatenate([value.reshape(-1).astype(np.float32) for value in kept.values()])
    np.savez_compressed(folder / "values.npz", index=np.frombuffer(index, np.uint8), flat=flat)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
