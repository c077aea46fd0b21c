"""Store TorchScript archives, small ones, and what PyTorch computes with them.

Run where torch is installed, from the repository:

    pip install torch
    python tests/core/readers/make_torchscript_fixtures.py
"""

from __future__ import annotations

import json
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import torch
from make_pytorch_fixtures import fill
from make_pytorch_module_fixtures import LETTERS, given, models, one_hot
from torch import nn
from torch.nn import functional

HERE = Path(__file__).parent / "torchscript"


class Mixed(nn.Module):
    """Residual, slices, an LSTM, a constant, reversal, two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(4, 6, 5, stride=2, padding=1)
        self.bn = nn.BatchNorm1d(6, eps=1e-3)
        self.pool = nn.MaxPool1d(4, 2, padding=1)
        self.body = nn.Sequential(nn.Conv1d(6, 5, 3, padding=1), nn.GELU(), nn.Dropout(0.2))
        self.rnn = nn.LSTM(5, 4, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(8, 2)
        self.register_buffer("scale", torch.tensor([2.0]))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.pool(functional.relu(self.bn(self.conv1(x))))
        x = x[:, :5] + self.body(x) * self.scale
        y, _ = self.rnn(x.transpose(1, 2))
        y = y.mean(1)
        return torch.sigmoid(self.fc(y.view(y.size(0), -1))), x.flip([2]) + 3


class Strands(nn.Module):
    """One tower for both strands, in place, with the length in a literal."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 7)
        self.act = nn.ReLU(inplace=True)
        self.head = nn.Linear(6 * 14, 3)

    def tower(self, x: torch.Tensor) -> torch.Tensor:
        return functional.max_pool1d(self.act(self.conv(x)), 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        both = torch.maximum(self.tower(x), self.tower(x.flip([1, 2])).flip([2]))
        return functional.softmax(self.head(both.reshape(x.shape[0], -1)), dim=-1)


class Looping(nn.Module):
    """A loop, which a script keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 5, 6)
        self.again = nn.Conv1d(5, 5, 3, padding=1)

    def forward(self, x: torch.Tensor, times: int = 2) -> torch.Tensor:
        x = torch.relu(self.conv(x))
        for _ in range(times):
            x = torch.relu(self.again(x))
        return x


class Numbered(nn.Module):
    """Letters as numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(5, 4)
        self.conv = nn.Conv1d(4, 5, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.elu(self.conv(self.table(x).permute(0, 2, 1))).amax(dim=2)


class Halved(nn.Module):
    """Sizes that are computed from sizes, and the last state of a GRU."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 5)
        self.rnn = nn.GRU(6, 4, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.conv(x))
        x = functional.pad(x, (0, 64 - x.shape[-1]))
        batch, channels, length = x.shape
        pairs = x.view(batch, channels, length // 2, 2)
        x = (pairs * pairs.softmax(-1)).sum(-1)
        return self.rnn(x.transpose(1, 2))[1][-1]


class Attending(nn.Module):
    """Attention, whose sizes a trace divides: of a head, with `rounding_mode`."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 5, stride=4)
        self.attention = nn.MultiheadAttention(6, 3, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.conv(x)).transpose(1, 2)
        return (x + self.attention(x, x, x, need_weights=False)[0]).mean(1)


def without_members(path: Path, *ends: str) -> None:
    """Take members out of an archive: those for debugging name folders of this machine."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if not name.endswith(ends)}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)


def write(folder: Path) -> dict[str, np.ndarray]:
    """Write every file into a folder, and return what PyTorch computes."""
    answers: dict[str, np.ndarray] = {}
    x = one_hot()
    numbers = x.argmax(1)
    torch.manual_seed(0)
    whole = {name: models()[name] for name in ("deepsea", "picture", "towers")}
    found = {
        "mixed": fill(Mixed(), 300),
        "strands": fill(Strands(), 301),
        "numbered": fill(Numbered(), 302),
        "halved": fill(Halved(), 304),
        "attending": fill(Attending(), 305),
        **whole,
    }
    for name, model in found.items():
        read = numbers if name == "numbered" else x[:, None] if name == "picture" else x
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.jit.save(torch.jit.trace(model, read), folder / f"{name}.pt")
            outputs = model(read)
        for number, output in enumerate(outputs if isinstance(outputs, tuple) else [outputs]):
            answers[f"{name}/output{number}"] = np.ascontiguousarray(output[0].numpy().T)
        if name not in ("numbered", "strands", "mixed", "halved", "attending"):
            answers.update({f"{name}/{key}": array for key, array in given(model, read).items()})
    with torch.no_grad():
        mixed, x1 = found["mixed"], one_hot()
        for name in ("conv1", "bn"):
            x1 = mixed.get_submodule(name)(x1)
            answers[f"mixed/{name}"] = x1[0].numpy().T
        answers["strands/conv"] = found["strands"].conv(x)[0].numpy().T
        answers["strands/conv#2"] = found["strands"].conv(x.flip([1, 2]))[0].numpy().T
    looping = fill(Looping(), 303)
    with torch.no_grad():
        answers["looping/conv"] = torch.relu(looping.conv(x))[0].numpy().T
        answers["frozen/output0"] = whole["towers"](x)[0].numpy()
    torch.jit.save(torch.jit.script(looping), folder / "looping.pt")
    torch.jit.save(torch.jit.freeze(torch.jit.trace(whole["towers"], x)), folder / "frozen.pt")
    torch.jit.save(torch.jit.trace(whole["towers"], x), folder / "without_inputs.pt")
    without_members(folder / "without_inputs.pt", "traced_inputs.pkl")
    for path in folder.glob("*.pt"):
        without_members(path, ".debug_pkl")
    return answers


def main() -> None:
    """Write the files and the answers beside this script."""
    HERE.mkdir(exist_ok=True)
    versions = json.dumps({"torch": torch.__version__, "python": sys.version.split()[0]})
    np.savez_compressed(HERE / "answers.npz", letters=np.array(LETTERS), versions=np.array(versions), **write(HERE))


if __name__ == "__main__":
    main()
