"""The picture follows the saga."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from pages.choreography import CALLER, draw, rows
from pages.events import event_views
from pages.sources import EntryPoint, Handler


def drawn(sources):
    return rows(event_views(sources), sources.entry_points)


def test_every_event_has_one_row_and_every_call_another(sources):
    listed = drawn(sources)
    assert sorted(row.event.type.full_name for row in listed if row.event) == sorted(
        sources.catalogue.subjects.values()
    )
    calls = [(row.sender, row.name, row.readers) for row in listed if row.entry]
    assert calls == [(CALLER, entry.method, (entry.service,)) for entry in sources.entry_points]


def test_an_event_stands_below_what_leads_to_it_and_follows_its_call(sources):
    listed = drawn(sources)
    place = {row.event.type.full_name: index for index, row in enumerate(listed) if row.event}
    for entry in sources.entry_points:
        assert listed[place[entry.event] - 1].entry == entry
    # What begins apart from the calls may join them again: it is drawn behind them.
    from_calls = {row.event.type.full_name for row in listed[: _apart(listed)] if row.event}
    for handler in sources.handlers:
        for after in handler.publishes:
            if handler.event in from_calls:
                assert place[handler.event] < place[after]


def _apart(listed) -> int:
    return next((index for index, row in enumerate(listed) if row.is_agreed_only), len(listed))


def test_an_event_that_nothing_publishes_is_marked(sources):
    published = {name for handler in sources.handlers for name in handler.publishes}
    published |= {entry.event for entry in sources.entry_points}
    marked = {row.event.type.full_name for row in drawn(sources) if row.is_agreed_only}
    assert marked == set(sources.catalogue.subjects.values()) - published


def test_a_circle_is_drawn_and_ends(sources):
    name = "quadrille.events.order.OrderCreated"
    again = Handler("order", "quadrille.events.inventory.InventoryReserved", "on_it", "m", (name,))
    listed = drawn(replace(sources, handlers=(*sources.handlers, again)))
    assert len([row for row in listed if row.event]) == len(sources.catalogue.subjects)


def test_without_any_call_the_picture_still_has_every_event(sources):
    listed = drawn(replace(sources, entry_points=(), handlers=()))
    assert len(listed) == len(sources.catalogue.subjects)
    assert all(row.is_agreed_only for row in listed)


def test_everything_lies_inside_the_picture_and_no_two_texts_meet(sources):
    for width in (860.0, 348.0):
        picture = draw(drawn(sources), sources.services, width)
        for arrow in picture.arrows:
            half = len(arrow.row.name) * 7.4 / 2
            assert 0 <= arrow.label_x - half <= arrow.label_x + half <= width
            assert 0 <= arrow.left <= arrow.start <= arrow.right <= width
            assert 0 < arrow.y < picture.height
        heights = [arrow.y for arrow in picture.arrows]
        assert all(after - before >= 40 for before, after in pairwise(heights))
        assert sum(height for _, height in picture.bands) == 46 * len(picture.arrows)


def test_a_call_that_begins_two_things_is_drawn_for_each(sources):
    second = EntryPoint("order", "PlaceOrder", "quadrille.events.order.OrderCancelRequested")
    listed = drawn(replace(sources, entry_points=(*sources.entry_points, second)))
    assert [row.name for row in listed if row.entry].count("PlaceOrder") == 2
