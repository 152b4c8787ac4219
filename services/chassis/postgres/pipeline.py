"""One connection's transactions in pipeline mode: statements go out as they come, results are waited for together.

This is libpq itself, as psycopg wraps it (`psycopg.pq`), with psycopg's own loaders and errors. What is left out is
what a cursor does around each statement, which costs more than the statement when a batch has one record: statements
are prepared once under a name and never looked at again, and lists become arrays without asking for a dumper.

Invariants:

- Results come in the order of their statements; each is read, and its rows are made, at the latest with the commit.
- After an error of the server, or one of reading, it is not known what the server has and what not: the connection is
  of no more use. `roll_back` tells.

libpq's manual, chapter "Pipeline Mode"; psycopg's, "pq - libpq wrapper module".
"""

from __future__ import annotations

import functools
import select
from collections import deque, namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from services.chassis.postgres import arrays

_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
#: Bytes of parameters that are kept back for more, until something waits for a result.
_ENOUGH_BYTES = 8192
_DONE = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}


class _Statement:
    """A statement that is prepared on one connection."""

    __slots__ = ("make", "name", "parameters")

    def __init__(self, name: bytes, parameters: Sequence[str]) -> None:
        self.name = name
        self.parameters = parameters
        self.make: Callable[[Sequence[Any]], Any] | None = None


class Result:
    """What is used of SQLAlchemy's `CursorResult`. Looking at it waits for it, and for all that was sent before."""

    __slots__ = ("_line", "_rowcount", "_rows", "statement")

    def __init__(self, line: Pipeline, statement: _Statement) -> None:
        """Prepare.

        Args:
            line: Where its statement was sent.
            statement: The statement.
        """
        self._line: Pipeline | None = line
        self.statement = statement
        self._rows: list[Any] = []
        self._rowcount = 0

    def fill(self, rows: list[Any], rowcount: int) -> None:
        """Take in what the server sent.

        Args:
            rows: The rows.
            rowcount: How many rows there are, or were changed.
        """
        self._rows, self._rowcount, self._line = rows, rowcount, None

    def _wait(self) -> None:
        if self._line is not None:
            self._line.read_until(self)

    @property
    def filled(self) -> bool:
        """True once it is there."""
        return self._line is None

    @property
    def rowcount(self) -> int:
        """Rows that were found, or changed."""
        self._wait()
        return self._rowcount

    def all(self) -> list[Any]:
        """Give all rows."""
        self._wait()
        return self._rows

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows."""
        return iter(self.all())

    def first(self) -> Any:
        """Give the first row; None if there is none."""
        return next(iter(self), None)

    def one(self) -> Any:
        """Give the only row."""
        (row,) = self.all()
        return row

    def scalars(self) -> Iterator[Any]:
        """Go through the first column."""
        for row in self:
            yield row[0]

    def scalar_one(self) -> Any:
        """Give the only row's first column."""
        return self.one()[0]


