"""The choreography as a picture: a column for each service, a row for each event, from its owner to its readers.

Rows are in the order of the saga: an event stands below every event that may lead to it, as far as there is no circle.
The layout is plain arithmetic over the sources, so that the same sources give the same picture.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pages.events import EventView
from pages.sources import EntryPoint

CALLER = "caller"
_HEAD, _ROW, _LINE, _PAD = 44, 46, 30, 6
_CHARACTER = 7.4  # width of one at the picture's 13 px, on the wide side


@dataclass(frozen=True, slots=True)
class Row:
    """An event, or the call that begins everything.

    Attributes:
        name: What is written above its arrow.
        sender: Column that it comes from.
        readers: Columns that it goes to.
        step: How many events lead to it at most; rows of one step share a band.
        event: The event; None for a call.
        entry: The API method; None for an event.
    """

    name: str
    sender: str
    readers: tuple[str, ...]
    step: int
    event: EventView | None = None
    entry: EntryPoint | None = None

    @property
    def is_agreed_only(self) -> bool:
        """True for an event that nothing publishes yet."""
        return self.event is not None and not self.event.is_published


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of the picture."""

    name: str
    x: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """A row of the picture, in its coordinates.

    Attributes:
        row: What is drawn.
        y: Height of the line.
        start: Where it comes from.
        left: Left end of the line.
        right: Right end of the line.
        tips: The tip of each arrow head, and 1 if it points right, -1 if left.
        label_x: Middle of the text.
        colour: Number of the sender's colour, from 1; 0 for the caller.
    """

    row: Row
    y: float
    start: float
    left: float
    right: float
    tips: tuple[tuple[float, int], ...]
    label_x: float
    colour: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture: its size, its columns, its bands (top, height) and its arrows."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    bands: tuple[tuple[float, float], ...]
    arrows: tuple[Arrow, ...]


def rows(events: Iterable[EventView], entry_points: Iterable[EntryPoint]) -> tuple[Row, ...]:
    """Put the events in the order of the saga.

    Args:
        events: Every event, in the order of topics.yaml.
        entry_points: The API methods that begin something.

    Returns:
        The rows: first all that follows from the calls, then what is agreed upon and does not follow yet.
    """
    listed = {event.type.full_name: event for event in events}
    entries = [entry for entry in entry_points if entry.event in listed]
    follows = {
        name: [after for handler in event.read_by for after in handler.publishes] for name, event in listed.items()
    }
    found: list[Row] = []
    done: set[str] = set()
    begun = [entry.event for entry in entries]
    # What nothing publishes begins a part of its own, and a circle that nothing leads into does too.
    rest = [name for name, event in listed.items() if not event.is_published] + list(listed)
    for start in [begun, *([name] for name in rest)]:
        base = max((row.step for row in found), default=-1) + 1
        steps = _steps([name for name in start if name not in done], follows, done)
        for step, name in sorted(((step, name) for name, step in steps.items()), key=lambda item: item[0]):
            event = listed[name]
            calls = [entry for entry in entries if entry.event == name]
            found += [Row(e.method, CALLER, (e.service,), base + step, entry=e) for e in calls]
            found.append(Row(event.name, event.topic.owner, event.consumers, base + step, event=event))
        done |= steps.keys()
    return tuple(found)


def _steps(start: list[str], follows: Mapping[str, list[str]], done: set[str]) -> dict[str, int]:
    """Give each event its longest way from the start, the arrows that close a circle left out."""
    order: list[str] = []
    forward: dict[str, list[str]] = defaultdict(list)
    open_: set[str] = set()
    seen = set(done)

    def visit(name: str) -> None:
        seen.add(name)
        open_.add(name)
        for after in follows[name]:
            if after not in open_ and after not in done:
                forward[name].append(after)
                if after not in seen:
                    visit(after)
        open_.discard(name)
        order.append(name)

    for name in start:
        if name not in seen:
            visit(name)
    steps = dict.fromkeys(reversed(order), 0)
    for name in steps:
        for after in forward[name]:
            steps[after] = max(steps[after], steps[name] + 1)
    # The order of topics.yaml within a step.
    return {name: steps[name] for name in follows if name in steps}


def draw(drawn: Iterable[Row], services: tuple[str, ...], width: float) -> Picture:
    """Lay the picture out.

    Args:
        drawn: The rows, as `rows` gives them.
        services: The columns after the caller's.
        width: How wide the picture is.

    Returns:
        The picture.
    """
    listed = tuple(drawn)
    names = (CALLER, *services)
    gap = (width - 2 * _PAD) / len(names)
    x = {name: _PAD + gap * (index + 0.5) for index, name in enumerate(names)}
    arrows, bands, top, before = [], [], float(_HEAD), None
    for row in listed:
        if row.step != before:
            bands.append((top, 0.0))
            before = row.step
        arrows.append(_arrow(row, top + _LINE, x, names, width))
        top += _ROW
        bands[-1] = (bands[-1][0], bands[-1][1] + _ROW)
    lanes = tuple(Lane(name, x[name]) for name in names)
    return Picture(width, top + _PAD, lanes, tuple(bands), tuple(arrows))


def _arrow(row: Row, y: float, x: Mapping[str, float], names: tuple[str, ...], width: float) -> Arrow:
    start = x[row.sender]
    ends = [x[reader] for reader in row.readers]
    left, right = min([start, *ends]), max([start, *ends])
    half = len(row.name) * _CHARACTER / 2
    middle = min(max((left + right) / 2, half + _PAD), width - half - _PAD)
    tips = tuple((end, 1 if end > start else -1) for end in ends if end != start)
    return Arrow(row, y, start, left, right, tips, middle, names.index(row.sender))
