from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from local.settings import PORT_OFFSETS, offsets
from services.catalogue import MOST_SERVICES, PLACES, CatalogueError, places
from tests.contract.test_compose import CHECKOUT


def service(folder: Path, name: str, manifest: str | None) -> None:
    (folder / name).mkdir()
    (folder / name / "app.py").touch()
    if manifest is not None:
        (folder / name / "service.toml").write_text(manifest)


def test_the_first_services_keep_their_places() -> None:
    assert list(PLACES)[:4] == ["order", "inventory", "payment", "shipping"]
    assert [PORT_OFFSETS[name] for name in list(PLACES)[:4]] == [1, 2, 3, 4]
    assert [PORT_OFFSETS[f"{name}_metrics"] for name in list(PLACES)[:4]] == [11, 12, 13, 14]


def test_the_order_is_that_of_the_places_and_a_folder_without_an_app_is_no_service(tmp_path: Path) -> None:
    service(tmp_path, "alerts", "place = 2")
    service(tmp_path, "zones", "place = 1")
    (tmp_path / "chassis").mkdir()
    assert places(tmp_path) == {"zones": 1, "alerts": 2}


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (None, "missing"),
        ("place =", "no TOML"),
        ("place = 0", "from 1 to 30"),
        ("place = true", "from 1 to 30"),
        ("place = 31", "from 1 to 30"),
        ("place = 5\nport = 1", "nothing else"),
        ("place = 1", "both have the place 1"),
    ],
)
def test_a_manifest_that_gives_no_place_of_its_own_is_refused_by_name(
    tmp_path: Path, manifest: str | None, said: str
) -> None:
    service(tmp_path, "alerts", "place = 1")
    service(tmp_path, "zones", manifest)
    with pytest.raises(CatalogueError, match=f"services/zones.*{said}"):
        places(tmp_path)


def test_no_service_that_may_come_listens_where_another_program_does() -> None:
    mine = list(itertools.chain.from_iterable(map(offsets, range(1, MOST_SERVICES + 1))))
    others = {offset for name, offset in PORT_OFFSETS.items() if name.removesuffix("_metrics") not in PLACES}
    compose = re.findall(r":-27(\d{3})\}", (CHECKOUT / "docker-compose.yml").read_text())
    operators = {int(offset) for offset in compose} - set(PORT_OFFSETS.values())
    assert operators == {94, 95, 96}
    assert len(mine) == len(set(mine)) == 2 * MOST_SERVICES
    # Further instances are a multiple of 100 away: what lies below 100 never meets them.
    assert set(mine).isdisjoint(others | operators)
    assert max({*mine, *others, *operators}) < 100
