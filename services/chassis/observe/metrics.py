"""What every service counts and measures: names, labels, and what a figure tells. `docs/metrics.md` is made from it.

Invariants:

- What happens in a transaction is counted after its commit: a batch that is rolled back or tried again counts nothing
  twice.
- On the path of a saga a figure is moved once for a batch, by sums made before. No label is looked up for a record.
- What only the database knows is asked for in the background, every few seconds and within limits (`measuring.py`).
- What could not be measured is absent, never zero.
- Values of labels are few: names of the code and of the contracts, never ids of aggregates, callers or records.

Names: Prometheus' conventions (prometheus.io, "Metric and label naming"): base units, `_total` for counters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import prometheus_client
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from telemetry.metrics import Declared, registry

REGISTRY = registry()
#: The clock of durations.
now = time.perf_counter

Labels = tuple[str, ...]
L = TypeVar("L", bound=Labels)

_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Measured(Collector):
    """A gauge that is asked for when somebody scrapes. Without a source, or a value, it is absent."""

    def __init__(self, name: str, tells: str, labels: Labels) -> None:
        """Prepare.

        Args:
            name: Its name.
            tells: What it tells.
            labels: Names of its labels.
        """
        self._name, self._tells, self._labels = name, tells, labels
        self._values: Mapping[Labels, float] = {}
        #: Gives values by labels, from memory alone: whoever scrapes waits for it.
        self.source: Callable[[], Mapping[Labels, float]] = self._kept

    def keep(self, values: Mapping[Labels, float]) -> None:
        """Replace what was measured before.

        Args:
            values: By labels; empty if nothing is known.
        """
        self._values = values

    def also(self, labels: Labels, value: float) -> None:
        """Keep one value more.

        Args:
            labels: Its labels.
            value: The value.
        """
        self._values = {**self._values, labels: value}

    def _kept(self) -> Mapping[Labels, float]:
        return self._values

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Give the values to a scrape."""
        family = GaugeMetricFamily(self._name, self._tells, labels=self._labels)
        for labels, value in self.source().items():
            family.add_metric(labels, value)
        if family.samples:
            yield family


class Declarations:
    """The metrics of a module, in the order in which it declares them."""

    def __init__(self) -> None:
        """Begin with none."""
        self.all: list[Declared] = []

    def counter(self, name: str, tells: str, *labels: str, act: str) -> prometheus_client.Counter:
        """Declare what only grows.

        Args:
            name: Its name; ends with `_total`.
            tells: What it tells.
            labels: Names of its labels.
            act: What to do about it.

        Returns:
            The counter.
        """
        self.all.append(Declared(name, "counter", labels, tells, act))
        return prometheus_client.Counter(name, tells, labels, registry=REGISTRY)

    def gauge(self, name: str, tells: str, *labels: str, act: str) -> Measured:
        """Declare what goes up and down.

        Args:
            name: Its name.
            tells: What it tells.
            labels: Names of its labels.
            act: What to do about it.

        Returns:
            The gauge.
        """
        self.all.append(Declared(name, "gauge", labels, tells, act))
        measured = Measured(name, tells, labels)
        REGISTRY.register(measured)
        return measured

    def histogram(
        self, name: str, tells: str, *labels: str, act: str, buckets: Sequence[float] = _SECONDS
    ) -> prometheus_client.Histogram:
        """Declare what is distributed.

        Args:
            name: Its name.
            tells: What it tells.
            labels: Names of its labels.
            act: What to do about it.
            buckets: Upper bounds.

        Returns:
            The histogram.
        """
        self.all.append(Declared(name, "histogram", labels, tells, act))
        return prometheus_client.Histogram(name, tells, labels, registry=REGISTRY, buckets=buckets)


def add(
    counter: prometheus_client.Counter,
    sums: Mapping[Labels, int] | Mapping[tuple[str, str], int] | Mapping[tuple[str], int],
) -> None:
    """Add what a batch has summed.

    Args:
        counter: The counter.
        sums: How much, by its labels.
    """
    for labels, count in sums.items():
        counter.labels(*labels).inc(count)


DECLARED = Declarations()

# Calls that come in.

RPCS = DECLARED.counter(
    "quadrille_rpc_requests_total",
    "Calls that were answered, by method and gRPC code.",
    *("method", "code"),
    act="INTERNAL is a defect: read the log. UNAVAILABLE: see quadrille_ready. RESOURCE_EXHAUSTED: more is asked for "
    "than QUADRILLE_MAX_CONCURRENT_CALLS, or a limit of the service itself, allows.",
)
RPC_SECONDS = DECLARED.histogram(
    "quadrille_rpc_duration_seconds",
    "Time from a unary call's arrival to its answer, by method.",
    "method",
    act="Slow with large groups: the database commits slowly. Slow with small ones: the process lacks CPU.",
)
GROUPS = DECLARED.histogram(
    "quadrille_group_commit_calls",
    "Calls that shared one commit.",
    act="Groups at QUADRILLE_BATCH_MAX: callers wait for commits; add an instance.",
    buckets=_SIZES,
)

# Records that are read.

