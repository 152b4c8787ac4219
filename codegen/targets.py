"""What is generated: one target for each language, and the vectors. Each is a function of the sources alone."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files as resources
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from codegen.descriptors import compile_with, describe
from codegen.generate import PACKAGE, PACKAGE_ROOT, GenerateError, generate
from codegen.golang import MODULE, render_go
from codegen.java import compile_records, marked, render_table
from codegen.protobuf import ProtocError
from codegen.toolchains import ToolchainMissing, ToolError, go_tools, java_tools, node_tools, run
from codegen.types import UnsupportedTypeError
from codegen.typescript import render_typescript
from codegen.vectors import render_vectors
from registry.catalogue import Catalogue, load

_RUNTIME = Path(str(resources("codegen") / "runtime"))
# What marks a hand-written file that is copied. JSON and READMEs say it themselves.
_MARKS = {
    ".go": "// Code generated from codegen/runtime/{path} by `make generate`. DO NOT EDIT.\n\n",
    ".mod": "// DO NOT EDIT. Made from codegen/runtime/{path} by `make generate`.\n",
    ".java": "// DO NOT EDIT. Made from codegen/runtime/{path} by `make generate`.\n",
    ".ts": "// DO NOT EDIT. Made from codegen/runtime/{path} by `make generate`.\n",
}
_PROTOC = (sys.executable, "-m", "grpc_tools.protoc")
_JAVA = "src/main/java"


@dataclass(frozen=True)
class Sources:
    """The contracts, read once for all languages.

    Attributes:
        root: The repository.
    """

    root: Path

    def read(self) -> None:
        """Read everything now, so that the targets can share it.

        Raises:
            RegistryError: The schemas, topics.yaml or the recorded history are wrong.
            GenerateError: The protos are wrong.
        """
        try:
            _ = self.catalogue, self.descriptors
        except ProtocError as error:
            raise GenerateError(str(error)) from error

    @cached_property
    def catalogue(self) -> Catalogue:
        """All schemas and topics."""
        return load(self.root)

    @cached_property
    def descriptors(self) -> FileDescriptorSet:
        """All protos."""
        return describe(self.root / "proto", MODULE)


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that is generated.

    Attributes:
        name: `python`, `vectors`, `go`, `java` or `typescript`.
        folder: Where it goes, relative to the repository.
        make: Gives its files; raises ToolchainMissing if it cannot be made here.
    """

    name: str
    folder: str
    make: Callable[[Sources], Mapping[str, bytes]]


def make(target: Target, sources: Sources) -> Mapping[str, bytes]:
    """Generate one target.

    Args:
        target: What.
        sources: Of what.

    Returns:
        Contents by path relative to its folder.

    Raises:
        RegistryError: The schemas, topics.yaml or the recorded history are wrong.
        GenerateError: The protos are wrong, or a type has no form in the language.
        ToolchainMissing: The language cannot be generated on this machine.
    """
    try:
        return target.make(sources)
    except (UnsupportedTypeError, ProtocError, ToolError, ValueError) as error:
        raise GenerateError(f"{target.name}: {error}") from error


def _python(sources: Sources) -> dict[str, bytes]:
    return generate(sources.root)


def _vectors(sources: Sources) -> dict[str, bytes]:
    return _encoded(render_vectors(sources.catalogue))


def _go(sources: Sources) -> dict[str, bytes]:
    tools = go_tools()
    plugins = {name: tools / name for name in ("protoc-gen-go", "protoc-gen-go-grpc")}
    outputs = {"go": f"module={MODULE}", "go-grpc": f"module={MODULE}"}
    files = compile_with(_PROTOC, sources.descriptors, plugins, outputs)
    return _encoded(files | _gofmt(render_go(sources.catalogue)) | _runtime("go"))


def _gofmt(files: Mapping[str, str]) -> dict[str, str]:
    if shutil.which("gofmt") is None:
        raise ToolchainMissing("there is no `gofmt` beside `go`; put Go's bin folder on PATH")
    with tempfile.TemporaryDirectory() as place:
        for path, text in files.items():
            target = Path(place) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        run(["gofmt", "-w", place])
        return {path: (Path(place) / path).read_text(encoding="utf-8") for path in files}


def _java(sources: Sources) -> dict[str, bytes]:
    tools = java_tools()
    plugins = {"protoc-gen-grpc-java": tools.grpc_plugin}
    outputs = {"java": "", "grpc-java": "@generated=omit"}
    files = marked(compile_with([tools.protoc], sources.descriptors, plugins, outputs))
    files |= compile_records(sources.catalogue, tools)
    files["quadrille/events/Events.java"] = render_table(sources.catalogue)
    return _encoded({f"{_JAVA}/{path}": text for path, text in files.items()} | _runtime("java"))


def _typescript(sources: Sources) -> dict[str, bytes]:
    plugins = {"protoc-gen-es": node_tools() / "protoc-gen-es"}
    protos = compile_with(_PROTOC, sources.descriptors, plugins, {"es": "target=ts,import_extension=js"})
    header = "// DO NOT EDIT. Made from proto/ by `make generate`.\n"
    # Imports between them are relative, so that the folder may have another name.
    files = {f"proto/{path.removeprefix(f'{PACKAGE}/')}": header + text for path, text in protos.items()}
    files |= render_typescript(sources.catalogue)
    return _encoded({f"src/{path}": text for path, text in files.items()} | _runtime("typescript"))


def _runtime(language: str) -> dict[str, str]:
    """The hand-written part of a language's package."""
    folder = _RUNTIME / language
    files = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            path = file.relative_to(folder).as_posix()
            mark = _MARKS.get(file.suffix, "").format(path=f"{language}/{path}")
            files[path] = mark + file.read_text(encoding="utf-8")
    return files


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: files[path].encode() for path in sorted(files)}


TARGETS = (
    Target("python", PACKAGE_ROOT, _python),
    Target("vectors", "generated/vectors", _vectors),
    Target("go", "generated/go", _go),
    Target("java", "generated/java", _java),
    Target("typescript", "generated/typescript", _typescript),
)
