"""`quadrille dlq`: records that could not take effect, and what to do about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from admin.dead_letters import letter_name
from admin.errors import Refused
from admin.times import format_time
from cli.command import Group
from cli.errors import ANSWER_IS_NO
from cli.numbers import Whole
from cli.output import print_json, print_json_line, say
from services.catalogue import SERVICES

if TYPE_CHECKING:
    from quadrille.ops.v1.dead_letter_service_pb2 import DeadLetter, DeadLetterResult
    from rich.text import Text

EXIT_CODES = "Exit codes: 0 fine, 1 a letter is not there or stays open, 2 wrong usage, 3 a service is not reachable."
STYLES = {"REPLAYED": "green", "FAILED": "red", "BEHIND": "yellow"}
#: Lines of results that are printed for a person; the others are counted.
MOST_PRINTED = 40
HEX_SHOWN = 512


class LetterName(click.ParamType[tuple[str, int]]):
    """`SERVICE/NUMBER`."""

    name = "letter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Read a name."""
        if isinstance(value, tuple):
            return value
        named = letter_name(str(value))
        if named is None:
            self.fail(f"{value!r} is no dead letter; `quadrille dlq list` names them, like payment/17.", param, ctx)
        return named


@click.group(cls=Group, epilog=EXIT_CODES)
def command() -> None:
    """List, show, replay and drop dead letters: records that could not take effect. Later records of the same order
    wait behind them; all other orders go on.

    \b
    Examples:
      quadrille dlq list
      quadrille dlq show payment/17
      quadrille dlq replay --error KeyError --dry-run --reason 'fixed in 1.4.2'
      quadrille dlq drop payment/17 --reason 'not ours: a test of another team'
    """  # noqa: D205, D301 - click reads \b


@command.command("list", epilog=EXIT_CODES)
@click.option("--service", "services", multiple=True, type=click.Choice(SERVICES), help="Only of this service.")
@click.option("--error", default="", metavar="TYPE", help="Only with this error type, such as Undecodable.")
@click.option("--topic", default="", help="Only from this topic.")
@click.option("--order", default="", metavar="ID", help="Only of this order.")
@click.option(
    "--state",
    type=click.Choice(["open", "replayed", "dropped", "any"], case_sensitive=False),
    default="open",
    show_default=True,
    help="Only in this state.",
)
@click.option("--limit", type=Whole(1), default=50, show_default=True, help="At most so many a service.")
@click.option("--all", "everything", is_flag=True, help="All of them, however many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for each letter, one on a line.")
def list_(
    *,
    services: tuple[str, ...],
    error: str,
    topic: str,
    order: str,
    state: str,
    limit: int,
    everything: bool,
    as_json: bool,
) -> None:
    """List dead letters, oldest first.

    \b
    Examples:
      quadrille dlq list
      quadrille dlq list --service payment --error Undecodable
      quadrille dlq list --all --json | jq -r .error_type | sort | uniq -c
    """  # noqa: D301 - click reads \b
    from quadrille.ops.v1.dead_letter_service_pb2 import DeadLetterState

    from admin.clients import load_platform
    from admin.dead_letters import Unanswered, letter_json, letters_of_services
    from cli import output

    wanted = 0 if state == "any" else DeadLetterState.Value(f"DEAD_LETTER_STATE_{state.upper()}")
    filters = {"state": wanted, "error_type": error, "topic": topic, "aggregate_id": order}
    platform, most, unanswered = load_platform(), None if everything else limit, Unanswered()
    shown = output.table("letter", "failed (UTC)", "state", "tries", "order", "from", "error", right=("tries",))
    counts: Counter[str] = Counter()
    for service, letter in letters_of_services(platform, services or SERVICES, most, unanswered, **filters):
        counts[service] += 1
        if as_json:
            print_json_line(letter_json(service, letter))
        else:
            shown.add_row(*_row(service, letter))
    cut = [service for service, count in counts.items() if count == most]
    if shown.row_count:
        output.print_table(shown)
    elif not as_json and not unanswered.errors:
        chosen = services or error or topic or order or state != "open"
        say("no such dead letter" if chosen else "no dead letter is open")
    if cut and not as_json:
        say(f"only the oldest {most} of {', '.join(cut)}; more with --limit or --all")
    unanswered.check()


