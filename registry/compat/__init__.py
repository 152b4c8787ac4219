"""The compatibility gate: can one version of a schema rightly read what another wrote?

    places     paths into the data
    matching   which types match (Avro 1.12 specification)
    meaning    what matches and is read wrongly all the same
    walk       everything that goes wrong between two schemas, with its places
    values     samples, their bytes, and what the specification reads from them
    emit       the model back to JSON
    evidence   a sample written with one version and read with the other
    verdict    two types at a level, as findings
    sets       two files or folders
    released   every recorded version against the current schema

Rightly means by the specification and to the same meaning. What one side does not know may become its default: that is
told as a note. Importing this package imports none of its parts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.catalogue import Catalogue
    from registry.compat.released import Report


def check(root: Path, catalogue: Catalogue) -> Report:
    """Compare the current schemas with every recorded version, in both directions.

    Args:
        root: The folder that holds `registry/history`.
        catalogue: The current schemas.

    Returns:
        The report.

    Raises:
        CannotJudge: Nothing was ever recorded, or what was is damaged.
    """
    from registry.compat.released import check as check_released

    return check_released(root, catalogue)
