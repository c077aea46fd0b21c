"""Model files of every kind, chosen by their content; and whatever else a user may name."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError, NotFoundError, SettingError
from cnn_core.layers import Activation, Conv1D, Input, MaxPooling1D
from cnn_core.letters.alphabet import encode
from cnn_core.network.model import Model
from cnn_core.presets import motifs, preset
from cnn_core.readers import opening
from cnn_core.readers.formats import recognise
from cnn_core.readers.head import Head
from cnn_core.readers.npz import write_npz
from cnn_core.readers.opening import inspect_model_file, open_model_file, read_model_file
from cnn_core.readers.unsupported_files import refusal

HERE = Path(__file__).parent
PYTORCH = HERE / "pytorch"
JASPAR = Path(motifs.__file__).with_name("motifs.jaspar").read_bytes()
MEME = b"MEME version 4\nALPHABET= ACGT\nMOTIF x\nletter-probability matrix:\n" + b"0.7 0.1 0.1 0.1\n" * 8
TRANSFAC = b"ID x\nP0 A C G T\n" + b"".join(b"%02d 7 1 1 1 A\n" % row for row in range(1, 9)) + b"//\n"


def npz() -> bytes:
    file = io.BytesIO()
    write_npz(preset("seed"), file)
    return file.getvalue()


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name in names:
            written.writestr(name, b"")
    return file.getvalue()


def kind_of(data: bytes) -> str:
    """Return the name of a file's format, or what else it is."""
    head = Head(data)
    found = recognise(head, "m")
    return found.name if found else refusal(head, "m")[0]


READ = {
    "norm.pt": ("pytorch", "PyTorch state dict", (PYTORCH / "norm.pt").read_bytes()),
    "norm.safetensors": ("safetensors", "safetensors file", (PYTORCH / "norm.safetensors").read_bytes()),
    "m.meme": ("meme", "MEME motif file", MEME),
    "m.jaspar": ("motif matrices", "JASPAR motif file", JASPAR),
    "m.dat": ("transfac", "TRANSFAC motif file", TRANSFAC),
    "m.pwm": ("uniprobe", "UniPROBE motif file", (HERE / "motif_files" / "uniprobe.pwm").read_bytes()),
    "m.motif": ("motif matrices", "HOMER motif file", (HERE / "motif_files" / "homer.motif").read_bytes()),
    "m.onnx": ("onnx", "ONNX model", (HERE / "onnx_files" / "danq.new.onnx").read_bytes()),
    "m.npz": ("npz", "cnn-tui model file", npz()),
}
"""A file of every kind that is read here; those of Keras have tests of their own."""


@pytest.mark.parametrize("name", READ)
def test_the_content_decides_and_not_the_name(tmp_path: Path, name: str) -> None:
    kind, form, data = READ[name]
    assert kind_of(data) == kind
    for called in (name, "model", "model.h5"):
        path = tmp_path / called
        path.write_bytes(data)
        opened = open_model_file(path)
        assert opened.format == form
        assert opened.model.blocks
        assert opened.tensors
        contents = inspect_model_file(str(path))
        assert (contents.format, contents.tensors) == (opened.format, opened.tensors)