@command.command("show", epilog=EXIT_CODES)
@click.argument("letter", type=LetterName())
@click.option("--json", "as_json", is_flag=True, help="Print JSON, the whole value in hexadecimal.")
def show(*, letter: tuple[str, int], as_json: bool) -> None:
    """Show a dead letter: why it failed, what the record says, and what was done with it.

    \b
    Examples:
      quadrille dlq show payment/17
      quadrille dlq show payment/17 --json | jq .event
      quadrille dlq show payment/17 --json | jq -r .value | xxd -r -p > record.bin
    """  # noqa: D301 - click reads \b
    from quadrille.ops.v1.dead_letter_service_pb2 import GetDeadLetterRequest

    from admin.clients import load_platform
    from admin.dead_letters import CALL_SECONDS, client, letter_json
    from cli import output

    service, number = letter
    with client(load_platform(), service) as stub:
        found = stub.GetDeadLetter(GetDeadLetterRequest(dead_letter_id=number), timeout=CALL_SECONDS)
    if as_json:
        output.print_json(letter_json(service, found))
    else:
        _print_letter(service, found)


def _choosing(function: Callable[..., int]) -> Callable[..., int]:
    """Add what `replay` and `drop` have in common."""
    for decorate in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--dry-run", is_flag=True, help="Try all of it on the real data, and take all of it back."),
        click.option("--reason", required=True, help="Why. Kept with who and when."),
        click.option("--service", "services", multiple=True, type=click.Choice(SERVICES), help="Only of this service."),
        click.option("--all", "everything", is_flag=True, help="All open letters."),
        click.option("--error", default="", metavar="TYPE", help="All letters with this error type."),
        click.option("--order", default="", metavar="ID", help="All letters of this order."),
        click.argument("letters", nargs=-1, type=LetterName()),
    ):
        function = decorate(function)
    return function


@command.command("replay", epilog=EXIT_CODES)
@_choosing
def replay(**arguments: Any) -> int:
    """Let dead letters take effect after all: the same bytes and ids, with the handlers and schemas that run now.

    Letters of an order go in order; those that only waited behind them follow. A letter that fails again stays open
    and changes nothing but its error.

    \b
    Examples:
      quadrille dlq replay payment/17 payment/18 --reason 'fixed in 1.4.2'
      quadrille dlq replay --error KeyError --service payment --dry-run --reason 'does the fix hold?'
      quadrille dlq replay --order 019b2c4e-8a7d-7c3e-9f10-2b6f1f0a9d11 --reason 'customer called'
    """  # noqa: D301 - click reads \b
    return _act("Replay", **arguments)


@command.command("drop", epilog=EXIT_CODES)
@_choosing
def drop(**arguments: Any) -> int:
    """Give dead letters up for good. What only waited behind them is replayed.

    With --order and --all, letters that only wait are not dropped. To give them up, name them, or say --error Waiting.

    \b
    Examples:
      quadrille dlq drop payment/17 --reason 'bytes of another team'
      quadrille dlq drop --error Undecodable --dry-run --reason 'what would go?'
    """  # noqa: D301 - click reads \b
    return _act("Drop", **arguments)


