"""What each SQL statement of the services means, for the model of PostgreSQL in `store.py`.

The statements are the services' own, word for word: the chassis' by name, those of the services by their form, which
`Bulk` and the `load` functions give them. A statement that is not known here stops the run: nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from services.chassis.tables import archive, dead_letters, operations, outbox, positions
from services.chassis.tables import open_calls as calls
from services.inventory.archiving import ARCHIVE as INVENTORY
from services.payment.archiving import ARCHIVE as PAYMENT
from tests.simulation.scheduler import Stuck
from tests.simulation.store import KEYS, Transaction

Parameters = Mapping[str, Any]
Meaning = Callable[[Transaction, Parameters, Any], "Result"]


class Result:
    """What the services know as SQLAlchemy's `CursorResult`."""

    def __init__(self, rows: Iterable[Any] = (), rowcount: int = -1) -> None:
        self._rows = list(rows)
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        return self._rows

    def first(self) -> Any:
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        (row,) = self._rows
        return row

    def scalars(self) -> Iterator[Any]:
        return (row[0] for row in self._rows)

    def scalar_one(self) -> Any:
        return self.one()[0]


def run(transaction: Transaction, text: str, parameters: Parameters, session: Any) -> Result:
    """Run one statement.

    Args:
        transaction: The transaction.
        text: The statement.
        parameters: Its parameters.
        session: Whose it is; advisory locks belong to sessions.

    Returns:
        The result.

    Raises:
        Stuck: The statement is not known.
    """
    return _meaning(text)(transaction, parameters, session)


@cache
def _row(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)  # type: ignore[misc]


@cache
def _meaning(text: str) -> Meaning:
    known = _CHASSIS.get(text.strip())
    if known is not None:
        return known
    flat = " ".join(text.split())
    for form, make in _FORMS:
        match = form.fullmatch(flat)
        if match is not None:
            return make(match)
    raise Stuck(f"the model of PostgreSQL does not know this statement, say what it means in statements.py: {flat}")


def _names(columns: str) -> tuple[str, ...]:
    return tuple(name.strip().strip('"') for name in columns.split(","))


# The chassis' statements.


def _claim(transaction: Transaction, p: Parameters, _: Any) -> Result:
    moves = zip(p["topic_id"], p["partition"], p["expected"], p["following"], p["epoch"], strict=True)
    moved = [
        transaction.update(
            "positions",
            (topic_id, partition),
            {"next_offset": following, "leader_epoch": epoch, "epoch_offset": following},
            when=lambda row, expected=expected: row["next_offset"] == expected,  # type: ignore[misc]
        )
        for topic_id, partition, expected, following, epoch in moves
    ]
    if not all(moved):
        transaction.database.scheduler.reached["a position was taken by another"] += 1
    return Result(rowcount=sum(moved))


def _load_positions(transaction: Transaction, p: Parameters, _: Any) -> Result:
    made = _row(("topic_id", "partition", "next_offset", "leader_epoch"))
    places = zip(p["topic_id"], p["partition"], strict=True)
    found = [(place, transaction.get("positions", place)) for place in places]
    return Result(made(*place, row["next_offset"], _epoch(row)) for place, row in found if row is not None)


def _epoch(row: Mapping[str, Any]) -> int | None:
    return row["leader_epoch"] if row.get("epoch_offset") == row["next_offset"] else None


def _start_position(transaction: Transaction, p: Parameters, _: Any) -> Result:
    return Result(rowcount=int(transaction.insert("positions", dict(p), unless=("topic_id", "partition"))))


_OUTBOX = ("id", "created_at", "event_id", "topic", "key", "type", "fingerprint", "body", "traceparent")


def _append(transaction: Transaction, p: Parameters, _: Any) -> Result:
    names = _OUTBOX[2:]
    made = _row(("id", "created_at"))
    placed = []
    for values in zip(*(p[name] for name in names), strict=True):
        transaction.database.sequences["outbox"] += 1
        id_ = transaction.database.sequences["outbox"]
        row = dict(zip(names, values, strict=True))
        transaction.insert("outbox", {"id": id_, "created_at": transaction.now, **row, "published_at": None})
        placed.append(made(id_, transaction.now))
    return Result(placed)


def _outbox_rows(rows: Iterable[Mapping[str, Any]]) -> Result:
    made = _row(_OUTBOX)
    return Result(made(*(row[name] for name in _OUTBOX)) for row in rows)


