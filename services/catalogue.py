"""The services by name: the one list that everything else derives from. It imports no service.

A service is a folder of `services/` with an `app.py`. Its `service.toml` gives its place: a number that decides where
it stands in lists, and its ports. It is kept there, and not counted from the names, so that a new service moves no port
of another one.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
MANIFEST = "service.toml"
#: How many services have ports (`local/settings.py`).
MOST_SERVICES = 30


class CatalogueError(Exception):
    """A service's folder does not say where the service stands."""


def places(folder: Path = FOLDER) -> dict[str, int]:
    """Find the services.

    Args:
        folder: The folder that holds them.

    Returns:
        The place of each service by its name, in the order of the places.

    Raises:
        CatalogueError: A manifest is missing or wrong, or two services have one place.
    """
    found: dict[int, str] = {}
    for app in sorted(folder.glob("*/app.py")):
        name = app.parent.name
        place = _place(app.parent / MANIFEST)
        if place in found:
            raise CatalogueError(
                f"services/{found[place]} and services/{name} both have the place {place} in {MANIFEST}; "
                "give the newer one the next free number."
            )
        found[place] = name
    return {found[place]: place for place in sorted(found)}


def _place(manifest: Path) -> int:
    where = f"services/{manifest.parent.name}/{MANIFEST}"
    wanted = f"it must say `place = N`, with N from 1 to {MOST_SERVICES}"
    try:
        read = tomllib.loads(manifest.read_text(encoding="utf-8"))
    except OSError:
        raise CatalogueError(f"{where} is missing: {wanted}.") from None
    except ValueError as error:
        raise CatalogueError(f"{where} is no TOML ({error}): {wanted}.") from None
    place = read.get("place")
    if type(place) is not int or not 1 <= place <= MOST_SERVICES or len(read) != 1:
        raise CatalogueError(f"{where} has {read}: {wanted}, and nothing else.")
    return place


PLACES = places()
SERVICES = tuple(PLACES)
