"""`quadrille load`: place the orders of a TPC-H folder and report what became of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from admin.errors import Refused
from cli.command import Command
from cli.errors import ANSWER_IS_NO
from cli.numbers import Number, Whole

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from cli.plan import Plan, Tally
    from local.settings import Platform

MOST_NAMED = 20
LINE_EVERY_SECONDS = 5.0
FRAME_EVERY_SECONDS = 0.2


@click.command(
    cls=Command, epilog="Exit codes: 0 every order has ended, 1 some have not or were not taken, 3 a server is away."
)
@click.option(
    "--tpch",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder with the .tbl files that `tpchgen-cli` writes.",
)
@click.option("--orders", type=Whole(1), metavar="N", help="Only the first N orders.  [default: all]")
@click.option("--rate", type=Number(0, above=True), metavar="R", help="At most R orders a second.")
@click.option("--concurrency", type=Whole(1, 1000), default=64, show_default=True, help="Calls in flight.")
@click.option(
    "--wait",
    type=Number(0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Without any news for so long, orders that have not ended are given up and listed.",
)
@click.option(
    "--again",
    default="",
    metavar="SALT",
    help="Place the orders once more, as a new set; as much stock and money as the first time is brought again. "
    "The same word twice is the same set.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    *,
    folder: Path,
    orders: int | None,
    rate: float | None,
    concurrency: int,
    wait: float,
    again: str,
    as_json: bool,
) -> int:
    """Put the items, stock and accounts of a TPC-H folder that are not there yet, place its orders, and report.

    Loading a folder twice adds nothing: every request id is derived from the data. Outcomes are read from the topic
    `order-events`, as any other consumer would. docs/data.md says how stock and credit are derived.

    \b
    Examples:
      tpchgen-cli -s 0.01 --output-dir tpch && quadrille load --tpch tpch
      quadrille load --tpch tpch --orders 1000 --rate 50
      quadrille load --tpch tpch --again tuesday --json | jq .latency_ms
    """  # noqa: D301 - click reads \b
    from admin.clients import load_platform
    from cli import output
    from cli.plan import Plan

    plan = Plan(folder, orders, rate, concurrency, wait, again)
    tally = run(load_platform(), plan, output.console(stderr=True), live=not as_json)
    if as_json:
        output.print_json(to_json(tally, plan))
    else:
        print_summary(tally, output.console())
    return ANSWER_IS_NO if tally.waiting or tally.refused else 0


def run(platform: Platform, plan: Plan, console: Console, *, live: bool = True) -> Tally:
    """Load a folder with a view of how it goes: alive on a terminal, a line now and then elsewhere.

    Args:
        platform: Where the services are.
        plan: What to load.
        console: Where the view is.
        live: False for no view.

    Returns:
        What has happened.

    Raises:
        AdminError: A server is away, the data are refused, or the folder is no TPC-H folder.
    """
    import asyncio

    from cli import tpch
    from cli.loading import load

    try:
        tpch.check(plan.folder)
        with _view(console, live=live) as show:
            return asyncio.run(load(platform, plan, show))
    except (tpch.TpchError, OSError, ValueError, IndexError) as error:
        raise Refused(f"the data cannot be loaded: {error}.") from error


@contextmanager
def _view(console: Console, *, live: bool) -> Iterator[Callable[[Tally], None]]:
    if not live:
        yield lambda _: None
        return
    last = time.monotonic()
    if not console.is_terminal:

        def line(tally: Tally) -> None:
            nonlocal last
            if time.monotonic() - last > LINE_EVERY_SECONDS:
                last = time.monotonic()
                console.print(f"  {_progress_line(tally)}")

        yield line
        return
    from rich.live import Live

    last = 0.0
    with Live(console=console, auto_refresh=False, transient=True) as screen:

        def frame(tally: Tally) -> None:
            nonlocal last
            if time.monotonic() - last > FRAME_EVERY_SECONDS or (tally.placed and not tally.waiting):
                last = time.monotonic()
                screen.update(_frame(tally), refresh=True)

        yield frame


def _progress_line(tally: Tally) -> str:
    outcomes = ", ".join(f"{name} {count:,}" for name, count in sorted(tally.outcomes.items()))
    return (
        f"placed {tally.placed:,} of {tally.total:,}, under way {len(tally.waiting):,}; {outcomes or 'none ended yet'}"
    )


def _frame(tally: Tally) -> RenderableType:
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for name, count, colour in [
        ("placed", tally.placed, "blue"),
        *((name, tally.outcomes[name], "green" if name == "COMPLETED" else "red") for name in sorted(tally.outcomes)),
    ]:
        bar = ProgressBar(total=max(tally.total, 1), completed=count, width=40, complete_style=colour)
        grid.add_row(f"  {name}", bar, f"{count:>7,}")
    grid.add_row("  under way", "", f"{len(tally.waiting):>7,}")
    return grid


def to_json(tally: Tally, plan: Plan) -> dict[str, Any]:
    """Give a load's outcome as JSON.

    Args:
        tally: What has happened.
        plan: What was loaded.
    """
    return {
        "tpch": str(plan.folder),
        "again": plan.again,
        "setup": dict(tally.setup),
        "orders": tally.total,
        "placed": tally.placed,
        "existed": tally.existed,
        "retries": tally.retries,
        "not_taken": dict(tally.refused),
        "outcomes": dict(sorted(tally.outcomes.items())),
        "without_outcome": sorted(map(str, tally.waiting)),
        "placed_per_second": round(placed_per_second(tally), 1),
        "ended_per_second": round(ended_per_second(tally), 1),
        "latency_ms": {name: round(value, 1) for name, value in percentiles(tally.latencies).items()},
        "examples": tally.examples,
    }


def placed_per_second(tally: Tally) -> float:
    """Tell how many orders were taken in a second, from the first call to the last answer.

    Args:
        tally: What has happened.
    """
    return tally.placed / max(tally.last_placed - tally.began, 1e-9) if tally.placed else 0.0


def ended_per_second(tally: Tally) -> float:
    """Tell how many of the new orders ended in a second, from the first call to the last outcome.

    Args:
        tally: What has happened.
    """
    return len(tally.latencies) / max(tally.last_ended - tally.began, 1e-9) if tally.latencies else 0.0


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Give the usual percentiles (nearest rank).

    Args:
        seconds: The values.

    Returns:
        Milliseconds by name; empty if there are no values.
    """
    ordered = sorted(seconds)
    if not ordered:
        return {}
    last = len(ordered) - 1
    named = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {name: ordered[round(last * share)] * 1000 for name, share in named.items()}


