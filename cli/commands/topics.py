"""`quadrille topics`: who publishes what where, and who listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.command import Command
from cli.output import print_json

if TYPE_CHECKING:
    from quadrille.events.topics import Topic


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> None:
    """Show topics with their events, owners and consumers.

    \b
    Examples:
      quadrille topics
      quadrille topics --json | jq '.topics[].events[].event'
    """  # noqa: D301 - click reads \b
    from quadrille.events.topics import TOPICS

    if as_json:
        print_json({"topics": [_as_json(topic) for topic in TOPICS]})
    else:
        _table(TOPICS)


def _as_json(topic: Topic) -> dict[str, object]:
    from quadrille.events.topics import subject

    return {
        "name": topic.name,
        "owner": topic.owner,
        "key": topic.key,
        "partitions": topic.partitions,
        "replication": topic.replication,
        "min_insync_replicas": topic.min_insync_replicas,
        "retention_seconds": int(topic.retention.total_seconds()),
        "events": [
            {
                "event": binding.event.SCHEMA.full_name,
                "subject": subject(topic, binding.event),
                "fingerprint": binding.event.SCHEMA.fingerprint,
                "consumers": list(binding.consumers),
            }
            for binding in topic.events
        ],
    }


def _table(topics: tuple[Topic, ...]) -> None:
    from cli import output

    table = output.table("topic", "event", "owner", "consumers")
    for topic in topics:
        for index, binding in enumerate(topic.events):
            first = index == 0
            table.add_row(
                topic.name if first else "",
                binding.event.__name__,
                topic.owner if first else "",
                ", ".join(binding.consumers),
                end_section=index == len(topic.events) - 1,
            )
    output.print_table(table)
