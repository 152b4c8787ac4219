"""What an operators' tool raises when it cannot do what was asked.

AdminError
├── Misused       the request contradicts itself, or a setting holds something unusable
├── Refused       the answer is no: a check failed, or something is not there
└── Unreachable   a server does not answer

Each message is for a person: it names the cause, and says what to run where a command helps. `cli.errors` maps these
classes to exit codes, `console.answers` to codes of `google.rpc.Status`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class AdminError(Exception):
    """Base of what this package raises on purpose."""


class Misused(AdminError):
    """The request contradicts itself, or a setting holds something unusable."""


class Refused(AdminError):
    """The answer is no: a check failed, an order was refused, something is not there."""


class Unreachable(AdminError):
    """A server does not answer. The message names it and says what to run."""


@contextmanager
def local_errors() -> Iterator[None]:
    """Turn errors of the local platform into errors of this tree.

    Raises:
        Unreachable: A server that should run does not answer.
        Refused: Anything else on the local platform failed.
    """
    from local.errors import LocalError, ServerUnreachableError

    try:
        yield
    except ServerUnreachableError as error:
        raise Unreachable(str(error)) from error
    except LocalError as error:
        raise Refused(str(error)) from error
