"""Store what PyTorch writes and computes: small files of weights, and the outputs of the layers they came from.

Run where torch and safetensors are installed, from the repository:

    pip install torch safetensors
    python tests/core/readers/make_pytorch_fixtures.py

`write(folder)` writes every file into a folder; the oracle test calls it with whatever torch is installed.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent / "pytorch"
LETTERS = "ACGTTGCAAGGCTTAACCGATCGATTACAGGCATGCAAT"
CHANNELS = "ACGTN"


def one_hot(channels: int) -> torch.Tensor:
    """Return the letters as PyTorch reads them, shape (1, channels, length)."""
    rows = np.eye(len(CHANNELS), dtype=np.float32)[[CHANNELS.index(letter) for letter in LETTERS]]
    return torch.from_numpy(rows[:, :channels].T[None].copy())


def drawn(seed: int, *shape: int) -> torch.Tensor:
    """Return normal numbers that any version of torch draws alike: numpy's frozen stream."""
    numbers = np.random.RandomState(seed).standard_normal(shape).astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray(numbers))


def fill(module: nn.Module, seed: int) -> nn.Module:
    """Give a module weights, and its batch norms a past."""
    with torch.no_grad():
        for index, (name, tensor) in enumerate(module.state_dict().items()):
            if tensor.dtype.is_floating_point:
                values = drawn(seed + index, *tensor.shape)
                tensor.copy_(values.abs() + 0.25 if name.endswith(("running_var", "_g", "original0")) else values)
    return module.eval()


def sequential() -> nn.Module:
    return fill(
        nn.Sequential(nn.Conv1d(4, 6, 5), nn.ReLU(), nn.MaxPool1d(8), nn.Conv1d(6, 4, 3), nn.Conv1d(4, 3, 1)), 1
    )


def normalised(**settings: bool) -> nn.Module:
    conv = nn.Conv1d(4, 5, 7, bias=settings.get("bias", True))
    norm = nn.BatchNorm1d(5, affine=settings.get("affine", True))
    return fill(nn.Sequential(OrderedDict(features=nn.Sequential(conv, norm, nn.ReLU(), nn.MaxPool1d(8)))), 20)


class Named(nn.Module):
    """Layers with names of their own, called in an order that the state dict does not tell."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(4, 5, 6)
        self.bn1 = nn.BatchNorm1d(5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.bn1(self.conv1(x)))


class Parts(nn.Module):
    """Layers under any names, with dots for containers, put down in the given order and called as a test says."""

    def __init__(self, **layers: nn.Module) -> None:
        super().__init__()
        for name, layer in layers.items():
            *containers, last = name.split("__")
            inside: nn.Module = self
            for container in containers:
                if not hasattr(inside, container):
                    inside.add_module(container, nn.Module())
                inside = inside.get_submodule(container)
            inside.add_module(last, layer)
        self.layers = layers
        fill(self, 140)

    def compute(self, x: torch.Tensor, *names: str) -> torch.Tensor:
        """Return what layers give, one behind the other, and then ReLU."""
        for name in names:
            x = self.layers[name](x)
        return torch.relu(x)


class Branches(nn.Module):
    """Two convolutions side by side over the letters."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = nn.Conv1d(4, 3, 3)
        self.wide = nn.Conv1d(4, 3, 9)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.wide(x))


