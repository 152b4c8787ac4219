"""`quadrille apply`: make Kafka's topics and the registry's schemas what the repository says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.errors import Refused, Unreachable

if TYPE_CHECKING:
    from registry.changes import Change

_MARK = {"created": "+", "updated": "~", "unchanged": "=", "drift": "!", "refused": "x"}


@click.command(epilog="Exit codes: 0 fine, 1 something was refused or differs, 3 a server is not reachable.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> None:
    """Create topics and register schemas as the repository says.

    Running it twice changes nothing. What exists and differs is told and left alone: nothing is destroyed.

    \b
    Examples:
      quadrille apply
      QUADRILLE_KAFKA_BOOTSTRAP_SERVERS=broker:9092 quadrille apply
    """  # noqa: D301 - click reads \b
    from local.errors import SettingsError
    from local.settings import Platform
    from registry.apply_schemas import apply_schemas
    from registry.apply_topics import apply_topics
    from registry.catalogue import load
    from registry.changes import ServerAway
    from registry.findings import RegistryError

    try:
        platform = Platform.load()
        catalogue = load(Path.cwd())
        changes = apply_topics(catalogue.topics, platform.kafka_bootstrap_servers)
        changes += apply_schemas(catalogue, platform.registry_url)
    except ServerAway as error:
        raise Unreachable(f"{error}. Start it with `quadrille up`, or set its address.") from error
    except (SettingsError, RegistryError) as error:
        raise Refused(str(error)) from error
    if as_json:
        click.echo(json.dumps({"changes": [change.to_json() for change in changes]}, indent=2))
    else:
        _tell(changes)
    open_ = [change for change in changes if change.action in ("drift", "refused")]
    if open_:
        raise Refused(f"{len(open_)} of {len(changes)} are not as the repository says")


def _tell(changes: list[Change]) -> None:
    for change in changes:
        detail = f": {change.detail}" if change.detail else ""
        click.echo(f"{_MARK[change.action]} {change.kind} {change.name} {change.action}{detail}")
    counts = {action: sum(change.action == action for change in changes) for action in _MARK}
    click.echo(", ".join(f"{count} {action}" for action, count in counts.items() if count))
