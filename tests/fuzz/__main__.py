"""Coverage-guided fuzzing of what reads records and requests: `make fuzz SECONDS=600`.

Each target runs in a process of its own, for an equal part of the time. A find is an exception that the target does not
allow; its input is kept in `build/fuzz/`, and is read again at the next start.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from pathlib import Path

TARGETS = ("records", "own_topic", "requests")
FOUND = Path("build/fuzz")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together")
    seconds = parser.parse_args().seconds
    if importlib.util.find_spec("atheris") is None:
        print("atheris has no wheel for this platform: nothing was fuzzed")  # noqa: T201
        return 0
    failed = []
    for target in TARGETS:
        corpus, finds = FOUND / target / "corpus", FOUND / target / "finds"
        corpus.mkdir(parents=True, exist_ok=True)
        finds.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.fuzz.target", target, str(corpus)),
                *(f"-max_total_time={max(1, seconds // len(TARGETS))}", f"-artifact_prefix={finds}/"),
                *("-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", "-verbosity=0", "-print_final_stats=1"),
            ],
            check=False,
        )
        if done.returncode:
            failed.append(target)
    print(f"{len(TARGETS) - len(failed)} passed, {len(failed)} failed")  # noqa: T201
    return 1 if failed else 0


sys.exit(main())
