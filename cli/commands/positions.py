"""`quadrille positions`: how far each service has read, and what to do when a topic no longer has what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from admin.choreography import SERVICES
from admin.errors import Unreachable
from cli.command import Command
from cli.errors import ANSWER_IS_NO
from cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.settings import Platform
    from services.chassis.tables.positions import Position


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a service has read a partition.

    Attributes:
        service: The service.
        topic: The topic.
        topic_id: Kafka's id of it.
        partition: The partition.
        at: The next offset; None if it has never read there.
        first: The topic's first offset.
        end: The topic's next offset.
        cut: From where on the topic lacks what was read, because it has lost its end; None if it lacks nothing.
    """

    service: str
    topic: str
    topic_id: str
    partition: int
    at: int | None
    first: int
    end: int
    cut: int | None = None

    @property
    def outside(self) -> bool:
        """What comes next is not in the topic: it was deleted before it was read, or the topic has lost its end."""
        return self.at is not None and (self.cut is not None or not self.first <= self.at <= self.end)

    @property
    def lost(self) -> str:
        """What the topic has lost of what was read, in a sentence; empty if nothing."""
        if self.at is None or self.cut is None:
            return ""
        others = min(self.at, self.end) - self.cut
        gone = f"{self.cut} to {self.at - 1}" if self.cut < self.at else f"before {self.at}"
        return f"{self.service}: {self.topic}/{self.partition} has lost its end: what was read at {gone} is gone" + (
            f"; {others:,} other records are in those places, and were not read" if others > 0 else ""
        )


