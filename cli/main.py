"""Entry point of `quadrille`: a table of commands, each imported only when it is asked for."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from typing import NamedTuple

import click

from cli.errors import CommandError
from cli.output import say, say_lines
from telemetry.escaping import guard_streams


class Entry(NamedTuple):
    """One command: the module in `cli.commands` that defines it, under the same name, and its line of help."""

    module: str
    help: str


# The help stands here so that `quadrille --help` imports no command.
COMMANDS: dict[str, Entry] = {
    "up": Entry("up", "Start the servers that are not external, and the four services."),
    "down": Entry("down", "Stop everything that `up` started."),
    "status": Entry("status", "Show each server and service: where, ready or not, lag, outbox."),
    "migrate": Entry("migrate", "Create roles and databases, and bring each service's tables up to date."),
    "apply": Entry("apply", "Create topics and register schemas as the repository says."),
    "topics": Entry("topics", "Show topics with their events, owners and consumers."),
    "flow": Entry("flow", "Print the choreography as a Mermaid diagram."),
    "schemas": Entry("schemas", "Lint, check and record the event schemas."),
    "place": Entry("place", "Place an order."),
    "cancel": Entry("cancel", "Ask for an order to be cancelled."),
    "get": Entry("get", "Show an order with its timeline, and what it waits for."),
    "list": Entry("list", "List orders."),
    "watch": Entry("watch", "Follow an order until it is settled."),
    "stock": Entry("stock", "Show items with their stock."),
    "dlq": Entry("dlq", "List, show, replay and drop dead letters."),
    "load": Entry("load", "Place the orders of a TPC-H folder and report what became of them."),
    "audit": Entry("audit", "Check the platform's invariants in the live databases."),
    "metrics": Entry("metrics", "Print every metric with what it tells and what to do."),
    "republish": Entry("republish", "Rebuild the topics from the databases, after Kafka has lost them."),
    "backup": Entry("backup", "Write a service's database, or the registry, to a file."),
    "restore": Entry("restore", "Put a backup in the place of a service's database, or of the registry."),
    "archive": Entry("archive", "Move old orders from the databases into files, and find one there."),
    "positions": Entry("positions", "Show how far each service has read, and mend positions outside their topics."),
    "rebuild": Entry("rebuild", "Make rows again that a restored database lost, from what its service published."),
    "new": Entry("new", "Make a new service that runs, to be filled in."),
    "demo": Entry("demo", "Start everything, place 15,000 orders, show what became of them, stop."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they run. `quadrille --help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"cli.commands.{entry.module}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one may be meant."""
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean `quadrille {near[0]}`?" if near else " `quadrille --help` lists the commands."
            raise click.UsageError(f"there is no command `{name}`.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 fine, 1 the answer is no, 2 wrong usage, 3 a server is not reachable.",
)
@click.version_option(package_name="quadrille")
def quadrille() -> None:
    """Quadrille: a schema-first order platform."""


def _indented(message: str) -> str:
    """Indent what follows the first line: a line feed from elsewhere begins no line that looks like one of ours."""
    return re.sub(r"\n(?!  )", "\n  ", message)


def _show_usage(error: click.UsageError) -> None:
    """Say what is wrong as click does. The sentence holds arguments, and these may hold anything."""
    if error.ctx is not None:
        say_lines(error.ctx.get_usage(), err=True)
        say(f"Try '{error.ctx.command_path} {error.ctx.help_option_names[-1]}' for help.", err=True)
        say(err=True)
    say_lines(f"Error: {_indented(error.format_message())}", err=True)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Args:
        args: The arguments without the program's name; those of the process if None.
    """
    guard_streams()
    try:
        result = quadrille.main(args=args, prog_name="quadrille", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.UsageError as error:
        _show_usage(error)
        sys.exit(error.exit_code)
    except CommandError as error:
        say_lines(f"quadrille: {_indented(error.format_message())}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        say("quadrille: interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(result if isinstance(result, int) else 0)
