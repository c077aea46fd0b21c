"""Damage to model files of any format: what every reader must survive, in CI by the hundred and by hand by thousands.

A format is a list of good files in `FORMATS`: add a function that yields `Good` files, and the test in
`test_mutations.py` and the long run below take it from there. Every draw is named by its format and a whole number,
which draws the same damage again anywhere:

    .venv/bin/python tests/core/readers/mutations.py keras 10000            # draws 0 … 9,999, on all of a format
    .venv/bin/python tests/core/readers/mutations.py keras 1 --first 4711   # one of them

The long run opens each file in a process of its own, and tells what took more than 300 MB or 2 seconds of CPU, and
what ended otherwise than in one sentence or a model.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import os
import random
import re
import resource
import struct
import sys
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cnn_core.errors import CnnError
from cnn_core.readers.opening import read_model_file

HERE = Path(__file__).parent
LARGEST = 300
"""Megabytes that a process may take to open a small file or refuse it."""
SLOWEST = 2.0
"""Seconds of CPU that it may take."""
_LONGEST_SENTENCE = 1500
_NUMBERS = (0, 1, 2, 127, 255, 256, 65535, 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)
_VALUES: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 3, 5, 10**9, 10**30, 0.5, 1e308, "", "x", "same", "relu", "Conv1D", "__keras_tensor__",
    [], [0], [None], [[]], [1, 2], ["a", 0, 0], ["a", 0, 0, {}], {}, {"a": 1}, {"class_name": "Dense"},
    {"class_name": "Dense", "config": []}, {"config": {}}, {"name": 3}, [{}], [[[["a", 0, 0, {}]]]],
)  # fmt: skip
_DIGITS = re.compile(rb"\d+")


@dataclass(frozen=True)
class Good:
    """A file that opens, with what stands beside it.

    Attributes:
        name: What it is called.
        data: Its bytes.
        options: As `read_model_file` takes them; a text among them (`architecture`) is damaged as well.
    """

    name: str
    data: bytes
    options: Mapping[str, object] = field(default_factory=dict)


def _keras() -> Iterator[Good]:
    from keras_fixtures import FILES

    for stored in FILES:
        if len(stored.data) < 60_000:
            beside = stored.architecture_data
            yield Good(str(stored), stored.data, {} if beside is None else {"architecture": beside})


def _keras_operators() -> Iterator[Good]:
    for path in sorted((HERE / "keras_operators").glob("*.zip")):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                if name.endswith((".keras", ".h5")):
                    yield Good(f"{path.stem}-{name}", packed.read(name))


def _pytorch() -> Iterator[Good]:
    for path in sorted((HERE / "pytorch").glob("*.pt")):
        yield Good(path.name, path.read_bytes())


def _pytorch_modules() -> Iterator[Good]:
    for path in sorted((HERE / "pytorch_modules").glob("*.pt")):
        yield Good(path.name, path.read_bytes(), {"weights": "conv1"} if path.stem == "basset" else {})


def _torchscript() -> Iterator[Good]:
    for path in sorted((HERE / "torchscript").glob("*.pt")):
        yield Good(path.name, path.read_bytes())


def _safetensors() -> Iterator[Good]:
    for path in sorted((HERE / "pytorch").glob("*.safetensors")):
        yield Good(path.name, path.read_bytes())


_COLUMNS = (((7, 1, 1, 1), (1, 7, 1, 1), (1, 1, 1, 7)), ((2, 3, 4, 1),) * 5, ((10, 0, 0, 0), (0, 0, 10, 0)) * 6)
"""The counts of three motifs, a column each."""


def _meme() -> Iterator[Good]:
    matrices = []
    for number, columns in enumerate(_COLUMNS):
        rows = "".join(f" {a / 10:.3f} {c / 10:.3f} {g / 10:.3f} {t / 10:.3f}\n" for a, c, g, t in columns)
        head = f"letter-probability matrix: alength= 4 w= {len(columns)} nsites= 10 E= 1e-3\n"
        matrices.append(f"MOTIF M{number} name{number}\n{head}{rows}URL http://example.org\n\n")
    background = "Background letter frequencies\nA 0.3 C 0.2 G 0.2 T 0.3\n\n"
    for number in range(3):
        text = f"MEME version 5.4.1\n\nALPHABET= ACGT\n\nstrands: + -\n\n{background * (number > 0)}"
        yield Good(f"{number}.meme", f"{text}{''.join(matrices[: number + 1])}".encode())
    letters = 'ALPHABET "DNA"\nA "Adenine" CC0000 ~ T "Thymine" 008000\nC ~ G\nEND ALPHABET\n'
    yield Good("letters.meme", f"MEME version 4\n{letters}{matrices[0]}".encode())


def _jaspar() -> Iterator[Good]:
    from cnn_core.presets import motifs

    yield Good("preset.jaspar", Path(motifs.__file__).with_name("motifs.jaspar").read_bytes()[:3000])
    for number, columns in enumerate(_COLUMNS):
        rows = [" ".join(map(str, row)) for row in zip(*columns, strict=True)]
        lettered = "".join(f"{letter} [ {row} ]\n" for letter, row in zip("ACGT", rows, strict=True))
        bare = "\n".join(rows)
        yield Good(f"{number}.jaspar", f">MA000{number}.1 one\n{lettered}>other\n{lettered}".encode())
        yield Good(f"{number}.pfm", f">MA000{number}.1\tone\n{bare}\n".encode())


def _transfac() -> Iterator[Good]:
    for number, columns in enumerate(_COLUMNS):
        rows = "".join(f"{row:02d} {a} {c} {g} {t} N\n" for row, (a, c, g, t) in enumerate(columns, start=1))
        entry = f"AC  M{number}\nXX\nID  V$X_0{number}\nNA  name\nP0  A C G T\n{rows}XX\nCC  remark\n//\n"
        yield Good(f"{number}.transfac", entry.encode())
        yield Good(f"{number}.dat", f"VV  TRANSFAC\n//\n{entry}{entry.replace('AC  M', 'AC  N')}".encode())


def _motif_layouts() -> Iterator[Good]:
    for path in sorted((HERE / "motif_files").iterdir()):
        if path.suffix != ".md":
            yield Good(path.name, path.read_bytes())
    yield Good("either.pfm", b">X\n1 2 3 4\n2 1 4 3\n4 3 2 1\n3 4 1 2\n", {"motif_rows": "position"})


def _onnx() -> Iterator[Good]:
    for path in sorted((HERE / "onnx_files").glob("*.onnx")):
        yield Good(path.name, path.read_bytes())


def _exported() -> Iterator[Good]:
    for path in sorted((HERE / "exported").glob("**/*.pt2")):
        yield Good(path.name, path.read_bytes())


def _npz() -> Iterator[Good]:
    from keras_fixtures import FILES

    from cnn_core.presets import preset
    from cnn_core.readers.npz import write_npz
    from cnn_core.readers.report import ModelFile

    models: list[ModelFile] = [ModelFile(preset("motifs"), "preset")]
    for stored in FILES:
        with suppress(CnnError):
            if len(models) < 12 and len(stored.data) < 60_000:
                models.append(read_model_file(stored.data, str(stored), {}))
    for number, model in enumerate(models):
        file = io.BytesIO()
        write_npz(model, file)
        yield Good(f"{number}.npz", file.getvalue())


FORMATS: dict[str, Callable[[], Iterator[Good]]] = {
    "keras": _keras,
    "keras operators": _keras_operators,
    "pytorch": _pytorch,
    "pytorch modules": _pytorch_modules,
    "torchscript": _torchscript,
    "safetensors": _safetensors,
    "meme": _meme,
    "jaspar": _jaspar,
    "transfac": _transfac,
    "motif layouts": _motif_layouts,
    "npz": _npz,
    "onnx": _onnx,
    "torch_export": _exported,
}
"""The good files of every format."""


@cache
def good_files(kind: str) -> tuple[Good, ...]:
    """Return the good files of a format, those alone that open."""
    return tuple(FORMATS[kind]())


def drawn(kind: str, number: int) -> Good:
    """Return one damaged file: the same for the same number, everywhere."""
    draw = random.Random(f"{kind} {number}")
    files = good_files(kind)
    good = draw.choice(files)
    other = draw.choice(files).data
    architecture = good.options.get("architecture")
    if isinstance(architecture, bytes) and draw.random() < 0.5:
        return Good(good.name, good.data, {**good.options, "architecture": damaged_text(draw, architecture)})
    if good.data.startswith(b"PK") and draw.random() < 0.75:
        return Good(good.name, damaged_archive(draw, good.data), good.options)
    if b"\0" not in good.data and draw.random() < 0.6:
        return Good(good.name, damaged_text(draw, good.data), good.options)
    return Good(good.name, damaged(draw, good.data, other), good.options)


def damaged(draw: random.Random, data: bytes, other: bytes) -> bytes:
    """Return bytes with a few of them changed, taken out, doubled, cut off, or brought in from another file."""
    found = bytearray(data)
    for _ in range(draw.choice([1, 1, 2, 4, 30])):
        if not found:
            break
        at, length = draw.randrange(len(found)), draw.choice([1, 2, 4, 8, 64, 1000])
        match draw.randrange(10):
            case 0 | 1 | 2:
                found[at] = draw.choice([0, 1, 255, draw.randrange(256)])
            case 3:
                found[at] ^= 1 << draw.randrange(8)
            case 4:
                number = draw.choice(_NUMBERS)
                packed = struct.pack("<Q", number)[: draw.choice([2, 4, 8])]
                found[at : at + len(packed)] = packed
            case 5:
                del found[at : at + length]
            case 6:
                found[at:at] = found[at : at + length]
            case 7:
                found[at : at + length] = draw.randbytes(length)
            case 8:
                start = draw.randrange(max(len(other), 1))
                found[at : at + length] = other[start : start + length]
            case _:
                if draw.random() < 0.3:
                    del found[at:]
    return bytes(found)


def damaged_text(draw: random.Random, data: bytes) -> bytes:
    """Return JSON with a value of another kind somewhere, or any text with other numbers or letters."""
    try:
        parsed = json.loads(data)
    except ValueError:
        parsed = None
    if parsed is not None and draw.random() < 0.8:
        return json.dumps(damaged_value(draw, parsed)).encode()
    numbers = list(_DIGITS.finditer(data))
    if numbers and draw.random() < 0.5:
        found = draw.choice(numbers)
        return data[: found.start()] + str(draw.choice([-1, *_NUMBERS, 10**30])).encode() + data[found.end() :]
    return damaged(draw, data, data)


def damaged_value(draw: random.Random, value: Any) -> Any:
    """Return a JSON value in which a few parts are of another kind, missing, doubled or in each other's place."""
    value = copy.deepcopy(value)
    for _ in range(draw.choice([1, 1, 1, 2, 5])):
        places = list(_places(value))
        if not places:
            return draw.choice(_VALUES)
        holder, key = draw.choice(places)
        match draw.randrange(8):
            case 0 | 1 | 2 | 3:
                holder[key] = copy.deepcopy(draw.choice(_VALUES))
            case 4 | 5:
                del holder[key]
            case 6:
                other, its_key = draw.choice(places)
                holder[key] = copy.deepcopy(other[its_key])
            case _:
                if isinstance(holder, list):
                    holder.insert(key, copy.deepcopy(holder[key]))
                else:
                    holder[draw.choice(["name", "class_name", "config", "layers", key + "_"])] = holder[key]
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = holder.keys() if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            yield holder, key
            waiting.append(holder[key])


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return file.getvalue()


