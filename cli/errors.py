"""Exit codes, and the one place where errors of `admin` become errors of click.

| error | exit code | |
|---|---|---|
| `Refused` | 1 | the answer is no |
| `Misused`, `click.UsageError` | 2 | wrong usage |
| `Unreachable` | 3 | a server is not reachable |
"""

from __future__ import annotations

import click

from admin.errors import AdminError, Misused, Unreachable

ANSWER_IS_NO = 1
WRONG_USAGE = 2
NOT_REACHABLE = 3


class CommandError(click.ClickException):
    """A failure that is printed in one sentence, never as a traceback."""


def as_click(error: AdminError, context: click.Context) -> click.ClickException:
    """Map an error to click's.

    Args:
        error: What a command raised.
        context: The command's context; wrong usage is shown with its usage line.
    """
    if isinstance(error, Misused):
        return click.UsageError(str(error), context)
    return _Unreachable(str(error)) if isinstance(error, Unreachable) else _Refused(str(error))


class _Refused(CommandError):
    exit_code = ANSWER_IS_NO


class _Unreachable(CommandError):
    exit_code = NOT_REACHABLE
