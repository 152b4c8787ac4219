"""All files of the generated package, as a map from path to bytes."""

from __future__ import annotations

from importlib.resources import files as resources
from pathlib import Path, PurePosixPath

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from codegen.events import render_events, render_history, render_topics
from codegen.openapi import OpenApiError, render_openapi
from codegen.protobuf import ProtocError, compile_protos, describe_protos
from codegen.records import render_modules
from codegen.types import UnsupportedTypeError, module_path
from registry.catalogue import Catalogue, load
from registry.history import read_history

COMMAND = "make generate"
PACKAGE = "quadrille"
PACKAGE_ROOT = f"generated/python/{PACKAGE}"
_RUNTIME = (
    "avro.py",
    "avro_check.py",
    "avro_schema.py",
    "avro_source.py",
    "avro_reader.py",
    "avro_writer.py",
    "avro_straight.py",
    "avro_values.py",
)
_HEADER = f"# DO NOT EDIT. Made from {{sources}} by `{COMMAND}`.\n"


class GenerateError(Exception):
    """The sources cannot become a package."""


def generate(root: Path) -> dict[str, bytes]:
    """Generate the package.

    Args:
        root: The repository.

    Returns:
        Contents by path relative to the package.

    Raises:
        RegistryError: The schemas, topics.yaml or the recorded history are wrong.
        GenerateError: The protos are wrong, or a schema has no Python form.
    """
    catalogue = load(root)
    try:
        sources = _from_schemas(root, catalogue) | _from_protos(root)
        sources["openapi.json"] = render_openapi(FileDescriptorSet.FromString(describe_protos(root / "proto")))
    except (UnsupportedTypeError, ProtocError, OpenApiError) as error:
        raise GenerateError(str(error)) from error
    for name in _RUNTIME:
        text = (resources("codegen") / "runtime" / name).read_text(encoding="utf-8")
        sources[name] = _HEADER.format(sources=f"codegen/runtime/{name}") + text
    for path in list(sources):
        for parent in PurePosixPath(path).parents:
            sources.setdefault(str(parent / "__init__.py"), _HEADER.format(sources="proto/ and schemas/"))
    sources["py.typed"] = ""
    return {path: sources[path].encode() for path in sorted(sources)}


def _from_schemas(root: Path, catalogue: Catalogue) -> dict[str, str]:
    types = [file.type for file in catalogue.files.values()]
    modules = render_modules(types, catalogue.texts, frozenset(catalogue.subjects.values()))
    sources = {f"{_inside(module_path(namespace))}.py": text for namespace, text in modules.items()}
    sources["events/__init__.py"] = render_events(catalogue)
    sources["events/topics.py"] = render_topics(catalogue)
    sources["events/history.py"] = render_history(_schemas(root, catalogue))
    header = _HEADER.format(sources="schemas/")
    return {path: header + text for path, text in sources.items()}


def _schemas(root: Path, catalogue: Catalogue) -> list[tuple[str, str, str]]:
    """Every recorded version, then every current schema that is not recorded yet."""
    found = {
        version.fingerprint: (version.full_name, version.text, version.fingerprint)
        for versions in read_history(root).values()
        for version in versions
    }
    for name in catalogue.subjects.values():
        fingerprint = catalogue.fingerprint(name)
        found.setdefault(fingerprint, (name, catalogue.texts[name], fingerprint))
    return list(found.values())


def _from_protos(root: Path) -> dict[str, str]:
    header = _HEADER.format(sources="proto/")
    generated = compile_protos(root / "proto")
    return {path.removeprefix(f"{PACKAGE}/"): header + text for path, text in generated.items()}


def _inside(module: str) -> str:
    return module.removeprefix(f"{PACKAGE}.").replace(".", "/")
