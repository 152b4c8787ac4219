from __future__ import annotations

from pathlib import Path

import pytest

from local import postgres
from local.errors import StartError
from local.settings import Platform

NOBODY = 65534


def test_the_outermost_folder_that_a_user_may_not_enter_is_found(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "inner").mkdir(parents=True)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(0o755)
    closed.chmod(0o700)
    assert postgres.first_closed_folder(closed / "inner" / "data", NOBODY, NOBODY) == closed
    closed.chmod(0o711)
    assert postgres.first_closed_folder(closed / "inner" / "data", NOBODY, NOBODY) is None


def test_as_root_a_closed_folder_is_refused_with_the_command_that_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Platform.load(data=tmp_path / "data")
    monkeypatch.setattr(postgres, "run_as", lambda _data: (NOBODY, NOBODY))
    monkeypatch.setattr(postgres, "first_closed_folder", lambda *_: Path("/root"))
    with pytest.raises(StartError, match="run `chmod o\\+x /root`"):
        postgres.program(platform).prepare()


def test_an_ordinary_user_runs_postgresql_as_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 1000)
    assert postgres.run_as(tmp_path) is None


def test_as_root_the_owner_of_the_data_runs_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 0)
    user = postgres.run_as(tmp_path)
    assert user is not None
    assert user[0] != 0
