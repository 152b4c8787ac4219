"""What a command says when it cannot do what was asked, and the exit code that scripts see.

click.ClickException
├── click.UsageError      2  wrong usage
└── CommandError
    ├── Refused           1  the answer is no
    └── Unreachable       3  a server is not reachable
"""

from __future__ import annotations

import click

ANSWER_IS_NO = 1
WRONG_USAGE = 2
NOT_REACHABLE = 3


class CommandError(click.ClickException):
    """A failure to be told in one sentence, never as a traceback."""


class Refused(CommandError):
    """The answer is no: a check failed, an order was refused, something is not there."""

    exit_code = ANSWER_IS_NO


class Unreachable(CommandError):
    """A server does not answer. The message names it and says what to run."""

    exit_code = NOT_REACHABLE
