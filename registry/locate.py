"""Finds the line of a file that a finding speaks of, so that a review shows it there."""

from __future__ import annotations

import re
from pathlib import Path

from registry.catalogue import Catalogue
from registry.documents import read_text
from registry.findings import Finding

# Beyond this nobody reads the file, and a search in it for each finding would take minutes.
_LARGEST = 1 << 20
_LINE = re.compile(r"line (\d+)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def locate(root: Path, catalogue: Catalogue | None, finding: Finding) -> tuple[str, int]:
    """Find where a finding belongs.

    Args:
        root: The repository.
        catalogue: The schemas; None if they could not be loaded.
        finding: The finding.

    Returns:
        The file, and the line in it from 1. A field of a shared type belongs to the file of that type. Line 1 if the
        place cannot be found.
    """
    if match := _LINE.fullmatch(finding.at):
        return finding.file, int(match[1])
    file, place = finding.file, finding.at
    if catalogue is not None and finding.schema_at:
        owner = max((n for n in catalogue.files if finding.schema_at.startswith(f"{n}.")), key=len, default=None)
        if owner is not None:
            file, place = catalogue.files[owner].path, finding.schema_at.removeprefix(f"{owner}.")
    lines = _lines(root / file)
    return file, _line(lines, _NAME.findall(place)) if lines else 1


def _lines(path: Path) -> list[str]:
    """Read a file that may be anything; empty if it cannot be read, or nobody would look for a line in it."""
    try:
        if path.stat().st_size > _LARGEST:
            return []
        return read_text(path).splitlines()
    except (OSError, ValueError):
        return []


def _line(lines: list[str], names: list[str]) -> int:
    """Follow names from the top of a file down, as far as they can be followed."""
    line = 0
    for name in names:
        patterns = (rf'"name"\s*:\s*"{re.escape(name)}"', rf'"{re.escape(name)}"', rf"^[^#]*\b{re.escape(name)}\b")
        found = next((n for pattern in patterns for n in range(line, len(lines)) if re.search(pattern, lines[n])), None)
        line = line if found is None else found
    return line + 1
