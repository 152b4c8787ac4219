"""Runs the gateway with the console at /console/: `python -m console`. Like `python -m gateway` in all else."""

from __future__ import annotations

import asyncio
import sys
from functools import partial

from starlette.types import ASGIApp

from console.app import extend
from console.settings import Settings, read
from gateway import app, serving
from gateway.settings import Settings as GatewaySettings
from local.errors import SettingsError
from local.settings import Platform
from telemetry.escaping import guard_streams


def main() -> int:
    """Run until told to stop.

    Returns:
        As the gateway does.
    """
    guard_streams()
    try:
        platform = Platform.load()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2

    def build(settings: GatewaySettings, stopping: asyncio.Event) -> ASGIApp:
        assert isinstance(settings, Settings)  # noqa: S101 - as `read` made them
        wanted = None if settings.console == "off" else partial(extend, platform, settings, stopping)
        return app.build(settings, stopping, wanted)

    return serving.run(partial(read, platform), build)


if __name__ == "__main__":
    sys.exit(main())