LAG = DECLARED.gauge(
    "quadrille_consumer_lag_records",
    "Records of a partition of this instance that are still to be read.",
    *("topic", "partition"),
    act="Growing: the service is slower than its topic. See quadrille_batch_phase_duration_seconds; add an instance.",
)
PAUSED = DECLARED.gauge(
    "quadrille_consumer_paused_partitions",
    "Partitions that stand still because a batch cannot be done now.",
    act="Above 0: a server is away. `quadrille status` says which.",
)
RECORDS = DECLARED.counter(
    "quadrille_records_total",
    "Records whose position has moved on, by topic, and by what became of them: handled, skipped or dead.",
    *("topic", "outcome"),
    act="The rate of work. None while there is lag: the service stands still.",
)
BATCHES = DECLARED.histogram(
    "quadrille_batch_records",
    "Records of a committed batch.",
    act="Near QUADRILLE_BATCH_MAX all the time: the service is at its limit.",
    buckets=_SIZES,
)
PHASES = DECLARED.histogram(
    "quadrille_batch_phase_duration_seconds",
    "Time that a committed batch spent in a phase: decode, claim, decide, commit, publish or announce.",
    "phase",
    act="Decide or commit slow: look at the database. Decode: at the registry. Publish: at the CPU.",
)
RETRIES = DECLARED.counter(
    "quadrille_retries_total",
    "Batches that were put off to be tried again, by the error.",
    "reason",
    act="A few after a failover are normal. A steady rate: the server that the reason names is not well.",
)
SCHEMAS = DECLARED.gauge(
    "quadrille_schema_info",
    "1 for each schema id that this instance has read or written with, by event.",
    *("event", "schema_id", "used"),
    act="Two ids of one event while versions are rolled out are normal. One that stays: a producer was forgotten.",
)

_PHASE = {name: PHASES.labels(name) for name in ("decode", "claim", "decide", "commit", "publish", "announce")}


class Phases:
    """A stopwatch for the phases of a batch. What it has measured counts once the batch is done."""

    def __init__(self) -> None:
        """Start it."""
        self._at = self._paused = now()
        self._took: list[tuple[str, float]] = []

    def done(self, phase: str) -> None:
        """End a phase; the next one begins.

        Args:
            phase: Its name.
        """
        at = now()
        self._took.append((phase, at - self._at))
        self._at = at

    def pause(self) -> None:
        """Stand still: what follows is another batch's."""
        self._paused = now()

    def go_on(self) -> None:
        """Go on with the phase that was under way."""
        self._at += now() - self._paused

    def count(self) -> None:
        """Count what was measured."""
        for phase, seconds in self._took:
            _PHASE[phase].observe(seconds)


# Dead letters.

DEAD = DECLARED.counter(
    "quadrille_dead_letters_total",
    "Records that became dead letters, by error; Waiting came behind one of its aggregate.",
    "reason",
    act="Any: `quadrille dlq list`, then mend what the error names, and `quadrille dlq replay`.",
)
DEAD_OPEN = DECLARED.gauge(
    "quadrille_dead_letters_open",
    "Dead letters of the service that wait for somebody; counted up to 1,000.",
    act="Above 0: their aggregates stand still. `quadrille dlq list`.",
)

# Events that are published.

PUBLISHED = DECLARED.counter(
    "quadrille_outbox_published_total",
    "Outbox rows that the broker has, and that are marked, by topic.",
    "topic",
    act="The rate of events. None while there is a backlog: the broker or the registry is away.",
)
DELIVERY_FAILURES = DECLARED.counter(
    "quadrille_outbox_delivery_failures_total",
    "Rows whose delivery is unknown; they are sent again with the same id.",
    act="A steady rate: look at the broker.",
)
OUTBOX_ROWS = DECLARED.gauge(
    "quadrille_outbox_backlog_rows",
    "Outbox rows of the service that are not published; counted up to 10,000.",
    act="Growing: as for quadrille_outbox_oldest_age_seconds.",
)
OUTBOX_AGE = DECLARED.gauge(
    "quadrille_outbox_oldest_age_seconds",
    "Age of the oldest outbox row that is not published; 0 if there is none.",
    act="Above a few seconds: broker or registry are away, or no instance sweeps. `quadrille status`.",
)

# Calls to the outside world.

CALLS = DECLARED.counter(
    "quadrille_calls_total",
    "Calls to a provider outside whose outcome was recorded, by operation: answered, or unknown and asked again.",
    *("operation", "outcome"),
    act="Unknown at a steady rate: the provider is not well. docs/remote-providers.md.",
)
CALLS_OPEN = DECLARED.gauge(
    "quadrille_calls_open",
    "Calls of the service without an answer; counted up to 1,000.",
    act="Growing: the provider answers too slowly, or nobody asks it.",
)
CALLS_AGE = DECLARED.gauge(
    "quadrille_calls_oldest_age_seconds",
    "Age of the oldest call without an answer; 0 if there is none.",
    act="Above a minute: ask the provider about the calls that `quadrille list --stuck` names.",
)

# The process.

READY = DECLARED.gauge(
    "quadrille_ready",
    "1 if the instance has all that it needs, 0 while it waits for something.",
    act="0 for long: `quadrille status` says what it waits for.",
)