def _earlier(transaction: Transaction, p: Parameters, _: Any) -> Result:
    keys = set(p["keys"])
    rows = transaction.scan("outbox")
    return _outbox_rows(r for r in rows if r["published_at"] is None and r["key"] in keys)


def _unpublished(transaction: Transaction, p: Parameters, _: Any) -> Result:
    until = transaction.now - p["age"]
    rows = [r for r in transaction.scan("outbox") if r["published_at"] is None and r["created_at"] < until]
    return _outbox_rows(rows[: p["limit"]])


def _mark(transaction: Transaction, p: Parameters, _: Any) -> Result:
    marked = 0
    for id_ in p["ids"]:
        row = transaction.get("outbox", (id_,))
        if row is not None and p["oldest"] <= row["created_at"] <= p["newest"]:
            marked += transaction.update(
                "outbox", (id_,), {"published_at": transaction.now}, when=lambda row: row["published_at"] is None
            )
    return Result(rowcount=marked)


def _backlog(transaction: Transaction, _: Parameters, _session: Any) -> Result:
    waiting = [row["created_at"] for row in transaction.scan("outbox") if row["published_at"] is None]
    oldest = (transaction.now - min(waiting)).total_seconds() if waiting else 0.0
    return Result([_row(("rows", "oldest"))(len(waiting), oldest)])


def _add_letters(transaction: Transaction, p: Parameters, _: Any) -> Result:
    for values in zip(*p.values(), strict=True):
        letter = dict(zip(p, values, strict=True))
        transaction.database.sequences["dead_letters"] += 1
        id_ = transaction.database.sequences["dead_letters"]
        row = {"id": id_, "state": "OPEN", **letter, "headers": json.loads(letter["headers"])}
        transaction.insert("dead_letters", row)
    return Result()


def _lock_keys(_transaction: Transaction, _p: Parameters, _: Any) -> Result:
    # Against replays, which the simulation does in one step.
    return Result()


def _blocked(transaction: Transaction, p: Parameters, _: Any) -> Result:
    keys = set(p["keys"])
    found = {row["aggregate"]: None for row in transaction.scan("dead_letters") if row["state"] == "OPEN"}
    return Result(_row(("aggregate",))(key) for key in found if key in keys)


def _sweep_lock(transaction: Transaction, _: Parameters, session: Any) -> Result:
    database = transaction.database
    if database.sweeper is None:
        database.sweeper = session
    return Result([(database.sweeper is session,)])


def _add_calls(transaction: Transaction, p: Parameters, _: Any) -> Result:
    names = ("id", "operation", "key", "idempotency_key", "payload", "traceparent")
    for values in zip(*(p[name] for name in names), strict=True):
        row = dict(zip(names, values, strict=True))
        row["payload"] = json.loads(row["payload"])
        times = {"opened_at": transaction.now, "due_at": transaction.now + p["held"]}
        transaction.insert("calls", {**row, **times, "attempts": p["attempts"], "last_error": None})
    return Result()


_TAKEN = (
    *("id", "operation", "key", "idempotency_key", "payload", "traceparent"),
    *("attempts", "opened_at", "last_error"),
)


def _take_calls(transaction: Transaction, p: Parameters, _: Any) -> Result:
    made, rows = _row(_TAKEN), []
    due = [row for row in transaction.scan("calls") if row["due_at"] <= transaction.now]
    for row in sorted(due, key=lambda row: row["due_at"]):
        key = (row["id"],)
        holder = transaction.database.locks.get(("calls", KEYS["calls"][0], key))
        if len(rows) < p["limit"] and holder in {None, transaction}:
            changes = {"attempts": row["attempts"] + 1, "due_at": transaction.now + p["lease"]}
            transaction.update("calls", key, changes)
            rows.append(made(*({**row, **changes}[name] for name in _TAKEN)))
    return Result(rows)


def _close_calls(transaction: Transaction, p: Parameters, _: Any) -> Result:
    return Result(rowcount=sum(transaction.delete("calls", (id_,)) for id_ in p["ids"]))


def _defer_calls(transaction: Transaction, p: Parameters, _: Any) -> Result:
    for id_, millis, error in zip(p["id"], p["millis"], p["error"], strict=True):
        due = transaction.now + timedelta(milliseconds=millis)
        transaction.update("calls", (id_,), {"due_at": due, "last_error": error})
    return Result()


