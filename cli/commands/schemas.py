"""`quadrille schemas`: the gate that every change of the contracts passes, and what belongs to it."""

from __future__ import annotations

import importlib

import click

# Each in a module of its own, imported when it runs: `diff` needs none of the others.
COMMANDS = {
    "lint": ("schemas_lint", "Hold the schemas against the house rules."),
    "check": ("schemas_check", "Lint, and compare with everything that was ever released."),
    "diff": ("schemas_diff", "Compare two schema files, or two folders of them. It needs no project."),
    "record": ("schemas_record", "Release the contracts as they are: append them to the history."),
    "rules": ("schemas_rules", "List the rules of gate and lint."),
    "explain": ("schemas_rules", "Say what a rule finds, why, and what to write instead."),
    "docs": ("schemas_docs", "Write events, topics and APIs as pages, and as an AsyncAPI document."),
    "plan": ("schemas_plan", "Show what `quadrille apply` would do to Kafka and to the registry."),
}


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"cli.commands.{COMMANDS[cmd_name][0]}")
        found: click.Command = getattr(module, cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Group, epilog="Exit codes: 0 fine, 1 a rule is broken, 2 it could not be judged.")
def command() -> None:
    """Hold the contracts against their rules and their history.

    \b
    Examples:
      quadrille schemas check                  what CI runs
      quadrille schemas check --against main   what this branch would change
      quadrille schemas diff old.avsc new.avsc
    """  # noqa: D301 - click reads \b
