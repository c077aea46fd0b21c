"""What people try that is no model we read: each is called what it is, and they are told what to do."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError
from cnn_core.readers.opening import inspect_model_file, open_model_file, open_motif_file, read_model_file

PYTORCH = Path(__file__).parent / "pytorch"
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a2146" * 8 + b"\nsize 12345\n"
ANNEX = b"/annex/objects/SHA256E-s1048576--" + b"30e14955" * 8 + b".h5\n"
READABLE = "what can be opened is Keras (.keras, .h5, SavedModel folders), PyTorch programs (.pt2)"
R = b"X\n\x00\x00\x00\x03\x00\x04\x03\x01\x00\x03\x05\x00\x00\x00\x00\x05UTF-8"
FASTA = b">chr1\nACGT\n"


def tarred(name: str = "model.h5") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return file.getvalue()


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name in names:
            written.writestr(name, b"x")
    return file.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "lfs.h5": (LFS, "this is a Git LFS pointer, not the file that it stands for; fetch the file with git lfs pull"),
    "annex.h5": (
        ANNEX,
        "this is a git-annex pointer, not the file that it stands for; fetch the file with git annex get",
    ),
    "m.tar": (tarred(), "is a tar archive; unpack it, for instance with tar -xf, and open a model file of it"),
    "m.tar.gz": (
        gzip.compress(tarred(), mtime=0),
        "is a compressed tar archive; unpack it, for instance with tar -xf",
    ),
    "m.tar.bz2": (bz2.compress(tarred()), "is a compressed tar archive; unpack it, for instance with tar -xf"),
    "m.tar.xz": (lzma.compress(tarred()), "is a compressed tar archive; unpack it, for instance with tar -xf"),
    "old.pth.tar": (
        tarred("storages"),
        "has the format that torch.save wrote before 2017; load it where it was made",
    ),
    "m.h5.gz": (gzip.compress(b"\x89HDF\r\n\x1a\n" + bytes(99), mtime=0), "is compressed; unpack it first"),
    "broken.gz": (b"\x1f\x8b\x08" + bytes(9), "is compressed; unpack it first"),
    "m.zst": (b"\x28\xb5\x2f\xfd" + bytes(9), "is compressed; unpack it first"),
    "my.fa.gz": (gzip.compress(FASTA, mtime=0), "holds sequences and no model; give it as the sequences"),
    "m.rds": (gzip.compress(R, mtime=0), "is a file of R's; write the motifs from R as MEME, for instance with"),
    "xz.rds": (lzma.compress(R), "is a file of R's; write the motifs"),
    "plain.rds": (R, "is a file of R's; write the motifs"),
    "m.RData": (gzip.compress(b"RDX3\nX\n\0\0\0\3", mtime=0), "is a file of R's; write the motifs"),
    "m.zip": (
        zipped("a/readme.md", "a/model.h5"),
        "is a zip archive with model.h5 in it; unpack it, and open that",
    ),
    "m.docx": (zipped("[Content_Types].xml", "word/document.xml"), f"is an office document; {READABLE}"),
    "meme.xml": (
        b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<!-- Document definition -->\n<!DOCTYPE MEME[\n"
        b'<!ELEMENT MEME (training_set)>\n]>\n<MEME version="5.4.1" release="Sat Aug 21">\n',
        "is the XML that MEME Suite writes, which is not read; open the text that lies beside it, meme.txt or",
    ),
    "streme.xml": (
        b'<STREME version="5.5.0" release="Wed">\n',
        "is the XML that MEME Suite writes, which is not read",
    ),
    "meme.html": (
        b"<!DOCTYPE HTML>\n<html>\n<head>\n<title>MEME</title>\n<script>\n// @JSON_VAR data\nvar data = {\n",
        "is the page that MEME Suite writes, which is not read; open the text that lies beside it, meme.txt",
    ),
    "old_meme.html": (
        b"<HTML>\n<title>MEME</title>\n<pre>\nMEME version 4.8.1\n",
        "is the page that MEME Suite writes",
    ),
    "m.xml": (b'<?xml version="1.0"?>\n<PMML/>\n', f"is XML, not a model; {READABLE}"),
    "page.h5": (
        b"<!DOCTYPE html>\n<html><body>404</body></html>\n",
        "is a web page; download the model file itself",
    ),
    "m.tflite": (
        b"\x1c\0\0\0TFL3\0",
        "is a TensorFlow Lite model, which is not read; open the Keras model that it was",
    ),
    "saved_model.pb": (
        b"\x08\x01\x12\x9d\x03",
        "looks like the graph of a TensorFlow SavedModel, whose weights lie in other files; load its folder where it",
    ),
    "frozen.pb": (
        b"\n\x15\n\x05input\x12\x0bPlaceholder",
        "looks like a TensorFlow graph; load it where it was made",
    ),
    "checkpoint": (
        b'model_checkpoint_path: "m.ckpt-7"\n',
        "is part of a TensorFlow checkpoint, which says nothing",
    ),
    "m.ckpt.index": (bytes(60) + b"\x57\xfb\x80\x8b\x24\x75\x47\xdb", "is part of a TensorFlow checkpoint"),
    "m.ckpt.data-00000-of-00001": (bytes(range(1, 99)), "is part of a TensorFlow checkpoint"),
    "m.joblib": (
        pickle.dumps({}),
        "is a Python pickle, which would have to be executed; load it where it was made and",
    ),
    "z.joblib": (
        zlib.compress(pickle.dumps({})),
        "is a Python pickle, compressed as joblib does, which would have to",
    ),
    "m.pkl": (pickle.dumps({}, 0), "is a Python pickle, which would have to be executed"),
    "svm.pkl": (
        b"\x80\x03csklearn.svm\nSVC\n.",
        "is a pickled model of scikit-learn, which would have to be executed",
    ),
    "py2.pkl": (b"ccopy_reg\n_reconstructor\np0\n", "is a Python pickle, which would have to be executed"),
    "m.t7": (
        b"\4\0\0\0\1\0\0\0\3\0\0\0V 1\r\0\0\0nn.Sequential",
        "looks like a file of Torch7, which was written in Lua",
    ),
    "table.th": (
        b"\3\0\0\0\1\0\0\0\2\0\0\0\2\0\0\0\5\0\0\0model",
        "looks like a file of Torch7, which was written in",
    ),
    "ascii.t7": (b"4\n1\n3\nV 1\n13\nnn.Sequential\n", "looks like a file of Torch7, which was written in Lua"),
    "m.onnx": (
        b"\x08\x0a\x12\x07pytorch",
        "looks like an ONNX model that is cut short or damaged; copy or download",
    ),
    "m.onnx.data": (bytes(64), "holds the weights of an ONNX model alone; open the .onnx file beside it"),
    "m.npy": (b"\x93NUMPY\x01\0" + bytes(40), f"holds an array of numpy, and no model of ours; {READABLE}"),
    "m.mat": (b"MATLAB 5.0 MAT-file" + bytes(200), f"is a file of MATLAB's; {READABLE}"),
    "train.py": (b"import torch\n", f"is a Python program, which would have to be executed; {READABLE}"),
    "train.ipynb": (b'{"cells": [], "nbformat": 4}', f"is a notebook of Jupyter's; {READABLE}"),
    "config.json": (b"{}", f"is JSON, not an architecture of Keras; {READABLE}"),
    "m.safetensors.index.json": (
        b'{"weight_map": {}}',
        "lists the files of a model in parts; open the .safetensors",
    ),
    "model.json": (
        json.dumps({"class_name": "Sequential"}).encode(),
        "is an architecture without weights; open the file of its weights, with --architecture model.json",
    ),
    "m.png": (b"\x89PNG\r\n\x1a\n\0", f"is a picture; {READABLE}"),
    "m.pdf": (b"%PDF-1.5\n", f"is a PDF; {READABLE}"),
    "notes.txt": (b"cat\ndog\n\nConst\n(hello)\n", f"this is not a model file that we know; {READABLE}"),
}


@pytest.mark.parametrize("name", FILES)
def test_each_is_called_what_it_is(tmp_path: Path, name: str) -> None:
    data, said = FILES[name]
    path = tmp_path / name
    path.write_bytes(data)
    for look in (open_model_file, inspect_model_file):
        with pytest.raises(ModelError) as refused:
            look(path)
        assert str(refused.value).startswith(f"{name}: {said}")
        assert refused.value.remedy


@each_case("name", FILES)
def test_the_beginning_of_any_is_one_sentence_too(name: str) -> None:
    data, _ = FILES[name]
    for end in range(0, min(len(data), 400), 7):
        with pytest.raises(CnnError):
            read_model_file(data[:end], name, {})


def test_the_text_beside_what_meme_suite_wrote_is_named(tmp_path: Path) -> None:
    for name in ("meme.xml", "streme.xml", "meme.html"):
        (tmp_path / name).write_bytes(FILES[name][0])
    (tmp_path / "meme.txt").write_bytes(b"MEME version 4")
    (tmp_path / "streme.meme").write_bytes(b"MEME version 4")
    for name, beside in (("meme.xml", "meme.txt"), ("streme.xml", "streme.meme"), ("meme.html", "meme.txt")):
        for look in (open_model_file, inspect_model_file, open_motif_file):
            with pytest.raises(ModelError, match=f"which is not read; open {beside}, the text that lies beside it"):
                look(tmp_path / name)


def test_a_pth_tar_that_torch_save_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "model_best.pth.tar"
    path.write_bytes((PYTORCH / "norm.pt").read_bytes())
    assert open_model_file(path).format == "PyTorch state dict"


def test_what_bombs_is_not_unpacked(tmp_path: Path) -> None:
    for name, packed in {
        "b.gz": gzip.compress(bytes(1 << 24), mtime=0),
        "b.xz": lzma.compress(bytes(1 << 24)),
    }.items():
        (tmp_path / name).write_bytes(packed)
        with pytest.raises(ModelError, match="is compressed; unpack it first"):
            open_model_file(tmp_path / name)


def test_a_pointer_given_as_an_architecture_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_bytes(LFS)
    with zipfile.ZipFile(PYTORCH.parent / "keras_files" / "keras_3.15.1_torch.zip") as archive:
        (tmp_path / "w.weights.h5").write_bytes(archive.read("question.weights.h5"))
    with pytest.raises(
        ModelError, match=r"m\.json: this is a Git LFS pointer, .*; fetch the file with git lfs pull"
    ):
        open_model_file(tmp_path / "w.weights.h5", architecture=tmp_path / "m.json")