# What archives orders.


def _advance(transaction: Transaction, p: Parameters, _: Any) -> Result:
    key, moved = (True,), {"before": p["before"], "moved_at": transaction.now}
    transaction.lock("archive_horizon", key)
    if transaction.get("archive_horizon", key) is None:
        transaction.insert("archive_horizon", {"only_row": True, **moved})
        return Result(rowcount=1)
    changed = transaction.update("archive_horizon", key, moved, when=lambda row: row["before"] < p["before"])
    return Result(rowcount=int(changed))


def _sum_up(transaction: Transaction, table: str, key: tuple[Any, ...], sums: Mapping[str, int]) -> None:
    columns = KEYS[table][0]
    transaction.lock(table, key)
    there = transaction.get(table, key)
    if there is None:
        transaction.insert(table, {**dict(zip(columns, key, strict=True)), **sums})
    else:
        transaction.update(table, key, {name: there[name] + more for name, more in sums.items()})


def _sum_up_stock(transaction: Transaction, p: Parameters, _: Any) -> Result:
    sums: dict[str, int] = {}
    for id_ in p["ids"]:
        row = transaction.get("reservations", (id_,))
        if row is not None and row["state"] == "SHIPPED":
            for sku, quantity in row["lines"]:
                sums[sku] = sums.get(sku, 0) + quantity
    for sku in sorted(sums):
        _sum_up(transaction, "archived_stock", (sku,), {"shipped": sums[sku]})
    return Result()


def _sum_up_charges(transaction: Transaction, p: Parameters, _: Any) -> Result:
    rows = [row for id_ in p["ids"] if (row := transaction.get("payments", (id_,))) and row["provider"] is None]
    for key in sorted({(row["customer_id"], row["currency_code"]) for row in rows}):
        of_key = [row for row in rows if (row["customer_id"], row["currency_code"]) == key]
        sums = {name: sum(row[name] for row in of_key) for name in ("charged", "refunded")}
        _sum_up(transaction, "archived_charges", key, sums)
    return Result()


def _nothing(_transaction: Transaction, _p: Parameters, _: Any) -> Result:
    return Result()


_CHASSIS: Mapping[str, Meaning] = {
    text.strip(): meaning
    for text, meaning in (
        (positions._CLAIM.text, _claim),
        (positions._LOAD.text, _load_positions),
        (positions._START.text, _start_position),
        (outbox._APPEND.text, _append),
        (outbox._EARLIER.text, _earlier),
        (outbox._UNPUBLISHED.text, _unpublished),
        (outbox._MARK.text, _mark),
        (outbox._BACKLOG.text, _backlog),
        (calls._ADD.text, _add_calls),
        (calls._TAKE.text, _take_calls),
        (calls._CLOSE.text, _close_calls),
        (calls._DEFER.text, _defer_calls),
        (dead_letters._INSERT.text, _add_letters),
        (dead_letters._BLOCKED.text, _blocked),
        (dead_letters._LOCK.text, _lock_keys),
        ("SELECT pg_try_advisory_lock(hashtext('outbox.sweep'))", _sweep_lock),
        (archive._ADVANCE.text, _advance),
        (INVENTORY.totals, _sum_up_stock),
        (PAYMENT.totals, _sum_up_charges),
        # Who did what is not judged.
        ("SELECT pg_advisory_xact_lock(hashtext('operations'))", _nothing),
        (operations._CREATE, _nothing),
        (operations._NOTE.text, _nothing),
    )
}

# The services' statements, by their form.


def _select(match: re.Match[str]) -> Meaning:
    columns, table, key, parameter = _names(match[1]), match[2], match[3], match[4]
    locks = match[5] is not None
    made = _row(columns)
    assert KEYS[table][0] == (key,), table

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        there = sorted(value for value in set(p[parameter]) if transaction.get(table, (value,)) is not None)
        rows = []
        for value in there:
            if locks:
                transaction.lock(table, (value,))
            row = transaction.get(table, (value,))
            if row is not None:  # else somebody deleted it while we waited for its lock
                rows.append(made(*(row[column] for column in columns)))
        return Result(rows)

    return meaning


