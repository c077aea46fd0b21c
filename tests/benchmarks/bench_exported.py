"""Opening a `.pt2` of SpliceAI's size, and running it on 10,000 bases, as a ratio to PyTorch on the same cores.

`Model.run` keeps the values of every layer, which PyTorch does not; what keeps the output alone is measured beside it.
Run with `python tests/benchmarks/bench_exported.py` where PyTorch and cnn_core are installed. OPENBLAS_CORETYPE and
OPENBLAS_L2_SIZE are unset for it, where a machine sets them: they make numpy's products several times slower.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

LENGTH = 10_000
RUNS = 5
SET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
WIDTHS = [11] * 8 + [21] * 4 + [41] * 4
DILATIONS = [1] * 4 + [4] * 4 + [10] * 4 + [25] * 4


def spliceai():
    """Return a network of SpliceAI-10k's size: 16 residual blocks of 32 channels."""
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, width: int, dilation: int) -> None:
            super().__init__()
            self.norms = nn.ModuleList([nn.BatchNorm1d(32) for _ in range(2)])
            self.convs = nn.ModuleList(
                [nn.Conv1d(32, 32, width, dilation=dilation, padding="same") for _ in range(2)]
            )

        def forward(self, x):
            y = x
            for norm, conv in zip(self.norms, self.convs, strict=True):
                y = conv(torch.relu(norm(y)))
            return x + y

    class SpliceAI(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last = nn.Conv1d(4, 32, 1), nn.Conv1d(32, 3, 1)
            self.blocks = nn.ModuleList([Block(*each) for each in zip(WIDTHS, DILATIONS, strict=True)])
            self.skips = nn.ModuleList([nn.Conv1d(32, 32, 1) for _ in range(5)])

        def forward(self, x):
            x = self.first(x)
            skip = self.skips[0](x)
            for number, block in enumerate(self.blocks, 1):
                x = block(x)
                if number % 4 == 0:
                    skip = skip + self.skips[number // 4](x)
            return torch.softmax(self.last(skip), dim=1)

    torch.manual_seed(0)
    return SpliceAI().eval()


def seconds(function) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main() -> None:
    """Print the seconds and the ratio."""
    import numpy as np
    import torch

    from cnn_core.letters.alphabet import encode
    from cnn_core.network.running import run_together
    from cnn_core.readers import open_model_file

    module = spliceai()
    letters = "".join("ACGT"[each] for each in np.random.default_rng(0).integers(0, 4, LENGTH))
    x = torch.nn.functional.one_hot(torch.tensor(["ACGT".index(letter) for letter in letters]), 4).T[None].float()
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        path = Path(folder) / "spliceai.pt2"
        torch.export.save(torch.export.export(module, (x,)), path)
        opening = statistics.median(seconds(lambda: open_model_file(path)) for _ in range(RUNS))
        model, codes = open_model_file(path).model, encode(letters)
        expected = module(x)[0].T.numpy()
        apart = np.abs(model.run(codes)[model.outputs[0]] - expected).max()
        runs = (
            lambda: module(x),
            lambda: model.run(codes),
            lambda: run_together(model, [codes], kept=model.outputs),
        )
        rounds = [[seconds(run) for run in runs] for _ in range(RUNS)]
    theirs, ours, output = (statistics.median(side) for side in zip(*rounds, strict=True))
    print(f"PyTorch {torch.__version__}, numpy {np.__version__}, {os.cpu_count()} cores, unset: {', '.join(SET)}")
    print(f"opening {path.name}: {opening:.3f} s")
    print(f"running {LENGTH:,} bases: {ours / theirs:.2f} × PyTorch ({ours:.2f} s against {theirs:.2f} s)")
    print(f"of which the output alone is kept: {output / theirs:.2f} × PyTorch ({output:.2f} s)")
    print(f"the largest difference: {apart:.1e}")


if __name__ == "__main__":
    if any(name in os.environ for name in SET):
        left = {name: value for name, value in os.environ.items() if name not in SET}
        os.execve(sys.executable, [sys.executable, *sys.argv], left)
    main()