@each_case(
    ("data", "kind"),
    [
        (b"", "is empty"),
        (b"\x89HDF\r\n\x1a\n", "keras"),
        (bytes(512) + b"\x89HDF\r\n\x1a\n", "keras"),
        (zipped("config.json", "metadata.json", "model.weights.h5"), "keras"),
        (zipped("m/data.pkl", "m/version"), "pytorch"),
        (zipped("a.npy", "b.npy"), "holds arrays of numpy"),
        (zipped("a.npy", "b.txt"), "is a zip archive that"),
        (zipped(), "is a zip archive that"),
        (zipped("m/data.pkl")[:-10], "is a zip archive that"),
        ((PYTORCH / "legacy.pt").read_bytes(), "pytorch"),
        (pickle.dumps({}), "is a Python pickle"),
        (pickle.dumps({}, 2), "is a Python pickle"),
        (b"\x02\x00\x00\x00\x00\x00\x00\x00{}", "safetensors"),
        (gzip.compress(b"x", mtime=0), "is compressed"),
        (b"\x1c\x00\x00\x00TFL3\x00", "is a TensorFlow Lite model"),
        (b"\x08\x01\x12\x9d\x03", "looks like the graph of a TensorFlow SavedModel"),
        (b"\x08\x07\x12\x07pytorch", "looks like an ONNX model"),
        (b">chr1\nACGT\n", "holds sequences"),
        (b">", "holds sequences"),
        (b">x\nGATTACA", "holds sequences"),
        (b">x\nA C G T\n", "holds sequences"),
        (b">x\nA\tC\tG\tT\n0.1\t0.2\t0.3\t0.4\n", "motif matrices"),
        (b"4\n1\n3\nV 1\n13\nnn.Sequential\n", "looks like a file of Torch7"),
        (b"<html>\nMEME version 4.8\n", "is a web page"),
        (b">x\nA [ 1 2 ]\n", "motif matrices"),
        (b"# comment\n\n>x y\n1 2 3\n", "motif matrices"),
        (b">x\r\n\r\n  0.1\t2e-3\r\n", "motif matrices"),
        (b"A: 1 2\nC: 1 2\n", "motif matrices"),
        (b"Pos\tA\tC\tG\tT\n1\t0.1\t0.2\t0.3\t0.4\n", "motif matrices"),
        (b"TF\tT1\nMotif\tM1\n\nPos\tA\tC\tG\tU\n", "motif matrices"),
        (b"TF\tT1\nMotif\tM1\n\n0.1 0.2\n", "this is not a model file"),
        (b"Protein: X\nA: 1\nC: 1\nG: 1\nT: 1\n", "uniprobe"),
        (b"# Motif: X\nA: 1\nC: 1\nG: 1\nT: 1\n", "uniprobe"),
        (b"# remark\nA: 1\nC: 1\nG: 1\nT: 1\n", "motif matrices"),
        (b"DE X\n0 1 2 3 4 N\n", "transfac"),
        (b"MOTIF x\nletter-probability matrix:\n", "meme"),
        (b"1 2 3\n4 5 6\n", "motif matrices"),
        (b"\xef\xbb\xbf>x\nA [ 1 2 ]\n", "motif matrices"),
        (b"AC  M1\nXX\nPO  A C G T\n", "transfac"),
        (b"VV  TRANSFAC MATRIX TABLE\n", "transfac"),
        (b"\n\n***\nMEME - Motif discovery tool\n***\nMEME version 5.4.1 (Release)\n", "meme"),
        (b"# DREME\nMEME version 4\n", "meme"),
        (b'{"class_name": "Sequential"}', "is an architecture without"),
        (b"backend: tensorflow\nclass_name: Model\n", "is an architecture without"),
        (b"<!DOCTYPE html>", "is a web page"),
        (b"hello", "this is not a model file"),
        (b"\x89PNG\r\n\x1a\n\x00", "is a picture"),
        (bytes(3000), "this is not a model file"),
        (b"\n" * 70_000, "this is not a model file"),
        (b" " * 70_000 + b">", "this is not a model file"),
    ],
)
def test_detection(data: bytes, kind: str) -> None:
    assert kind_of(data).startswith(kind)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "m: is empty; copy or download it again"),
        (
            b"hello",
            "m: this is not a model file that we know; what can be opened is Keras (.keras",
        ),
        (b">chr1\nACGT\n", "m: holds sequences and no model; give it as the sequences"),
        (gzip.compress(b"x", mtime=0), "m: is compressed; unpack it first"),
        (pickle.dumps({}), "m: is a Python pickle, which would have to be executed; load it where it was made and"),
        (zipped("a.npy"), "m: holds arrays of numpy, and no model of ours; what can be opened is"),
        (zipped("a.txt")[:-30], "m: is a zip archive that is cut short; copy or download it again"),
        (zipped("a.txt"), "m: is a zip archive that is damaged or holds no model; what can be opened is"),
        (b"<html>", "m: is a web page; download the model file itself"),
        (
            b"\x08\x07\x12\x07pytorch",
            "m: looks like an ONNX model that is cut short or damaged; copy or download it again",
        ),
    ],
)
def test_what_is_no_model_is_told_what_would_be(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "m"
    path.write_bytes(data)
    for look in (open_model_file, inspect_model_file):
        with pytest.raises(ModelError) as refused:
            look(path)
        assert str(refused.value).startswith(message)


class TestPaths:
    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(NotFoundError, match=r"m\.h5: there is no such file; check its name and folder"):
            open_model_file(tmp_path / "m.h5")
        with pytest.raises(NotFoundError, match="there is no such file"):
            open_model_file(tmp_path / "nowhere" / "m.h5")

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="is a folder; name a model file in it"):
            open_model_file(tmp_path)
        (tmp_path / "saved_model.pb").touch()
        with pytest.raises(ModelError, match=r"is a TensorFlow SavedModel, which is a folder; save the model"):
            open_model_file(tmp_path)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        with pytest.raises(ModelError, match="pipe: is not a file; save it to a file and open that"):
            open_model_file(pipe)

    def test_a_file_that_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "m.h5"
        path.write_bytes(b"x")

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        # Root may read everything, so the refusal is played.
        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(ModelError, match=r"m\.h5: you may not read it; ask for its read permission"):
            open_model_file(path)

    def test_a_name_that_cannot_be(self) -> None:
        with pytest.raises(ModelError, match="cannot be opened"):
            open_model_file("a\x00b")
        with pytest.raises(ModelError, match="cannot be opened"):
            open_model_file("x" * 5000)

    def test_a_file_that_is_too_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(opening, "LARGEST_FILE", 1000)
        path = tmp_path / "m.meme"
        path.write_bytes(b"x" * 1001)
        with pytest.raises(ModelError, match=r"m\.meme: has more than 1,000 bytes"):
            open_model_file(path)


