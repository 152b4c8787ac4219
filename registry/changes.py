"""What is to be done to a server, or was done, so that it is as the repository says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from registry.findings import RegistryError


class Action(StrEnum):
    """What is to become of one thing. Nothing is ever destroyed: what would need that is DRIFT, or REFUSED."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    DRIFT = "drift"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One topic, schema or level, and what is to become of it.

    Attributes:
        kind: `topic`, `schema` or `level`.
        name: The topic, or the subject.
        action: What is to be done, or was done.
        detail: What is made, or what differs and why nothing is done about it.
        version: The released version of a schema, from 1; 0 for one that is not released, and for anything else.
    """

    kind: str
    name: str
    action: Action
    detail: str = ""
    version: int = 0

    def to_json(self) -> dict[str, str | int]:
        """Return the change as the JSON object that `--json` prints.

        Returns:
            The attributes by name.
        """
        return {key: value if key == "version" else str(value) for key, value in asdict(self).items()}


class ServerAway(RegistryError):
    """A server does not answer.

    Attributes:
        server: What it is, such as `Kafka`.
        address: Where it should be.
        why: What was met, in a clause.
    """

    def __init__(self, server: str, address: str, why: str) -> None:
        super().__init__(f"{server} does not answer at {address}: {why}")
        self.server, self.address, self.why = server, address, why