@click.command(
    cls=Command,
    epilog="Exit codes: 0 every position is inside its topic, 1 one is not, 2 wrong usage, "
    "3 a server is not reachable.",
)
@click.option("--service", "services", multiple=True, type=click.Choice(SERVICES), help="Only of this service.")
@click.option(
    "--to-start",
    is_flag=True,
    help="Move the positions that are outside to where their topics begin now. What is read again changes nothing.",
)
@click.option(
    "--to-cut",
    is_flag=True,
    help="Move the positions whose topics have lost their ends to where these were cut, and no others.",
)
@click.option("--reason", default="", help="Why; it is written down. Required with --to-start and --to-cut.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, services: tuple[str, ...], to_start: bool, to_cut: bool, reason: str, as_json: bool) -> int:
    """Show how far each service has read each partition.

    A position is outside its topic if records were deleted before they were read, or if Kafka has lost the end of the
    topic, even if it has grown past the position again. The service then does not go on there: it would lose records
    without a word. `--to-start` lets it read from where the topic begins now, `--to-cut` from where it lost its end;
    then bring back what was lost with `quadrille republish`, and ask `quadrille audit`.

    \b
    Examples:
      quadrille positions
      quadrille positions --to-start --reason 'retention was set to an hour by mistake'
      quadrille positions --to-cut --reason 'the broker lost power'
      quadrille republish && quadrille audit --wait 60
    """  # noqa: D301 - click reads \b
    from admin.clients import load_platform
    from cli import output

    if to_start and to_cut:
        raise click.UsageError("--to-start and --to-cut say two things; choose one.")
    if (to_start or to_cut) and not reason:
        raise click.UsageError("--to-start and --to-cut change positions; say why with --reason.")
    platform = load_platform()
    standings = list(look(platform, services or SERVICES))
    outside = [standing for standing in standings if standing.outside]
    if as_json:
        output.print_json(
            [
                {
                    "service": one.service,
                    "topic": one.topic,
                    "partition": one.partition,
                    "position": one.at,
                    "first": one.first,
                    "end": one.end,
                    "outside": one.outside,
                    "cut": one.cut,
                }
                for one in standings
            ]
        )
    else:
        _show(standings)
    if not as_json:
        for one in outside:
            if one.lost:
                say(one.lost)
    if to_start or to_cut:
        moved = [one for one in outside if to_start or one.cut is not None]
        for one in moved:
            _move(platform, one, one.first if to_start or one.cut is None else one.cut, reason)
        if moved:
            say("next: quadrille republish, then quadrille audit --wait 60")
        return 0 if len(moved) == len(outside) else ANSWER_IS_NO
    if outside and not as_json:
        say("outside their topics: records were lost before they were read. `quadrille positions --help`")
    return ANSWER_IS_NO if outside else 0


def look(platform: Platform, services: tuple[str, ...]) -> Iterator[Standing]:
    """Compare positions with topics.

    Args:
        platform: Where everything is.
        services: Whose.

    Yields:
        How far each has read each partition of what it reads.

    Raises:
        Unreachable: A server does not answer.
    """
    from quadrille.events.topics import topics_read_by

    from admin.databases import owned
    from services.chassis.errors import BrokerAway
    from services.chassis.kafka.topics import topic_ids_fetcher
    from services.chassis.tables import positions

    for service in services:
        topics = topics_read_by(service)
        try:
            ids = {
                name: id_ for name, (_, id_) in topic_ids_fetcher(platform.kafka_bootstrap_servers, topics)().items()
            }
            ends = {topic.name: _ends(platform, topic.name) for topic in topics}
        except BrokerAway as error:
            raise Unreachable(str(error)) from None
        with owned(platform, service) as engine, engine.connect() as connection:
            kept = positions.kept(connection, [(ids[name], p) for name, found in ends.items() for p in found])
        names = {id_: name for name, id_ in ids.items()}
        cuts = _cuts(platform, {(names[id_], p): at for (id_, p), at in kept.items()}, ends)
        for name, found in ends.items():
            for partition, (first, end) in sorted(found.items()):
                at = kept.get((ids[name], partition))
                offset, cut = at.offset if at is not None else None, cuts.get((name, partition))
                yield Standing(service, name, ids[name], partition, offset, first, end, cut)


def _cuts(
    platform: Platform, at: Mapping[tuple[str, int], Position], ends: Mapping[str, Mapping[int, tuple[int, int]]]
) -> Mapping[tuple[str, int], int]:
    """Find the topics that have lost their ends behind positions, and where each was cut."""
    from services.chassis.errors import BrokerAway
    from services.chassis.kafka.own_topic import reader
    from services.chassis.recover import truncation

    # What was deleted before it was read is known from the offsets alone.
    asked = {pair: one for pair, one in at.items() if one.epoch is not None and one.offset >= ends[pair[0]][pair[1]][0]}
    if not asked:
        return {}
    try:
        with reader(platform.kafka_bootstrap_servers, out_of_range="error", single=True) as client:
            refused = {pair: asked[pair] for pair in truncation.refused(client, asked)}
            return truncation.cuts(client, refused, {pair: ends[pair[0]][pair[1]] for pair in refused})
    except BrokerAway as error:
        raise Unreachable(str(error)) from None


def _ends(platform: Platform, topic: str) -> Mapping[int, tuple[int, int]]:
    from confluent_kafka import TopicPartition

    from services.chassis.kafka.own_topic import ANSWER_SECONDS, reader

    with reader(platform.kafka_bootstrap_servers) as client:
        partitions = client.list_topics(topic, timeout=ANSWER_SECONDS).topics[topic].partitions
        return {p: client.get_watermark_offsets(TopicPartition(topic, p), timeout=ANSWER_SECONDS) for p in partitions}


def _move(platform: Platform, one: Standing, to: int, reason: str) -> None:
    from admin.databases import owned, whoami
    from services.chassis.tables import operations, positions

    if one.at is None:
        raise AssertionError("only what has a position can be outside")
    with owned(platform, one.service) as engine, engine.begin() as connection:
        moved = positions.move(connection, positions.Claim(one.topic_id, one.partition, one.at, to))
        if moved:
            detail = {"topic": one.topic, "partition": one.partition, "from": one.at, "to": to}
            if one.cut is not None:
                detail["lost_from"] = one.cut
            operations.note(connection, "positions", actor=whoami(), reason=reason, detail=detail)
    told = "moved" if moved else "was moved by somebody else meanwhile, left alone"
    say(f"{one.service}: {one.topic}/{one.partition} {told} from {one.at} to {to}")


def _show(standings: list[Standing]) -> None:
    from cli import output

    table = output.table("service", "topic", "position", "first", "end", "", right=("position", "first", "end"))
    for one in standings:
        outside = f"outside: lost from {one.cut:,} on" if one.lost else "outside" if one.outside else ""
        table.add_row(
            one.service,
            f"{one.topic}/{one.partition}",
            "none yet" if one.at is None else f"{one.at:,}",
            f"{one.first:,}",
            f"{one.end:,}",
            output.styled("red", outside),
        )
    output.print_table(table)
