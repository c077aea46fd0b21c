"""`cnn-tui export`: the arrays that are written, and that they are written whole or not at all."""

from __future__ import annotations

import errno
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.blocks.offered_blocks import LONGEST_WHOLE_INPUT
from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_core.layers import Conv1D, Dense, Dropout, GlobalMaxPooling1D, Input, MaxPooling1D, Unknown
from cnn_core.network.model import Model
from cnn_core.presets import preset
from cnn_core.writers import archive
from cnn_tui.cli import export
from cnn_tui.opening import open_source
from cnn_tui.options.request import OpenRequest
from cnn_tui.output.layer_files import layer_arrays, own_names
from cnn_tui.output.whole_file import OutputFile

SMALL = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "selection/p": np.array([[1], [2]], dtype=np.int64)}


def write_layers(named: dict[str, Any], path: Path, *, force: bool = False) -> None:
    with OutputFile(path, "layers", force=force).open() as file:
        archive.write_arrays(named, file)


def exported(path: Path, *, force: bool = False, **asked: Any) -> dict[str, np.ndarray[Any, Any]]:
    export.run(OpenRequest(**{"sequences": "@planted", "model": "motifs", **asked}), str(path), force=force)
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def small_model(*more: tuple[str, Any]) -> Model:
    conv = Conv1D(np.ones((3, 4, 2), dtype=np.float32), activation="relu")
    return Model.sequential("small", [("input", Input()), ("conv", conv), *more])


def test_every_layer_of_seed_is_an_array_under_its_name(tmp_path: Path) -> None:
    found = exported(tmp_path / "x.npz", model="seed")
    assert {name: (array.shape, array.dtype.name) for name, array in found.items()} == {
        "input": ((500, 4), "float32"),
        "conv1d": ((485, 320), "float32"),
        "max_pooling1d": ((60, 320), "float32"),
        "simple_rnn": ((60, 128), "float32"),
        "flatten": ((7680,), "float32"),
        "dense": ((1,), "float32"),
        "activation": ((1,), "float32"),
        "selection/max_pooling1d": ((60, 320), "int64"),
        "one_hot": ((500, 4), "float32"),
    }


def test_the_arrays_are_the_forward_pass_and_its_selections(tmp_path: Path) -> None:
    found = exported(tmp_path / "x.npz", record="sim_02")
    reading = Reading.of(preset("motifs"), open_source("@planted")["sim_02"]).into()
    for name, values in reading.activations().items():
        np.testing.assert_array_equal(found[name], values)
    chosen = found["selection/max_pooling1d"]
    np.testing.assert_array_equal(chosen, reading.run.selections(0, reading.run.cells))
    np.testing.assert_array_equal(np.take_along_axis(found["conv1d"], chosen, axis=0), found["max_pooling1d"])
    assert (found["one_hot"].sum(axis=1) == 1).all()


def test_the_region_and_the_strand_are_those_asked_for(tmp_path: Path) -> None:
    forward = exported(tmp_path / "f.npz", region="sim_01:17-116")
    backward = exported(tmp_path / "b.npz", region="sim_01:17-116", reverse=True)
    assert forward["one_hot"].shape == (100, 4)
    np.testing.assert_array_equal(backward["one_hot"], forward["one_hot"][::-1, ::-1])


