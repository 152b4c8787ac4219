"""Anybody's schemas, from a file or a folder, judged by nothing but the Avro specification.

- What is read is bounded: `MAX_FILE` bytes a file, `MAX_TOTAL` bytes and `MAX_FILES` files a folder. Only regular files
  are opened, folders that are symbolic links are not entered, so neither a pipe nor a circle can hold the reader up.
- In a folder every named type can be referred to by its full name, from whichever file. A file that defines a name
  itself means its own definition: self-contained files may lie beside each other.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from registry.findings import CannotJudge, Finding, InvalidSources
from registry.model import Named, Record, Type
from registry.parse import (
    MAX_DEPTH,
    NAMED_KINDS,
    Parsed,
    SchemaError,
    judge_defaults,
    load_json,
    parse_any,
    qualified,
)

MAX_FILE: Final = 16 << 20
MAX_TOTAL: Final = 256 << 20
MAX_FILES: Final = 50_000
SUFFIX: Final = ".avsc"


@dataclass(frozen=True, slots=True)
class Document:
    """One schema file.

    Attributes:
        path: As it was given, or found below what was given.
        key: The full name of the named type at its top; the path inside the folder for any other type.
        raw: Its JSON value.
        parsed: What it defines.
        refers_to: Full names of types that other files define and this one uses.
    """

    path: str
    key: str
    raw: Any
    parsed: Parsed
    refers_to: frozenset[str]

    @property
    def type(self) -> Type:
        """The type at the top."""
        return self.parsed.type


def load_documents(path: Path) -> tuple[Document, ...]:
    """Load a schema file, or every `.avsc` file below a folder.

    Args:
        path: The file or folder.

    Returns:
        The documents in the order of their paths; at least one.

    Raises:
        CannotJudge: There is nothing to read, or too much.
        InvalidSources: A file is no schema; carries every finding.
    """
    loader = _Loader()
    if path.is_dir():
        paths = list(_schema_files(path))
        if not paths:
            raise CannotJudge(f"there is no {SUFFIX} file in {path}")
        for found in paths:
            loader.read(found, found.relative_to(path).as_posix())
    else:
        loader.read(path, path.name)
    return loader.finish()


def load_text(text: str, path: str) -> Document:
    """Load one self-contained schema.

    Args:
        text: The schema as JSON.
        path: What to call it.

    Returns:
        The document.

    Raises:
        InvalidSources: It is no schema.
    """
    loader = _Loader()
    loader.add(text, path, path)
    return loader.finish()[0]


def read_text(path: Path) -> str:
    """Read a file that anybody may have made.

    Args:
        path: The file.

    Returns:
        Its text.

    Raises:
        SchemaError: It is not a readable regular file of UTF-8 text of moderate size; the rule is `unreadable`.
    """

    def unreadable(why: str, fix: str) -> SchemaError:
        return SchemaError("unreadable", "", why, fix)

    try:
        # Not blocking: opening a pipe would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise unreadable(f"It cannot be read: {error.strerror}.", "Give a schema file or a folder.") from None
    except ValueError:
        raise unreadable("Its name holds a zero byte.", "Give a schema file or a folder.") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise unreadable("It is no regular file.", "Give a schema file or a folder.")
        content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise unreadable(f"It is larger than {MAX_FILE >> 20} MiB.", "Split the schema.")
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise unreadable("It begins with a byte order mark.", "Save it as UTF-8 without one.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise unreadable(f"It is not UTF-8 at byte {error.start}.", "Save it as UTF-8.") from None


def _schema_files(folder: Path) -> Iterator[Path]:
    count = 0
    total = 0

    def failed(error: OSError) -> None:
        raise CannotJudge(f"{error.filename} cannot be read: {error.strerror}")

    for parent, folders, names in os.walk(folder, onerror=failed, followlinks=False):
        folders.sort()
        for name in sorted(names):
            if not name.endswith(SUFFIX):
                continue
            path = Path(parent) / name
            count += 1
            with contextlib.suppress(OSError):  # reading it tells what is wrong with it
                total += path.stat().st_size
            if count > MAX_FILES or total > MAX_TOTAL:
                raise CannotJudge(f"{folder} holds more than {MAX_FILES:,} schemas, or {MAX_TOTAL >> 20} MiB of them")
            yield path


class _Loader:
    """Several files as one set. Records are made before they are filled, so that files may refer to each other."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.raw: dict[str, Any] = {}
        self.keys: dict[str, str] = {}
        self.parsed: dict[str, Parsed] = {}
        self.refers_to: dict[str, set[str]] = {}
        # Of each full name: the files that define it, and the definition in the first with its enclosing namespace.
        self.defined: dict[str, list[str]] = {}
        self.definition: dict[str, dict[str, Any]] = {}
        self.tops: dict[str, str] = {}
        self.shells: dict[str, dict[str, Record]] = {}
        self.found: dict[str, Named] = {}

    def read(self, path: Path, inside: str) -> None:
        try:
            text = read_text(path)
        except SchemaError as error:
            self._tell(str(path), error)
            return
        self.add(text, str(path), inside)

    def add(self, text: str, path: str, inside: str) -> None:
        try:
            raw = load_json(text)
        except SchemaError as error:
            self._tell(path, error)
            return
        self.raw[path], self.keys[path] = raw, inside
        self.refers_to[path], self.shells[path] = set(), {}
        top = True
        for full_name, definition in _definitions(raw):
            self.defined.setdefault(full_name, []).append(path)
            self.definition.setdefault(full_name, definition)
            if top and definition is raw:
                self.keys[path] = full_name
                if full_name in self.tops:
                    why = f"`{full_name}` is defined in {self.tops[full_name]} too."
                    self._tell(path, SchemaError("repeated-type", "name", why, "Keep one of them, or compare files."))
                else:
                    self.tops[full_name] = path
            top = False

    def finish(self) -> tuple[Document, ...]:
        for path, raw in self.raw.items():
            try:
                self.parsed[path] = parse_any(raw, partial(self._resolve, path), self.shells[path])
            except SchemaError as error:
                self._tell(path, error)
        if self.findings:
            raise InvalidSources(self.findings)
        return tuple(
            Document(path, self.keys[path], self.raw[path], judge_defaults(parsed), frozenset(self.refers_to[path]))
            for path, parsed in self.parsed.items()
        )

    def _resolve(self, here: str, name: str, at: str) -> Named:
        path = here if here in self.defined.get(name, ()) else self._file_of(name, at)
        if path != here:
            self.refers_to[here].add(name)
        shelf = self.shells[path]
        if name in shelf:
            return shelf[name]
        if path in self.parsed:
            return next(item.type for item in self.parsed[path].definitions if item.type.full_name == name)
        raw = self.definition[name] if self.defined[name][0] == path else dict(_definitions(self.raw[path]))[name]
        if raw["type"] in ("record", "error"):
            shelf[name] = Record(name, (), "")
            return shelf[name]
        # An enum or a fixed refers to nothing: it is complete at once.
        key = f"{path}\0{name}"
        if key not in self.found:
            namespace, _, simple = name.rpartition(".")
            alone = {**raw, "name": simple, "namespace": namespace}
            self.found[key] = parse_any(alone, self._nothing, {}).definitions[0].type
        return self.found[key]

    def _file_of(self, name: str, at: str) -> str:
        if name in self.tops:
            return self.tops[name]
        files = self.defined.get(name, [])
        if not files:
            raise SchemaError("unknown-type", at, f"No type is named `{name}`.", self._hint(name))
        if len(files) > 1:
            why = f"`{name}` is defined in {len(files)} files, such as {files[0]} and {files[1]}."
            raise SchemaError("repeated-type", at, why, "Define it in one of them.")
        return files[0]

    def _hint(self, name: str) -> str:
        import difflib

        near = difflib.get_close_matches(name, list(self.defined)[:1000], n=1)
        return f"Did you mean `{near[0]}`?" if near else "Define it, or give the folder that holds its file."

    def _tell(self, path: str, error: SchemaError) -> None:
        self.findings.append(Finding(error.rule, path, error.at, error.why, error.fix))

    @staticmethod
    def _nothing(name: str, at: str) -> Named:  # pragma: no cover - enums and fixed refer to nothing
        raise SchemaError("unknown-type", at, f"No type is named `{name}`.", "Define it.")


def _definitions(raw: Any, namespace: str = "", depth: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each named type that a document defines, without judging it: the parser does."""
    if depth > MAX_DEPTH:
        return
    if isinstance(raw, list):
        for branch in raw:
            yield from _definitions(branch, namespace, depth + 1)
    if not isinstance(raw, dict):
        return
    kind = raw.get("type")
    if isinstance(kind, str) and kind in NAMED_KINDS:
        name, space = raw.get("name"), raw.get("namespace", namespace)
        if not isinstance(name, str) or not isinstance(space, str):
            return
        full_name = qualified(name, space)
        yield full_name, raw
        fields = raw.get("fields")
        for field in fields if isinstance(fields, list) else ():
            if isinstance(field, dict):
                yield from _definitions(field.get("type"), full_name.rpartition(".")[0], depth + 1)
    elif isinstance(kind, dict | list):
        yield from _definitions(kind, namespace, depth + 1)
    else:
        for inner in (raw.get("items"), raw.get("values")):
            yield from _definitions(inner, namespace, depth + 1)
