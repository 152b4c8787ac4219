"""`quadrille apply`: make Kafka's topics and the registry's schemas what the repository says."""

from __future__ import annotations

import json
from pathlib import Path

import click

from admin.errors import Refused
from cli.applying import change_line, load_plan_parts, show
from cli.command import Command
from cli.output import print_json, say


@click.command(
    cls=Command, epilog="Exit codes: 0 fine, 1 something was refused or differs, 3 a server is not reachable."
)
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.option(
    "--plan",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Do exactly what `quadrille schemas plan --out FILE` planned, or nothing.",
)
def command(*, json_: bool, kept: Path | None) -> None:
    """Create topics and register schemas as the repository says.

    Running it twice changes nothing, and it can be run again after it died half way. What exists and differs is told
    and left alone: nothing is destroyed.

    \b
    Examples:
      quadrille schemas plan                 what it would do
      quadrille apply
      QUADRILLE_KAFKA_BOOTSTRAP_SERVERS=broker:9092 quadrille apply
    """  # noqa: D301 - click reads \b
    from registry.plan import counts

    parts = load_plan_parts()
    planned = parts.plan()
    if kept is not None and _fingerprint(kept) != planned.fingerprint:
        raise Refused(
            f"the servers or the schemas are not as they were when {kept} was planned; nothing was done. "
            "Run `quadrille schemas plan` again"
        )
    changes = parts.execute(planned, (lambda _: None) if json_ else lambda change: say(change_line(change)))
    open_ = [change for change in changes if change.action in ("drift", "refused")]
    if json_:
        print_json({"changes": [change.to_json() for change in changes]})
    else:
        show([change for change in planned.changes if change.action in ("drift", "refused")], unchanged=False)
        say(f"Done: {counts(changes)}.")
    if open_:
        raise Refused(f"{len(open_)} of {len(changes)} are not as the repository says")


def _fingerprint(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise Refused(f"{path} is no plan; `quadrille schemas plan --out {path}` writes one") from None
    return str(found)