def damaged_archive(draw: random.Random, data: bytes) -> bytes:
    """Return a zip archive around a damaged member: the checksums of a damaged archive would hide it."""
    members = unpacked(data)
    name = draw.choice(list(members))
    if draw.random() < 0.05:
        del members[name]
    elif members[name].lstrip().startswith((b"{", b"[")):
        members[name] = damaged_text(draw, members[name])
    else:
        members[name] = damaged(draw, members[name], draw.choice(list(members.values())))
    return packed(members, draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))


def opened(good: Good) -> str:
    """Open a file as the program does, and return the sentence that refuses it, or nothing where a model came of it.

    Raises:
        AssertionError: What is said is not one sentence that can be shown.
        Exception: Anything that is no `CnnError` is a defect.
    """
    try:
        found = read_model_file(good.data, good.name, good.options)
        found.model.unavailable()
    except CnnError as error:
        said = str(error)
        assert said.strip(), "nothing is said"
        assert said.isprintable(), f"what is said cannot be shown: {said!r}"
        assert len(said) <= _LONGEST_SENTENCE, f"what is said has {len(said):,} letters"
        return said
    for sentence in (*found.warnings, *found.unsupported):
        assert sentence.isprintable(), f"what is said cannot be shown: {sentence!r}"
    return ""