class Pipeline:
    """A connection on which one transaction after the other runs. Not to be used by two threads at once."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Take the connection over.

        Args:
            connection: Nobody else may use it while a transaction of this is open.
        """
        self._connection = connection
        self._libpq = connection.pgconn
        self._transformer = Transformer(connection)
        self._prepared: dict[str, _Statement] = {}
        #: What the server has still to answer, in order; None for what has no result that anybody looks at.
        self._expected: deque[Result | None] = deque()
        self._unsent = 0
        # The transaction's last word is sent, and not answered.
        self._ending = False
        self._readable, self._ready = select.poll(), select.poll()
        self._readable.register(self._libpq.socket, select.POLLIN)
        self._ready.register(self._libpq.socket, select.POLLIN | select.POLLOUT)

    @property
    def closed(self) -> bool:
        """True once the connection is gone."""
        return self._connection.closed

    def begin(self) -> None:
        """Open a transaction."""
        self._libpq.enter_pipeline_mode()
        self._send("BEGIN", None)

    def execute(self, statement: TextClause, parameters: Mapping[str, Any] | None = None) -> Result:
        """Send a statement.

        Args:
            statement: The statement.
            parameters: By name. The server knows their types from where they stand.

        Returns:
            Its result, which may still be on its way.

        Raises:
            psycopg.Error: What the server said to this statement or an earlier one; or a parameter cannot be sent.
        """
        result = self._send(statement.text, parameters)
        if self._unsent > _ENOUGH_BYTES:
            # So that the server works on it while the next one is made.
            self._flush()
        return result

    def send_commit(self) -> None:
        """Send the commit, without waiting for anything; `commit` has to follow.

        Raises:
            psycopg.Error: It cannot be sent.
        """
        self._end_with("COMMIT")

    def commit(self) -> None:
        """Commit, and wait for everything.

        Raises:
            psycopg.Error: What the server said, whichever statement it is of.
        """
        if not self._ending:
            self._end_with("COMMIT")
        self._await_end()

    def roll_back(self) -> bool:
        """Take everything back, and wait for it. What is being committed stays.

        Returns:
            False if the connection is of no more use.
        """
        try:
            if not self._ending:
                self._end_with("ROLLBACK")
            self._await_end()
        except psycopg.Error:
            return False
        return True

    def read_until(self, result: Result) -> None:
        """Read results until one of them is there.

        Args:
            result: A result of this transaction.

        Raises:
            psycopg.Error: What the server said to its statement or an earlier one.
        """
        self._libpq.send_flush_request()
        self._flush()
        while not result.filled:
            self._read_next()

    def _send(self, sql: str, parameters: Mapping[str, Any] | None) -> Result:
        statement = self._prepared.get(sql) or self._prepare(sql)
        values: list[bytes | None] = []
        formats: list[int] = []
        for name in statement.parameters:
            value, form = self._dump(parameters[name])  # type: ignore[index]
            values.append(value)
            formats.append(form)
            self._unsent += len(value or b"")
        self._libpq.send_query_prepared(statement.name, values, formats)
        result = Result(self, statement)
        self._expected.append(result)
        return result

    def _prepare(self, sql: str) -> _Statement:
        compiled, parameters = _compiled(sql)
        statement = _Statement(f"q{len(self._prepared)}".encode(), parameters)
        self._libpq.send_prepare(statement.name, compiled)
        self._expected.append(None)
        # If the server does not take it, the connection is of no more use.
        self._prepared[sql] = statement
        return statement

    def _dump(self, value: Any) -> tuple[bytes | None, int]:
        if type(value) is list:
            return arrays.dumped(value)
        (dumped,) = self._transformer.dump_sequence([value], [PyFormat.TEXT])
        return cast("bytes | None", dumped), 0

    def _end_with(self, word: str) -> None:
        self._send(word, None)
        self._libpq.pipeline_sync()
        self._flush()
        self._ending = True

    def _await_end(self) -> None:
        self._ending = False
        while self._expected:
            self._read_next()
        self._receive()  # the answer to the sync itself
        self._libpq.exit_pipeline_mode()

    def _flush(self) -> None:
        self._unsent = 0
        while self._libpq.flush():
            # The server may wait for us to read before it reads on.
            if any(event & select.POLLIN for _, event in self._ready.poll()):
                self._libpq.consume_input()

    def _read_next(self) -> None:
        answer = self._receive()
        if answer.status not in _DONE:
            raise error_from_result(answer)
        result = self._expected.popleft()
        if result is not None:
            rows = self._rows(answer, result.statement) if answer.ntuples else []
            result.fill(rows, answer.command_tuples or 0)
        self._libpq.get_result()  # nothing: the end of this statement's results

    def _receive(self) -> Any:
        while self._libpq.is_busy():
            self._readable.poll()
            self._libpq.consume_input()
        return self._libpq.get_result()

    def _rows(self, answer: Any, statement: _Statement) -> list[Any]:
        if statement.make is None:
            statement.make = _maker(tuple(answer.fname(column).decode() for column in range(answer.nfields)))
        self._transformer.set_pgresult(answer)
        rows = self._transformer.load_rows(0, answer.ntuples, statement.make)
        self._transformer.set_pgresult(None)
        return rows


@functools.lru_cache(maxsize=512)
def _compiled(sql: str) -> tuple[bytes, Sequence[str]]:
    compiled = text(sql).compile(dialect=_DIALECT)
    # A parameter that stands in two places has one number.
    return str(compiled).encode(), list(dict.fromkeys(compiled.positiontup or ()))


@functools.lru_cache(maxsize=512)
def _maker(names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    make: Any = namedtuple
    return cast("Callable[[Sequence[Any]], Any]", make("Row", names, rename=True)._make)
