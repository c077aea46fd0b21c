"""Train the network of the preset `seed` on simulated enhancers and write `seed_trained.keras`.

Run as `python -m cnn_samples.train_seed` where Keras 3 and PyTorch are installed; nothing else of the program needs
them. It rewrites `seed_trained.keras` and `seed_trained.json`, the figures, beside this script. Seeds are fixed and
PyTorch works in one thread, so that a second run on the same machine and versions writes the same bytes; another
processor may round otherwise, and training then ends in other weights.

The test split is read once, after the weights are final. Which epoch's weights these are is chosen by the loss on
validation.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import logging
import math
import os
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cnn_core.presets import motifs

from . import evaluation, simulate_enhancers
from .evaluation import Codes, Scores, auroc

__all__ = ["main", "stable_archive"]

_LOG: Final = logging.getLogger(__name__)
_SEED: Final = 500_16_320
_PAIRS_PER_BATCH: Final = 16
_EPOCHS: Final = 6
_PATIENCE: Final = 2
_LEARNING_RATE: Final = 2e-3
_WEIGHT_DECAY: Final = 0.2
_RECORDS_AT_ONCE: Final = 200
_SHOWN: Final = 4
_PLACES: Final = 5
_DATE: Final = (1980, 1, 1, 0, 0, 0)


def stable_archive(archive: bytes) -> bytes:
    """Return a `.keras` file without what differs between two runs: dates and the addresses of shared objects.

    Args:
        archive: A zip archive as Keras 3 writes it.

    Returns:
        The same members, dated 1980-01-01 as zip does where there is no date, shared objects numbered from 1.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as members, zipfile.ZipFile(written, "w") as stable:
        for name in members.namelist():
            data = members.read(name)
            if name == "metadata.json":
                data = json.dumps({**json.loads(data), "date_saved": "1980-01-01@00:00:00"}).encode()
            elif name == "config.json":
                data = json.dumps(_renumbered(json.loads(data), {})).encode()
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            stable.writestr(entry, data)
    return written.getvalue()


def _renumbered(config: object, numbers: dict[object, int]) -> object:
    """Return a configuration whose shared objects are numbered in the order in which they first appear."""
    if isinstance(config, list):
        return [_renumbered(entry, numbers) for entry in config]
    if not isinstance(config, dict):
        return config
    return {
        key: numbers.setdefault(entry, len(numbers) + 1)
        if key == "shared_object_id"
        else _renumbered(entry, numbers)
        for key, entry in config.items()
    }