def peak() -> float:
    """Return the megabytes that this process took at most; that of its parent before it began is left out."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        assert found is not None
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1024)


def _in_a_process(kind: str, number: int) -> tuple[str, float, float]:
    """Return how one damaged file ended, the CPU seconds that it took, and the megabytes on top of this process."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        try:
            good = drawn(kind, number)
            started = time.process_time()
            try:
                end = "refused" if opened(good) else "opened"
            except BaseException:
                end = f"{good.name}: {traceback.format_exc()}"
            told = json.dumps([end, time.process_time() - started, peak()])
            os.write(writing, told.encode()[:60_000])
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    if not told:
        return "killed, or no end in 60 seconds", 60.0, 0.0
    end, seconds, megabytes = json.loads(told)
    return end, seconds, megabytes


def main() -> int:
    parser = argparse.ArgumentParser(description="Open damaged model files, each in a process of its own.")
    parser.add_argument("format", choices=[*FORMATS])
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    # As in the tests: numpy warns where a number is lost.
    warnings.simplefilter("error")
    good_files(asked.format)
    # What is imported here is not imported in every process.
    for good in good_files(asked.format)[:1]:
        opened(good)
    ends = {"refused": 0, "opened": 0}
    worst, slowest, largest = 0, 0.0, 0.0
    for number in range(asked.first, asked.first + asked.count):
        end, seconds, megabytes = _in_a_process(asked.format, number)
        slowest, largest = max(slowest, seconds), max(largest, megabytes)
        if end in ends and seconds <= SLOWEST and megabytes <= LARGEST:
            ends[end] += 1
            continue
        worst += 1
        print(f"{asked.format} {number}: {seconds:.2f} s, {megabytes:.0f} MB, {end}", flush=True)
    print(f"{ends}, {worst} otherwise; the slowest took {slowest:.2f} s, the largest {largest:.0f} MB")
    return min(worst, 1)


if __name__ == "__main__":
    sys.exit(main())
