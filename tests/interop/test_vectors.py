"""Go, Java and TypeScript are held to the vectors by suites of their own; docs/languages.md tells what was measured."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import fastavro
import pytest
from quadrille.events.inventory import InventoryFailed

from tests.interop.languages import CHECKOUT, LANGUAGES, Language

pytestmark = pytest.mark.interop

DOCUMENT = CHECKOUT / "docs" / "languages.md"
VECTORS = CHECKOUT / "generated" / "vectors"
_PRINTED: dict[str, str] = {}


def printed_by(language: Language) -> str:
    if language.name not in _PRINTED:
        _PRINTED[language.name] = language.run(language.test)
    return _PRINTED[language.name]


def test_every_vector_is_read_written_alike_or_refused(language: Language, closing_lines: Any) -> None:
    closing = language.closing(printed_by(language))
    closing_lines(language.name, f"{language.name}: {closing}")
    assert max(int(number) for number in re.findall(r"\d+", closing)) >= cases()


def cases() -> int:
    """Count the vectors, so that a suite that looks at none of them fails."""
    count = 0
    for file in VECTORS.glob("*.json"):
        content = json.loads(file.read_text())
        count += len(content.get("accept", [])) + len(content.get("reject", []))
    return count


def test_the_document_says_what_the_bare_library_lets_through(language: Language) -> None:
    printed = language.run(("node", "build/leniency.js")) if language.name == "typescript" else printed_by(language)
    measured = json.loads(re.findall(r"LENIENCY (\{.*\})", printed)[-1])
    assert documented(language.name) == {kind: _cell(**counts) for kind, counts in measured.items()}


def test_the_document_says_what_fastavro_lets_through() -> None:
    schema = fastavro.parse_schema(json.loads(InventoryFailed.SCHEMA.text))
    counts: dict[str, dict[str, int]] = {}
    for vector in json.loads((VECTORS / "quadrille.events.inventory.InventoryFailed.json").read_text())["reject"]:
        if vector["body"] is None:
            continue
        count = counts.setdefault(vector["kind"], {"read": 0, "died": 0, "of": 0})
        count["of"] += 1
        try:
            fastavro.schemaless_reader(io.BytesIO(bytes.fromhex(vector["body"])), schema, None)
            count["read"] += 1
        except Exception:  # noqa: BLE001, S110 - whatever it raises, it refused
            pass
    assert documented("python") == {kind: _cell(**counts_) for kind, counts_ in counts.items()}


def _cell(*, read: int, died: int, of: int) -> str:
    if died:
        return f"{read} read, {died} fatal, of {of}"
    return f"{read} of {of}" if read else "-"


def documented(language: str) -> dict[str, str]:
    """Read a column of the table."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("|")
    ]
    (head,) = [row for row in rows if row[0] == "what is wrong"]
    column = [cell.split()[0].lower() for cell in head].index(language)
    table = rows[rows.index(head) + 2 :]
    return {row[0]: row[column] for row in table if len(row) == len(head)}


def test_a_missing_toolchain_is_a_reason_to_skip_and_in_ci_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for each in LANGUAGES:
        monkeypatch.delenv("CI", raising=False)
        with pytest.raises(pytest.skip.Exception, match=r"is not installed; install "):
            each.require()
        monkeypatch.setenv("CI", "true")
        with pytest.raises(pytest.fail.Exception, match=r"is not installed; install "):
            each.require()
