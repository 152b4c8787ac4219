"""`python -m codegen`: write the generated packages, or check that they are what the sources give."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from codegen.generate import COMMAND, GenerateError
from codegen.outputs import differences, write
from codegen.targets import TARGETS, Sources, Target, make
from codegen.toolchains import JAVA_LOCK, JAVA_ROOTS, ToolchainMissing, lock_java
from registry.findings import RegistryError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the generator.

    Args:
        argv: Arguments without the program's name; those of the process if None.

    Returns:
        0 fine, 1 a package is stale, 2 the sources are wrong, or CI lacks a language's tools.
    """
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a package is stale")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="root of the repository (default: here)")
    parser.add_argument("--only", action="append", choices=[target.name for target in TARGETS], help="may be repeated")
    parser.add_argument("--lock-java", action="store_true", help="pin Java's generators again, and end")
    options = parser.parse_args(argv)
    if options.lock_java:
        sys.stdout.write(f"{JAVA_LOCK}: {lock_java(JAVA_ROOTS)} files\n")
        return 0
    wanted = [target for target in TARGETS if target.name in (options.only or target.name)]
    sources = Sources(options.root)
    try:
        # Read before the targets share it.
        sources.read()
        with ThreadPoolExecutor() as pool:
            made = [(target, pool.submit(make, target, sources)) for target in wanted]
        results = [_result(target, options.root, future, check=options.check) for target, future in made]
    except (RegistryError, GenerateError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return max(results)


def _result(target: Target, root: Path, future: Future[Mapping[str, bytes]], *, check: bool) -> int:
    try:
        files = future.result()
    except ToolchainMissing as error:
        sys.stderr.write(f"{target.folder}: left as it is: {error}\n")
        # On a user's machine the other languages are worth having; CI proves all of them.
        return 2 if os.environ.get("CI") == "true" else 0
    if not check:
        changed = write(root / target.folder, files)
        sys.stdout.write(f"{len(files)} files in {target.folder}, {changed} changed\n")
        return 0
    stale = differences(root / target.folder, files)
    for line in stale:
        sys.stderr.write(f"{target.folder}/{line}\n")
    if stale:
        sys.stderr.write(f"{target.folder} is not what the sources give. Run: {COMMAND}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
