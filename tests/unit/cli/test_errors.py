"""What a command raises becomes an exit code and a sentence, in one way for all commands."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from admin.errors import AdminError, Misused, Refused, Unreachable
from cli.command import Command
from cli.main import main, quadrille


def commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found)
        else:
            yield found


def test_every_command_maps_errors() -> None:
    found = list(commands(quadrille))
    assert len(found) > 30
    assert [one.name for one in found if not isinstance(one, Command)] == []


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Refused("there is none"), 1, "quadrille: there is none\n"),
        (Unreachable("nobody answers"), 3, "quadrille: nobody answers\n"),
        (
            Misused("say which"),
            2,
            "Usage: quadrille list [OPTIONS]\nTry 'quadrille list --help' for help.\n\nError: say which\n",
        ),
    ],
    ids=["refused", "unreachable", "misused"],
)
def test_an_error_of_admin_ends_a_command(monkeypatch, capsys, error: AdminError, code: int, said: str) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("admin.clients.load_platform", fail)
    with pytest.raises(SystemExit) as ended:
        main(["list"])
    assert (ended.value.code, capsys.readouterr().err) == (code, said)
