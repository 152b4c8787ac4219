"""Runs protoc with its Python, gRPC and stub plugins over every proto, in one process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.resources import files as resources
from pathlib import Path


class ProtocError(Exception):
    """protoc refused the sources, or is not installed."""


def compile_protos(protos: Path) -> dict[str, str]:
    """Generate the Python modules and type stubs of all protos.

    Args:
        protos: The folder that import paths start from.

    Returns:
        Sources by path relative to that folder.

    Raises:
        ProtocError: A proto is wrong, or a plugin is missing.
    """
    command, sources = _protoc(protos)
    with tempfile.TemporaryDirectory() as out:
        plugins = ("protoc-gen-mypy", "protoc-gen-mypy_grpc")
        command += [f"--plugin={name}={Path(sys.executable).parent / name}" for name in plugins]
        command += [f"--{kind}_out={out}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")]
        _run([*command, *sources])
        return {
            path.relative_to(out).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(Path(out).rglob("*.py*"))
        }


def describe_protos(protos: Path) -> bytes:
    """Describe all protos, with their comments and with what they import.

    Args:
        protos: The folder that import paths start from.

    Returns:
        A serialised `google.protobuf.FileDescriptorSet`.

    Raises:
        ProtocError: A proto is wrong, or protoc is not installed.
    """
    command, sources = _protoc(protos)
    with tempfile.TemporaryDirectory() as out:
        described = Path(out) / "protos"
        _run([*command, "--include_imports", "--include_source_info", f"--descriptor_set_out={described}", *sources])
        return described.read_bytes()


def own_protos(protos: Path) -> list[str]:
    """List the protos that code is made from: not the copies of Google's, whose code comes with packages.

    Args:
        protos: The folder that import paths start from.

    Returns:
        Import paths, in order.
    """
    found = (path.relative_to(protos) for path in protos.rglob("*.proto"))
    return sorted(path.as_posix() for path in found if path.parts[0] != "google")


def _protoc(protos: Path) -> tuple[list[str], list[str]]:
    """Give protoc's command with its import paths, and every source."""
    sources = own_protos(protos)
    if not sources:
        raise ProtocError(f"there is no proto in {protos}")
    try:
        well_known = str(resources("grpc_tools") / "_proto")
        # googleapis-common-protos ships google/rpc beside its Python modules.
        common = str(Path(str(resources("google.rpc") / "status.proto")).parents[2])
    except ModuleNotFoundError as error:
        raise ProtocError(f"{error}; run `make setup`") from None
    return [sys.executable, "-m", "grpc_tools.protoc", f"-I{protos}", f"-I{well_known}", f"-I{common}"], sources


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProtocError(done.stderr.strip() or f"protoc ended with {done.returncode}")
