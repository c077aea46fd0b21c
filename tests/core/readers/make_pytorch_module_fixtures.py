"""Store models that PyTorch pickled whole, small ones, and what every module of theirs gives.

Run where torch is installed, from the repository:

    pip install torch
    python tests/core/readers/make_pytorch_module_fixtures.py
"""

from __future__ import annotations

import json
import sys
import types
import warnings
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from make_pytorch_fixtures import fill
from torch import nn

HERE = Path(__file__).parent / "pytorch_modules"
LETTERS = "ACGTTGCAAGGCTTAACCGATCGATTACAGGCATGCAATTTGCGCATACGGATCCTAGGCATTA"


def one_hot() -> torch.Tensor:
    """Return the letters as PyTorch reads them, shape (1, 4, length)."""
    rows = np.eye(4, dtype=np.float32)[["ACGT".index(letter) for letter in LETTERS]]
    return torch.from_numpy(rows.T[None].copy())


class Bpnet(nn.Module):
    """A module of the structure of bpnet-lite's."""

    def __init__(self) -> None:
        super().__init__()
        self.n_filters = 6
        self.n_layers = 2
        self.trimming = 4
        self.name = "bpnet"
        self.iconv = nn.Conv1d(4, 6, kernel_size=7, padding=3)
        self.irelu = nn.ReLU()
        self.rconvs = nn.ModuleList([nn.Conv1d(6, 6, kernel_size=3, padding=2**i, dilation=2**i) for i in (1, 2)])
        self.rrelus = nn.ModuleList([nn.ReLU() for _ in range(2)])
        self.fconv = nn.Conv1d(6, 2, kernel_size=9, padding=4)
        self.linear = nn.Linear(6, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.irelu(self.iconv(x))
        for relu, conv in zip(self.rrelus, self.rconvs, strict=True):
            x = x + relu(conv(x))
        return self.fconv(x)


class Basset(nn.Module):
    """An author's class, with a batch norm of its own ε and a pool that moves by less than its size."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(4, 6, 6, stride=2, padding=2, dilation=2)
        self.bn1 = nn.BatchNorm1d(6, eps=1e-3)
        self.act1 = nn.LeakyReLU(0.2)
        self.drop = nn.Dropout(0.3)
        self.pool1 = nn.MaxPool1d(4, stride=3, padding=1)
        self.conv2 = nn.Conv1d(6, 6, 3)
        self.wide = nn.Conv1d(4, 8, 9, groups=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv2(self.pool1(self.drop(self.act1(self.bn1(self.conv1(x))))))


class Towers(nn.Module):
    """An author's class whose layers are in containers."""

    def __init__(self) -> None:
        super().__init__()
        first = (nn.Conv1d(4, 5, 5), nn.BatchNorm1d(5), nn.GELU(), nn.MaxPool1d(3))
        self.features = nn.Sequential(nn.Sequential(*first), nn.Conv1d(5, 6, 3), nn.ReLU())
        self.head = nn.Sequential(nn.Linear(6, 3), nn.Sigmoid())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x).mean(dim=2))