def test_the_same_input_gives_the_same_bytes_and_no_time(tmp_path: Path) -> None:
    paths = [tmp_path / "a.npz", tmp_path / "b.npz"]
    for path in paths:
        write_layers(SMALL, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with zipfile.ZipFile(paths[0]) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


@pytest.mark.parametrize("name", ["file", "a b", "selection/x", "größe", "self"])
def test_any_layer_name_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    write_layers({name: SMALL["a"]}, tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as file:
        np.testing.assert_array_equal(file[name], SMALL["a"])


def test_every_kind_of_max_pool_says_what_it_chose() -> None:
    model = small_model(
        ("pool", MaxPooling1D(2)),
        ("best", GlobalMaxPooling1D()),
        ("dense", Dense(np.ones((2, 1), dtype=np.float32))),
    )
    reading = Reading.of(model, next(iter(open_source("@planted")))).into()
    found = layer_arrays(reading, reading.values)
    assert found["selection/pool"].shape == (249, 2)
    assert found["selection/best"].shape == (2,)


def test_where_a_layer_has_the_name_of_an_array_of_ours_that_one_gets_another() -> None:
    model = small_model(("one_hot", MaxPooling1D(2)), ("selection/one_hot", Dropout(0.5)))
    reading = Reading.of(model, next(iter(open_source("@planted")))).into()
    found = layer_arrays(reading, reading.values)
    np.testing.assert_array_equal(found["one_hot_2"], found["input"])
    np.testing.assert_array_equal(found["selection/one_hot"], found["one_hot"])
    assert found["selection/one_hot_2"].dtype == np.int64
    assert own_names(model) == {
        "selection/one_hot": "selection/one_hot_2",
        "one_hot": "one_hot_2",
        "assumptions": "assumptions",
        "edits": "edits",
        "weight_edits": "weight_edits",
    }


def test_pools_behind_a_layer_that_cannot_be_computed_are_left_out() -> None:
    behind = (("pool", MaxPooling1D(2)), ("unknown", Unknown("Lambda", "it is a program", {})))
    model = small_model(*behind, ("then", MaxPooling1D(2)), ("best", GlobalMaxPooling1D()))
    reading = Reading.of(model, next(iter(open_source("@planted")))).into()
    found = layer_arrays(reading, reading.values)
    assert {*found} == {"input", "conv", "pool", "selection/pool", "one_hot"}


def test_a_record_too_long_for_the_whole_network_says_which_region_would_do(tmp_path: Path) -> None:
    path = tmp_path / "long.fa"
    path.write_text(">chr\n" + "A" * (LONGEST_WHOLE_INPUT + 1) + "\n")
    with pytest.raises(CnnError, match=r"record chr: 200,001 bases are too many .* --record chr --region 1-200000"):
        exported(tmp_path / "x.npz", sequences=str(path))
    assert exported(tmp_path / "x.npz", sequences=str(path), model="seed")["conv1d"].shape == (485, 320)


# The file


@pytest.mark.parametrize(
    ("output", "refusal"),
    [
        ("x.txt", "x.txt: the name does not end in .npz; call it x.npz"),
        ("x", "x: the name does not end in .npz; call it x.npz"),
        (".npz", ".npz: the name does not end in .npz; call it activations.npz"),
        ("no/x.npz", "no: there is no such folder; make it first, or choose another"),
        ("dir.npz", "dir.npz: this is a folder; give the name of a file"),
        ("there.npz", "there.npz: there is such a file already; choose another name, or add --force"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_any_work(
    output: str, refusal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dir.npz").mkdir()
    Path("there.npz").write_bytes(b"precious")
    with pytest.raises(CnnError) as refused:
        export.run(OpenRequest(sequences="nosuch.fa"), output)
    assert str(refused.value) == refusal
    assert Path("there.npz").read_bytes() == b"precious"


def test_force_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(b"old")
    assert "conv1d" in exported(path, force=True)
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_replaced_keeps_its_mode_and_the_link_to_it(tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "real.npz"
    kept.parent.mkdir()
    kept.write_bytes(b"old")
    kept.chmod(0o640)
    link = tmp_path / "x.npz"
    link.symlink_to(Path("kept") / "real.npz")
    write_layers(SMALL, link, force=True)
    assert link.is_symlink()
    with np.load(kept) as found:
        np.testing.assert_array_equal(found["a"], SMALL["a"])
    assert kept.stat().st_mode & 0o777 == 0o640
    assert [*kept.parent.iterdir()] == [kept]


def test_a_link_to_nothing_yet_is_written_through(tmp_path: Path) -> None:
    link = tmp_path / "x.npz"
    link.symlink_to("later.npz")
    write_layers(SMALL, link)
    assert link.is_symlink()
    assert (tmp_path / "later.npz").exists()


def test_a_name_that_no_file_system_takes_is_refused_before_any_work(tmp_path: Path) -> None:
    path = tmp_path / f"{'ä' * 130}.npz"
    with pytest.raises(CnnError, match=r"a name of 264 bytes is too long; give one of 255 at most$"):
        export.run(OpenRequest(sequences="nosuch.fa"), str(path))


@pytest.mark.parametrize(
    "stop", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device"), ValueError()]
)
@pytest.mark.parametrize("nth", [0, 1])
def test_what_is_interrupted_leaves_nothing(
    stop: BaseException, nth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def write_array(file: Any, array: Any, **_: Any) -> None:
        if len(written) == nth:
            file.write(b"half")
            raise stop
        written.append(array)

    monkeypatch.setattr(archive.npy, "write_array", write_array)
    with pytest.raises(CnnError if isinstance(stop, OSError) else type(stop)):
        write_layers(SMALL, tmp_path / "x.npz")
    assert [*tmp_path.iterdir()] == []


def test_what_is_interrupted_leaves_an_older_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(b"old")

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(archive.npy, "write_array", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_layers(SMALL, path, force=True)
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(b"new")
    with pytest.raises(CnnError, match="there is such a file already"):
        write_layers(SMALL, path)
    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]


def test_a_full_disk_is_one_sentence_that_names_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "some.part")

    monkeypatch.setattr(archive.npy, "write_array", full)
    with pytest.raises(CnnError) as refused:
        exported(tmp_path / "x.npz")
    assert str(refused.value) == f"{tmp_path / 'x.npz'}: no space left on device"
