"""Text from elsewhere is shown, and obeyed by nothing."""

from __future__ import annotations

import io
import json
import logging
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.observe.logs import _Text
from telemetry.escaping import Guarded, guard_streams, shown, shown_lines
from telemetry.logs import JsonLines

BIDI = [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"]
UNSAFE = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")
]
UNSAFE += BIDI
texts = st.text(st.characters() | st.sampled_from(UNSAFE))


def is_safe(text: str, but: str = "") -> bool:
    return not any(character in _UNSAFE for character in text if character not in but)


_UNSAFE = frozenset(UNSAFE)


def test_every_control_separator_half_and_turn_of_direction_is_escaped() -> None:
    assert is_safe(shown("".join(UNSAFE)))
    assert shown("\x1b]0;x\x07\x9b\u202e\u2028\n\t\x7f\ud800") == (
        r"\u001b]0;x\u0007\u009b\u202e\u2028\u000a\u0009\u007f\ud800"
    )


def test_ordinary_text_of_any_language_stays_as_it_is() -> None:
    for text in (
        "Gr\u00fc\u00dfe",
        "\u4f60\u597d",
        "\u0645\u0631\u062d\u0628\u0627",
        "\U0001f600",
        "a\\nb [red] 1 < 2 & 3",
    ):
        assert shown(text) == text


@given(texts)
def test_what_is_shown_is_one_line_and_can_be_encoded(text: str) -> None:
    told = shown(text)
    assert is_safe(told)
    assert told.splitlines() in ([told], [])
    told.encode()
    assert shown(told) == told


@given(texts)
def test_inside_of_json_an_escape_is_the_character(text: str) -> None:
    document = shown(json.dumps({"a": text}, ensure_ascii=False))
    assert is_safe(document)
    assert json.loads(document) == {"a": text}


@given(st.lists(texts))
def test_a_guarded_stream_holds_no_control_but_line_feeds_and_tabs(pieces) -> None:
    behind = io.StringIO()
    stream = Guarded(behind)
    stream.writelines(pieces)
    print(*pieces, file=stream)
    assert is_safe(behind.getvalue(), but="\n\t")
    assert behind.getvalue().count("\n") == 2 * sum(piece.count("\n") for piece in pieces) + 1


def test_a_guarded_stream_writes_what_its_encoding_lacks_as_escapes() -> None:
    behind = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Guarded(behind).write("\u20ac")
    behind.flush()
    assert behind.buffer.getvalue() == rb"\u20ac"  # type: ignore[attr-defined]


def test_both_streams_of_a_process_are_guarded_once(monkeypatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    guard_streams()
    guard_streams()
    print("\x1b[2J")  # noqa: T201
    print("\x9b", file=sys.stderr)  # noqa: T201
    assert (out.getvalue(), err.getvalue()) == ("\\u001b[2J\n", "\\u009b\n")


def record(text: str) -> logging.LogRecord:
    error = ValueError(text)
    told = (type(error), error, None)
    return logging.makeLogRecord({"msg": text, "exc_info": told, "levelname": "INFO", "why": text})


@pytest.mark.parametrize("text", ["".join(BIDI), "\x1b[2J\x9b\x7f\u2028", "\ud800", "a\r\n12:00:00 ERROR forged"])
def test_log_lines_of_either_form_are_safe_and_one_for_each_record(text: str) -> None:
    line = JsonLines("order", "1").format(record(text))
    assert is_safe(line)
    assert json.loads(line)["why"] == text
    told = _Text().format(record(text))
    assert is_safe(told, but="\n")
    assert not told.splitlines()[1].startswith("12:00:00")


def test_lines_keep_their_line_feeds_and_tabs() -> None:
    assert shown_lines("a\n\tb\r\x1b") == "a\n\tb\\u000d\\u001b"
