"""docs/metrics.md, made from what the code declares."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

from local.settings import CHECKOUT
from services.catalogue import SERVICES
from telemetry.metrics import Declared

HEAD = """<!-- Made by `make generate` (`quadrille metrics`). DO NOT EDIT. -->
# Metrics

Every process serves its metrics where `QUADRILLE_METRICS_LISTEN` says (`docs/telemetry.md`). What happens in a
transaction is counted after its commit. What is measured in a service's database is measured by each of its instances:
take the greatest, not the sum. What could not be measured is absent, never zero.

`process_…` are the standard metrics of the process itself: CPU, memory, open files.
"""


def declared() -> dict[str, list[Declared]]:
    """Give every metric, by who has it."""
    from admin.audit.exposition import METRICS as AUDIT
    from gateway.metrics import DECLARED as GATEWAY
    from services.chassis.observe.metrics import DECLARED as CHASSIS

    own = {
        f"The {service} service": importlib.import_module(f"services.{service}.metrics").DECLARED.all
        for service in SERVICES
        if (CHECKOUT / "services" / service / "metrics.py").is_file()
    }
    return {
        "Every service": [*CHASSIS.all],
        **{title: [*metrics] for title, metrics in own.items()},
        "The gateway": [*GATEWAY],
        "`quadrille audit --metrics-file`": [*AUDIT],
    }


def page() -> str:
    """Write the page."""
    parts = [HEAD]
    for title, metrics in declared().items():
        parts += [f"\n## {title}\n\n", *_table(metrics)]
    return "".join(parts)


def _table(metrics: Iterable[Declared]) -> Iterable[str]:
    yield "| metric | kind | labels | tells | what to do |\n|---|---|---|---|---|\n"
    for one in metrics:
        labels = ", ".join(f"`{label}`" for label in one.labels)
        yield f"| `{one.name}` | {one.kind} | {labels} | {one.tells} | {one.act} |\n"
