"""`python -m codegen`: write the generated package, or check that it is what the sources give."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from codegen.generate import COMMAND, PACKAGE_ROOT, GenerateError, generate
from codegen.outputs import differences, write
from registry.findings import RegistryError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the generator.

    Args:
        argv: Arguments without the program's name; those of the process if None.

    Returns:
        0 fine, 1 the package is stale, 2 the sources are wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the package is stale")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="root of the repository (default: here)")
    options = parser.parse_args(argv)
    root: Path = options.root
    try:
        files = generate(root)
    except (RegistryError, GenerateError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if options.check:
        stale = differences(root / PACKAGE_ROOT, files)
        for line in stale:
            sys.stderr.write(f"{PACKAGE_ROOT}/{line}\n")
        if stale:
            sys.stderr.write(f"The generated package is not what the sources give. Run: {COMMAND}\n")
        return 1 if stale else 0
    changed = write(root / PACKAGE_ROOT, files)
    sys.stdout.write(f"{len(files)} files in {PACKAGE_ROOT}, {changed} changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
