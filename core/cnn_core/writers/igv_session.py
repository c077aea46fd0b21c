"""A session of IGV, which opens a FASTA file and tracks on it together.

Source of the format: IGV, https://igv.org/doc/desktop/#UserGuide/sessions/; IGV reads the paths from the session's own
folder, for the genome as for the tracks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import BinaryIO, Final
from xml.etree import ElementTree

from ..errors import SettingError, printable

__all__ = ["write_igv_session"]

_VERSION: Final = "8"
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


def write_igv_session(genome: str, tracks: Mapping[str, str], file: BinaryIO, locus: str = "") -> None:
    """Write a session.

    Args:
        genome: The FASTA file, seen from the session's folder, with `/` between folders.
        tracks: What each track is, such as `bigwig`, by its file, seen from there, too.
        file: A file that is open for writing bytes.
        locus: The region that is shown first, such as `chr1:1-1000`; empty is all.

    Raises:
        SettingError: A name has a character that XML cannot hold.
    """
    for name in (genome, *tracks, locus):
        if _NOT_IN_XML.search(name):
            raise SettingError(
                "a session cannot hold this name",
                where=printable(name),
                remedy="rename it, or leave out the session",
            )
    session = ElementTree.Element("Session", genome=genome, version=_VERSION)
    if locus:
        session.set("locus", locus)
    resources = ElementTree.SubElement(session, "Resources")
    for path, kind in tracks.items():
        ElementTree.SubElement(resources, "Resource", path=path, type=kind)
    ElementTree.indent(session, "    ")
    file.write(ElementTree.tostring(session, encoding="UTF-8", xml_declaration=True) + b"\n")