def models() -> dict[str, nn.Module]:
    """Return the models by their files' names."""
    deepsea = nn.Sequential(
        nn.Conv1d(4, 6, 5),
        nn.ReLU(),
        nn.MaxPool1d(4),
        nn.Dropout(0.2),
        nn.Conv1d(6, 5, 3),
        nn.ELU(0.7),
        nn.MaxPool1d(2, ceil_mode=True),
        nn.Flatten(),
        nn.Linear(35, 7),
        nn.ReLU(),
        nn.Linear(7, 2),
        nn.Sigmoid(),
    )
    nested = nn.Sequential(
        OrderedDict(
            stem=nn.Sequential(
                nn.BatchNorm1d(4),
                nn.Conv1d(4, 8, 7, padding=3, groups=2),
                nn.BatchNorm1d(8, eps=1e-2),
                nn.LeakyReLU(0.3),
                nn.AvgPool1d(4, 2, padding=1),
            ),
            body=nn.Sequential(
                nn.Conv1d(8, 6, 3, stride=2, dilation=2, padding="valid"), nn.Softplus(), nn.GroupNorm(2, 6)
            ),
            pool=nn.AdaptiveMaxPool1d(1),
            head=nn.Sequential(nn.Flatten(1), nn.LayerNorm(6), nn.Linear(6, 3), nn.Softmax(dim=1)),
        )
    )
    picture = nn.Sequential(
        nn.Conv2d(1, 5, (4, 6), bias=False),
        nn.BatchNorm2d(5),
        nn.ReLU(),
        nn.MaxPool2d((1, 4)),
        nn.Conv2d(5, 4, (1, 3)),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(48, 2),
    )
    rows: list[nn.Module] = [nn.Conv1d(4, 8, 3)]
    for each in (
        *(
            nn.CELU(0.6),
            nn.GELU("tanh"),
            nn.Hardshrink(0.3),
            nn.Hardsigmoid(),
            nn.Hardswish(),
            nn.Hardtanh(-0.5, 2.0),
        ),
        *(
            nn.LogSigmoid(),
            nn.LogSoftmax(1),
            nn.Mish(),
            nn.PReLU(8),
            nn.ReLU6(),
            nn.SELU(),
            nn.SiLU(),
            nn.Sigmoid(),
        ),
        *(nn.Softplus(2.0), nn.Softshrink(0.2), nn.Softsign(), nn.Tanhshrink(), nn.Threshold(0.1, 0.05)),
        *(nn.ConstantPad1d((1, 2), 0.5), nn.ReflectionPad1d(2), nn.ReplicationPad1d((0, 1)), nn.ZeroPad1d(1)),
        *(nn.InstanceNorm1d(8, affine=True), nn.Upsample(scale_factor=2), nn.ConvTranspose1d(8, 8, 3, 2, 1)),
        *(nn.AvgPool1d(3, ceil_mode=True), nn.GLU(1)),
    ):
        rows += [each, nn.Conv1d(4 if isinstance(each, nn.GLU) else 8, 8, 1)]
    rows += [nn.MaxPool1d(3, 2, dilation=2), nn.AdaptiveAvgPool1d(4), nn.AdaptiveMaxPool1d(2)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        normed = nn.utils.weight_norm(nn.Conv1d(4, 4, 6, padding=2, padding_mode="circular"))
    weighted = nn.Sequential(normed, nn.ReLU(), nn.MaxPool1d(2), Basset())
    bpnet = Bpnet()
    # As if its class were the package's own: only the name is in the file.
    package, module = types.ModuleType("bpnetlite"), types.ModuleType("bpnetlite.bpnet")
    Bpnet.__module__, Bpnet.__qualname__, Bpnet.__name__ = "bpnetlite.bpnet", "BPNet", "BPNet"
    module.BPNet = Bpnet  # type: ignore[attr-defined]
    sys.modules.update({"bpnetlite": package, "bpnetlite.bpnet": module})
    found = {
        "deepsea": deepsea,
        "nested": nested,
        "picture": picture,
        "rows": nn.Sequential(*rows),
        "weight_norm": weighted,
        "bpnet": bpnet,
        "basset": Basset(),
        "towers": Towers(),
    }
    return {name: fill(model, 200) for name, model in found.items()}


def given(model: nn.Module, x: torch.Tensor) -> dict[str, np.ndarray]:
    """Return what every module gives as our arrays, (length, channels) or (units,)."""
    found: dict[str, np.ndarray] = {}

    def keep(name: str) -> object:
        def hook(_: nn.Module, __: object, output: torch.Tensor) -> None:
            array = output.detach().numpy()[0]
            if array.ndim == 3:
                array = array[:, 0, :]
            found[name] = np.ascontiguousarray(array.T)

        return hook

    hooks = [
        each.register_forward_hook(keep(name)) for name, each in model.named_modules() if not [*each.children()]
    ]
    with torch.no_grad():
        model(x)
    for each in hooks:
        each.remove()
    return found


def write(folder: Path) -> dict[str, np.ndarray]:
    """Write every file into a folder, and return what PyTorch computes."""
    answers: dict[str, np.ndarray] = {}
    x = one_hot()
    for name, model in models().items():
        for key, array in given(model, x[:, None] if name == "picture" else x).items():
            answers[f"{name}/{key}"] = array
        if name == "basset":
            with torch.no_grad():
                answers["basset/wide"] = model.wide(x)[0].T.numpy()
        torch.save(model.train() if name == "towers" else model, folder / f"{name}.pt")
        if name in ("deepsea", "bpnet"):
            # Such a file has the source of every class, from folders of this machine.
            torch.serialization.get_source_lines_and_file = lambda _: (["class Some:\n"], 0, "some.py")
            torch.save(model, folder / f"{name}_before_1.6.pt", _use_new_zipfile_serialization=False)
    nested = {"epoch": 3, "ema": models()["deepsea"], "model": nn.DataParallel(models()["nested"])}
    torch.save(nested, folder / "checkpoint.pt")
    return answers


def main() -> None:
    """Write the files and the answers beside this script."""
    HERE.mkdir(exist_ok=True)
    versions = json.dumps({"torch": torch.__version__, "python": sys.version.split()[0]})
    np.savez_compressed(HERE / "answers.npz", letters=np.array(LETTERS), versions=np.array(versions), **write(HERE))


if __name__ == "__main__":
    main()
