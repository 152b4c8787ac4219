"""What a run of the benchmarks says: a table, JSON, a chart, and a comparison with an earlier run."""

from __future__ import annotations

import json
import os
import platform as machine
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

import psutil

from bench.place import quantile

#: Between two flushes whose time is taken, in seconds: some thousands in a short run.
FLUSH_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        name: What it is.
        value: How much.
        unit: Of what.
        floor: The same of the bare libraries in the same run; None if there is none.
        target: In words; empty if there is none.
        meets: Whether it meets the target; None if there is none.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    target: str = ""
    meets: bool | None = None

    @property
    def ratio(self) -> float | None:
        """The figure over its floor."""
        return self.value / self.floor if self.floor else None


def about() -> dict[str, str]:
    """Tell on what it ran.

    Returns:
        Names and values.
    """
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{machine.system()} {machine.release()}",
        "python": machine.python_version(),
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


class Flushes:
    """Times a flush to the disk, now and then: a commit waits for one, an order for five.

    A high percentile of an order is the slowest of many flushes, and a disk that stands still for a moment does so for
    floors and platform alike.
    """

    def __init__(self) -> None:
        """Begin."""
        self._took: list[float] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> str:
        """End, and tell."""
        self._stopping.set()
        self._thread.join()
        took = sorted(self._took)
        return (
            f"median {quantile(took, 0.5):.1f}, 99.9 % {quantile(took, 0.999):.0f}, "
            f"slowest of {len(took):,} {took[-1]:.0f} ms"
        )

    def _run(self) -> None:
        with tempfile.TemporaryFile(dir=Path.cwd()) as file:
            place = 0
            while not self._stopping.wait(FLUSH_EVERY):
                place = (place + 8192) % 819200
                os.pwrite(file.fileno(), bytes(8192), place)
                began = time.perf_counter()
                os.fsync(file.fileno())
                self._took.append(1000 * (time.perf_counter() - began))


def table(figures: list[Figure], before: Mapping[str, float] | None = None) -> str:
    """Write the table.

    Args:
        figures: What was measured.
        before: Figures of an earlier run by name.

    Returns:
        Markdown.
    """
    heads = ["what", "ours", "floor", "ours / floor", "target", "met"] + (["before", "now / before"] if before else [])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for figure in figures:
        met = "" if figure.meets is None else "yes" if figure.meets else "no"
        cells = [figure.name, _told(figure.value, figure.unit)]
        cells += [
            _told(figure.floor, figure.unit) if figure.floor else "",
            f"{figure.ratio:.2f}" if figure.ratio else "",
        ]
        cells += [figure.target, met]
        if before:
            earlier = before.get(figure.name)
            cells += ["", ""] if not earlier else [_told(earlier, figure.unit), f"{figure.value / earlier:.2f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _told(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def store(folder: Path, figures: list[Figure], ran_on: Mapping[str, str]) -> None:
    """Write `bench.json` and `bench.svg`.

    Args:
        folder: Where; it is made.
        figures: What was measured.
        ran_on: As `about` gives it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    document = {"about": dict(ran_on), "figures": [asdict(figure) for figure in figures]}
    (folder / "bench.json").write_text(json.dumps(document, indent=2) + "\n")
    (folder / "bench.svg").write_text(chart([figure for figure in figures if figure.ratio]))


def read(file: Path) -> dict[str, float]:
    """Read the figures of an earlier run.

    Args:
        file: Its `bench.json`.

    Returns:
        Values by name.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no such file.
    """
    document = json.loads(file.read_text())
    try:
        return {figure["name"]: float(figure["value"]) for figure in document["figures"]}
    except (KeyError, TypeError) as error:
        raise ValueError(f"{file} is not written by this benchmark") from error


def chart(figures: list[Figure]) -> str:
    """Draw ratios to their floors as bars.

    Args:
        figures: Those with a floor.

    Returns:
        SVG.
    """
    width, left, row = 640, 250, 28
    height = row * len(figures) + 40
    most = max([1.2, *(figure.ratio or 0 for figure in figures)])
    scale = (width - left - 60) / most
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<style>text { font: 12px sans-serif }</style>",
        "<title>Ours over the floor of bare libraries, in one run</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, figure in enumerate(figures):
        y, ratio = 12 + row * number, figure.ratio or 0
        parts.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end" fill="black">{escape(figure.name)}</text>')
        parts.append(f'<rect x="{left}" y="{y}" width="{ratio * scale:.1f}" height="{row - 8}" fill="#3465a4"/>')
        parts.append(f'<text x="{left + ratio * scale + 6:.1f}" y="{y + 14}" fill="black">{ratio:.2f}</text>')
    x = left + scale
    parts.append(f'<line x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{height - 24}" stroke="black" stroke-dasharray="3 3"/>')
    parts.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" fill="black">floor</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
