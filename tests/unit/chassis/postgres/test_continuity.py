"""Nothing is decided on a database's server that was not checked, whichever way it came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import BrokerAway, DatabaseBehind, DatabaseUnchecked
from services.chassis.postgres.continuity import Continuity, Deciding


class World:
    """A server that changes, and a check that can be told what to find."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.let_go = 0
        self.finds: Exception | None = None
        self.during = None
        self.continuity = Continuity(self._check, self._let_go, self.told.append)

    def _check(self) -> None:
        if self.during:
            self.during()
        if self.finds is not None:
            raise self.finds

    def _let_go(self) -> None:
        self.let_go += 1

    def saw(self, server: str) -> None:
        self.continuity._saw((server,))


@pytest.fixture
def world() -> World:
    return World()


def test_nothing_is_decided_before_the_first_server_was_checked(world):
    world.saw("a")
    with pytest.raises(DatabaseUnchecked, match="starting"):
        world.continuity.require()
    world.continuity.first()
    world.continuity.require()


def test_another_server_is_refused_from_the_moment_it_is_seen_until_it_was_checked(world):
    world.saw("a")
    world.continuity.first()
    changes = world.continuity.changes
    world.saw("b")
    assert world.continuity.unknown
    assert world.continuity.changes == changes + 1
    with pytest.raises(DatabaseUnchecked, match="has changed"):
        world.continuity.require()
    world.continuity._try()
    world.continuity.require()
    assert world.let_go == 1


def test_a_server_that_has_lost_something_is_refused_with_what_to_do(world):
    world.saw("a")
    world.continuity.first()
    world.saw("b")
    world.finds = DatabaseBehind("run: quadrille rebuild order")
    with pytest.raises(DatabaseBehind):
        world.continuity._try()
    assert not world.continuity.current


def test_a_server_that_comes_while_another_is_checked_is_not_taken_for_it(world):
    world.saw("a")
    world.continuity.first()
    world.saw("b")
    world.during = lambda: world.saw("c")
    with pytest.raises(DatabaseUnchecked):
        world.continuity._try()
    assert not world.continuity.current
    world.during = None
    world.continuity._try()
    assert world.continuity.current


def test_a_server_that_comes_back_is_checked_again(world):
    world.saw("a")
    world.continuity.first()
    world.saw("b")
    world.saw("a")
    with pytest.raises(DatabaseUnchecked):
        world.continuity.require()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["check", "fail", "nothing"])), min_size=1))
def test_whatever_comes_the_server_that_decides_is_the_last_one_that_was_seen_and_checked(steps):
    world = World()
    checked = None
    for server, then in steps:
        world.saw(server)
        world.finds = BrokerAway("Kafka is away") if then == "fail" else None
        if then != "nothing":
            try:
                world.continuity._try()
                checked = server
            except BrokerAway:
                pass
        assert not world.continuity.current or checked == server


def test_a_transaction_that_decides_is_refused_after_its_session_is_there(world):
    class Engine:
        def connect(self):
            world.saw("b")
            return self

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return False

    world.saw("a")
    world.continuity.first()
    deciding = Deciding(Engine(), world.continuity)
    with pytest.raises(DatabaseUnchecked), deciding.begin():
        raise AssertionError("nothing may be decided")
    with pytest.raises(DatabaseUnchecked), deciding.connect():
        raise AssertionError("nothing may be decided")
