"""Gathers what the documentation pages are made from: the contracts, and the handlers that are really registered."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from admin.choreography import answers, calls
from pages.sources import EntryPoint, Handler, Sources, full_name
from registry.catalogue import Catalogue
from registry.history import read_history

PROTOS = Path("proto")


def sources(root: Path, catalogue: Catalogue) -> Sources:
    """Read the contracts and the handlers.

    Args:
        root: Root of the repository.
        catalogue: Its schemas and topics.

    Returns:
        What the pages are made from.

    Raises:
        RegistryError: The history is damaged, or the handlers do not fit the schemas.
        ProtocError: The protos are wrong.
    """
    from codegen.protobuf import describe_protos

    return events(root, catalogue, FileDescriptorSet.FromString(describe_protos(root / PROTOS)))


def events(root: Path, catalogue: Catalogue, protos: FileDescriptorSet | None = None) -> Sources:
    """Read what is known of events alone, which takes no compiler.

    Args:
        root: Root of the repository.
        catalogue: Its schemas and topics.
        protos: Its protos, for the pages that tell of them.

    Returns:
        What the pages of events are made from.

    Raises:
        RegistryError: The history is damaged, or the handlers do not fit the schemas.
    """
    handlers = tuple(
        Handler(
            answer.service,
            full_name(answer.sender, answer.event),
            answer.handler,
            answer.module,
            tuple(full_name(answer.service, event) for event in answer.publishes),
        )
        for answer in answers()
    )
    entry_points = tuple(
        EntryPoint(call.service, call.method, full_name(call.service, event))
        for call in calls()
        for event in call.publishes
    )
    described = protos if protos is not None else FileDescriptorSet()
    return Sources(catalogue, read_history(root), handlers, entry_points, described, version("quadrille"))
