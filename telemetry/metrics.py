"""What is known of a metric, and where the metrics of a process are served."""

from __future__ import annotations

from dataclasses import dataclass

import prometheus_client
from prometheus_client.registry import CollectorRegistry

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]


class CannotServeMetrics(Exception):
    """The address for metrics cannot be listened on."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A metric, for its page.

    Attributes:
        name: As Prometheus has it.
        kind: counter, gauge or histogram.
        labels: Names of its labels.
        tells: What it tells.
        act: What to do about it.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    tells: str
    act: str


def registry() -> CollectorRegistry:
    """Make a registry for the metrics of a process, with what is measured of the process itself."""
    made = CollectorRegistry()
    prometheus_client.ProcessCollector(registry=made)
    return made


def serve(metrics: CollectorRegistry, listen: str) -> None:
    """Answer `GET /metrics` from threads of its own, for as long as the process lives.

    Args:
        metrics: What is served.
        listen: `host:port`.

    Raises:
        CannotServeMetrics: The address is taken, or none of this machine.
    """
    host, _, port = listen.rpartition(":")
    try:
        prometheus_client.start_http_server(int(port), host.strip("[]"), registry=metrics)
    except (OSError, OverflowError) as error:
        raise CannotServeMetrics(
            f"QUADRILLE_METRICS_LISTEN is {listen}, and cannot be listened on: {error}; "
            "set it to a free port of this machine, or to nothing for no metrics"
        ) from error
