"""What applying the sources to a server did, or would not do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from registry.findings import RegistryError


class Action(StrEnum):
    """What became of one thing."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DRIFT = "drift"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One topic or subject, and what became of it.

    Attributes:
        kind: `topic` or `schema`.
        name: The topic, or the subject.
        action: What was done.
        detail: What differs and why nothing was done about it, or what was made.
    """

    kind: str
    name: str
    action: Action
    detail: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the change as the JSON object that `--json` prints.

        Returns:
            One string for each attribute.
        """
        return {key: str(value) for key, value in asdict(self).items()}


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
