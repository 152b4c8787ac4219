"""What the pages are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from registry.catalogue import NAMESPACE, Catalogue
from registry.findings import CannotJudge
from registry.history import Version


@dataclass(frozen=True, slots=True)
class Handler:
    """A function of a service that reads an event.

    Attributes:
        service: Whose it is.
        event: Full name of the event that it reads.
        name: Name of the function.
        module: Where it is defined.
        publishes: Full names of the events that it may publish, sorted.
    """

    service: str
    event: str
    name: str
    module: str
    publishes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """An API method that publishes an event without having read one.

    Attributes:
        service: Whose it is.
        method: Simple name of the method.
        event: Full name of the event.
    """

    service: str
    method: str
    event: str


@dataclass(frozen=True)
class Sources:
    """Everything that the pages tell.

    Attributes:
        catalogue: The event schemas and topics.
        history: The released versions of each subject, oldest first.
        handlers: Every handler of every service.
        entry_points: The API methods that begin something.
        protos: The protos with their comments (`protoc --include_source_info`), imports included.
        version: The package's version.
    """

    catalogue: Catalogue
    history: Mapping[str, Sequence[Version]]
    handlers: Sequence[Handler]
    entry_points: Sequence[EntryPoint]
    protos: FileDescriptorSet
    version: str

    def __post_init__(self) -> None:
        """Hold the code against the schemas.

        Raises:
            CannotJudge: A handler or an API method speaks of an event that no topic lists.
        """
        listed = set(self.catalogue.subjects.values())
        used = {event for handler in self.handlers for event in (handler.event, *handler.publishes)}
        unknown = sorted((used | {entry.event for entry in self.entry_points}) - listed)
        if unknown:
            raise CannotJudge(
                f"the code speaks of {unknown[0]}, which {self.catalogue.topics_path} does not list; "
                "run `make generate`, then mend what no longer fits"
            )

    @property
    def services(self) -> tuple[str, ...]:
        """The services that topics.yaml names: owners in its order, then those that only consume."""
        names = [topic.owner for topic in self.catalogue.topics]
        names += [name for topic in self.catalogue.topics for event in topic.events for name in event.consumers]
        return tuple(dict.fromkeys(names))


def full_name(owner: str, event: str) -> str:
    """Name an event in full.

    Args:
        owner: The service whose event it is.
        event: Its simple name.

    Returns:
        The full name; the catalogue refuses an event in the namespace of another service than its owner.
    """
    return f"{NAMESPACE}.{owner}.{event}"
