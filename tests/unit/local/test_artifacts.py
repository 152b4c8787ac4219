from __future__ import annotations

import hashlib
import io
import re
import tarfile
from pathlib import Path

import pytest

from local import artifacts
from local.artifacts import Artifact
from local.errors import ArtifactError
from local.settings import Platform

CONTENT = b"a jar"


class Repository:
    """Stands in for the download: gives what it was told to give, and counts."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.broken = False

    def download(self, artifact: Artifact, place: Path, _progress: object) -> Path:
        self.asked.append(artifact.filename)
        file = place / artifact.filename
        content = self.files[artifact.filename]
        file.write_bytes(content[: len(content) // 2] if self.broken else content)
        if self.broken:
            raise ConnectionError
        return file


def pinned(name: str, content: bytes, packaging: str = "jar") -> Artifact:
    return Artifact(
        "kafka", "org.example", name, "1.0", packaging, "", len(content), hashlib.sha256(content).hexdigest()
    )


def archive() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("lib/inside.jar")
        member.size = len(CONTENT)
        tar.addfile(member, io.BytesIO(CONTENT))
    return packed.getvalue()


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Repository:
    known = Repository()
    packed = archive()
    known.files = {"one-1.0.jar": CONTENT, "app-1.0.tar.gz": packed}
    listed = (pinned("one", CONTENT), pinned("app", packed, "tar.gz"))
    monkeypatch.setattr(artifacts, "locked", lambda: listed)
    monkeypatch.setattr(artifacts, "download_one", known.download)
    return known


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform.load(data=tmp_path / "data", cache=tmp_path / "cache")


def test_what_is_missing_is_downloaded_once_and_unpacked(repository: Repository, platform: Platform) -> None:
    artifacts.ensure(platform)
    artifacts.ensure(platform)
    assert sorted(repository.asked) == ["app-1.0.tar.gz", "one-1.0.jar"]
    assert [jar.read_bytes() for jar in artifacts.jars(platform, "kafka")] == [CONTENT]
    assert (artifacts.unpacked(platform, "kafka") / "lib" / "inside.jar").read_bytes() == CONTENT


def test_a_file_that_is_not_what_the_lock_says_is_refused_and_not_kept(
    repository: Repository, platform: Platform
) -> None:
    repository.files["one-1.0.jar"] = b"a jaR"
    with pytest.raises(ArtifactError, match=r"org\.example:one:jar:1\.0 .*not those of artifacts\.lock"):
        artifacts.ensure(platform)
    assert not artifacts.jars(platform, "kafka")[0].exists()


def test_a_broken_download_leaves_nothing_that_looks_complete_and_the_next_one_goes_on(
    repository: Repository, platform: Platform
) -> None:
    repository.broken = True
    with pytest.raises(ArtifactError, match="check the network and run the same command again"):
        artifacts.ensure(platform)
    assert not list(platform.cache_folder.glob("artifacts/*/*"))
    repository.broken = False
    artifacts.ensure(platform)
    assert artifacts.jars(platform, "kafka")[0].read_bytes() == CONTENT


def test_what_a_killed_download_left_behind_is_swept_away(repository: Repository, platform: Platform) -> None:
    left = platform.cache_folder / "incoming" / "tmp123" / "one-1.0.jar"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"a j")
    artifacts.ensure(platform)
    assert not left.exists()


def test_a_truncated_file_in_the_cache_is_downloaded_again(repository: Repository, platform: Platform) -> None:
    artifacts.ensure(platform)
    jar = artifacts.jars(platform, "kafka")[0]
    jar.write_bytes(CONTENT[:2])
    artifacts.ensure(platform)
    assert jar.read_bytes() == CONTENT


def test_an_external_server_needs_no_files(repository: Repository, tmp_path: Path) -> None:
    platform = Platform.load(data=tmp_path, cache=tmp_path / "cache", external_kafka="broker:9092")
    artifacts.ensure(platform)
    assert repository.asked == []


def test_the_lock_file_pins_checksums_and_sizes_and_names_no_address() -> None:
    text = artifacts.LOCK_FILE.read_text()
    assert "://" not in text
    for artifact in artifacts.locked():
        assert re.fullmatch(r"[0-9a-f]{64}", artifact.sha256)
        assert artifact.size > 0
    assert {artifact.server for artifact in artifacts.locked()} == {"kafka", "registry"}