def _insert(match: re.Match[str]) -> Meaning:
    table, columns = match[1], _names(match[2])
    unless = _names(match["unless"]) if match["unless"] else None
    returning = match["returning"]
    documents = {name for name in columns if f"CAST(v.{name} AS jsonb)" in match[0]}

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        inserted = []
        for values in zip(*(p[column] for column in columns), strict=True):
            row = dict(zip(columns, values, strict=True))
            row.update({name: json.loads(row[name]) for name in documents})
            if transaction.insert(table, row, unless=unless):
                inserted.append(row)
        return Result([(row[returning],) for row in inserted] if returning else (), rowcount=len(inserted))

    return meaning


def _update(match: re.Match[str]) -> Meaning:
    table, columns = match[1], _names(match[2])
    keys = KEYS[table][0]
    assert match[3] == " AND ".join(f"t.{name} = v.{name}" for name in keys), match[3]
    documents = {name for name in columns if f"CAST(v.{name} AS jsonb)" in match[0]}

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        changed = 0
        for values in zip(*(p[column] for column in columns), strict=True):
            row = dict(zip(columns, values, strict=True))
            row.update({name: json.loads(row[name]) for name in documents})
            changed += transaction.update(table, tuple(row[name] for name in keys), row)
        return Result(rowcount=changed)

    return meaning


def _existing(match: re.Match[str]) -> Meaning:
    columns, table, pair, (one, other) = _names(match[1]), match[2], _names(match[3]), (match[4], match[5])
    made = _row(columns)

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        asked = set(zip(p[one], p[other], strict=True))
        rows = [row for row in transaction.scan(table) if tuple(row[name] for name in pair) in asked]
        return Result(made(*(row[column] for column in columns)) for row in rows)

    return meaning


def _select_all(match: re.Match[str]) -> Meaning:
    columns, table = _names(match[1]), match[2]
    made = _row(columns)

    def meaning(transaction: Transaction, _: Parameters, _session: Any) -> Result:
        return Result(made(*(row[column] for column in columns)) for row in transaction.scan(table))

    return meaning


def _insert_one(match: re.Match[str]) -> Meaning:
    table, parameter = match[1], match[2]

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        (column,) = KEYS[table][0]
        return Result(rowcount=int(transaction.insert(table, {column: p[parameter]})))

    return meaning


def _lock_due(match: re.Match[str]) -> Meaning:
    columns = _names(match[1])
    made = _row(columns)

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        due = [
            r
            for r in transaction.scan("orders")
            if r["deadline_at"] <= p["until"] and (match[2] is None or r["state"] == "PENDING")
        ]
        rows = []
        for row in sorted(due, key=lambda row: row["deadline_at"]):
            key = (row["order_id"],)
            holder = transaction.database.locks.get(("orders", KEYS["orders"][0], key))
            if len(rows) < p["limit"] and holder in {None, transaction}:
                if match[3] is not None:
                    transaction.lock("orders", key)
                rows.append(made(*(row[column] for column in columns)))
        return Result(rows)

    return meaning


def _any_due(_: re.Match[str]) -> Meaning:
    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        due = (r for r in transaction.scan("orders") if r["state"] == "PENDING" and r["deadline_at"] <= p["until"])
        return Result([(1,)] if any(True for _ in due) else [])

    return meaning


def _condition(said: str) -> Callable[[Mapping[str, Any]], bool]:
    """Understand the conditions that services give for their rows."""
    if said == "true":
        return lambda _: True
    if match := re.fullmatch(r"NOT (\w+)", said):
        return lambda row: not row[match[1]]
    if match := re.fullmatch(r"(\w+) IS NULL", said):
        return lambda row: row[match[1]] is None
    if match := re.fullmatch(r"(\w+) = '(\w+)'", said):
        return lambda row: row[match[1]] == match[2]
    if match := re.fullmatch(r"(\w+) IN \(([\w', ]+)\)", said):
        among = {word.strip("' ") for word in match[2].split(",")}
        return lambda row: row[match[1]] in among
    raise Stuck(f"the model of PostgreSQL does not know this condition: {said}")


def _holding(match: re.Match[str]) -> Meaning:
    key, table, holds = match[1], match[2], _condition(match[3])

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        found = [row[key] for row in transaction.scan(table) if row[key] is not None and holds(row)]
        return Result([(one,) for one in sorted(one for one in found if one < p["before"])[: p["limit"]]])

    return meaning


