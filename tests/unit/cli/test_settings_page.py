"""docs/settings.md: fresh, complete, and true to what the classes take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cli import settings_page
from cli.settings_page import CHECKOUT, PAGE, SettingsPageError, classes, main, render

TEXT = (CHECKOUT / PAGE).read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(QUADRILLE_\w+)` \| (.*) \|$", TEXT, re.MULTILINE))
#: Words of the source that look like a variable and are none.
NO_SETTING = {"QUADRILLE_INSTALLS"}  # marks an install among the calls of a toolchain; it is never read
SOURCES = ("cli", "codegen", "console", "gateway", "local", "pages", "registry", "services", "tests", "bench")


def test_the_page_is_what_the_classes_give() -> None:
    assert render(CHECKOUT) == TEXT


def test_a_stale_page_is_told_with_the_command_that_mends_it(monkeypatch, capsys) -> None:
    monkeypatch.setattr(settings_page, "render", lambda _root: "another")
    assert main(["--check"]) == 1
    assert "Run: make generate" in capsys.readouterr().err


def test_every_variable_of_the_source_is_on_the_page() -> None:
    files = [path for folder in SOURCES for path in (CHECKOUT / folder).rglob("*.py")]
    files += [CHECKOUT / "Makefile", CHECKOUT / "docker-compose.yml", CHECKOUT / ".ci/run", CHECKOUT / "Dockerfile"]
    found: dict[str, Path] = {}
    for path in files:
        for name in re.findall(r"QUADRILLE_[A-Z][A-Z_]*[A-Z](?![A-Z_]|\w*\{)", path.read_text(encoding="utf-8")):
            found.setdefault(name, path)
    assert len(found) > 40
    lacking = {name: path for name, path in found.items() if name not in ROWS and name not in NO_SETTING}
    assert lacking == {}


def test_every_field_of_every_settings_class_is_on_the_page_once_for_each_reader() -> None:
    shown = re.findall(r"^\| `(QUADRILLE_\w+)`", TEXT, re.MULTILINE)
    wanted = []
    for _, class_ in classes(CHECKOUT):
        prefix = class_.model_config["env_prefix"]
        own = class_.__annotations__
        for name, field in class_.model_fields.items():
            if name in own:
                wanted.append(str(field.validation_alias or prefix + name.upper()))
    others = [name for entries in settings_page.OTHERS.values() for name, _, _ in entries] + list(settings_page.COMPOSE)
    assert sorted(shown) == sorted(wanted + others)
    assert len(wanted) > 50


def test_a_range_on_the_page_is_the_one_that_is_enforced() -> None:
    from gateway.settings import Settings

    assert ROWS["QUADRILLE_GATEWAY_MAX_BODY_BYTES"].startswith("whole number, ≥ 1,024, ≤ 16,777,216 | `1048576` |")
    Settings(gateway_max_body_bytes=1024)
    with pytest.raises(ValidationError):
        Settings(gateway_max_body_bytes=1023)


def test_a_field_that_nobody_explained_is_named(monkeypatch) -> None:
    class Unexplained(BaseSettings):
        """Some.

        Attributes:
            told: Explained.
        """

        model_config = SettingsConfigDict(env_prefix="QUADRILLE_")

        told: int = 1
        hidden: int = Field(default=1, ge=0)

    monkeypatch.setattr(settings_page, "classes", lambda _root: [("Some", Unexplained)])
    with pytest.raises(SettingsPageError, match="Unexplained: say under Attributes what `hidden` means"):
        render(CHECKOUT)


def test_nothing_of_this_machine_is_on_the_page() -> None:
    assert str(CHECKOUT) not in TEXT
    assert str(Path.home()) not in TEXT
    assert "`<host>-<pid>`" in TEXT
