"""`quadrille schemas rules` and `explain`: what gate and lint can say, and why."""

from __future__ import annotations

import click

from cli.command import Command
from cli.output import print_json, say


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rules(*, as_json: bool) -> None:
    """List the rules of gate and lint."""
    from registry.contract_rules import ALL_RULES

    if as_json:
        rows = [{"id": r.id, "kind": r.kind, "severity": r.severity, "line": r.line} for r in ALL_RULES.values()]
        print_json(rows)
        return
    width = max(map(len, ALL_RULES))
    for rule in ALL_RULES.values():
        say(f"{rule.id:{width}}  {rule.severity.value:7}  {rule.kind.value:10}  {rule.line}")


@click.command(cls=Command)
@click.argument("rule")
def explain(*, rule: str) -> None:
    """Say what a rule finds, why, and what to write instead."""
    from registry.contract_rules import ALL_RULES

    entry = ALL_RULES.get(rule)
    if entry is None:
        import difflib

        near = difflib.get_close_matches(rule, ALL_RULES, n=1)
        hint = f"Did you mean `{near[0]}`?" if near else "`quadrille schemas rules` lists them."
        raise click.UsageError(f"there is no rule `{rule}`. {hint}")
    say(f"{entry.id} ({entry.severity.value}, {entry.kind.value}): {entry.line}")
    say()
    say(f"Why:     {entry.why}")
    say(f"Instead: {entry.instead}")
    if entry.no_sample:
        say(f"Samples: where there is none, {entry.no_sample[0].lower()}{entry.no_sample[1:]}")
    say()
    say(f"Examples: docs/rules/{entry.id}.md")
