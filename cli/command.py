"""The class of every command and of every group of commands: an error of `admin` ends it with an exit code."""

from __future__ import annotations

from typing import Any

import click

from admin.errors import AdminError
from cli.errors import as_click


class Command(click.Command):
    """A command that may raise errors of `admin`."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it.

        Raises:
            ClickException: It raised an error of `admin`.
        """
        try:
            return super().invoke(ctx)
        except AdminError as error:
            raise as_click(error, ctx) from error


class Group(click.Group):
    """A group whose commands are of this class too."""

    command_class = Command