def write(folder: Path) -> dict[str, np.ndarray]:
    """Write every file.

    Returns:
        What torch computes: by `<file>/conv` the activations of the convolution that is to be found, shape
        (windows, filters), and by `<file>/pool` the cells of a max pool 8/8 behind it.
    """
    from safetensors.torch import save_file

    answers: dict[str, np.ndarray] = {}

    def answer(name: str, activations: torch.Tensor) -> None:
        flat = activations.detach().float().reshape(activations.shape[1], -1)
        cells = nn.functional.max_pool1d(flat, 8)
        answers[f"{name}/conv"], answers[f"{name}/pool"] = flat.T.numpy(), cells.T.numpy()

    def save(name: str, state: object, activations: torch.Tensor | None = None) -> None:
        torch.save(state, folder / name)
        if activations is not None:
            answer(name, activations)

    x, x5 = one_hot(4), one_hot(5)
    with torch.no_grad():
        plain = sequential()
        save("plain.pt", plain.state_dict(), plain[:2](x))
        save_file(plain.state_dict(), folder / "plain.safetensors", metadata={"format": "pt"})
        answer("plain.safetensors", plain[:2](x))

        both = normalised()
        save("norm.pt", {"epoch": 7, "state_dict": both.state_dict()}, both.features[:3](x))
        save_file(both.state_dict(), folder / "norm.safetensors")
        answer("norm.safetensors", both.features[:3](x))
        bare = normalised(bias=False, affine=False)
        save("norm_bare.pt", bare.state_dict(), bare.features[:3](x))
        named = fill(Named(), 40)
        save("named.pt", {"model_state_dict": named.state_dict(), "best": 0.5}, named(x))

        def conv() -> nn.Module:
            return nn.Conv1d(4, 5, 6)

        def deeper() -> nn.Module:
            return nn.Conv1d(5, 5, 3)

        def norm(size: int = 5) -> nn.Module:
            return nn.BatchNorm1d(size)

        # The order in which layers are put down is the file's; the order in which they compute is what is answered.
        pre = Parts(bn0=norm(4), conv1=conv(), bn1=norm(), fc1=nn.Linear(5, 5), bn2=norm())
        save("names_front.pt", pre.state_dict(), pre.compute(x, "bn0", "conv1", "bn1"))
        apart = Parts(conv1=conv(), conv2=deeper(), bn1=norm(), bn2=norm())
        save("names_apart.pt", apart.state_dict(), apart.compute(x, "conv1", "bn1"))
        save_file(apart.state_dict(), folder / "names_apart.safetensors")
        answer("names_apart.safetensors", apart.compute(x, "conv1", "bn1"))
        blocks = Parts(layer1__conv=conv(), layer1__bn=norm(), layer2__conv=deeper(), layer2__bn=norm())
        save("names_blocks.pt", blocks.state_dict(), blocks.compute(x, "layer1__conv", "layer1__bn"))
        lists = Parts(convs__0=conv(), convs__1=deeper(), bns__0=norm(), bns__1=norm())
        save("names_lists.pt", lists.state_dict(), lists.compute(x, "convs__0", "bns__0"))
        counted = Parts(conv1=conv(), bn2=norm(), conv3=deeper(), bn4=norm())
        save("names_counted.pt", counted.state_dict(), counted.compute(x, "conv1", "bn2"))
        plain_names = Parts(scan=conv(), standardise=norm(), deep=deeper(), again=norm())
        save("names_order.pt", plain_names.state_dict(), plain_names.compute(x, "scan", "standardise"))
        late = nn.Sequential(conv(), nn.ReLU(), norm(), deeper())
        save("names_late.pt", fill(late, 141).state_dict(), late[:2](x))
        group = Parts(conv1=conv(), norm1=nn.GroupNorm(1, 5))
        save("names_group.pt", group.state_dict(), group.compute(x, "conv1"))
        shared = Parts(conv1=conv(), conv2=deeper(), bn=norm())
        save("names_shared.pt", shared.state_dict(), shared.compute(x, "conv1", "bn"))
        twice = Parts(conv1=conv(), bn1=norm(), conv1_bn=norm())
        save("names_twice.pt", twice.state_dict(), twice.compute(x, "conv1", "conv1_bn"))

        for kind in (torch.float16, torch.bfloat16, torch.float64):
            name = str(kind).removeprefix("torch.")
            rounded = fill(nn.Sequential(nn.Conv1d(4, 3, 5)), 50).to(kind)
            save(f"{name}.pt", rounded.state_dict())
            save_file(rounded.state_dict(), folder / f"{name}.safetensors")
            activations = torch.relu(rounded.float()(x))
            answer(f"{name}.pt", activations)
            answer(f"{name}.safetensors", activations)

        pictures = {
            "rows": (nn.Conv2d(1, 3, (4, 6)), x[:, None]),
            "columns": (nn.Conv2d(1, 3, (6, 4)), x[:, None].transpose(2, 3)),
            "flat": (nn.Conv2d(4, 3, (1, 6)), x[:, :, None]),
            "tall": (nn.Conv2d(4, 3, (6, 1)), x[:, :, :, None]),
            "turned": (nn.Conv2d(1, 3, (4, 4)), x[:, None]),
        }
        for name, (conv, picture) in pictures.items():
            fill(conv, 60)
            save(f"{name}.pt", conv.state_dict(), torch.relu(conv(picture)))

        five = fill(nn.Conv1d(5, 3, 4), 70)
        save("five.pt", five.state_dict(), torch.relu(five(x5)))

        weights = drawn(80, 2, 5, 4, 3)
        views = {"conv.weight": weights[1].permute(2, 1, 0), "conv.bias": weights[0, 0, :3, 1]}
        save("views.pt", views, torch.relu(nn.functional.conv1d(x, views["conv.weight"], views["conv.bias"])))
        parameter = nn.Parameter(drawn(81, 3, 4, 5))
        save("parameter.pt", [{"conv.weight": parameter}], torch.relu(nn.functional.conv1d(x, parameter)))

        old_style = fill(nn.utils.weight_norm(nn.Conv1d(4, 3, 5)), 90)
        save("weight_norm.pt", old_style.state_dict(), torch.relu(old_style(x)))
        new_style = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 3, 5)))
        save("parametrized.pt", fill(new_style, 95).state_dict(), torch.relu(new_style(x)))

        lightning = fill(nn.Sequential(nn.Conv1d(4, 3, 5)), 100)
        moments = {index: {"exp_avg": tensor.clone()} for index, tensor in enumerate(lightning.parameters())}
        checkpoint = {
            "epoch": 3,
            "global_step": 400,
            "pytorch-lightning_version": "2.5.0",
            "state_dict": lightning.state_dict(),
            "optimizer_states": [{"state": moments, "param_groups": [{"lr": 0.001, "betas": (0.9, 0.999)}]}],
            "hyper_parameters": {"filters": 3, "name": "tiny", "seq_len": 600},
            "loops": None,
        }
        save("lightning.ckpt", checkpoint, torch.relu(lightning(x)))

        branches = fill(Branches(), 110)
        save("branches.pt", branches.state_dict(), branches(x))
        save_file(branches.state_dict(), folder / "branches.safetensors")

        front = fill(nn.Sequential(nn.BatchNorm1d(4), nn.Conv1d(4, 5, 6), nn.BatchNorm1d(5)), 130)
        save("front.pt", front.state_dict(), torch.relu(front(x)))
        picture = fill(nn.Sequential(nn.BatchNorm2d(1), nn.Conv2d(1, 3, (4, 6), bias=False)), 131)
        save("front_picture.pt", picture.state_dict(), torch.relu(picture(x[:, None])))
        beside: dict[str, object] = {
            "args": argparse.Namespace(lr=0.1),
            "best": np.float64(0.5),
            "device": torch.device("cpu"),
            "dtype": torch.float32,
            "size": torch.Size([3, 4]),
            "chosen": {1, 2},
        }
        save("beside.ckpt", {"state_dict": lightning.state_dict(), **beside}, torch.relu(lightning(x)))

        # What the names and shapes give away of the layers around the convolution.
        recoded = fill(nn.Sequential(nn.Conv1d(4, 8, 1), nn.Conv1d(8, 3, 5)), 150)
        save("width_one.pt", recoded.state_dict(), torch.relu(recoded[:1](x)))
        embedded = Parts(lookup=nn.Embedding(5, 4), scan=nn.Conv1d(4, 5, 6))
        save("embedded.pt", embedded.state_dict(), embedded.compute(x, "scan"))
        wide_rows = Parts(embed=nn.Embedding(5, 16), scan=nn.Conv1d(16, 5, 6))
        save("embedded_wide.pt", wide_rows.state_dict())
        layers = (nn.Conv1d(4, 6, 5), nn.ReLU(), nn.Conv1d(6, 6, 3), nn.ReLU(), nn.MaxPool1d(4))
        doubled = fill(nn.Sequential(OrderedDict(features=nn.Sequential(*layers))), 151)
        save("doubled.pt", doubled.state_dict(), doubled.features[:2](x))

        def save_legacy(name: str, state: object, activations: torch.Tensor, protocol: int = 2) -> None:
            torch.save(state, folder / name, pickle_protocol=protocol, _use_new_zipfile_serialization=False)
            answer(name, activations)

        save_legacy("legacy.pt", lightning.state_dict(), torch.relu(lightning(x)))
        save_legacy("legacy_norm.pt", {"epoch": 7, "state_dict": both.state_dict()}, both.features[:3](x), 4)
        activations = torch.relu(nn.functional.conv1d(x, views["conv.weight"], views["conv.bias"]))
        save_legacy("legacy_views.pt", views, activations)
        halves = {name: tensor.half() for name, tensor in lightning.state_dict().items()}
        wide = {"0.weight": halves["0.weight"], "0.bias": halves["0.bias"].double(), "count": torch.tensor(3)}
        activations = nn.functional.conv1d(x, halves["0.weight"].float(), halves["0.bias"].float())
        save_legacy("legacy_kinds.pt", wide, torch.relu(activations))

        # Refused, each with what to do instead.
        save("deep.pt", fill(nn.Conv1d(8, 3, 5), 120).state_dict())
        save("transposed.pt", fill(nn.ConvTranspose1d(6, 4, 3), 121).state_dict())
        save("whole.pt", nn.Sequential(nn.Conv1d(4, 3, 5)))
        save("sparse.pt", {"conv.weight": drawn(132, 3, 4, 5).to_sparse(), "conv.bias": drawn(133, 3)})
        save("int8.pt", {"conv.weight": torch.ones(3, 4, 5, dtype=torch.int8)})
        save("nan.pt", {"conv.weight": torch.full((3, 4, 5), float("nan"))})
        torch.jit.save(torch.jit.trace(lightning, x), folder / "script.pt")
    without_debugging(folder / "script.pt")
    for file in folder.iterdir():
        file.chmod(0o644)
    return answers


def without_debugging(path: Path) -> None:
    """Take the debugging members out of a TorchScript archive: they name folders of this machine."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if not name.endswith(".debug_pkl")}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)


def main() -> None:
    """Write the files and the answers beside this script."""
    torch.manual_seed(0)
    HERE.mkdir(exist_ok=True)
    answers = write(HERE)
    versions = json.dumps({"torch": torch.__version__, "python": sys.version.split()[0]})
    np.savez_compressed(HERE / "answers.npz", letters=np.array(LETTERS), versions=np.array(versions), **answers)


if __name__ == "__main__":
    main()
