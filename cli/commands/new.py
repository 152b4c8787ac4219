"""`quadrille new service`: a service that runs, from nothing but its name and its events."""

from __future__ import annotations

import click

from cli.command import Group
from cli.output import say, say_lines

NEXT = """
Next:
  make generate    {made}, and the pages that name every service
  make check       lint, types, schemas
  make down up     starts it with the others: a supervisor that runs knows only the services it began with
Then {then} (services/{name}/decisions.py).
"""


@click.group(cls=Group)
def command() -> None:
    """Make a part of the platform that runs, to be filled in."""


def _names(_context: click.Context, _parameter: click.Parameter, value: str | None) -> list[str]:
    return [name for name in (part.strip() for part in (value or "").split(",")) if name]


@command.command("service")
@click.argument("name")
@click.option("--reads", required=True, callback=_names, help="Events that it reads, with commas between them.")
@click.option(
    "--publishes",
    callback=_names,
    help="Its own, new events, with commas between them: the n-th is published when the n-th of --reads was read. "
    "Without it, the service only records what it reads.",
)
def service(name: str, reads: list[str], publishes: list[str]) -> None:
    """Make the service NAME: its folder, schemas, topic, test, and its entry in docker-compose.yml.

    \b
    Examples:
      quadrille new service loyalty --reads OrderCompleted --publishes PointsCredited
      quadrille new service ledger --reads PaymentCompleted,PaymentRefunded
    """  # noqa: D301 - click reads \b
    from cli.new_service import create
    from local.settings import CHECKOUT

    for path in create(CHECKOUT, name, reads, publishes):
        say(path)
    made = "the events' classes" if publishes else "the topics' readers"
    then = f"say what its events mean (schemas/{name}/), and decide" if publishes else "decide what it does"
    say_lines(NEXT.format(name=name, made=made, then=then).rstrip())
