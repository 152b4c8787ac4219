"""The picture of the choreography follows from the handlers."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from quadrille.events.topics import TOPICS

from admin.choreography import Answer, Call, answers, calls, mermaid, timers
from cli.commands.flow import command
from services.catalogue import SERVICES


def test_every_consumer_of_topics_yaml_has_a_handler_in_the_picture() -> None:
    agreed = {(b.event.__name__, c) for topic in TOPICS for b in topic.events for c in b.consumers}
    assert {(answer.event, answer.service) for answer in answers()} == agreed


def test_the_picture_is_the_same_each_time_and_names_every_service_and_event() -> None:
    picture = mermaid(answers(), calls())
    assert picture == mermaid(answers(), calls())
    assert all(f"    {service}[{service}]" in picture for service in SERVICES)
    assert all(binding.event.__name__ in picture for topic in TOPICS for binding in topic.events)


def test_an_event_that_nothing_publishes_is_dotted() -> None:
    placed = Answer("inventory", "OrderCreated", "order-events", "order", "on_order_created", ())
    asked = Answer("shipping", "OrderCancelRequested", "order-events", "order", "on_order_cancel_requested", ())
    picture = mermaid([placed, asked], [Call("order", "PlaceOrder", ("OrderCreated",))])
    assert '    caller -->|"gRPC PlaceOrder"| order' in picture
    assert '    order -->|"<i>order-events</i><br/>OrderCreated"| inventory' in picture
    assert '    order -.->|"<i>order-events</i><br/>OrderCancelRequested"| shipping' in picture


def test_what_a_deadline_sets_going_is_drawn_from_a_clock() -> None:
    assert timers() == [Call("order", "deadline", ("OrderCancelRequested",))]
    assert '    clock -->|"deadline"| order' in mermaid(answers(), calls(), timers())
    assert "clock" not in mermaid(answers(), calls())


def test_into_replaces_the_picture_of_a_page_and_nothing_else(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n```mermaid\nold\n```\nafter\n")
    assert CliRunner().invoke(command, ["--into", str(page)]).exit_code == 0
    head, picture, tail = page.read_text().split("```")
    assert (head, tail) == ("before\n", "\nafter\n")
    assert picture == f"mermaid\n{mermaid(answers(), calls(), timers())}\n"


@pytest.mark.parametrize("text", ["nothing", "```mermaid\n1\n```\n```mermaid\n2\n```\n"])
def test_a_page_without_one_picture_is_refused_and_left_as_it_is(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text)
    assert isinstance(CliRunner().invoke(command, ["--into", str(page)]).exception, SystemExit)
    assert page.read_text() == text


def test_there_is_one_way_to_print():
    assert CliRunner().invoke(command, ["--json", "--states"]).exit_code == 2
