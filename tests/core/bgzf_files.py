"""Files as `bgzip` and `samtools faidx` write them, made without either.

Sources: the SAM/BAM format specification, section 4.1; the manual pages of `bgzip` and `samtools faidx`.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from cnn_core.letters.gzip_stream import BGZF_END


def bgzf(data: bytes, size: int = 11, end: bytes = BGZF_END) -> bytes:
    """Compress as bgzip does, in blocks of `size` bytes of data."""
    blocks = []
    for start in range(0, len(data), size):
        block = data[start : start + size]
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(block) + packer.flush()
        header = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(packed) + 25)
        blocks.append(header + packed + struct.pack("<II", zlib.crc32(block), len(block)))
    return b"".join(blocks) + end


def gzi(data: bytes, size: int = 11, packed: bytes | None = None) -> bytes:
    """Return the `.gzi` of what `bgzf` makes of data: where each block begins but the first, packed and unpacked."""
    packed = bgzf(data, size) if packed is None else packed
    pairs, place = [], 0
    for start in range(0, len(data), size):
        if start:
            pairs.append(struct.pack("<QQ", place, start))
        place += struct.unpack_from("<H", packed, place + 16)[0] + 1
    return struct.pack("<Q", len(pairs)) + b"".join(pairs)


def fai(text: bytes) -> bytes:
    """Return the `.fai` of FASTA whose records are wrapped evenly, with LF at the ends of lines."""
    rows, offset = [], 0
    for record in text.split(b">")[1:]:
        header, *lines = record.rstrip(b"\n").split(b"\n")
        begins, width = offset + 1 + len(header) + 1, len(lines[0]) if lines else 0
        name = header.split()[0].decode()
        rows.append(f"{name}\t{sum(map(len, lines))}\t{begins}\t{width}\t{width + 1 if width else 0}\n")
        offset += 1 + len(record)
    return "".join(rows).encode()


def write_bgzf(path: Path, text: bytes, size: int = 11, *, indexed: bool = False) -> Path:
    """Write a file of bgzip, and what `samtools faidx` puts beside it."""
    packed = bgzf(text, size)
    path.write_bytes(packed)
    if indexed:
        path.with_name(path.name + ".fai").write_bytes(fai(text))
        path.with_name(path.name + ".gzi").write_bytes(gzi(text, size, packed))
    return path
