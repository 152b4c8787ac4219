"""`quadrille demo`: from nothing to 15,000 orders, and what became of them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Never

import click

from admin.errors import Refused, local_errors
from admin.money import format_money
from cli.command import Command
from cli.errors import ANSWER_IS_NO
from cli.numbers import Whole

if TYPE_CHECKING:
    from rich.console import Console

    from cli.plan import Tally
    from local.settings import Platform

SCALE = "0.01"
QUIET_SECONDS = 60.0
SETS_FILE = "demo.json"


@click.command(
    cls=Command,
    epilog="Exit codes: 0 all is well, 1 an order has not ended or an invariant is broken, 3 a server is away.",
)
@click.option("--orders", type=Whole(1), metavar="N", help="Only N orders.  [default: all 15,000]")
@click.option("--keep", is_flag=True, help="Leave everything running at the end.")
def command(*, orders: int | None, keep: bool) -> int:
    """Start the platform, place the 15,000 orders of TPC-H at scale 0.01, show what became of them, audit, stop.

    The data are generated once, into the data folder. Each further run places the orders once more, as a new set with
    its own delivery of stock and money; a run that was interrupted is continued. If the platform is up already, it is
    used and left up.

    \b
    Examples:
      quadrille demo
      quadrille demo --orders 1000 --keep
    """  # noqa: D301 - click reads \b
    from admin.audit import report
    from admin.clients import load_platform
    from cli import output
    from cli.commands import audit

    # Whoever ends this command, by whatever signal, ends what it has started.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        # In a log, what was done must stand before what follows it on the error stream.
        reconfigure(line_buffering=True)
    platform, console = load_platform(), output.console()
    began = time.monotonic()
    with local_errors(), _running(platform, console, keep=keep) as stays_up:
        console.print()
        output.line(console, output.styled("bold", "Placing orders"), f" (TPC-H, scale {SCALE})")
        tally = _load(platform, _generated(platform), orders, console)
        console.print()
        output.line(console, output.styled("bold", "Audit"), ", once nothing is under way any more")
        facts, findings, seconds = report.run(platform, wait=QUIET_SECONDS)
        audit.show(facts, findings, seconds, console)
        console.print()
        output.line(console, output.styled("bold", "One order of each outcome"))
        _show_examples(platform, tally, console)
        _say_what_next(tally, console, stays_up=stays_up)
    console.print(f"\nthe demo took {time.monotonic() - began:.0f} s")
    broken = tally.waiting or tally.refused or any(finding.violations for finding in findings)
    return ANSWER_IS_NO if broken else 0


def _interrupted(_number: int, _frame: FrameType | None) -> Never:
    raise KeyboardInterrupt


@contextmanager
def _running(platform: Platform, console: Console, *, keep: bool) -> Iterator[bool]:
    from cli import output
    from local import state
    from local.platform import start, stop
    from local.reporting import OnConsole

    before = state.read(platform.run)
    was_up = before is not None and before.alive()
    failed = True
    try:
        output.line(console, output.styled("bold", "Starting the platform"))
        if not start(platform, reporter=OnConsole(console)):
            console.print("  it is up already")
        yield was_up or keep
        failed = False
    finally:
        if was_up:
            console.print("\nthe platform was up before; it is left up. Stop it with `make down` (`quadrille down`)")
        elif keep and not failed:
            console.print("\nthe platform is left up. Stop it with `make down` (`quadrille down`)")
        else:
            # A second Ctrl-C must not leave half of it running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            with console.status("stopping the platform"):
                stop(platform)
            console.print(f"\nstopped what was started; data and logs stay in {platform.data}")


def _generated(platform: Platform) -> Path:
    """Give the TPC-H folder; make it if this is the first time."""
    from cli import tpch

    folder = platform.data / f"tpch-{SCALE}"
    if folder.is_dir():
        return folder
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    generator = Path(sys.executable).with_name("tpchgen-cli")
    try:
        subprocess.run([generator, "-s", SCALE, "--output-dir", partial], check=True, capture_output=True, text=True)
        tpch.check(partial)
    except FileNotFoundError:
        raise Refused(f"{generator} is missing; `make setup` installs it.") from None
    except subprocess.CalledProcessError as error:
        raise Refused(f"tpchgen-cli failed: {error.stderr.strip() or error}.") from None
    except tpch.TpchError as error:
        raise Refused(str(error)) from error
    partial.rename(folder)
    return folder


def _load(platform: Platform, folder: Path, orders: int | None, console: Console) -> Tally:
    from cli.commands import load
    from cli.plan import Plan

    done = _sets_done(folder)
    while True:
        again = "" if done == 0 else f"demo-{done + 1}"
        if again:
            console.print(f"  set {done + 1}: the same orders again, with stock and money delivered again")
        tally = load.run(platform, Plan(folder, orders, again=again), console)
        whole = tally.placed == tally.total and not tally.refused
        if (whole and orders is None) or tally.existed == tally.total:
            done += 1
            (folder / SETS_FILE).write_text(json.dumps({"sets": done}))
        if tally.existed < tally.total:
            load.print_summary(tally, console)
            return tally
        console.print(f"  all {tally.total:,} orders of this set were placed before; on to the next")


def _sets_done(folder: Path) -> int:
    try:
        return int(json.loads((folder / SETS_FILE).read_text())["sets"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return 0


def _show_examples(platform: Platform, tally: Tally, console: Console) -> None:
    from quadrille.order.v1.order_service_pb2 import GetOrderRequest

    from admin.clients import CALL_SECONDS, order_client
    from cli import output
    from cli.outcomes import failed_at

    shown = set()
    with order_client(platform) as client:
        for name, order_id in sorted(tally.examples.items()):
            place = failed_at(name)
            if place in shown:
                continue
            shown.add(place)
            order = client.GetOrder(GetOrderRequest(order_id=order_id), timeout=CALL_SECONDS)
            title = f"failed at {place}: {name}" if place else name.lower()
            console.print(f"\n{title}: order {order_id}, {format_money(order.total)}")
            output.print_steps(order.timeline)


def _say_what_next(tally: Tally, console: Console, *, stays_up: bool) -> None:
    from cli import output

    order_id = next(iter(tally.examples.values()), "ORDER_ID")
    tries = [
        (f"quadrille get {order_id}", "an order with its timeline"),
        ("quadrille list --state cancelled", "what was cancelled, and why"),
        ("quadrille place --help", "place one yourself, and watch it"),
        ("quadrille audit", "the invariants, at any time"),
        ("quadrille flow", "who tells whom what"),
    ]
    if not stays_up:
        tries.insert(0, ("make up", "start it again; the data stay"))
    console.print()
    output.line(console, output.styled("bold", "Try next"))
    for line, what in tries:
        console.print(f"  {line:<52} {what}")