class TestOptions:
    def test_of_weights(self) -> None:
        opened = open_model_file(
            PYTORCH / "branches.pt",
            weights="wide",
            batch_norm="none",
            channels="TGCA",
            activation="linear",
            pool_size=5,
            pool_stride=2,
        )
        entrance, conv, pool = (node.layer for node in opened.model.nodes)
        assert isinstance(entrance, Input)
        assert isinstance(conv, Conv1D)
        assert isinstance(pool, MaxPooling1D)
        assert (entrance.channels, conv.kernel_size, conv.activation) == ("TGCA", 9, "linear")
        assert (pool.size, pool.stride) == (5, 2)

    def test_of_motifs(self, tmp_path: Path) -> None:
        path = tmp_path / "m"
        path.write_bytes(MEME)
        by_odds = open_model_file(path, pseudocount=0.5, background=(0.4, 0.2, 0.2, 0.2), pool_size=3)
        assert "against A 0.4, C 0.2, G 0.2, T 0.2, with a pseudocount of 0.5" in by_odds.warnings[0]
        assert (
            open_model_file(path, motif_score="probability").warnings[0]
            == "weights are probabilities, and there is no bias"
        )

    @pytest.mark.parametrize(
        ("name", "options", "message"),
        [
            (
                "m.meme",
                {"weights": "x"},
                "--weights does not apply to this kind of file, meme; its options are --motif-score, --motif-t",
            ),
            (
                "m.npz",
                {"pool_size": 3},
                "--pool-size does not apply to this kind of file, npz; l",
            ),
            (
                "norm.pt",
                {"motif_score": "probability"},
                "--motif-score does not apply to this kind of file",
            ),
            ("norm.pt", {"flip_kernels": False}, "--flip-kernels does not apply to this kind of file"),
        ],
    )
    def test_that_do_not_bear_on_a_file(
        self, tmp_path: Path, name: str, options: dict[str, object], message: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(READ[name][2])
        with pytest.raises(SettingError, match=message):
            open_model_file(path, **options)


def test_what_is_inside_can_be_seen_where_nothing_can_be_chosen() -> None:
    contents = inspect_model_file(PYTORCH / "branches.pt")
    assert [(each.name, each.shape) for each in contents.tensors] == [
        ("narrow.weight", (3, 4, 3)),
        ("narrow.bias", (3,)),
        ("wide.weight", (3, 4, 9)),
        ("wide.bias", (3,)),
    ]
    assert inspect_model_file(PYTORCH / "deep.pt").tensors[0].shape == (3, 8, 5)
    assert inspect_model_file(PYTORCH / "plain.safetensors").format == "safetensors file"


def test_converted_models_keep_what_was_said(tmp_path: Path) -> None:
    opened = open_model_file(PYTORCH / "norm.pt")
    write_npz(opened, tmp_path / "m.npz")
    again = open_model_file(tmp_path / "m.npz")
    assert again.warnings == opened.warnings
    np.testing.assert_array_equal(again.model.nodes[1].layer.kernel, opened.model.nodes[1].layer.kernel)


LOADED = """
import json, sys
before = set(sys.modules)
import cnn_core.readers.opening
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_the_opener_imports_no_reader_and_no_array_library() -> None:
    path = os.pathsep.join(each for each in sys.path if each)
    ran = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    loaded = set(json.loads(ran.stdout))
    ours = {name for name in loaded if name.startswith("cnn_core")}
    assert ours == {
        "cnn_core",
        "cnn_core.errors",
        "cnn_core.lazy_names",
        "cnn_core.letters",
        "cnn_core.letters.lfs_pointers",
        "cnn_core.readers",
        "cnn_core.readers.archive",
        "cnn_core.readers.formats",
        "cnn_core.readers.head",
        "cnn_core.readers.opening",
        "cnn_core.readers.unpacking",
    }
    assert not loaded & {"numpy", "h5py", "safetensors", "torch", "yaml"}


def test_damage_to_any_file_is_a_sentence_or_no_damage(tmp_path: Path) -> None:
    draw = random.Random(12)
    path = tmp_path / "m"
    for _, _, good in READ.values():
        short = good if len(good) < 20_000 else good[:20_000]
        for _ in range(120):
            damaged = bytearray(short)
            for _ in range(draw.randrange(1, 5)):
                damaged[draw.randrange(min(len(damaged), 300))] = draw.randrange(256)
            path.write_bytes(damaged)
            with suppress(CnnError):
                open_model_file(path)


def keras_files() -> Iterator[tuple[str, bytes]]:
    """Yield every file that some version of Keras wrote; `make_keras_fixtures.py` made them."""
    for packed in sorted((Path(__file__).parent / "keras_files").glob("*.zip")):
        with zipfile.ZipFile(packed) as archive:
            for name in archive.namelist():
                if name.endswith((".h5", ".hdf5", ".keras")):
                    yield f"{packed.stem}/{name}", archive.read(name)


class TestKeras:
    @pytest.mark.thorough
    def test_every_model_that_is_converted_computes_the_same_to_the_last_bit(self) -> None:
        converted = 0
        for name, data in keras_files():
            try:
                opened = read_model_file(data, name, {})
            except ModelError:
                # Weights alone; how many models there are is counted below.
                continue
            file = io.BytesIO()
            write_npz(opened, file)
            again = read_model_file(file.getvalue(), "m.npz", {})
            assert (again.warnings, again.unsupported) == (opened.warnings, opened.unsupported)
            letters = encode("ACGTTGCAGA" * 100)[: opened.model.input.length or 60]
            ours, theirs = again.model.run(letters), opened.model.run(letters)
            assert [(each, values.tobytes()) for each, values in ours.items()] == [
                (each, values.tobytes()) for each, values in theirs.items()
            ]
            converted += 1
        assert converted > 50

    def test_an_architecture_beside_the_weights_is_found_or_given(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(Path(__file__).parent / "keras_files" / "keras_3.15.1_torch.zip") as archive:
            weights, architecture = archive.read("question.weights.h5"), archive.read("question.json")
            whole = archive.read("question.h5")
        path = tmp_path / "model.weights.h5"
        path.write_bytes(weights)
        assert "holds weights and no architecture" in open_model_file(path).warnings[0]
        (tmp_path / "other.json").write_bytes(architecture)
        assert open_model_file(path, architecture=tmp_path / "other.json").model.blocks
        with pytest.raises(NotFoundError, match=r"nowhere\.json: there is no such file"):
            open_model_file(path, architecture=tmp_path / "nowhere.json")
        said = "the file holds weights alone, and its architecture was read from model.json beside it"
        (tmp_path / "model.json").write_bytes(architecture)
        assert open_model_file(path).warnings[0] == f"{said}, the best match of 2 that fit"
        # A file that says it itself needs no other, whatever lies beside it.
        (tmp_path / "model.h5").write_bytes(whole)
        (tmp_path / "model.json").write_bytes(b"{")
        assert not any(said in each for each in open_model_file(tmp_path / "model.h5").warnings)
        assert inspect_model_file(path).tensors

    def test_options_of_keras_reach_its_reader(self, tmp_path: Path) -> None:
        path = tmp_path / "m"
        with zipfile.ZipFile(Path(__file__).parent / "keras_files" / "keras_3.15.1_torch.zip") as archive:
            path.write_bytes(archive.read("question.h5"))
        opened = open_model_file(path, channels="TGCA", flip_kernels=True)
        assert opened.model.input.channels == "TGCA"
        assert any("turned round" in each for each in opened.warnings)


def test_a_model_without_a_pool_is_converted_as_well(tmp_path: Path) -> None:
    model = Model.sequential("m", [("input", Input(9)), ("relu", Activation("relu"))])
    write_npz(model, tmp_path / "m")
    assert [node.name for node in open_model_file(tmp_path / "m").model.nodes] == ["input", "relu"]
