"""Archives of `torch.save` built here, most of them to be refused."""

from __future__ import annotations

import io
import pickle
import random
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError
from cnn_core.layers import Conv1D
from cnn_core.readers.report import ModelFile
from cnn_core.readers.weights.first_convolution import SeveralConvolutionsError
from cnn_core.readers.weights.pytorch import read_pytorch
from cnn_core.readers.weights.weights_file import WeightFilters

FOLDER = Path(__file__).parent / "pytorch"


def conv_of(opened_file: ModelFile) -> Conv1D:
    conv = opened_file.model.nodes[1].layer
    assert isinstance(conv, Conv1D)
    return conv


class Storage:
    def __init__(self, kind: str, key: str, count: int, *view: object) -> None:
        self.identity = ("storage", kind, key, "cpu", count, *view)


class Tensor:
    """A tensor that pickles as torch's do."""

    def __init__(self, storage: Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> None:
        self.arguments = (storage, offset, shape, strides, False, {})


def pickled(value: object, protocol: int = 2) -> bytes:
    """Return a pickle as torch writes it: names by hand, since torch is not here."""

    class Pickler(pickle._Pickler):
        def save_tensor(self, tensor: Tensor) -> None:
            self.write(b"ctorch._utils\n_rebuild_tensor_v2\n(")
            for argument in tensor.arguments:
                self.save(argument)
            self.write(b"tR")

        def save_storage(self, storage: Storage) -> None:
            word, kind, *others = storage.identity
            self.write(b"(")
            self.save(word)
            self.write(f"ctorch\n{kind}\n".encode())
            for each in others:
                self.save(each)
            self.write(b"tQ")

        dispatch = {  # noqa: RUF012
            **pickle._Pickler.dispatch,
            Tensor: save_tensor,
            Storage: save_storage,
        }

    packed = io.BytesIO()
    Pickler(packed, protocol).dump(value)
    return packed.getvalue()


def archive(pickle_bytes: bytes, members: dict[str, bytes] | None = None, compression: int = 0) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as written:
        written.writestr("m/data.pkl", pickle_bytes)
        for name, content in (members or {}).items():
            written.writestr(f"m/{name}", content)
    return packed.getvalue()


KERNEL = np.arange(60, dtype="<f4")
WEIGHT = Tensor(Storage("FloatStorage", "0", 60), 0, (3, 4, 5), (20, 5, 1))


def state(tensor: Tensor = WEIGHT) -> bytes:
    return pickled({"conv.weight": tensor})


def read(data: bytes, settings: WeightFilters | None = None) -> ModelFile:
    return read_pytorch(data, "m.pt").open(settings or WeightFilters())


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_any_protocol_that_torch_can_be_told_to_use(protocol: int) -> None:
    file = read(archive(pickled({"conv.weight": WEIGHT}, protocol), {"data/0": KERNEL.tobytes()}))
    assert conv_of(file).kernel.tolist() == KERNEL.reshape(3, 4, 5).transpose(2, 1, 0).tolist()


@pytest.mark.parametrize(
    ("kind", "dtype"), [("FloatStorage", ">f4"), ("DoubleStorage", ">f8"), ("HalfStorage", ">f2")]
)
def test_big_endian_archives(kind: str, dtype: str) -> None:
    members = {"byteorder": b"big", "data/0": KERNEL.astype(dtype).tobytes()}
    tensor = Tensor(Storage(kind, "0", 60), 0, (3, 4, 5), (20, 5, 1))
    assert conv_of(read(archive(state(tensor), members))).kernel[0, 0].tolist() == [0, 20, 40]


def test_bfloat16_of_either_byte_order() -> None:
    halves = (KERNEL.view("<u4") >> 16).astype("<u2")
    tensor = Tensor(Storage("BFloat16Storage", "0", 60), 0, (3, 4, 5), (20, 5, 1))
    for order, raw in ((b"little", halves.tobytes()), (b"big", halves.astype(">u2").tobytes())):
        kernel = conv_of(read(archive(state(tensor), {"byteorder": order, "data/0": raw}))).kernel
        assert kernel[0, 0].tolist() == [0, 20, 40]


def test_a_compressed_archive_is_read_as_well() -> None:
    data = archive(state(), {"data/0": KERNEL.tobytes()}, zipfile.ZIP_DEFLATED)
    assert conv_of(read(data)).kernel.shape == (5, 4, 3)


def test_the_model_s_own_state_dict_is_preferred_and_the_others_named() -> None:
    other = Tensor(Storage("FloatStorage", "0", 60), 0, (5, 4, 3), (12, 3, 1))
    nested = {"ema": {"conv.weight": other}, "state_dict": {"conv.weight": WEIGHT}, "loss": 0.5}
    file = read(archive(pickled(nested), {"data/0": KERNEL.tobytes()}))
    assert conv_of(file).filters == 3
    assert "the weights in ema were left aside for those in state_dict" in file.warnings
    assert [each.name for each in file.tensors] == ["ema/conv.weight", "conv.weight"]


@pytest.mark.parametrize(
    ("nested", "chosen"),
    [
        ({"conv.weight": WEIGHT, "ema": {"conv.weight": WEIGHT}}, "the outermost ones"),
        (
            {"ema": {"state_dict": {"conv.weight": WEIGHT}}, "state_dict": {"conv.weight": WEIGHT}},
            "those in state_dict",
        ),
        ({"model": {"conv.weight": WEIGHT}, "teacher": {"conv.weight": WEIGHT}, "loss": 1}, "those in model"),
    ],
)
def test_which_state_dict_is_the_model_s(nested: dict[str, object], chosen: str) -> None:
    file = read(archive(pickled(nested), {"data/0": KERNEL.tobytes()}))
    assert [each for each in file.warnings if each.endswith(f"left aside for {chosen}")]
    assert len(file.tensors) == 2


def test_several_state_dicts_of_equal_standing_are_told_apart_by_their_path() -> None:
    nested = {"left": {"conv.weight": WEIGHT}, "right": {"conv.weight": WEIGHT}}
    data = archive(pickled(nested), {"data/0": KERNEL.tobytes()})
    with pytest.raises(SeveralConvolutionsError, match=r"left/conv\.weight .* right/conv\.weight"):
        read(data)
    file = read(data, WeightFilters(weights="right/conv.weight"))
    assert conv_of(file).filters == 3


def vector(key: str, *values: float) -> tuple[Tensor, dict[str, bytes]]:
    """Return a tensor of one axis, and the member that holds it."""
    tensor = Tensor(Storage("FloatStorage", key, len(values)), 0, (len(values),), (1,))
    return tensor, {f"data/{key}": np.array(values, "<f4").tobytes()}


class TestUnusualWeights:
    def test_a_tensor_alone(self) -> None:
        data = archive(pickled(WEIGHT), {"data/0": KERNEL.tobytes()})
        with pytest.raises(ModelError, match=r"holds no convolution .* there are tensor \(3, 4, 5\)"):
            read(data)
        file = read(data, WeightFilters(weights="tensor"))
        assert conv_of(file).kernel.shape == (5, 4, 3)
        assert file.model.nodes[1].name == "conv1d"

    def test_an_empty_weight(self) -> None:
        empty = Tensor(Storage("FloatStorage", "0", 0), 0, (0, 4, 5), (20, 5, 1))
        data = archive(pickled({"a.weight": empty}), {"data/0": b""})
        with pytest.raises(
            ModelError, match=r"tensor a\.weight: has shape \(0, 4, 5\), which is not a convolution"
        ):
            read(data, WeightFilters(weights="a"))

    def test_a_vector_is_no_convolution(self) -> None:
        bias, members = vector("0", 1, 2, 3)
        with pytest.raises(ModelError, match=r"has shape \(3,\), which is not a convolution"):
            read(archive(pickled({"b": bias}), members), WeightFilters(weights="b"))

    def test_directions_without_lengths_are_no_weight(self) -> None:
        data = archive(pickled({"conv.weight_v": WEIGHT}), {"data/0": KERNEL.tobytes()})
        with pytest.raises(ModelError, match="holds no convolution"):
            read(data)

    def test_a_direction_of_zeros(self) -> None:
        lengths = Tensor(Storage("FloatStorage", "1", 3), 0, (3, 1, 1), (1, 1, 1))
        members = {"data/0": bytes(240), "data/1": np.ones(3, "<f4").tobytes()}
        with pytest.raises(ModelError, match=r"tensor conv\.weight_v: has a filter whose direction is all zero"):
            read(archive(pickled({"conv.weight_v": WEIGHT, "conv.weight_g": lengths}), members))

    def test_a_batch_norm_without_variance_or_of_another_length(self) -> None:
        mean, members = vector("1", 0, 0, 0)
        members["data/0"] = KERNEL.tobytes()
        data = archive(pickled({"0.weight": WEIGHT, "1.running_mean": mean}), members)
        with pytest.raises(ModelError, match="batch norm 1 has no running_var"):
            read(data)
        short, more = vector("1", 0, 0)
        data = archive(pickled({"0.weight": WEIGHT, "1.running_mean": short}), {**members, **more})
        assert not any("batch norm" in each for each in read(data).warnings)
        with pytest.raises(ModelError, match=r"tensor 1\.running_mean: has shape \(2,\), which is not one number"):
            read(data, WeightFilters(batch_norm="1"))

    def test_a_batch_norm_that_leaves_float32(self) -> None:
        mean, first = vector("1", 0, 0, 0)
        variance, second = vector("2", 0, 0, 0)
        gain, third = vector("3", 3e38, 1, 1)
        tensors = {"0.weight": WEIGHT, "1.weight": gain, "1.running_mean": mean, "1.running_var": variance}
        data = archive(pickled(tensors), {"data/0": KERNEL.tobytes(), **first, **second, **third})
        with pytest.raises(ModelError, match=r"m\.pt, 0/kernel: holds NaN or infinity"):
            read(data)


class TestHostileArchives:
    @each_case(
        ("offset", "shape", "strides"),
        [
            (1, (3, 4, 5), (20, 5, 1)),
            (0, (3, 4, 6), (20, 5, 1)),
            (0, (3, 4, 5), (21, 5, 1)),
            (0, (1 << 40, 4, 5), (0, 0, 0)),
            (0, (3, 4, 5), (1 << 61, 1 << 61, 1 << 61)),
            (60, (1,), (1,)),
        ],
    )
    def test_a_tensor_outside_its_storage(
        self, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        tensor = Tensor(Storage("FloatStorage", "0", 60), offset, shape, strides)
        with pytest.raises(ModelError, match="does not fit its storage of 60"):
            read(archive(state(tensor), {"data/0": KERNEL.tobytes()}))

    @each_case(
        ("offset", "shape", "strides"),
        [
            (-1, (3, 4, 5), (20, 5, 1)),
            (0, (-3, 4, 5), (20, 5, 1)),
            (0, (3, 4, 5), (-20, 5, 1)),
            (True, (3, 4, 5), (20, 5, 1)),
            (0, (3.0, 4, 5), (20, 5, 1)),
            (0, [3, 4, 5], (20, 5, 1)),
            (1 << 70, (3, 4, 5), (20, 5, 1)),
        ],
    )
    def test_numbers_that_are_no_counts(
        self, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        tensor = Tensor(Storage("FloatStorage", "0", 60), offset, shape, strides)
        with pytest.raises(ModelError, match=r"describes a tensor as torch\.save does not"):
            read(archive(state(tensor), {"data/0": KERNEL.tobytes()}))

    def test_more_axes_than_strides(self) -> None:
        with pytest.raises(ModelError, match="3 axes with 2 strides"):
            read(archive(state(Tensor(Storage("FloatStorage", "0", 60), 0, (3, 4, 5), (20, 5)))))

    def test_a_storage_that_is_not_there_or_too_small(self) -> None:
        with pytest.raises(ModelError, match=r"tensor conv.weight: lies in m/data/0, which is not in the archive"):
            read(archive(state()))
        with pytest.raises(ModelError, match="needs 240 bytes, and m/data/0 has 239"):
            read(archive(state(), {"data/0": bytes(239)}))

    def test_a_storage_key_cannot_name_another_file(self) -> None:
        tensor = Tensor(Storage("FloatStorage", "../../../../etc/passwd", 60), 0, (3, 4, 5), (20, 5, 1))
        with pytest.raises(ModelError, match="which is not in the archive"):
            read(archive(state(tensor), {"data/0": KERNEL.tobytes()}))

    def test_an_unknown_storage_class_or_byte_order(self) -> None:
        quantised = Tensor(Storage("QInt8Storage", "0", 60), 0, (3, 4, 5), (20, 5, 1))
        with pytest.raises(ModelError, match=r"asks for torch\.QInt8Storage"):
            read(archive(state(quantised)))
        with pytest.raises(ModelError, match="byte order 'middle'; it is little or big"):
            read(archive(state(), {"byteorder": b"middle", "data/0": KERNEL.tobytes()}))

    @pytest.mark.parametrize(
        ("count", "message"),
        [
            (1 << 40, "needs 4,398,046,511,104 bytes, and m/data/0 has 536,870,912"),
            (1 << 27, "declares 536,870,912 bytes, which do not go with the 64 that are stored"),
        ],
    )
    def test_a_bomb_is_not_unpacked(self, count: int, message: str) -> None:
        tensor = Tensor(Storage("FloatStorage", "0", count), 0, (count // 16, 4, 4), (16, 4, 1))
        data = bytearray(archive(state(tensor), {"data/0": bytes(64)}))
        # The size that the archive's list declares for its last member.
        entry = data.rindex(b"PK\x01\x02")
        data[entry + 24 : entry + 28] = struct.pack("<I", 1 << 29)
        with pytest.raises(ModelError, match=message):
            read(bytes(data))

    def test_a_large_pickle_is_not_unpacked(self) -> None:
        bomb = archive(bytes(1 << 25), compression=zipfile.ZIP_DEFLATED)
        assert len(bomb) < 1 << 16
        with pytest.raises(ModelError, match="would unpack to 33,554,432 bytes; the most is 16,777,216"):
            read(bomb)

    def test_no_pickle_or_two(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as written:
            written.writestr("a/data.pkl", b"")
            written.writestr("b/data.pkl", b"")
        with pytest.raises(ModelError, match="without a state dict"):
            read(packed.getvalue())

    def test_an_optimiser_alone(self) -> None:
        data = archive(pickled({"optimizer": {"exp_avg": WEIGHT}}), {"data/0": KERNEL.tobytes()})
        with pytest.raises(ModelError, match="holds no convolution"):
            read(data)

    def test_zero_variance_and_negative_variance(self) -> None:
        def with_norm(variance: float) -> bytes:
            def vector(key: str) -> Tensor:
                return Tensor(Storage("FloatStorage", key, 3), 0, (3,), (1,))

            tensors = {"0.weight": WEIGHT, "1.running_mean": vector("1"), "1.running_var": vector("2")}
            members = {
                "data/0": KERNEL.tobytes(),
                "data/1": np.zeros(3, "<f4").tobytes(),
                "data/2": np.full(3, variance, "<f4").tobytes(),
            }
            return archive(pickled(tensors), members)

        assert conv_of(read(with_norm(0))).kernel[1, 0, 0] == pytest.approx(1 / np.sqrt(1e-5))
        with pytest.raises(ModelError, match=r"tensor 1\.running_var: holds a variance below 0"):
            read(with_norm(-1))


def legacy(
    value: object, rows: dict[str, bytes], *, count: bytes = b"", keys: object = None, **system: object
) -> bytes:
    """Return a file as `torch.save` wrote it before PyTorch 1.6."""
    parts = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True, **system}, value, keys or sorted(rows)]
    stored = b"".join((count or struct.pack("<q", len(rows[key]) // 4)) + rows[key] for key in sorted(rows))
    return b"".join(part if isinstance(part, bytes) else pickled(part) for part in parts) + stored


class TestBefore16:
    def test_parts_of_a_storage_and_storages_in_the_order_of_their_keys(self) -> None:
        part = Storage("FloatStorage", "9", 64, ("view", 4, 60))
        tensors = {
            "a.weight": Tensor(part, 0, (3, 4, 5), (20, 5, 1)),
            "a.bias": Tensor(Storage("FloatStorage", "10", 3, None), 0, (3,), (1,)),
        }
        rows = {
            "9": np.concatenate([np.full(4, 99, "<f4"), KERNEL]).tobytes(),
            "10": np.array([7, 8, 9], "<f4").tobytes(),
        }
        conv = conv_of(read(legacy(tensors, rows)))
        assert conv.kernel[0, 0].tolist() == [0, 20, 40]
        assert conv.bias is not None
        assert conv.bias.tolist() == [7, 8, 9]

    def test_what_python_2_and_the_first_versions_wrote(self) -> None:
        # Texts of eight bits, the pairs of an ordered dict as an argument, and _rebuild_tensor.
        storage = b"(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK<NtQ"
        tensor = b"ctorch._utils\n_rebuild_tensor\n(" + storage + b"K\x00K\x03K\x04K\x05\x87K\x14K\x05K\x01\x87tR"
        value = b"\x80\x02ccollections\nOrderedDict\n(](]T\x06\0\0\0a.weiga" + tensor + b"aetR."
        value = value.replace(b"T\x06\0\0\0a.weig", b"T\x08\0\0\0a.weight")
        assert conv_of(read(legacy(value, {"0": KERNEL.tobytes()}))).kernel[0, 0].tolist() == [0, 20, 40]

    def test_a_big_endian_machine_wrote_little_endian_numbers(self) -> None:
        data = legacy(
            {"a.weight": WEIGHT}, {"0": KERNEL.tobytes()}, count=struct.pack(">q", 60), little_endian=False
        )
        assert conv_of(read(data)).kernel[0, 0].tolist() == [0, 20, 40]
        data = legacy({"a.weight": WEIGHT}, {"0": KERNEL.tobytes()}, count=struct.pack(">q", 60))
        with pytest.raises(
            ModelError, match="storage 0 should hold 60 numbers, and another count stands before them"
        ):
            read(data)

    @each_case(
        ("data", "message"),
        [
            (
                legacy({"a.weight": WEIGHT}, {"0": KERNEL.tobytes()})[:-1],
                "ends within storage 0, which has 240 bytes",
            ),
            (legacy({"a.weight": WEIGHT}, {"0": KERNEL.tobytes()})[:-241], "ends within storage 0"),
            (legacy({"a.weight": WEIGHT}, {}), r"tensor a.weight: lies in storage 0, which is not in the file"),
            (
                legacy({"a.weight": WEIGHT}, {"0": KERNEL.tobytes(), "1": b""}),
                "lists storage 1, which no tensor uses",
            ),
            (
                legacy({"a.weight": WEIGHT}, {"0": KERNEL.tobytes()}, keys=["0", "0"]),
                r"lists its storages as torch",
            ),
            (legacy({"a.weight": WEIGHT}, {"0": KERNEL.tobytes()}, keys={"0": 1}), r"lists its storages as torch"),
            (legacy({"a.weight": WEIGHT}, {}).replace(b"M\xe9\x03", b"M\xea\x03"), "says protocol 1002"),
            (legacy({"a.weight": WEIGHT}, {})[:40], "m.pt, system: is damaged near byte"),
        ],
    )
    def test_damage(self, data: bytes, message: str) -> None:
        with pytest.raises(ModelError, match=message):
            read(data)

    @each_case("view", [("v", 5, 60), ("v", -1, 60), ("v", 0), "v", (1, 0, 60), ("v", 0, 1 << 70)])
    def test_a_part_outside_its_storage(self, view: object) -> None:
        tensor = Tensor(Storage("FloatStorage", "0", 64, view), 0, (3, 4, 5), (20, 5, 1))
        with pytest.raises(ModelError, match=r"object: names a storage as torch\.save does not"):
            read(legacy({"a.weight": tensor}, {}))

    def test_a_storage_that_is_described_in_two_ways(self) -> None:
        other = Tensor(Storage("DoubleStorage", "0", 30), 0, (30,), (1,))
        with pytest.raises(ModelError, match="describes storage 0 in two ways"):
            read(legacy({"a.weight": WEIGHT, "b": other}, {"0": KERNEL.tobytes()}))

    def test_a_count_of_terabytes_costs_nothing(self) -> None:
        tensor = Tensor(Storage("FloatStorage", "0", 1 << 40), 0, (1 << 36, 4, 4), (16, 4, 1))
        with pytest.raises(ModelError, match="ends within storage 0, which has 4,398,046,511,104 bytes"):
            read(legacy({"a.weight": tensor}, {"0": b""}))


def test_damage_to_the_pickle_alone() -> None:
    # The archive's checksums would catch it first, so the archive is written around the damage.
    draw = random.Random(6)
    with zipfile.ZipFile(FOLDER / "norm.pt") as whole:
        members = {name.partition("/")[2]: whole.read(name) for name in whole.namelist()}
    good = members.pop("data.pkl")
    for _ in range(1500):
        damaged = bytearray(good)
        for _ in range(draw.randrange(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        with suppress(CnnError):
            read(archive(bytes(damaged), members))
