"""Observes calls that come in: counts them, by method and by the code that they were answered with."""

from __future__ import annotations

from typing import Any

from services.chassis.observe import metrics


class Observed:
    """One method of the API. Its labels are looked up once for each code, not for each call.

    Attributes:
        method: `<full name of the service>/<method>`.
    """

    def __init__(self, method: str) -> None:
        """Prepare.

        Args:
            method: `<full name of the service>/<method>`.
        """
        self.method = method
        self._counts: dict[str, Any] = {}
        self._seconds: Any = None

    def answered(self, code: str, began: float | None) -> None:
        """Count a call.

        Args:
            code: Name of its gRPC code.
            began: When it came, as `metrics.now()` said; None for a stream, whose length says nothing.
        """
        count = self._counts.get(code)
        if count is None:
            count = self._counts[code] = metrics.RPCS.labels(self.method, code)
        count.inc()
        if began is not None:
            if self._seconds is None:
                self._seconds = metrics.RPC_SECONDS.labels(self.method)
            self._seconds.observe(metrics.now() - began)