def print_summary(tally: Tally, console: Console) -> None:
    """Print what became of the orders.

    Args:
        tally: What has happened.
        console: Where to.
    """
    from cli import output
    from cli.outcomes import COMPLETED, failed_at

    shown = output.table("outcome", "", "orders", "share", right=("orders", "share"))
    for name, count in sorted(tally.outcomes.items(), key=lambda pair: (pair[0] != COMPLETED, -pair[1])):
        where = failed_at(name)
        share = f"{count / max(tally.placed, 1):.1%}"
        done = name == COMPLETED
        word = output.styled("green" if done else "red", "completed" if done else "cancelled")
        word.append(f" at {where}" if where and not done else "", "")
        shown.add_row(word, "" if name == COMPLETED else name, f"{count:,}", share)
    if tally.outcomes:
        output.print_table(shown)
    existed = f", {tally.existed:,} of them before" if tally.existed else ""
    retries = f"; {tally.retries:,} calls repeated" if tally.retries else ""
    console.print(f"placed {tally.placed:,} of {tally.total:,} orders{existed}{retries}")
    if tally.latencies:
        rates = f"{placed_per_second(tally):,.0f} orders placed/s, {ended_per_second(tally):,.0f} sagas ended/s"
        times = ", ".join(f"{name} {value:,.0f} ms" for name, value in percentiles(tally.latencies).items())
        console.print(f"{rates}\nfrom PlaceOrder to the terminal event: {times}")
    for reason, count in tally.refused.items():
        output.line(console, output.styled("red", f"{count:,} orders were not taken: {reason}"))
    if tally.waiting:
        output.line(console, output.styled("red", f"{len(tally.waiting):,} orders have no outcome:"))
        for order_id in sorted(map(str, tally.waiting))[:MOST_NAMED]:
            console.print(f"  {order_id}")
        if len(tally.waiting) > MOST_NAMED:
            console.print(f"  and {len(tally.waiting) - MOST_NAMED:,} more; `--json` lists all of them")