def _done(match: re.Match[str]) -> Meaning:
    """Rows that may be archived: counted, or locked."""
    what, table, key, under_way = match["what"], match["table"], match["key"], _condition(match["under_way"])

    def may_go(row: Mapping[str, Any], before: UUID) -> bool:
        return row[key] < before and not under_way(row) and archive._timed(row[key])

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        found = sorted(row[key] for row in transaction.scan(table) if may_go(row, p["before"]))
        if what == "count(*)":
            return Result([(len(found),)])
        locked = []
        for id_ in found[: p["limit"]]:
            if match["locks"]:
                transaction.lock(table, (id_,))
            row = transaction.get(table, (id_,))
            if row is not None and may_go(row, p["before"]):  # as PostgreSQL looks again once it has the lock
                locked.append((id_,))
        return Result(locked)

    return meaning


def _copies(match: re.Match[str]) -> Meaning:
    table, key = match[1], match[2]

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        ids = set(p["ids"])
        rows = [row for row in transaction.scan(table) if row[key] in ids]
        return Result([(json.dumps(row, default=str, sort_keys=True),) for row in rows])

    return meaning


def _delete(match: re.Match[str]) -> Meaning:
    table, key = match[1], match[2]

    def meaning(transaction: Transaction, p: Parameters, _: Any) -> Result:
        ids = set(p["ids"])
        keys = [tuple(r[c] for c in KEYS[table][0]) for r in transaction.scan(table) if r[key] in ids]
        return Result(rowcount=sum(transaction.delete(table, one) for one in keys))

    return meaning


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Meaning]], ...] = (
    (
        re.compile(
            r"SELECT ([\w, \"]+) FROM (\w+) WHERE (\w+) = ANY\(CAST\(:(\w+) AS \w+\[\]\)\) ORDER BY \3( FOR UPDATE)?"
        ),
        _select,
    ),
    (
        re.compile(
            r"INSERT INTO (\w+) \(([^)]+)\) SELECT .+ FROM unnest\(.+\) AS v\(\2\)"
            r"(?: ON CONFLICT \((?P<unless>[^)]+)\) DO NOTHING RETURNING (?P<returning>\w+))?"
        ),
        _insert,
    ),
    (re.compile(r"UPDATE (\w+) AS t SET .+ FROM unnest\(.+\) AS v\(([^)]+)\) WHERE (.+)"), _update),
    (
        re.compile(
            r"SELECT ([\w, ]+) FROM (\w+) WHERE \(([\w, ]+)\) IN \(SELECT \* FROM unnest\("
            r"CAST\(:(\w+) AS text\[\]\), CAST\(:(\w+) AS uuid\[\]\)\)\)"
        ),
        _existing,
    ),
    (re.compile(r"SELECT ([\w, \"]+) FROM (\w+)(?: ORDER BY id)?"), _select_all),
    (
        re.compile(
            r"SELECT ([\w, ]+) FROM orders WHERE (state = 'PENDING' AND )?deadline_at <= :until "
            r"ORDER BY deadline_at LIMIT :limit( FOR UPDATE SKIP LOCKED)?"
        ),
        _lock_due,
    ),
    (
        re.compile(r"SELECT 1 FROM orders WHERE state = 'PENDING' AND deadline_at <= :until LIMIT 1"),
        _any_due,
    ),
    (re.compile(r"SELECT (\w+) FROM (\w+) WHERE (.+) AND \1 < :before ORDER BY \1 LIMIT :limit"), _holding),
    (
        re.compile(
            r"SELECT (?P<what>count\(\*\)|\w+) FROM (?P<table>\w+) WHERE (?P<key>\w+) < :before "
            r"AND NOT \((?P<under_way>.+?)\) AND get_byte\(uuid_send\(\w+\), 6\) >> 4 = 7 "
            r"AND get_byte\(uuid_send\(\w+\), 8\) >> 6 = 2(?: ORDER BY \w+ LIMIT :limit(?P<locks> FOR UPDATE)?)?"
        ),
        _done,
    ),
    (
        re.compile(
            r"SELECT to_jsonb\(t\)::text FROM (\w+) t WHERE (\w+) = ANY\(CAST\(:ids AS uuid\[\]\)\) ORDER BY \w+, \w+"
        ),
        _copies,
    ),
    (re.compile(r"DELETE FROM (\w+) WHERE (\w+) = ANY\(CAST\(:ids AS uuid\[\]\)\)"), _delete),
    (re.compile(r"INSERT INTO (effects) VALUES \(:(\w+)\)"), _insert_one),
)
