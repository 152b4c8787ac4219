"""Rules about a contract as a whole: its history, its topics, what was accepted, and what a live registry holds.

`registry.rules` has those about schemas. Both tables have one form, and ids are unique over both.
"""

from __future__ import annotations

from collections.abc import Mapping

from registry.rules import RULES, Kind, Rule, Severity

_S = Kind.SET
_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

_TABLE = (
    Rule(
        "history-changed", _S, _E,
        "A released file has another content than it landed with.",
        "Records written with that version are in topics and backups; what was released cannot be unsaid.",
        "Restore the file and release a new version.",
    ),
    Rule(
        "history-removed", _S, _E,
        "A released file is gone.",
        "The gate would no longer compare with that version, though its records can still be read.",
        "Restore the file. An event that is no longer published keeps its history.",
    ),
    Rule(
        "topic-gone", _S, _E,
        "A released topic is not listed any more.",
        "Its consumers, here and in other teams, wait for records that never come.",
        "Keep the topic. To retire it, accept this finding with a reason, after its consumers have gone.",
    ),
    Rule(
        "topic-owner-changed", _S, _E,
        "A topic has another owner.",
        "Two services would publish to it during the change, and events of one key would lose their order.",
        "Give the new owner a topic of its own, and let consumers read both for a while.",
    ),
    Rule(
        "topic-key-changed", _S, _E,
        "A topic has another key.",
        "Records of one aggregate would lie on other partitions than before, and be read out of order.",
        "Publish to a new topic with the new key.",
    ),
    Rule(
        "topic-partitions-changed", _S, _E,
        "A topic has another number of partitions.",
        "Most keys would move to other partitions, and records of one aggregate be read out of order.",
        "Publish to a new topic with as many partitions as are needed.",
    ),
    Rule(
        "event-gone", _S, _E,
        "A released event is listed for no topic any more.",
        "Its readers wait for it, and records in the topic have no reader that knows them.",
        "Keep it listed while anybody reads it or a record of it is kept. Then accept this finding, with a reason.",
    ),
    Rule(
        "event-moved", _S, _E,
        "A released event is listed for another topic.",
        "Readers of the old topic miss it without an error, and its order with the topic's other events is lost.",
        "Publish a new event on the other topic, beside the old one, until every reader has moved.",
    ),
    Rule(
        "consumer-gone", _S, _N,
        "A service does not read an event any more.",
        "It is told so that nobody waits for an answer that is not given.",
        "Nothing, if it is meant.",
    ),
    Rule(
        "level-lowered", _S, _N,
        "A subject is judged at another level than FULL_TRANSITIVE.",
        "Its readers and writers can be rolled out in one order only.",
        "Nothing, if the reason given still holds.",
    ),
    Rule(
        "acceptance-unused", _S, _E,
        "An acceptance matches no finding.",
        "It would let a future finding pass that nobody has looked at.",
        "Delete it.",
    ),
    Rule(
        "acceptance-expired", _S, _E,
        "An acceptance has expired.",
        "What was to be temporary is still here.",
        "Mend the finding, or decide again and give a new date.",
    ),
    Rule(
        "registry-foreign", _S, _E,
        "The registry holds a version that was never released here.",
        "Somebody registered it past the gate, and records may be written with it.",
        "Find who did. If records were written with it, release it; if not, delete it from the registry.",
    ),
    Rule(
        "registry-unknown-subject", _S, _W,
        "The registry holds a subject of our topics that nobody lists.",
        "Somebody publishes an event that topics.yaml does not know.",
        "List the event, or delete the subject.",
    ),
    Rule(
        "registry-behind", _S, _N,
        "A released version is not in the registry.",
        "A producer of that version would find no id for it.",
        "Run `quadrille apply` if the version is to be published.",
    ),
    Rule(
        "registry-level", _S, _W,
        "The registry judges a subject at another level.",
        "It lets schemas pass that the gate refuses, or refuses what the gate lets pass.",
        "Run `quadrille apply`.",
    ),
)  # fmt: skip

CONTRACT_RULES: Mapping[str, Rule] = {rule.id: rule for rule in _TABLE}
ALL_RULES: Mapping[str, Rule] = {**RULES, **CONTRACT_RULES}
