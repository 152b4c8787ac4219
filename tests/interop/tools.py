"""Tools of other worlds: where one is missing a test is skipped, except in CI, where it fails."""

from __future__ import annotations

import os
import shutil

import pytest


def tool(*names: str, install: str) -> str:
    """Find a program.

    Args:
        names: What it may be called.
        install: What to run to have it.

    Returns:
        Its path. Where it is missing the test ends: skipped, or failed with CI=true.
    """
    for name in names:
        if found := shutil.which(name):
            return found
    why = f"{' or '.join(names)} is not installed; {install}"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
