"""What git knows of a repository: a file as it first landed, and a folder as it is at a commit.

Git is asked through its command line, read-only. Where there is no git, or no repository, callers are told so.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from registry.findings import CannotJudge

#: Where what has landed is looked for, the first that exists.
MAIN = ("origin/main", "origin/master", "main", "master")


class Git:
    """One repository, with the folder that the project is in."""

    def __init__(self, root: Path) -> None:
        """Find the repository.

        Args:
            root: The project's folder.
        """
        self._root = root
        self._prefix = self._try("rev-parse", "--show-prefix")

    @property
    def is_there(self) -> bool:
        """True if the folder is in a repository that has a commit, and git can be run."""
        return self._prefix is not None and self._try("rev-parse", "--verify", "-q", "HEAD") is not None

    @property
    def is_shallow(self) -> bool:
        """True if the repository holds only the latest commits."""
        return self._try("rev-parse", "--is-shallow-repository") == "true"

    def commit(self, ref: str) -> str:
        """Resolve a name to a commit.

        Args:
            ref: A branch, tag or commit.

        Returns:
            The commit's id.

        Raises:
            CannotJudge: There is no such commit here.
        """
        found = self._try("rev-parse", "--verify", "-q", "--end-of-options", f"{ref}^{{commit}}")
        if found is None:
            raise CannotJudge(f"git knows no commit `{ref}` here; name a branch, a tag or a commit, or fetch it first")
        return found

    def landed(self) -> str:
        """Find the newest commit that this work tree shares with the main branch.

        Returns:
            The commit's id; that of HEAD if there is no main branch.
        """
        for name in MAIN:
            if self._try("rev-parse", "--verify", "-q", f"{name}^{{commit}}") is not None:
                base = self._try("merge-base", "HEAD", name)
                if base is not None:
                    return base
        return self.commit("HEAD")

    def first_forms(self, commit: str, folders: tuple[Path, ...]) -> dict[str, str]:
        """Find how files first came to a commit's line of history.

        Args:
            commit: The newest commit of the line. Only first parents are followed: what a branch did before it was
                merged is its own affair.
            folders: Where to look, relative to the project.

        Returns:
            By path, relative to the project: the object id of the content that each file was first added with.
        """
        log = self._run(
            *("log", "--first-parent", "-m", "--reverse", "--diff-filter=A", "--no-renames", "--raw", "--no-abbrev"),
            *("--format=", "--relative", "-z", commit, "--", *(folder.as_posix() for folder in folders)),
        )
        parts = log.split("\0")
        first: dict[str, str] = {}
        for entry, path in zip(parts[::2], parts[1::2], strict=False):
            first.setdefault(path, entry.split()[3])
        return first

    def files(self, commit: str, folder: Path) -> dict[str, bytes]:
        """Read a folder as it is at a commit.

        Args:
            commit: The commit.
            folder: The folder, relative to the project.

        Returns:
            Contents by path, relative to the project.

        Raises:
            CannotJudge: Git cannot read it.
        """
        listed = self._run("ls-tree", "-r", "-z", "--name-only", commit, "--", folder.as_posix()).split("\0")
        return {path: self._bytes("cat-file", "blob", f"{commit}:{self._prefix}{path}") for path in listed if path}

    def lay_out(self, commit: str, folder: Path, target: Path) -> None:
        """Write a folder as it is at a commit.

        Args:
            commit: The commit.
            folder: The folder, relative to the project.
            target: Where to: `target/folder/…`. Nothing is made if the commit has no such folder.

        Raises:
            CannotJudge: Git cannot read it.
        """
        for path, content in self.files(commit, folder).items():
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    @staticmethod
    def object_id(content: bytes, like: str) -> str:
        """Compute the id that git gives to a file's content.

        Args:
            content: The content.
            like: An id of this repository: it tells the hash (SHA-1, or SHA-256 in newer repositories).

        Returns:
            The id in hexadecimal (gitformat-pack(5), "object types": a header, then the content).
        """
        algorithm = "sha256" if len(like) == 64 else "sha1"
        return hashlib.new(algorithm, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()

    def _try(self, *arguments: str) -> str | None:
        try:
            done = subprocess.run(
                ("git", "-C", str(self._root), *arguments), capture_output=True, text=True, check=False
            )
        except OSError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    def _run(self, *arguments: str) -> str:
        return self._bytes(*arguments).decode("utf-8", "surrogateescape")

    def _bytes(self, *arguments: str) -> bytes:
        done = subprocess.run(("git", "-C", str(self._root), *arguments), capture_output=True, check=False)
        if done.returncode:
            told = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise CannotJudge(f"git cannot {arguments[0]}: {told[0] if told else 'no reason given'}")
        return done.stdout
