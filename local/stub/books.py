"""What the stub has done: one row for each idempotency key, durable before it is answered."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

_CREATE = """
CREATE TABLE IF NOT EXISTS done (
    kind TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    reference TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (kind, idempotency_key)
)
"""
KINDS = ("charges", "refunds", "shipments")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the stub refuses for reasons of its own.

    Attributes:
        decline_over: Charges of more minor units are declined.
        decline_customer: Customers whose id begins so are declined; empty for none.
        unserved: Countries to which nothing is shipped.
    """

    decline_over: int = 10**12
    decline_customer: str = ""
    unserved: frozenset[str] = frozenset()


class Ledger:
    """A file that says what was done."""

    def __init__(self, file: Path, rules: Rules) -> None:
        """Open the file, or make it.

        Args:
            file: An SQLite database.
            rules: What is refused.
        """
        self._lock = threading.Lock()
        self._rules = rules
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute(_CREATE)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def do(self, kind: str, key: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Do what is asked, or say again what was answered to this key.

        Args:
            kind: One of `KINDS`.
            key: The idempotency key.
            request: What is asked.

        Returns:
            The HTTP status and the answer.
        """
        asked = json.dumps(request, sort_keys=True)
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                query = "SELECT request, status, answer FROM done WHERE kind = ? AND idempotency_key = ?"
                known = self._database.execute(query, (kind, key)).fetchone()
                if known is not None:
                    if known[0] != asked:
                        return 409, {"idempotency_key": key, "status": "conflict"}
                    return int(known[1]), dict(json.loads(known[2]))
                status, answer = self._decide(kind, key, request)
                answer["idempotency_key"] = key
                row = (kind, key, str(request.get("reference", "")), asked, status, json.dumps(answer))
                self._database.execute("INSERT INTO done VALUES (?, ?, ?, ?, ?, ?)", row)
                return status, answer
            finally:
                self._database.execute("COMMIT")

    def all(self) -> dict[str, list[dict[str, Any]]]:
        """Give everything that was done, refusals included, by kind."""
        query = "SELECT idempotency_key, reference, request, status, answer FROM done WHERE kind = ? ORDER BY rowid"
        found: dict[str, list[dict[str, Any]]] = {}
        with self._lock:
            for kind in KINDS:
                found[kind] = [
                    {
                        "idempotency_key": key,
                        "reference": reference,
                        "request": json.loads(request),
                        "http_status": status,
                        "answer": json.loads(answer),
                    }
                    for key, reference, request, status, answer in self._database.execute(query, (kind,))
                ]
        return found

    def _decide(self, kind: str, key: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        deciders: dict[str, Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]] = {
            "charges": self._charge,
            "refunds": self._refund,
            "shipments": self._ship,
        }
        return deciders[kind](key, request)

    def _charge(self, key: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        prefix = self._rules.decline_customer
        if prefix and str(request["customer_id"]).startswith(prefix):
            return 402, {"status": "declined", "reason": "DO_NOT_HONOUR"}
        amount = request["amount"]
        if amount["minor_units"] > self._rules.decline_over:
            available = {"currency_code": amount["currency_code"], "minor_units": self._rules.decline_over}
            return 402, {"status": "declined", "reason": "INSUFFICIENT_CREDIT", "available": available}
        return 201, {"status": "charged", "charge_id": str(uuid5(NAMESPACE_URL, f"charge:{key}"))}

    def _refund(self, _key: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        query = "SELECT request, answer FROM done WHERE kind = 'charges' AND status = 201"
        for charge, answer in self._database.execute(query):
            if json.loads(answer)["charge_id"] == request["charge_id"]:
                if json.loads(charge)["amount"] != request["amount"]:
                    return 422, {"status": "another amount was charged"}
                return 201, {"status": "refunded", "amount": request["amount"]}
        return 404, {"status": "there is no such charge"}

    def _ship(self, key: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if request["country_code"] in self._rules.unserved:
            detail = f"the stub does not serve {request['country_code']}"
            return 422, {"status": "refused", "reason": "UNSERVED_COUNTRY", "detail": detail}
        return 201, {"status": "booked", "carrier": "stub", "tracking_id": f"ST{key.replace('-', '')[:16].upper()}"}