def _network(keras: Any) -> Any:
    """Return the seven layers under the names that the preset `seed` gives them."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((simulate_enhancers.RECORD_LENGTH, 4), name="input"),
            layers.Conv1D(320, 16, activation="relu", name="conv1d"),
            layers.MaxPooling1D(8, 8, name="max_pooling1d"),
            layers.SimpleRNN(128, return_sequences=True, name="simple_rnn"),
            layers.Flatten(name="flatten"),
            layers.Dense(1, name="dense"),
            layers.Activation("sigmoid", name="activation"),
        ],
        name="seed_trained",
    )


def _split(name: str) -> tuple[Codes, Codes]:
    pairs = simulate_enhancers.simulate(name)
    return (
        simulate_enhancers.as_codes([pair.enhancer for pair in pairs]),
        simulate_enhancers.as_codes([pair.twin for pair in pairs]),
    )


def _one_hot(codes: Codes) -> NDArray[np.float32]:
    return np.eye(4, dtype=np.float32)[codes]


def _predicted(network: Any, codes: Codes) -> Scores:
    chunks = [
        np.asarray(network.predict_on_batch(_one_hot(codes[first : first + _RECORDS_AT_ONCE])))[:, 0]
        for first in range(0, len(codes), _RECORDS_AT_ONCE)
    ]
    return np.concatenate(chunks).astype(np.float64)


def _loss(positives: Scores, negatives: Scores) -> float:
    smallest = 1e-7
    return float(
        -(
            np.log(np.clip(positives, smallest, None)).mean()
            + np.log(np.clip(1.0 - negatives, smallest, None)).mean()
        )
        / 2.0
    )


def _accuracy(positives: Scores, negatives: Scores) -> float:
    return float(((positives > 0.5).mean() + (negatives <= 0.5).mean()) / 2.0)


def _train(keras: Any, network: Any) -> dict[str, Any]:
    """Train until the loss on validation has not fallen for two epochs; keep the best epoch's weights.

    An enhancer and its twin are always in the same batch, so that what they share cancels.
    """
    train, validation = _split("train"), _split("validation")
    batches = len(train[0]) // _PAIRS_PER_BATCH
    rate = keras.optimizers.schedules.CosineDecay(_LEARNING_RATE, _EPOCHS * batches)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=_WEIGHT_DECAY, clipnorm=1.0)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    network.compile(optimizer, "binary_crossentropy")
    labels = np.repeat(np.array([[1.0], [0.0]], dtype=np.float32), _PAIRS_PER_BATCH, axis=0)
    draw = np.random.RandomState(_SEED)
    losses: list[float] = []
    best = network.get_weights()
    for epoch in range(_EPOCHS):
        order = np.argsort(draw.random_sample(len(train[0])), kind="stable")
        for batch in range(batches):
            chosen = order[batch * _PAIRS_PER_BATCH :][:_PAIRS_PER_BATCH]
            loss = network.train_on_batch(_one_hot(np.concatenate([part[chosen] for part in train])), labels)
            if batch % 50 == 0:
                _LOG.info("epoch %d, batch %d of %d: loss %.3f", epoch + 1, batch, batches, float(loss))
        scores = _predicted(network, validation[0]), _predicted(network, validation[1])
        losses.append(_loss(*scores))
        _LOG.info("epoch %d: validation loss %.4f, AUROC %.4f", epoch + 1, losses[-1], auroc(*scores))
        if losses[-1] == min(losses):
            best = network.get_weights()
        elif epoch - losses.index(min(losses)) >= _PATIENCE:
            break
    network.set_weights(best)
    return {
        "seed": _SEED,
        "pairs_per_batch": _PAIRS_PER_BATCH,
        "learning_rate": _LEARNING_RATE,
        "weight_decay": _WEIGHT_DECAY,
        "epochs": len(losses),
        "best_epoch": losses.index(min(losses)) + 1,
        "validation_losses": [round(loss, _PLACES) for loss in losses],
    }


def _figures(keras: Any, network: Any) -> dict[str, Any]:
    """Return what the test split says, of the network and of what it is compared with."""
    pairs, test = simulate_enhancers.simulate("test"), _split("test")
    enhancers, twins = scores = _predicted(network, test[0]), _predicted(network, test[1])
    area = auroc(*scores)
    metric = keras.metrics.AUC(num_thresholds=10_000)
    metric.update_state(np.repeat([1.0, 0.0], len(pairs)), np.concatenate(scores))
    if not math.isclose(area, float(metric.result()), abs_tol=1e-3):
        raise ArithmeticError(f"the AUROC is {area} by ranks and {float(metric.result())} by Keras")
    gc = [((codes == 1) | (codes == 2)).mean(axis=1) for codes in test]
    cpg = [((codes[:, :-1] == 1) & (codes[:, 1:] == 2)).sum(axis=1).astype(np.float64) for codes in test]
    words = evaluation.word_scores(_split("train"), _split("validation"), test)
    matrices = simulate_enhancers.planted()
    share = sum(simulate_enhancers.GC_SHARES) / 2.0
    scanned = [evaluation.matrix_scan(codes, matrices, share) for codes in test]
    sites = np.array([len(pair.sites) for pair in pairs])
    lone = np.array([pair.sites[0].factor if len(pair.sites) == 1 else "" for pair in pairs])
    return {
        "test": {
            "records": 2 * len(pairs),
            "auroc": round(area, _PLACES),
            "auroc_interval": [round(bound, _PLACES) for bound in evaluation.auroc_interval(*scores)],
            "accuracy": round(_accuracy(*scores), _PLACES),
            "loss": round(_loss(*scores), _PLACES),
            "auroc_by_sites": {
                str(count): round(auroc(enhancers[sites == count], twins[sites == count]), _PLACES)
                for count in sorted({*sites.tolist()})
            },
            "auroc_of_one_site": {
                factor: round(auroc(enhancers[lone == factor], twins[lone == factor]), _PLACES)
                for factor in simulate_enhancers.FACTORS
            },
        },
        "baselines": {
            "gc_content": round(auroc(gc[0], gc[1]), _PLACES),
            "cpg_count": round(auroc(cpg[0], cpg[1]), _PLACES),
            "words_of_6": round(auroc(*words), _PLACES),
            "planted_matrices": round(auroc(scanned[0], scanned[1]), _PLACES),
        },
        "probabilities": {
            "enhancers": [round(float(score), _PLACES) for score in enhancers[:_SHOWN]],
            "twins": [round(float(score), _PLACES) for score in twins[:_SHOWN]],
        },
    }


def _looks(network: Any, untrained: NDArray[np.float32]) -> dict[str, Any]:
    """Return which filters look like which motif, and what the output is without them."""
    every = motifs.matrices()
    conv = network.get_layer("conv1d")
    kernel, bias = conv.get_weights()
    found = evaluation.filters_by_matrix(kernel, every)
    planted = {factor: found.pop(factor) for factor in simulate_enhancers.FACTORS}
    matching = np.zeros(kernel.shape[2], dtype=bool)
    matching[[number for numbers in planted.values() for number in numbers]] = True
    test, areas = _split("test"), {}
    for name, kept in (("without_matching", ~matching), ("without_others", matching)):
        conv.set_weights([kernel * kept.astype(np.float32), bias * kept.astype(np.float32)])
        areas[name] = round(auroc(_predicted(network, test[0]), _predicted(network, test[1])), _PLACES)
    conv.set_weights([kernel, bias])
    strongest = [
        np.asarray(conv(_one_hot(test[0][first : first + _RECORDS_AT_ONCE])).detach()).max(axis=(0, 1))
        for first in range(0, len(test[0]), _RECORDS_AT_ONCE)
    ]
    before = evaluation.filters_by_matrix(untrained, every)
    return {
        "correlation": evaluation.MATCH,
        "columns": evaluation.OVERLAP,
        "planted": planted,
        "not_planted": {factor: numbers for factor, numbers in found.items() if numbers},
        "untrained": sum(map(len, before.values())),
        "silent": int((np.max(strongest, axis=0) == 0.0).sum()),
        "auroc": areas,
    }


def main() -> None:
    """Rewrite `seed_trained.keras` and `seed_trained.json` beside this script."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    os.environ["KERAS_BACKEND"] = "torch"
    keras, torch = importlib.import_module("keras"), importlib.import_module("torch")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    keras.utils.set_random_seed(_SEED)
    network = _network(keras)
    untrained = network.get_layer("conv1d").get_weights()[0]
    training = _train(keras, network)
    # A copy that was never compiled has no optimizer to save.
    uncompiled = _network(keras)
    uncompiled.set_weights(network.get_weights())
    path = Path(__file__).with_name("seed_trained.keras")
    uncompiled.save(path)
    archive = stable_archive(path.read_bytes())
    path.write_bytes(archive)
    # The figures are those of the file.
    saved = keras.saving.load_model(path)
    figures = {
        "model": {
            "file": path.name,
            "bytes": len(archive),
            "sha256": hashlib.sha256(archive).hexdigest(),
            "parameters": saved.count_params(),
        },
        "versions": {
            name: importlib.import_module(name).__version__ for name in ("keras", "torch", "h5py", "numpy")
        },
        "simulation": {
            "factors": [*simulate_enhancers.FACTORS],
            "sites": [*simulate_enhancers.SITES],
            "seeds": {name: seed for name, (seed, _) in simulate_enhancers.SPLITS.items()},
            "pairs": {name: pairs for name, (_, pairs) in simulate_enhancers.SPLITS.items()},
        },
        "training": training,
        **_figures(keras, saved),
        "filters": _looks(saved, untrained),
    }
    text = json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    path.with_suffix(".json").write_text(text, encoding="utf-8", newline="\n")
    _LOG.info("%s", text)


if __name__ == "__main__":
    main()
