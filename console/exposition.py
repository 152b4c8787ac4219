"""Reads Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?[0-9]+)?$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*,?\s*')
_ESCAPED = re.compile(r"\\(.)")


class Sample(NamedTuple):
    """One line.

    Attributes:
        name: The metric's name.
        labels: Its labels.
        value: Its value.
    """

    name: str
    labels: dict[str, str]
    value: float


def samples(text: str) -> Iterator[Sample]:
    """Read every sample.

    Args:
        text: What an endpoint answered.

    Yields:
        The samples.

    Raises:
        ValueError: A line is none.
    """
    for line in text.split("\n"):
        if not line.strip() or line.startswith("#"):
            continue
        found = _SAMPLE.match(line.strip())
        if found is None:
            raise ValueError(f"{line[:80]!r} is no sample")
        name, labels, value = found.groups()
        yield Sample(name, {key: _plain(text) for key, text in _LABEL.findall(labels or "")}, float(value))


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)
