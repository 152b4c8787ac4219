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
    sources = sorted(path.relative_to(protos).as_posix() for path in protos.rglob("*.proto"))
    if not sources:
        raise ProtocError(f"there is no proto in {protos}")
    try:
        well_known = str(resources("grpc_tools") / "_proto")
        # googleapis-common-protos ships google/rpc beside its Python modules.
        common = str(Path(str(resources("google.rpc") / "status.proto")).parents[2])
    except ModuleNotFoundError as error:
        raise ProtocError(f"{error}; run `make setup`") from None
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{protos}", f"-I{well_known}", f"-I{common}"]
        plugins = ("protoc-gen-mypy", "protoc-gen-mypy_grpc")
        command += [f"--plugin={name}={Path(sys.executable).parent / name}" for name in plugins]
        command += [f"--{kind}_out={out}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")]
        done = subprocess.run([*command, *sources], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ProtocError(done.stderr.strip() or f"protoc ended with {done.returncode}")
        return {
            path.relative_to(out).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(Path(out).rglob("*.py*"))
        }
