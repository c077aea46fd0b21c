"""How long gradients and contributions take, beside a run of the network alone.

    OMP_NUM_THREADS=1 PYTHONPATH=core:tui:samples python tests/benchmarks/bench_contributions.py

The question's network (the model `trained`: 500 bases, 320 filters of 16, pool 8, SimpleRNN, Dense, sigmoid) on
random letters, the logit of its output. Prints the median of several runs of each method. Where PyTorch is installed,
its gradient of the same network stands beside ours, with the largest difference.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from cnn_core.attribution import ExplainedValue, Method, Target, attribute
from cnn_core.layers import Array
from cnn_core.letters.alphabet import encode, one_hot
from cnn_core.network.model import Model
from cnn_tui.opening import open_model

LENGTH = 500
RUNS = 9


def timed(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median of some runs in milliseconds, after one that does not count."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return median(seconds) * 1000


def by_torch(model: Model, rows: Array) -> Callable[[], Array]:
    """Return what computes PyTorch's gradient at the letters, shape (length, 4)."""
    import torch
    from torch.nn import functional

    conv, rnn, dense = (model[name].layer.weights() for name in ("conv1d", "simple_rnn", "dense"))
    kernel = torch.from_numpy(conv["kernel"].transpose(2, 1, 0).copy())
    recurrent = torch.nn.RNN(*rnn["kernel"].shape, batch_first=True)
    with torch.no_grad():
        recurrent.weight_ih_l0.copy_(torch.from_numpy(rnn["kernel"].T.copy()))
        recurrent.weight_hh_l0.copy_(torch.from_numpy(rnn["recurrent_kernel"].T.copy()))
        recurrent.bias_ih_l0.copy_(torch.from_numpy(rnn["bias"]))
        recurrent.bias_hh_l0.zero_()

    def gradient() -> Array:
        x = torch.from_numpy(rows.T.copy())[None].requires_grad_()
        maps = functional.conv1d(x, kernel, torch.from_numpy(conv["bias"])).relu()
        states = recurrent(functional.max_pool1d(maps, 8).transpose(1, 2))[0].flatten()
        logit = states @ torch.from_numpy(dense["kernel"][:, 0])
        return torch.autograd.grad(logit, x)[0][0].T.numpy()

    return gradient


def main() -> None:
    model = open_model("trained").model
    codes = encode("".join(np.random.default_rng(0).choice([*"ACGT"], LENGTH)))
    explained = ExplainedValue(model, Target.parse("output", model, LENGTH))
    print(f"a run alone: {timed(lambda: explained.run(codes)):.1f} ms")
    for method in Method:
        print(f"{method}: {timed(lambda method=method: attribute(explained, codes, method)):.1f} ms")
    try:
        theirs = by_torch(model, one_hot(codes, "ACGT"))
    except ImportError:
        return
    ours = attribute(explained, codes, Method.GRADIENT).multipliers
    print(f"PyTorch's gradient: {timed(theirs):.1f} ms, largest difference {np.abs(theirs() - ours).max():.1e}")


if __name__ == "__main__":
    main()
