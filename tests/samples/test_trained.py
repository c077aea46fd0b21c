"""The trained model: what its file holds, what it learned from, and that its figures are told as they are."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from each_case import each_case

import cnn_core
import cnn_samples
from cnn_core.errors import NotFoundError
from cnn_core.layers import Activation, Array, Conv1D, Dense, Flatten, Input, MaxPooling1D, SimpleRNN
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.presets import motifs, preset
from cnn_samples import MODELS, evaluation, model_path, sample_path, simulate_enhancers, train_seed
from cnn_samples.simulate_enhancers import FACTORS, FLANK, LAST_BASE, RECORD_LENGTH, SITES, SPLITS, Pair

FILE = model_path("trained")
FIGURES: dict[str, Any] = json.loads(FILE.with_suffix(".json").read_text(encoding="utf-8"))
README = re.sub(r"\s+", " ", FILE.with_name("README.md").read_text(encoding="utf-8"))
MATRICES = {motif.name.upper(): motif for motif in motifs.matrices()}
FIRST_PAIRS = 200
SHA256 = {
    "train": "85f4992dd0a2b30e82536f491d486abbede3a746934ed65fd05072cefbe7ee80",
    "validation": "5aa4276436406f7dc76cc76e2eb43f6384129ec66fa9253baaac514cfdb79b4b",
    "test": "01fcef74c359798d2a96bc41d87c53f6c66465bc2ebd3b1ec6f8c3113819597b",
}


@cache
def first_pairs(split: str) -> list[Pair]:
    return simulate_enhancers.simulate(split, FIRST_PAIRS)


def member(name: str) -> bytes:
    with zipfile.ZipFile(FILE) as archive:
        return archive.read(name)


@pytest.fixture(scope="module")
def weights() -> dict[str, Array]:
    """Every tensor of the file by its path."""
    h5py = pytest.importorskip("h5py")
    found: dict[str, Array] = {}
    with h5py.File(io.BytesIO(member("model.weights.h5"))) as file:
        file.visititems(
            lambda path, node: found.update({path: node[()]}) if isinstance(node, h5py.Dataset) else None
        )
    return found


@pytest.fixture(scope="module")
def model(weights: dict[str, Array]) -> Model:
    """The network of the file, put together by hand."""
    conv, rnn, dense = "layers/conv1d/vars", "layers/simple_rnn/cell/vars", "layers/dense/vars"
    return Model.sequential(
        "trained",
        [
            ("input", Input(RECORD_LENGTH)),
            ("conv1d", Conv1D(kernel=weights[f"{conv}/0"], bias=weights[f"{conv}/1"], activation="relu")),
            ("max_pooling1d", MaxPooling1D(size=8, stride=8)),
            (
                "simple_rnn",
                SimpleRNN(
                    kernel=weights[f"{rnn}/0"],
                    recurrent_kernel=weights[f"{rnn}/1"],
                    bias=weights[f"{rnn}/2"],
                    return_sequences=True,
                ),
            ),
            ("flatten", Flatten()),
            ("dense", Dense(kernel=weights[f"{dense}/0"], bias=weights[f"{dense}/1"])),
            ("activation", Activation("sigmoid")),
        ],
    )


class TestFile:
    def test_the_model_goes_by_its_name(self) -> None:
        assert [*MODELS] == ["trained"]
        assert FILE.is_file()
        with pytest.raises(NotFoundError, match="'traned'") as refused:
            model_path("traned")
        assert refused.value.remedy == "there is trained"

    def test_three_members_without_dates(self) -> None:
        with zipfile.ZipFile(FILE) as archive:
            assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        metadata = json.loads(member("metadata.json"))
        assert metadata == {"keras_version": FIGURES["versions"]["keras"], "date_saved": "1980-01-01@00:00:00"}

    def test_the_figures_are_of_this_file(self) -> None:
        data = FILE.read_bytes()
        assert FIGURES["model"] == {
            "file": FILE.name,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "parameters": 85_953,
        }
        assert len(data) < 400_000

    def test_the_configuration_is_the_seven_layers_of_the_question(self) -> None:
        config = json.loads(member("config.json"))
        assert config["class_name"] == "Sequential"
        assert config["compile_config"] == {}
        layers = [(layer["class_name"], layer["config"]) for layer in config["config"]["layers"]]
        assert [name for name, _ in layers] == [
            "InputLayer",
            "Conv1D",
            "MaxPooling1D",
            "SimpleRNN",
            "Flatten",
            "Dense",
            "Activation",
        ]
        assert [settings["name"] for _, settings in layers] == [node.name for node in preset("seed").nodes]
        by_class = dict(layers)
        expected = {
            "InputLayer": {"batch_shape": [None, 500, 4]},
            "Conv1D": {
                "filters": 320,
                "kernel_size": [16],
                "strides": [1],
                "dilation_rate": [1],
                "padding": "valid",
                "activation": "relu",
                "use_bias": True,
            },
            "MaxPooling1D": {"pool_size": [8], "strides": [8], "padding": "valid"},
            "SimpleRNN": {
                "units": 128,
                "activation": "tanh",
                "return_sequences": True,
                "use_bias": True,
                "go_backwards": False,
            },
            "Dense": {"units": 1, "activation": "linear", "use_bias": True},
            "Activation": {"activation": "sigmoid"},
        }
        for layer, settings in expected.items():
            assert {key: by_class[layer][key] for key in settings} == settings

    def test_no_address_is_left_in_the_configuration(self) -> None:
        numbers = [int(number) for number in re.findall(rb'"shared_object_id": (\d+)', member("config.json"))]
        assert {*numbers} == {*range(1, max(numbers) + 1)}

    def test_writing_it_again_changes_no_byte(self) -> None:
        assert train_seed.stable_archive(FILE.read_bytes()) == FILE.read_bytes()


class TestWeights:
    def test_there_is_no_optimizer(self, weights: dict[str, Array]) -> None:
        assert {path.split("/")[0] for path in weights} == {"layers"}

    def test_parameters_are_as_many_as_in_the_preset_and_finite(self, model: Model) -> None:
        assert model.summary() == preset("seed").summary()
        assert model.parameter_count == FIGURES["model"]["parameters"]
        for node in model.nodes:
            for weight in node.layer.weights().values():
                assert weight.dtype == np.float32
                assert np.isfinite(weight).all()

    def test_the_engine_predicts_what_keras_predicted(self, model: Model) -> None:
        for number, pair in enumerate(first_pairs("test")[:4]):
            for letters, told in ((pair.enhancer, "enhancers"), (pair.twin, "twins")):
                (probability,) = model.run(encode(letters))["activation"]
                assert probability == pytest.approx(FIGURES["probabilities"][told][number], abs=2e-5)

    def test_filters_look_like_the_motifs_that_are_told(self, weights: dict[str, Array]) -> None:
        found = evaluation.filters_by_matrix(weights["layers/conv1d/vars/0"], motifs.matrices())
        told = FIGURES["filters"]
        assert {factor: numbers for factor, numbers in found.items() if numbers} == {
            factor: numbers for factor, numbers in (told["planted"] | told["not_planted"]).items() if numbers
        }

    def test_the_planted_sample_is_seen_as_the_readme_says(self, model: Model) -> None:
        letters = {}
        for entry in sample_path("planted").read_text(encoding="ascii").removeprefix(">").split("\n>"):
            header, *lines = entry.split("\n")
            letters[header.split()[0]] = "".join(lines)
        values = {name: model.run(encode(letters[name])) for name in ("sim_01", "sim_08")}
        for name, told in (("sim_01", "the probability is 1.000"), ("sim_08", "its probability is 0.103")):
            assert f"{values[name]['activation'][0]:.3f}" == told[-5:]
            assert told in README
        strongest = values["sim_01"]["conv1d"].argmax(axis=0)
        for factor, number in (("GATA1's filter", 171), ("CTCF's", 160), ("FOS::JUN's", 307), ("NFYA's", 264)):
            assert re.search(rf"{factor} {number} (responds most strongly )?at conv\[{strongest[number]}\]", README)


class TestSimulation:
    @each_case("split", SPLITS)
    def test_the_same_pairs_on_every_machine(self, split: str) -> None:
        letters = "".join(pair.enhancer + pair.twin for pair in first_pairs(split))
        assert hashlib.sha256(letters.encode("ascii")).hexdigest() == SHA256[split]

    def test_a_pair_depends_on_its_split_and_its_number_alone(self) -> None:
        assert simulate_enhancers.simulate("test", 3) == first_pairs("test")[:3]
        assert len({pair.enhancer for split in SPLITS for pair in first_pairs(split)}) == len(SPLITS) * FIRST_PAIRS
        assert len({seed for seed, _ in SPLITS.values()}) == len(SPLITS)

    def test_every_enhancer_has_a_twin_of_the_same_letters_and_pairs(self) -> None:
        for pair in first_pairs("train"):
            assert len(pair.enhancer) == len(pair.twin) == RECORD_LENGTH
            assert pair.enhancer != pair.twin
            assert Counter(pair.enhancer) == Counter(pair.twin)
            assert Counter(pairwise(pair.enhancer)) == Counter(pairwise(pair.twin))

    def test_twins_differ_in_the_sites_and_their_flanks_alone(self) -> None:
        for pair in first_pairs("train"):
            shuffled = {
                base
                for site in pair.sites
                for base in range(site.first_base - FLANK, site.first_base + site.width + FLANK)
            }
            differing = {base for base in range(RECORD_LENGTH) if pair.enhancer[base] != pair.twin[base]}
            assert differing <= shuffled
            assert min(shuffled) >= 0
            assert max(shuffled) <= LAST_BASE

    def test_stretches_do_not_overlap(self) -> None:
        for pair in first_pairs("train"):
            ends = 0
            for site in sorted(pair.sites, key=lambda site: site.first_base):
                assert site.first_base - FLANK >= ends
                ends = site.first_base + site.width + FLANK

    def test_sites_are_as_many_and_as_mixed_as_told(self) -> None:
        pairs = [pair for split in SPLITS for pair in first_pairs(split)]
        fewest, most = SITES
        assert {len(pair.sites) for pair in pairs} == {*range(fewest, most + 1)}
        factors = Counter(site.factor for pair in pairs for site in pair.sites)
        assert [*simulate_enhancers.planted()] == [*FACTORS]
        assert {*factors} == {*FACTORS}
        assert max(factors.values()) < 1.25 * min(factors.values())
        strands = Counter(site.strand for pair in pairs for site in pair.sites)
        assert strands["+"] == pytest.approx(strands["-"], rel=0.15)

    def test_a_site_is_drawn_from_its_matrix(self) -> None:
        for factor, motif in simulate_enhancers.planted().items():
            counted = np.zeros_like(motif.counts)
            for pair in first_pairs("train"):
                codes = simulate_enhancers.as_codes([pair.enhancer])[0]
                for site in pair.sites:
                    if site.factor == factor:
                        letters = codes[site.first_base : site.first_base + site.width]
                        letters = letters if site.strand == "+" else 3 - letters[::-1]
                        counted[np.arange(motif.width), letters] += 1
            shares = motif.counts / motif.counts.sum(axis=1, keepdims=True)
            assert np.abs(counted / counted.sum(axis=1, keepdims=True) - shares).max() < 0.16
            assert not counted[motif.counts == 0].any()

    def test_the_background_is_the_chain(self) -> None:
        chances = simulate_enhancers.transitions(0.5)
        np.testing.assert_allclose(chances.sum(axis=1), 1.0)
        assert chances[1, 2] == pytest.approx(0.0625 / 0.8125)
        codes = simulate_enhancers.as_codes([pair.twin for pair in first_pairs("train")])
        counted = np.zeros((4, 4))
        np.add.at(counted, (codes[:, :-1], codes[:, 1:]), 1)
        # Sites bring CpG along, and shares of 0.4 and 0.6 do not mix to one chain of 0.5.
        assert np.abs(counted / counted.sum(axis=1, keepdims=True) - chances).max() < 0.04

    def test_letters_become_channels(self) -> None:
        assert simulate_enhancers.as_codes(["ACGT", "TTAG"]).tolist() == [[0, 1, 2, 3], [3, 3, 0, 2]]


class TestEvaluation:
    def test_auroc_is_the_share_of_pairs_in_order(self) -> None:
        draw = np.random.RandomState(0)
        positives, negatives = np.round(draw.normal(0.5, size=80), 1), np.round(draw.normal(size=60), 1)
        above = (positives[:, None] > negatives).mean() + (positives[:, None] == negatives).mean() / 2
        assert evaluation.auroc(positives, negatives) == pytest.approx(above, abs=1e-12)
        lower, upper = evaluation.auroc_interval(positives[:60], negatives)
        assert lower < evaluation.auroc(positives[:60], negatives) < upper

    @pytest.mark.parametrize(
        ("positives", "negatives", "area"),
        [
            ([2.0, 3.0], [0.0, 1.0], 1.0),
            ([0.0], [1.0], 0.0),
            ([1.0, 1.0], [1.0], 0.5),
            ([1.0, 3.0], [2.0, 0.0], 0.75),
        ],
    )
    def test_auroc_by_hand(self, positives: list[float], negatives: list[float], area: float) -> None:
        assert evaluation.auroc(np.array(positives), np.array(negatives)) == area

    def test_words_are_counted_on_both_strands(self) -> None:
        # AACCGT is ACGGTT on the other strand; ACCGTA is TACGGT.
        counts = evaluation.word_counts(simulate_enhancers.as_codes(["AACCGTA", "TACGGTT", "AACCGTC"]))
        assert counts.shape == (3, 2080)
        assert counts.sum(axis=1).tolist() == [2, 2, 2]
        assert (counts[0] == counts[1]).all()
        assert (counts[0] * counts[2]).sum() == 1

    def test_baselines_on_few_pairs(self) -> None:
        split = {
            name: (
                simulate_enhancers.as_codes([pair.enhancer for pair in first_pairs(name)]),
                simulate_enhancers.as_codes([pair.twin for pair in first_pairs(name)]),
            )
            for name in SPLITS
        }
        scanned = [evaluation.matrix_scan(codes, simulate_enhancers.planted(), 0.5) for codes in split["test"]]
        assert evaluation.auroc(scanned[0], scanned[1]) == pytest.approx(
            FIGURES["baselines"]["planted_matrices"], abs=0.04
        )
        for codes in zip(*split["test"], strict=True):
            gc = [np.isin(letters, (1, 2)).mean() for letters in codes]
            assert gc[0] == gc[1]

    @pytest.mark.parametrize("factor", ["GATA1", "CTCF", "NFYA"])
    def test_a_motifs_own_filter_looks_like_it_on_either_strand(self, factor: str) -> None:
        kernel = motifs.kernel(MATRICES[factor])
        both = np.stack([kernel, kernel[::-1, ::-1] * 3 + 1, np.zeros_like(kernel)], axis=-1)
        assert evaluation.correlations(both, [MATRICES[factor]])[0] == pytest.approx([1.0, 1.0, 0.0], abs=1e-3)
        assert evaluation.filters_by_matrix(both, motifs.matrices())[factor] == [0, 1]

    def test_untrained_filters_look_like_no_motif(self) -> None:
        layer = preset("seed")["conv1d"].layer
        assert isinstance(layer, Conv1D)
        assert not any(evaluation.filters_by_matrix(layer.kernel, motifs.matrices()).values())


class TestFigures:
    def test_they_are_of_this_simulation(self) -> None:
        assert FIGURES["simulation"] == {
            "factors": [*FACTORS],
            "sites": [*SITES],
            "seeds": {name: seed for name, (seed, _) in SPLITS.items()},
            "pairs": {name: pairs for name, (_, pairs) in SPLITS.items()},
        }
        assert FIGURES["test"]["records"] == 2 * SPLITS["test"][1]

    def test_composition_tells_nothing_and_the_network_tells_more_than_words(self) -> None:
        assert FIGURES["baselines"]["gc_content"] == FIGURES["baselines"]["cpg_count"] == 0.5
        lower, upper = FIGURES["test"]["auroc_interval"]
        assert FIGURES["baselines"]["words_of_6"] < lower <= FIGURES["test"]["auroc"] <= upper
        assert FIGURES["test"]["accuracy"] > 0.75

    def test_the_readme_tells_them(self) -> None:
        test, baselines, filters = FIGURES["test"], FIGURES["baselines"], FIGURES["filters"]
        training, versions = FIGURES["training"], FIGURES["versions"]
        matching = sum(map(len, filters["planted"].values()))
        lower, upper = (f"{bound:.3f}" for bound in test["auroc_interval"])
        one, two, three, four = (f"{area:.3f}" for area in test["auroc_by_sites"].values())
        told = [
            f"AUROC {test['auroc']:.3f} (95 % interval {lower}–{upper}, pairs drawn again)",
            f"accuracy {test['accuracy']:.3f}",
            f"Half of the {test['records']:,} test records",
            f"| GC content, or the number of CpG | {baselines['gc_content']:.3f} |",
            f"| words of 6 letters, a linear model | {baselines['words_of_6']:.3f} |",
            f"| **the network** | **{test['auroc']:.3f}** |",
            f"| a scan with the planted matrices | {baselines['planted_matrices']:.3f} |",
            f"1, 2, 3 and 4 sites are told from their twins with an AUROC of {one}, {two}, {three} and {four}",
            *(
                f"| {factor} | {len(numbers)} | {', '.join(map(str, numbers))} "
                f"| {test['auroc_of_one_site'][factor]:.3f} |"
                for factor, numbers in filters["planted"].items()
            ),
            f"correlate with the log-odds by {filters['correlation']} or more",
            f"over at least {filters['columns']} columns",
            f"These are {matching} of 320 filters",
            f"With these {matching} filters alone the AUROC is {filters['auroc']['without_others']:.3f}, "
            f"without them {filters['auroc']['without_matching']:.3f}",
            f"{filters['silent']} filters are silent on all {FIGURES['simulation']['pairs']['test']:,} enhancers",
            f"Keras {versions['keras']} on PyTorch {versions['torch'].removesuffix('+cpu')}",
            f"a batch of {training['pairs_per_batch']} pairs",
            f"those of epoch {training['best_epoch']}",
            f"{FIGURES['model']['bytes']:,} bytes",
            "{train:,} pairs are for training, {validation:,} for validation and {test:,} for the test".format(
                **FIGURES["simulation"]["pairs"]
            ),
        ]
        assert filters["not_planted"] == {}
        assert filters["untrained"] == 0
        assert [sentence for sentence in told if sentence not in README] == []


def test_importing_trains_nothing() -> None:
    path = [str(Path(package).parents[1]) for package in (cnn_samples.__file__, cnn_core.__file__)]
    modules = ("cnn_samples", "cnn_samples.train_seed")
    code = f"import sys; sys.path[:0] = {path!r}\n" + "".join(
        f"import {module}; print(*sys.modules)\n" for module in modules
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    packages, training = ({*line.split()} for line in ran.stdout.splitlines())
    assert "cnn_samples" in packages
    assert "cnn_samples.train_seed" in training
    assert not packages & {"cnn_samples.train_seed", "cnn_samples.evaluation"}
    assert not training & {"keras", "torch", "h5py"}