def _act(
    method: str,
    *,
    letters: tuple[tuple[str, int], ...],
    order: str,
    error: str,
    everything: bool,
    services: tuple[str, ...],
    reason: str,
    dry_run: bool,
    as_json: bool,
) -> int:
    from admin.clients import load_platform
    from admin.dead_letters import Chosen, Unanswered, outcome_name, results_of_services
    from cli import output

    chosen = Chosen.of(letters, order=order, error=error, everything=everything, services=services)
    platform, unanswered = load_platform(), Unanswered()
    counts: Counter[str] = Counter()
    documents = []
    shown = output.table("letter", "order", "outcome", "error")
    for service, result in results_of_services(platform, method, chosen, unanswered, reason=reason, dry_run=dry_run):
        outcome = outcome_name(result)
        counts[outcome] += 1
        if as_json:
            documents.append(_result_json(service, result, outcome))
        elif sum(counts.values()) <= MOST_PRINTED:
            shown.add_row(*_result_row(service, result, outcome))
    if as_json:
        tally = {name.lower(): counts[name] for name in ("REPLAYED", "DROPPED", "FAILED", "BEHIND")}
        output.print_json({"dry_run": dry_run, **tally, "results": documents})
    elif counts:
        output.print_table(shown)
        if (more := sum(counts.values()) - MOST_PRINTED) > 0:
            say(f"and {more:,} more; --json tells of all")
        summary = ", ".join(f"{count:,} {name.lower()}" for name, count in sorted(counts.items()))
        say(f"{summary}{' (dry run: nothing was changed)' if dry_run else ''}")
        if counts["BEHIND"]:
            say("behind: an earlier letter of the order is open; `quadrille dlq list --order ID` shows it")
    unanswered.check()
    if not counts:
        raise Refused("no open dead letter is meant by that; `quadrille dlq list` shows what there is.")
    return ANSWER_IS_NO if counts["FAILED"] or counts["BEHIND"] else 0


def _row(service: str, letter: DeadLetter) -> tuple[str, ...]:
    from quadrille.ops.v1.dead_letter_service_pb2 import DeadLetterState

    from admin.dead_letters import format_bytes

    return (
        f"{service}/{letter.dead_letter_id}",
        format_time(letter.fail_time),
        DeadLetterState.Name(letter.state).removeprefix("DEAD_LETTER_STATE_"),
        str(letter.attempts),
        letter.aggregate_id or format_bytes(letter.key)[:40],
        f"{letter.topic}/{letter.partition}@{letter.offset}",
        f"{letter.error_type}: {letter.error}".splitlines()[0][:100],
    )


def _print_letter(service: str, letter: DeadLetter) -> None:
    from admin.dead_letters import format_bytes, letter_json

    document = letter_json(service, letter)
    say(f"letter   {document['name']}, {document['state']}")
    say(f"record   {letter.topic}, partition {letter.partition}, offset {letter.offset}")
    say(f"key      {format_bytes(letter.key)}")
    say(f"failed   {document['fail_time']}, {letter.attempts} replays failed since")
    say(f"error    {letter.error_type}: {letter.error}")
    for header in letter.headers:
        say(f"header   {header.name}: {format_bytes(header.value)}")
    if letter.event_json:
        say(f"event    {letter.event_type}")
        print_json(document["event"])
    else:
        if letter.decode_error != letter.error:
            say(f"reader   {letter.decode_error}")
        say(f"value    {len(letter.value):,} bytes")
        say(letter.value[:HEX_SHOWN].hex(" ", -4))
        if len(letter.value) > HEX_SHOWN:
            say("... all of it with --json")
    for action in letter.history:
        say(f"{action.act_time.ToJsonString()}  {action.action} by {action.actor}: {action.reason}")
        if action.error:
            say(f"  {action.error}")


def _result_json(service: str, result: DeadLetterResult, outcome: str) -> dict[str, Any]:
    return {
        "name": f"{service}/{result.dead_letter_id}",
        "aggregate_id": result.aggregate_id,
        "outcome": outcome,
        "error_type": result.error_type,
        "error": result.error,
    }


def _result_row(service: str, result: DeadLetterResult, outcome: str) -> tuple[str | Text, ...]:
    from cli import output

    error = f"{result.error_type}: {result.error}".splitlines()[0][:100] if result.error_type else ""
    coloured = output.styled(STYLES.get(outcome, ""), outcome)
    return (f"{service}/{result.dead_letter_id}", result.aggregate_id, coloured, error)
