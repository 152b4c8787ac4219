"""What `quadrille schemas plan` and `quadrille apply` share: making the plan, showing it, doing it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from admin.errors import Refused, Unreachable, local_errors
from cli.output import Styled, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.catalogue import Catalogue
    from registry.changes import Change
    from registry.plan import Plan

_MARK = {"create": ("+", "green"), "update": ("~", "yellow"), "unchanged": ("=", None)}
_MARK |= {"drift": ("!", "red"), "refused": ("x", "red")}


@dataclass(frozen=True)
class Parts:
    """What a plan is made from.

    Attributes:
        root: The repository.
        catalogue: Its schemas and topics.
        bootstrap_servers: Where Kafka's clients begin.
        registry_url: The registry's Confluent-compatible API.
    """

    root: Path
    catalogue: Catalogue
    bootstrap_servers: str
    registry_url: str

    def plan(self) -> Plan:
        """Compare the repository with the servers.

        Raises:
            Unreachable: A server does not answer.
            Refused: The history is damaged.
        """
        from registry.plan import plan

        with _registry_errors():
            return plan(self.root, self.catalogue, self.bootstrap_servers, self.registry_url)

    def execute(self, planned: Plan, done: Callable[[Change], None]) -> list[Change]:
        """Do what a plan says.

        Args:
            planned: The plan.
            done: Called with each change after it was made, or refused.

        Raises:
            Unreachable: A server does not answer.
        """
        from registry.plan import execute

        with _registry_errors():
            return execute(self.root, self.catalogue, planned, self.bootstrap_servers, self.registry_url, done)


def load_plan_parts() -> Parts:
    """Load the repository and the servers' addresses.

    Returns:
        The parts.

    Raises:
        Refused: The settings or the schemas are wrong.
    """
    from local.settings import Platform
    from registry.catalogue import load

    with local_errors():
        platform = Platform.load()
    with _registry_errors():
        catalogue = load(Path.cwd())
    return Parts(Path.cwd(), catalogue, platform.kafka_bootstrap_servers, platform.registry_url)


def as_json(planned: Plan) -> str:
    """Write a plan.

    Args:
        planned: The plan.

    Returns:
        JSON with the plan's fingerprint.
    """
    rows = [change.to_json() for change in planned.changes]
    return json.dumps({"fingerprint": planned.fingerprint, "changes": rows}, indent=2)


def change_line(change: Change) -> Styled:
    """Write a change for people.

    Args:
        change: The change.

    Returns:
        A line.
    """
    mark, colour = _MARK[change.action]
    detail = f": {change.detail}" if change.detail else ""
    return Styled(f"{mark} {change.kind} {change.name}{detail}", colour)


def show(changes: Iterable[Change], *, unchanged: bool) -> None:
    """Print changes.

    Args:
        changes: The changes.
        unchanged: Whether to print what is as it should be, too.
    """
    for change in changes:
        if unchanged or change.action != "unchanged":
            say(change_line(change))


@contextmanager
def _registry_errors() -> Iterator[None]:
    from registry.changes import ServerAway
    from registry.findings import RegistryError

    try:
        yield
    except ServerAway as error:
        raise Unreachable(f"{error}. Start it with `quadrille up`, or set its address.") from error
    except RegistryError as error:
        raise Refused(str(error)) from error
