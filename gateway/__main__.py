"""Runs the gateway: `python -m gateway`. SIGTERM ends its streams, answers what is in flight, and exits with 0."""

from __future__ import annotations

import sys

from gateway import serving
from gateway.app import build
from gateway.settings import Settings

if __name__ == "__main__":
    sys.exit(serving.run(Settings, build))
