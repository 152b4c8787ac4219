"""`quadrille positions`: how far each service has read, and what to do when a topic no longer has what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.command import Command
from cli.errors import ANSWER_IS_NO
from cli.output import say
from services.catalogue import SERVICES

if TYPE_CHECKING:
    from admin.positions import PartitionPosition, Target
    from local.settings import Platform


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
    from admin.positions import Target, read_positions
    from cli import output

    if to_start and to_cut:
        raise click.UsageError("--to-start and --to-cut say two things; choose one.")
    if (to_start or to_cut) and not reason:
        raise click.UsageError("--to-start and --to-cut change positions; say why with --reason.")
    platform = load_platform()
    found = list(read_positions(platform, services or SERVICES))
    stalled = [one for one in found if one.stalled]
    if as_json:
        output.print_json([one.to_json() for one in found])
    else:
        _show(found)
        for sentence in filter(None, (one.describe_loss() for one in stalled)):
            say(sentence)
    if to_start or to_cut:
        return _move(platform, stalled, Target.START if to_start else Target.CUT, reason)
    if stalled and not as_json:
        say("outside their topics: records were lost before they were read. `quadrille positions --help`")
    return ANSWER_IS_NO if stalled else 0


def _move(platform: Platform, stalled: list[PartitionPosition], target: Target, reason: str) -> int:
    from admin.positions import move

    targets = [(one, offset) for one in stalled if (offset := one.target_offset(target)) is not None]
    for one, offset in targets:
        moved = move(platform, one, offset, reason)
        result = "moved" if moved else "was moved by somebody else meanwhile, left alone"
        say(f"{one.service}: {one.topic}/{one.partition} {result} from {one.offset} to {offset}")
    if targets:
        say("next: quadrille republish, then quadrille audit --wait 60")
    return 0 if len(targets) == len(stalled) else ANSWER_IS_NO


def _show(positions: list[PartitionPosition]) -> None:
    from cli import output

    table = output.table("service", "topic", "position", "first", "end", "", right=("position", "first", "end"))
    for one in positions:
        lost = one.cut is not None and one.stalled
        table.add_row(
            one.service,
            f"{one.topic}/{one.partition}",
            "none yet" if one.offset is None else f"{one.offset:,}",
            f"{one.first:,}",
            f"{one.end:,}",
            output.styled("red", f"outside: lost from {one.cut:,} on" if lost else "outside" if one.stalled else ""),
        )
    output.print_table(table)
