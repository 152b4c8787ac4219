"""docs/glossary.md: every word has a sentence and a file that is there, in the order of the alphabet."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ROWS = re.findall(
    r"^\| (?!word)(\w.*?) \| (.*?) \| (.*?) \|$", (CHECKOUT / "docs/glossary.md").read_text(), re.MULTILINE
)
#: What a reader has to find; the page may say more.
WORDS = """aggregate; batch state; back pressure; call; choreography; compensation; consumer group; context;
dead letter; decision; failpoint; idempotency key; idempotent consumer; lag; latency-critical, record-only;
leader epoch; linger; local carrier, local provider; outbox; own topic; position; publisher; rebuild; record; registry;
remote provider; replay; saga; settled; stalled partition; subject; sweeper; tombstone; unit of work; watermark;
zombie"""


def test_every_word_is_there_once_in_order():
    words = [word for word, _, _ in ROWS]
    assert words == sorted(set(words), key=str.lower)
    assert {word.strip() for word in WORDS.replace("\n", " ").split(";")} <= set(words)


def test_every_word_is_said_in_one_sentence():
    for word, sentence, _ in ROWS:
        assert sentence.endswith("."), word
        assert 4 <= len(sentence.split()) <= 32, word
        assert ". " not in sentence, word


def test_every_file_that_a_word_names_is_there():
    for word, _, places in ROWS:
        files = re.findall(r"`([^`]+)`", places)
        assert files, word
        assert [file for file in files if not (CHECKOUT / file).is_file()] == [], word
