"""Says by its exit code whether a service is ready: `python -m local.probe ADDRESS`. Containers are asked with it."""

from __future__ import annotations

import sys

from local.status import is_serving


def main(arguments: list[str]) -> int:
    """Ask the instance at an address.

    Args:
        arguments: `host:port` of a service, or `http://host:port` of the gateway.
    """
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m local.probe HOST:PORT | http://HOST:PORT\n")
        return 2
    return 0 if is_serving(arguments[0]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
