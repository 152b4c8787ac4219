"""Decisions of a service without a database: what a unit of work would publish."""

from __future__ import annotations

from services.chassis.process.unit_of_work import UnitOfWork


def decide(handlers, state, records):
    """Decide on records, in order, and give the messages."""
    unit = UnitOfWork(handlers, state)
    for record in records:
        unit.decide(record)
    return unit.messages
