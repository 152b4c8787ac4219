"""Version N+1: a copy of this checkout with `next/*.patch` laid over it, and processes that run from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from local.environment import child_environment
from local.settings import CHECKOUT, Platform

NEXT = Path(__file__).parent / "next"
CONTRACTS, SERVICES_CODE = NEXT / "contracts.patch", NEXT / "services.patch"
INSTANCE = 2
STOP_SECONDS = 20


class Copy:
    """A copy of the checkout, a git repository of its own, in which version N has landed."""

    def __init__(self, root: Path, *, tests: bool = False) -> None:
        self.root = root
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            source = CHECKOUT / name
            if (name.startswith("tests/") and not tests) or not source.is_file():
                continue
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        author = ("-c", "user.name=Quadrille", "-c", "user.email=quadrille@example.org", "-c", "commit.gpgsign=false")
        self.git(*author, "commit", "-q", "-m", "Version N")

    @property
    def environment(self) -> dict[str, str]:
        """What makes Python find this copy before the checkout."""
        return {"PYTHONPATH": os.pathsep.join([str(self.root), str(self.root / "generated/python")])}

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.root, check=True)

    def lay_over(self, patch: Path) -> None:
        """Apply a patch. If it no longer fits, version N has changed there: make the patch again."""
        self.git("apply", str(patch))

    def python(self, *arguments: str, platform: Platform | None = None) -> subprocess.CompletedProcess[str]:
        where = platform.environment() if platform else {}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=child_environment({**where, **self.environment}),
            capture_output=True,
            text=True,
            check=False,
        )

    def quadrille(self, *arguments: str, platform: Platform | None = None) -> subprocess.CompletedProcess[str]:
        return self.python("-c", "from cli.main import main; main()", *arguments, platform=platform)

    def origin(self) -> list[Path]:
        """The files that this copy's services really are."""
        told = self.python("-c", "import quadrille, services; print(quadrille.__file__, services.__file__, sep='\\n')")
        return [Path(line) for line in told.stdout.splitlines()]

    def start(self, platform: Platform, service: str) -> Instance:
        return Instance(self, platform, service)


class Instance:
    """One service of version N+1, beside the supervisor's of version N: same database, same group, another name."""

    def __init__(self, copy: Copy, platform: Platform, service: str) -> None:
        self.service = service
        self.address = platform.service_address(service, INSTANCE)
        self.log = platform.logs / f"{service}-{INSTANCE}-next.log"
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"services.{service}"],
                cwd=copy.root,
                env=child_environment({**platform.service_environment(service, INSTANCE), **copy.environment}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> int:
        """Ask it to end, wait until it has, and give its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
