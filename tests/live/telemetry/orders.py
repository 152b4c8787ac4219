"""What the trace of an order consists of."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from tests.live.telemetry.receiver import Span, tree

#: The events of an order that completes, by the service that sends it: what each of its readers makes of it is a span.
SENT = {
    "send order-events": 2,
    "send inventory-events": 1,
    "send payment-events": 1,
    "send shipping-events": 1,
}
READ = 7


def complete(spans: list[Span]) -> bool:
    names = [span.name for span in spans]
    return all(names.count(name) >= count for name, count in SENT.items()) and len(processed(spans)) >= READ


def complete_from(caller: str) -> Callable[[list[Span]], bool]:
    """Ask for the span of the call that placed the order too: the gateway sends its own, and may send them last.

    Args:
        caller: The span that the call was made under.
    """
    return lambda spans: complete(spans) and any(span.parent == caller for span in spans)


def processed(spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.name.startswith("process ")]


def connected(spans: list[Span], root_parent: str = "") -> Span:
    """Hold a trace to be one tree, and give its root."""
    ids = {span.id for span in spans}
    assert len(ids) == len(spans)
    roots = [span for span in spans if span.parent not in ids]
    assert len(roots) == 1, tree(spans)
    assert roots[0].parent == root_parent
    return roots[0]


def traceparent(sampled: bool = True) -> tuple[str, str, str]:
    trace, span = uuid4().hex, uuid4().hex[:16]
    return trace, span, f"00-{trace}-{span}-{int(sampled):02d}"
