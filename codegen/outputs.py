"""Writes a tree of files so that a folder holds exactly them, and tells how a folder differs from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

# What the clients of each language build inside a package. Nothing of it is generated, and git ignores it.
_BUILT = frozenset({"__pycache__", "node_modules", "dist", "target"})


def differences(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Compare a folder with what it should hold.

    Args:
        folder: The folder; it may be missing.
        files: Contents by path relative to the folder.

    Returns:
        One line for each file that is missing, changed or too many, by path; empty if all is the same.
    """
    present = _present(folder)
    lines = []
    for path in sorted(present | set(files)):
        if path not in present:
            lines.append(f"{path}: missing")
        elif path not in files:
            lines.append(f"{path}: not generated from anything")
        elif (folder / path).read_bytes() != files[path]:
            lines.append(f"{path}: changed")
    return lines


def write(folder: Path, files: Mapping[str, bytes]) -> int:
    """Make a folder hold exactly the given files. Files that are right already keep their times.

    Args:
        folder: The folder; made if missing.
        files: Contents by path relative to the folder.

    Returns:
        How many files were written or removed.
    """
    changed = 0
    for path in sorted(_present(folder) - set(files)):
        (folder / path).unlink()
        changed += 1
    for path, content in files.items():
        target = folder / path
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        changed += 1
    # Deepest first, so that a parent that becomes empty goes too.
    for directory in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        inside = directory.relative_to(folder).parts
        if not _BUILT & set(inside) and not any(p for p in directory.iterdir() if p.name != "__pycache__"):
            _remove(directory)
    return changed


def _remove(directory: Path) -> None:
    cache = directory / "__pycache__"
    if cache.is_dir():
        for file in cache.iterdir():
            file.unlink()
        cache.rmdir()
    directory.rmdir()


def _present(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not _BUILT & set(path.relative_to(folder).parts)
    }
