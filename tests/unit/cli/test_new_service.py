"""What `quadrille new service` refuses, and that it then writes nothing. tests/live/new_service runs what it makes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from admin.errors import Refused
from cli.new_service import create
from local.settings import CHECKOUT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What the command reads of a checkout."""
    shutil.copytree(CHECKOUT / "schemas", tmp_path / "schemas")
    for service in ("order", "inventory", "payment", "shipping"):
        (tmp_path / "services" / service).mkdir(parents=True)
        for name in ("app.py", "service.toml"):
            shutil.copy(CHECKOUT / "services" / service / name, tmp_path / "services" / service / name)
    shutil.copy(CHECKOUT / "docker-compose.yml", tmp_path)
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    (tmp_path / "ops/prometheus").mkdir(parents=True)
    shutil.copy(CHECKOUT / "ops/prometheus/prometheus.yml", tmp_path / "ops/prometheus")
    return tmp_path


def everything(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "reads", "publishes", "said"),
    [
        ("Loyalty", ["OrderCompleted"], [], "NAME: 'Loyalty' cannot be.*such as `loyalty`"),
        ("loyalty-points", ["OrderCompleted"], [], "NAME: .*small letters and digits"),
        ("../loyalty", ["OrderCompleted"], [], "NAME: .*small letters and digits"),
        ("l" * 21, ["OrderCompleted"], [], "NAME: .*2 to 20"),
        ("shipping", ["OrderCompleted"], [], "NAME: services/shipping is there already"),
        ("lambda", ["OrderCompleted"], [], "NAME: `lambda` is a word of Python.*another name"),
        ("json", ["OrderCompleted"], [], "NAME: `json` is a word of Python"),
        ("kafka", ["OrderCompleted"], [], "NAME: `kafka` is the name of a server"),
        ("types", ["OrderCompleted"], [], "NAME: `types` is"),
        ("loyalty", [], [], "--reads: name at least one event of OrderCreated"),
        ("loyalty", ["OrderComplete"], [], "--reads: there is no event `OrderComplete`.*mean OrderCompleted"),
        ("loyalty", ["Nothing"], [], "--reads: there is no event `Nothing`.*it is one of OrderCreated"),
        ("loyalty", ["OrderCompleted", "OrderCompleted"], [], "--reads: `OrderCompleted` stands twice"),
        ("loyalty", ["OrderCompleted"], ["points"], "--publishes: 'points' is no name of an event"),
        ("loyalty", ["OrderCompleted"], ["OrderShipped"], "--publishes: `OrderShipped` belongs to shipping"),
        ("loyalty", ["OrderCompleted"], ["Money"], "--publishes: `Money` is there already, in schemas/types/Money"),
        ("loyalty", ["OrderCompleted"], ["Credited", "Credited"], "--publishes: `Credited` stands twice"),
    ],
)
def test_what_cannot_be_is_refused_with_the_option_and_the_fix_and_nothing_is_written(
    root, name, reads, publishes, said
):
    before = everything(root)
    with pytest.raises(Refused) as refusal:
        create(root, name, reads, publishes)
    assert re.match(said, str(refusal.value))
    assert everything(root) == before


def test_files_that_are_there_are_not_written_over(root):
    (root / "tests/unit/services/loyalty").mkdir(parents=True)
    (root / "tests/unit/services/loyalty/test_decisions.py").write_text("mine")
    before = everything(root)
    with pytest.raises(Refused, match=r"tests/unit/services/loyalty/test_decisions\.py is there already"):
        create(root, "loyalty", ["OrderCompleted"], [])
    assert everything(root) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("docker-compose.yml", "\n  gateway:\n", "\n  gate:\n", "docker-compose.yml has no line `gateway:`"),
        (
            "schemas/topics.yaml",
            "OrderCompleted: {consumers: [inventory]}",
            "OrderCompleted:\n      consumers: [inventory]",
            "--reads: schemas/topics.yaml does not have `OrderCompleted` as one line",
        ),
    ],
)
def test_a_file_that_has_no_place_for_the_lines_is_named_and_nothing_is_written(root, file, old, new, said):
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new))
    before = everything(root)
    with pytest.raises(Refused, match=re.escape(said)):
        create(root, "loyalty", ["OrderCompleted"], [])
    assert everything(root) == before


def test_lines_are_added_and_none_is_changed_but_those_of_the_consumers(root):
    files = ("schemas/topics.yaml", "docker-compose.yml", "ops/prometheus/prometheus.yml")
    before = {file: (root / file).read_text().splitlines() for file in files}
    create(root, "loyalty", ["OrderCompleted", "OrderCancelled"], ["PointsCredited"])
    for file in files:
        after = (root / file).read_text().splitlines()
        lost = [line for line in before[file] if line not in after]
        expected = ["OrderCompleted", "OrderCancelled"] if file == files[0] else []
        assert [line.split(":")[0].rpartition(".")[2] for line in lost] == expected
        kept = [line for line in after if line in before[file]]
        assert kept[: len(before[file])] != []
    topics = yaml.safe_load((root / files[0]).read_text())
    assert topics["order-events"]["events"]["quadrille.events.order.OrderCompleted"]["consumers"] == [
        "inventory",
        "loyalty",
    ]
    assert list(topics)[-1] == "loyalty-events"


def test_a_second_service_gets_the_next_place(root):
    for name, place in (("zones", 5), ("alerts", 6)):
        create(root, name, ["OrderCompleted"], [])
        assert f"place = {place}\n" in (root / "services" / name / "service.toml").read_text()
        compose = yaml.safe_load((root / "docker-compose.yml").read_text())
        assert compose["services"][name]["ports"] == [
            f"127.0.0.1:${{QUADRILLE_{name.upper()}_PORT:-{27000 + place}}}:9000"
        ]


def test_the_nth_event_is_published_for_the_nth_that_was_read_and_the_rest_for_the_last(root):
    create(root, "loyalty", ["OrderCompleted", "OrderCancelled"], ["Credited", "Withdrawn", "Closed"])
    text = (root / "services/loyalty/decisions.py").read_text()
    assert "@publishes(Credited)\ndef on_order_completed(" in text
    assert "@publishes(Withdrawn, Closed)\ndef on_order_cancelled(" in text
