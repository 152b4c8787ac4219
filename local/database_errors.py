"""Why a database cannot be used, in a sentence: it does not answer, it refuses, or it is not there.

DatabaseTold
├── Away          nobody answers there, or the server is starting or stopping: try again
├── Refuses       the server answers, and does not let this role in: password, privilege, limits, what a pooler takes
├── Missing       the server answers, and has no such database
└── Unreadable    it lets the role in, and what is asked for is not there or may not be read

The driver has no SQLSTATE for a refused connection. What a server says begins with a severity and two spaces, in every
language; what follows is told apart by the English words, and told as it is where they are others.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_SERVER_SAID = re.compile(r"(\S+): {2}(.*)")
_NO_DATABASE = re.compile(r'database ".*" does not exist|no such database')
_PASSES = re.compile(
    r"the database system is |too many clients|remaining connection slots|server_login_retry|pgbouncer"
)
#: SQLSTATEs of a connection that was lost, and of a server that is stopping.
_LOST = ("08", "57P")


class DatabaseTold(Exception):
    """Why a database cannot be used. The message is one sentence."""


class Away(DatabaseTold):
    """Nobody answers there now."""


class Refuses(DatabaseTold):
    """The server answers, and does not let this role in."""


class Missing(DatabaseTold):
    """The server answers, and has no such database."""


class Unreadable(DatabaseTold):
    """What is asked for is not there, or may not be read."""


def tell(what: str, url: str, error: BaseException) -> DatabaseTold:
    """Say why a database cannot be used.

    Args:
        what: Names it: `the order database`.
        url: Where it is, and as whom it was entered; its password is not told.
        error: What the driver raised.

    Returns:
        The reason, as an error to raise or to translate.
    """
    parts = urlsplit(url)
    place, role, database = parts.netloc.rpartition("@")[2], unquote(parts.username or ""), unquote(parts.path[1:])
    reason = first_line(error)
    state = getattr(error, "sqlstate", None) or ""
    if state and not state.startswith(_LOST):
        return Unreadable(f"{what} at {place} cannot be read ({reason}); run `quadrille migrate`.")
    found = None if state else _SERVER_SAID.search(str(error))
    if found is None or _PASSES.search(found[2]):
        said = found[2] if found else reason.rpartition("failed: ")[2]
        return Away(f"{what} at {place} does not answer ({said}). Start it with `make up`.")
    said = found[2]
    if _NO_DATABASE.search(said):
        return Missing(f"the server at {place} has no database {database} ({said}); run `quadrille migrate`.")
    return Refuses(f"{what} at {place} answers and refuses the role {role} ({said}).")


def first_line(error: BaseException) -> str:
    """Give the first line of what was said; the others guess.

    Args:
        error: What the driver raised.
    """
    return (str(error).strip().splitlines() or ["no reason given"])[0]
