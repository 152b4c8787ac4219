"""The protos as descriptors, with the options that each language needs: the protos themselves stay free of them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files as resources
from pathlib import Path

from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from codegen.protobuf import ProtocError, own_protos

_ANNOTATIONS = "google/api/annotations.proto"


def describe(protos: Path, go_module: str) -> FileDescriptorSet:
    """Parse all protos.

    Args:
        protos: The folder that import paths start from.
        go_module: The Go module that the packages belong to.

    Returns:
        Every file and what it imports, with comments. Files of ours carry go_package and Java's one class a file,
        and no HTTP options.

    Raises:
        ProtocError: A proto is wrong.
    """
    sources = own_protos(protos)
    well_known = str(resources("grpc_tools") / "_proto")
    common = str(Path(str(resources("google.rpc") / "status.proto")).parents[2])
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "all.bin"
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{protos}", f"-I{well_known}", f"-I{common}"]
        command += [f"--descriptor_set_out={out}", "--include_imports", "--include_source_info", *sources]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ProtocError(done.stderr.strip() or f"protoc ended with {done.returncode}")
        found = FileDescriptorSet.FromString(out.read_bytes())
    for file in found.file:
        if file.name in ours(found):
            _, *path, version = file.package.split(".")
            file.options.go_package = f"{go_module}/{'/'.join([*path, version])};{path[-1]}{version}"
            file.options.java_multiple_files = True
            _without_routes(file)
    return found


def _without_routes(file: FileDescriptorProto) -> None:
    """Take the HTTP options out: gRPC clients have no use for them, and would need Google's package for them."""
    if _ANNOTATIONS in file.dependency:
        file.dependency.remove(_ANNOTATIONS)
    for service in file.service:
        for method in service.method:
            method.options.ClearExtension(annotations_pb2.http)
            if not method.options.ListFields():
                method.ClearField("options")


def ours(found: FileDescriptorSet) -> list[str]:
    """Return the names of the files that are ours.

    Args:
        found: What `describe` returned.

    Returns:
        Import paths, in order.
    """
    return sorted(file.name for file in found.file if not file.package.startswith("google."))


def compile_with(
    protoc: Sequence[str | Path], found: FileDescriptorSet, plugins: Mapping[str, Path], outputs: Mapping[str, str]
) -> dict[str, str]:
    """Run protoc over descriptors.

    Args:
        protoc: Its command.
        found: What `describe` returned.
        plugins: Executables by name, such as `protoc-gen-go`.
        outputs: Options of each output, by name, such as `go`.

    Returns:
        Sources by path.

    Raises:
        ProtocError: protoc or a plugin refused.
    """
    names = ours(found)
    with tempfile.TemporaryDirectory() as place:
        descriptors, out = Path(place) / "all.bin", Path(place) / "out"
        out.mkdir()
        descriptors.write_bytes(found.SerializeToString(deterministic=True))
        command = [*map(str, protoc), f"--descriptor_set_in={descriptors}"]
        command += [f"--plugin={name}={path}" for name, path in plugins.items()]
        for name, options in outputs.items():
            command += [f"--{name}_out={out}", *([f"--{name}_opt={options}"] if options else [])]
        done = subprocess.run([*command, *names], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ProtocError(done.stderr.strip() or f"protoc ended with {done.returncode}")
        return {
            path.relative_to(out).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(out.rglob("*"))
            if path.is_file()
        }
