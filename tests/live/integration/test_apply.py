"""Planning and applying on the real Kafka and the real registry, with topics of their own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from registry import live
from registry.catalogue import load
from registry.changes import Action
from registry.history import record_current
from registry.plan import Plan, execute, plan
from registry.plan_topics import Kafka
from registry.server import Registry

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[3]
COMPLETED = "quadrille.events.order.OrderCompleted"


class Project:
    """A copy of the contracts whose topics have names of their own, so that nothing else meets them."""

    def __init__(self, root: Path, platform) -> None:
        self.root = root
        self.prefix = f"t{uuid4().hex[:8]}-"
        shutil.copytree(ROOT / "schemas", root / "schemas")
        topics = root / "schemas/topics.yaml"
        text = topics.read_text()
        for name in ("order-events", "inventory-events", "payment-events", "shipping-events"):
            text = text.replace(f"\n{name}:", f"\n{self.prefix}{name}:")
        topics.write_text(text)
        self.servers = platform.kafka_bootstrap_servers, platform.registry_url
        self.subject = f"{self.prefix}order-events-{COMPLETED}"
        record_current(root, load(root))

    def plan(self) -> Plan:
        return plan(self.root, load(self.root), *self.servers)

    def apply(self) -> list:
        return execute(self.root, load(self.root), self.plan(), *self.servers)

    def change(self, **field: object) -> None:
        path = self.root / "schemas/order/OrderCompleted.avsc"
        schema = json.loads(path.read_text())
        schema["fields"].append({"name": "note", "type": "string", "doc": "A note.", "default": "", **field})
        path.write_text(json.dumps(schema))

    def held(self) -> list[str]:
        with Registry(self.servers[1]) as registry:
            return [live.same_schema(text) for _, text in sorted(registry.versions(self.subject).items())]

    def compare(self) -> set[tuple[str, str]]:
        return {(f.rule, f.at) for f in live.check(self.root, load(self.root), self.servers[1])}


@pytest.fixture
def project(tmp_path, platform):
    return Project(tmp_path, platform)


def actions(changes) -> dict[str, set[Action]]:
    found: dict[str, set[Action]] = {}
    for change in changes:
        found.setdefault(change.kind, set()).add(change.action)
    return found


def test_a_plan_writes_nothing_and_applying_it_does_what_it_says(project):
    planned = project.plan()
    assert project.plan() == planned
    assert actions(planned.changes) == {"topic": {Action.CREATE}, "schema": {Action.CREATE}, "level": {Action.UPDATE}}
    done = project.apply()
    assert [(c.kind, c.name, c.action) for c in done] == [(c.kind, c.name, c.action) for c in planned.changes]
    assert actions(project.plan().changes) == {"topic": {Action.UNCHANGED}, "schema": {Action.UNCHANGED}}
    assert project.compare() == set()


def test_a_run_that_died_half_way_is_finished_by_the_next_one(project):
    planned = project.plan()
    half = Plan(planned.changes[:1] + planned.changes[len(planned.changes) // 2 :])
    execute(project.root, load(project.root), half, *project.servers)
    rest = project.plan()
    assert 0 < len(rest.to_do) < len(planned.to_do)
    project.apply()
    assert project.plan().to_do == []


def test_a_registry_is_given_every_released_version_in_order(project):
    project.change()
    record_current(project.root, load(project.root))
    project.change(name="other")
    record_current(project.root, load(project.root))
    project.apply()
    history = sorted((project.root / "registry/history" / project.subject).iterdir())
    assert len(history) == 3
    assert project.held() == [live.same_schema(path.read_text()) for path in history]


def test_what_the_registry_would_refuse_is_refused_by_the_plan_and_nothing_is_registered(project):
    project.apply()
    path = project.root / "schemas/order/OrderCompleted.avsc"
    schema = json.loads(path.read_text())
    schema["fields"].append({"name": "note", "type": "string", "doc": "No default."})
    path.write_text(json.dumps(schema))
    (refused,) = project.plan().open
    assert (refused.kind, refused.name, refused.action) == ("schema", project.subject, Action.REFUSED)
    project.apply()
    assert len(project.held()) == 1


def test_topics_that_differ_are_told_and_left_alone(project):
    project.apply()
    topics = project.root / "schemas/topics.yaml"
    topics.write_text(topics.read_text().replace("partitions: 6", "partitions: 9", 1).replace("P14D", "P7D"))
    planned = project.plan()
    assert {change.kind for change in planned.open} == {"topic"}
    assert len(planned.open) == 4
    project.apply()
    assert project.plan() == planned
    found = Kafka(project.servers[0])._admin.list_topics(timeout=5).topics[f"{project.prefix}order-events"]
    assert len(found.partitions) == 6


def test_what_a_registry_holds_and_nobody_released_is_found_and_compared(project):
    project.apply()
    released = load(project.root).texts[COMPLETED]
    foreign = json.loads(released)
    foreign["fields"].append({"name": "x", "type": ["null", "double"], "default": None})
    with Registry(project.servers[1]) as registry:
        registry.register(project.subject, json.dumps(foreign))
        stray = '{"type":"record","name":"Stray","namespace":"quadrille.events.order","fields":[]}'
        registry.register(f"{project.prefix}order-events-quadrille.events.order.Stray", stray)
    project.change(name="x", type=["null", "long"], default=None)
    record_current(project.root, load(project.root))
    found = project.compare()
    assert ("registry-foreign", project.subject) in found
    assert ("registry-unknown-subject", f"{project.prefix}order-events-quadrille.events.order.Stray") in found
    assert ("registry-behind", project.subject) in found
    assert {rule for rule, _ in found} > {"registry-foreign", "registry-unknown-subject", "registry-behind"}


def test_a_level_that_somebody_changed_is_found_and_set_back(project):
    project.apply()
    with Registry(project.servers[1]) as registry:
        registry.set_level(project.subject, "NONE")
    assert project.compare() == {("registry-level", project.subject)}
    assert [(c.kind, c.detail) for c in project.plan().to_do] == [("level", "NONE -> FULL_TRANSITIVE")]
    project.apply()
    assert project.compare() == set()
