"""`quadrille audit --mend`: offers one by one what mends a finding, and says where no command is safe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli.output import say, say_lines

if TYPE_CHECKING:
    from admin.audit.facts import Facts
    from admin.audit.invariants import Finding
    from admin.audit.remedies import Advice

#: Findings without a safe command that are named; the others are counted.
MOST_PRINTED = 20
REASON = "quadrille audit --mend"


def mend_all(facts: Facts, findings: Sequence[Finding], *, yes: bool) -> bool:
    """Go through what was found.

    Args:
        facts: What was read.
        findings: What became of the invariants.
        yes: Run every safe command without asking.

    Returns:
        True if a command was run.
    """
    from admin.audit.remedies import advise, advise_in_flight, commands

    advices = advise(facts, findings)
    for what in facts.in_flight:
        say()
        say(f"not quiet: {what}")
        say(f"  {advise_in_flight(what)}")
    _print_unsafe([advice for advice in advices if not advice.remedy.command])
    ran = False
    for words, mended in commands(advices):
        _print(words, mended)
        answer = "y" if yes else click.prompt("  run it?", type=click.Choice(["y", "n", "q"]), default="n")
        if answer == "q":
            break
        if answer == "y":
            _run(words)
            ran = True
    return ran


def _print(words: Sequence[str], mended: Sequence[Advice]) -> None:
    first = mended[0]
    others = f" (and {len(mended) - 1:,} more)" if len(mended) > 1 else ""
    say()
    say(f"{first.finding}: {first.subject}: {first.what}{others}")
    say(f"  quadrille {' '.join(words)}")
    say(f"  {first.remedy.why}")


def _print_unsafe(advices: Sequence[Advice]) -> None:
    for advice in advices[:MOST_PRINTED]:
        say()
        say(f"{advice.finding}: {advice.subject}: {advice.what}")
        say(f"  no command is safe; {advice.remedy.why}")
    if len(advices) > MOST_PRINTED:
        say()
        say(f"and {len(advices) - MOST_PRINTED:,} more for which no command is safe; `--json` says of each why")


def _run(words: Sequence[str]) -> None:
    from cli.errors import CommandError
    from cli.main import quadrille

    try:
        quadrille.main(args=[*words, "--reason", REASON], prog_name="quadrille", standalone_mode=False)
    except CommandError as error:
        # One that fails keeps no other from being tried.
        say_lines(f"  it failed: {error.format_message()}")
