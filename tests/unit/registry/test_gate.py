"""The gate as a whole: what it refuses beside schemas, what it cannot judge, and what people accepted."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from cli.errors import CommandError
from cli.main import quadrille
from registry.catalogue import load
from registry.contract_rules import ALL_RULES, CONTRACT_RULES
from registry.findings import CannotJudge, Finding, InvalidSources
from registry.formats import Report, Told, render
from registry.gate import Verdict, check
from registry.history import HISTORY, record_current
from registry.rules import RULES
from registry.topic_history import Promise, compare

ROOT = Path(__file__).parents[3]
MONEY = "schemas/types/Money.avsc"
TOPICS = "schemas/topics.yaml"
CREATED = "schemas/order/OrderCreated.avsc"
TODAY = date(2026, 6, 1)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The contracts without the protos: Buf takes half a second to be asked."""
    for name in ("schemas", "registry/history", "registry/topics"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def with_protos(checkout: Path) -> Path:
    for name in ("proto", "registry/protos"):
        shutil.copytree(ROOT / name, checkout / name)
    return checkout


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", *identity, "-C", folder, *arguments), capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(checkout: Path) -> Path:
    git(checkout, "init", "-q", "-b", "main")
    git(checkout, "add", "-A")
    git(checkout, "commit", "-qm", "released")
    return checkout


def edit(root: Path, file: str, old: str, new: str, count: int = 1) -> None:
    path = root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


def judge(root: Path, **options: str) -> Verdict:
    return check(root, load(root), today=TODAY, **options)  # type: ignore[arg-type]


def rules(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.errors}


def accept(root: Path, text: str) -> None:
    (root / "registry/accepted.yaml").write_text(text)


def add_field(root: Path, file: str = CREATED, **field: object) -> None:
    path = root / file
    schema = json.loads(path.read_text())
    schema["fields"].append({"name": "note", "type": "string", "doc": "A note.", "default": "", **field})
    path.write_text(json.dumps(schema))


@pytest.mark.slow
def test_the_repository_passes_its_own_gate() -> None:
    verdict = check(ROOT, load(ROOT))
    assert verdict.errors == []
    assert verdict.compared > 14


def test_ids_of_rules_are_unique_over_both_tables() -> None:
    assert not set(RULES) & set(CONTRACT_RULES)
    assert set(ALL_RULES) == set(RULES) | set(CONTRACT_RULES)


def drop_event(root: Path) -> None:
    (root / "schemas/order/OrderCompleted.avsc").unlink()
    edit(root, TOPICS, "    quadrille.events.order.OrderCompleted: {consumers: [inventory]}\n", "")


def move_event(root: Path) -> None:
    # Its namespace follows its owner, so that a move between owners is another event; this is one between two topics.
    lines = (root / TOPICS).read_text()
    (root / TOPICS).write_text(
        lines.replace("    quadrille.events.order.OrderCompleted: {consumers: [inventory]}\n", "")
        + "\norder-ends:\n  owner: order\n  key: order_id\n  partitions: 6\n  replication: 1\n"
        "  min_insync_replicas: 1\n  retention: P14D\n  events:\n"
        "    quadrille.events.order.OrderCompleted: {consumers: [inventory]}\n"
    )


PROMISES: dict[str, Callable[[Path], None]] = {
    "topic-partitions-changed": lambda root: edit(root, TOPICS, "partitions: 6", "partitions: 12"),
    "event-gone": drop_event,
    "event-moved": move_event,
}


@pytest.mark.parametrize("rule", PROMISES)
def test_a_promise_of_topics_yaml_that_is_broken_is_refused_once(checkout: Path, rule: str) -> None:
    PROMISES[rule](checkout)
    verdict = judge(checkout)
    assert [finding.rule for finding in verdict.errors] == [rule]


def test_each_kind_of_broken_promise_has_its_rule() -> None:
    event = {"quadrille.A": ["inventory", "payment"]}
    topic = {"owner": "order", "key": "id", "partitions": 6, "events": event}
    past = [Promise("1", {"a": topic}), Promise("2", {"a": {**topic, "owner": "older"}})]

    def broken(now: dict[str, object]) -> list[str]:
        return sorted(finding.rule for finding in compare(past[:1], Promise("current", now), TOPICS))  # type: ignore[arg-type]

    assert broken({"a": topic}) == []
    assert broken({"a": {**topic, "events": {**event, "quadrille.B": []}}, "b": topic | {"events": {}}}) == []
    assert broken({"a": {**topic, "owner": "payment"}}) == ["topic-owner-changed"]
    assert broken({"a": {**topic, "key": "sku"}}) == ["topic-key-changed"]
    assert broken({"a": {**topic, "partitions": 7}}) == ["topic-partitions-changed"]
    assert broken({"a": {**topic, "events": {}}}) == ["event-gone"]
    assert broken({}) == ["event-gone", "topic-gone"]
    assert broken({"b": topic}) == ["event-moved", "topic-gone"]
    assert broken({"a": {**topic, "events": {"quadrille.A": ["inventory"]}}}) == ["consumer-gone"]
    assert [f.versions for f in compare(past, Promise("current", {"a": topic}), TOPICS)] == ["2 -> current"]


def test_a_wider_circle_of_readers_breaks_no_promise(checkout: Path) -> None:
    edit(checkout, TOPICS, "quadrille.events.order.OrderCreated: {consumers: [inventory]}",
         "quadrille.events.order.OrderCreated: {consumers: [inventory, payment]}")  # fmt: skip
    edit(checkout, TOPICS, "retention: P14D", "retention: P30D")
    assert judge(checkout).errors == []


def test_a_level_of_its_own_needs_a_reason_and_is_told(checkout: Path) -> None:
    entry = "quadrille.events.order.OrderCreated: {consumers: [inventory]"
    edit(checkout, TOPICS, entry + "}", entry + ", level: BACKWARD_TRANSITIVE}")
    with pytest.raises(InvalidSources, match="no reason is given"):
        load(checkout)
    edit(
        checkout, TOPICS, "level: BACKWARD_TRANSITIVE}", "level: BACKWARD_TRANSITIVE, reason: Readers roll out first.}"
    )
    add_field(checkout, type="string", default="")
    assert judge(checkout).errors == []
    assert "level-lowered" in {finding.rule for finding in judge(checkout).findings}


def test_a_level_of_its_own_lets_pass_what_it_says_and_no_more(checkout: Path) -> None:
    path = checkout / CREATED
    schema = json.loads(path.read_text())
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "deadline_at"]
    path.write_text(json.dumps(schema))
    assert rules(judge(checkout)) == {"default-missing"}
    entry = "quadrille.events.order.OrderCreated: {consumers: [inventory]"
    edit(checkout, TOPICS, entry + "}", entry + ", level: BACKWARD_TRANSITIVE, reason: Readers roll out first.}")
    assert judge(checkout).errors == []
    edit(checkout, TOPICS, "level: BACKWARD", "level: FORWARD")
    assert rules(judge(checkout)) == {"default-missing"}


HISTORY_FILE = "registry/history/order-events-quadrille.events.order.OrderCompleted"


def test_without_git_the_verdict_says_what_was_left(checkout: Path) -> None:
    assert any("no git" in line for line in judge(checkout).left)


def test_a_released_version_that_was_taken_away_is_refused_and_the_message_restores_it(repository: Path) -> None:
    shutil.rmtree(repository / HISTORY_FILE)
    (found,) = judge(repository).errors
    assert found.rule == "history-removed"
    command = found.fix.split("`")[1]
    (repository / HISTORY_FILE).mkdir()
    subprocess.run(("sh", "-c", command), cwd=repository, check=True)
    assert judge(repository).errors == []


def test_a_released_version_that_a_branch_replaced_is_refused(repository: Path) -> None:
    git(repository, "checkout", "-qb", "branch")
    edit(repository, "schemas/order/OrderCompleted.avsc", "The order", "An order")
    (old,) = (repository / HISTORY_FILE).iterdir()
    git(repository, "rm", "-q", str(old))
    record_current(repository, load(repository))
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "rewritten")
    assert rules(judge(repository)) == {"history-removed"}


def test_what_a_branch_recorded_twice_before_it_landed_is_its_own_affair(repository: Path) -> None:
    git(repository, "checkout", "-qb", "branch")
    for text in ("First try.", "Second try."):
        for new in (repository / HISTORY_FILE).glob("0002.*"):
            new.unlink()
        path = repository / "schemas/order/OrderCompleted.avsc"
        schema = json.loads(path.read_text())
        path.write_text(json.dumps({**schema, "doc": text}))
        record_current(repository, load(repository))
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", text)
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "landed", "branch")
    assert judge(repository).errors == []
    (landed,) = (repository / HISTORY_FILE).glob("0002.*")
    landed.unlink()
    assert rules(judge(repository)) == {"history-removed"}


def test_a_change_is_compared_with_a_commit_beside_the_history(repository: Path) -> None:
    add_field(repository, type="string", default="one")
    git(repository, "commit", "-qam", "not released")
    edit(repository, CREATED, '"default": "one"', '"default": "two"')
    assert judge(repository).errors == []
    told = judge(repository, commit="HEAD")
    assert {finding.rule for finding in told.findings if finding.file == CREATED} >= {"default-changed"}
    with pytest.raises(CannotJudge, match="knows no commit `nowhere`"):
        judge(repository, commit="nowhere")
    with pytest.raises(CannotJudge, match="knows no commit `--upload-pack`"):
        judge(repository, commit="--upload-pack")


@pytest.mark.slow
def test_protos_pass_through_the_same_gate(with_protos: Path) -> None:
    service = "proto/quadrille/order/v1/order_service.proto"
    edit(with_protos, service, "string customer_id = 2", "int64 customer_id = 2")
    (found,) = judge(with_protos).errors
    newest = len(list((with_protos / "registry/protos").iterdir()))
    assert (found.rule, found.file, found.versions) == ("buf-field-same-type", service, f"{newest} -> current")
    edit(with_protos, service, "int64 customer_id = 2", "string CustomerId = 2")
    assert {"buf-field-same-name", "buf-field-lower-snake-case"} <= rules(judge(with_protos))


ACCEPTED = """
- rule: topic-partitions-changed
  file: schemas/topics.yaml
  at: order-events.*
  reason: The cluster was moved while it was empty.
  until: 2026-12-31
"""


def test_a_finding_that_was_accepted_does_not_decide(checkout: Path) -> None:
    edit(checkout, TOPICS, "partitions: 6", "partitions: 12")
    accept(checkout, ACCEPTED)
    verdict = judge(checkout)
    assert verdict.errors == []
    assert [finding.rule for finding, _ in verdict.accepted] == ["topic-partitions-changed"]


def test_an_acceptance_covers_its_own_place_alone(checkout: Path) -> None:
    edit(checkout, TOPICS, "partitions: 6", "partitions: 12", count=2)
    accept(checkout, ACCEPTED)
    (found,) = judge(checkout).errors
    assert found.at == "inventory-events.partitions"


def test_an_acceptance_that_has_expired_decides_again(checkout: Path) -> None:
    edit(checkout, TOPICS, "partitions: 6", "partitions: 12")
    accept(checkout, ACCEPTED.replace("2026-12-31", "2026-05-31"))
    assert rules(judge(checkout)) == {"topic-partitions-changed", "acceptance-expired"}


def test_an_acceptance_that_matches_nothing_is_an_error(checkout: Path) -> None:
    accept(checkout, ACCEPTED)
    assert rules(judge(checkout)) == {"acceptance-unused"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("topic-partitions-changed", "no-such-rule", "no rule `no-such-rule`"),
        ("  until: 2026-12-31\n", "", "`until` is the last day"),
        ("2026-12-31", "soon", "`until` is the last day"),
        ("The cluster was moved while it was empty.", "because", "says in a sentence why"),
        ("  at:", "  where:", "nobody reads `where`"),
        (ACCEPTED, "rule: alias", "is no list"),
        ("- rule: topic", "- {rule: topic", "cannot be read"),
    ],
)
def test_an_acceptance_that_is_written_wrongly_is_no_verdict(checkout: Path, old: str, new: str, said: str) -> None:
    accept(checkout, ACCEPTED.replace(old, new))
    with pytest.raises(CannotJudge, match=said):
        judge(checkout)


@pytest.mark.parametrize("missing", ["schemas", "registry/history", "registry/topics", "registry/protos"])
def test_what_is_missing_is_never_a_pass(with_protos: Path, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(with_protos / missing)
    code, said = run(with_protos, monkeypatch, "check")
    assert code == 2
    assert "cannot be judged" in said
    (with_protos / missing).mkdir()
    assert run(with_protos, monkeypatch, "check")[0] == 2


def run(root: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    monkeypatch.chdir(root)
    runner = CliRunner()
    with runner.isolation() as (out, err, _):
        try:
            result = quadrille.main(args=["schemas", *arguments], prog_name="quadrille", standalone_mode=False)
            code = result if isinstance(result, int) else 0
        except CommandError as error:
            code = error.exit_code
            err.write(error.format_message().encode())
        return code, (out.getvalue() + err.getvalue()).decode()


def test_the_command_says_who_reads_a_field_why_it_breaks_and_what_to_write(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(checkout, MONEY, '"long"', '"double"')
    code, said = run(checkout, monkeypatch, "check")
    assert code == 1
    for words in (
        f"{MONEY}:13",
        "digits-lost",
        "inventory (on_order_created)",
        "evidence: 9007199254740993 -> 9007199254740992.0",
        "instead:",
        "more of the same, in schemas/",
    ):
        assert words in said


def report(root: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> str:
    return run(root, monkeypatch, "check", "--format", form)[1]


def test_each_format_tells_the_same_findings(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for second in (checkout / HISTORY).rglob("0002.*"):
        # As if each were the first: what old versions do not know would be told too, as notes.
        next(second.parent.glob("0001.*")).unlink()
        second.rename(second.with_name(second.name.replace("0002.", "0001.")))
    edit(checkout, CREATED, '"timestamp-millis"', '"timestamp-micros"')
    decoder = json.JSONDecoder()
    told, _ = decoder.raw_decode(report(checkout, monkeypatch, "json"))
    wanted = sorted((f["rule"], f["shown_in"], f["line"]) for f in told["findings"])
    assert told["verdict"] == "refused"
    assert {rule for rule, _, _ in wanted} == {"time-type", "time-unit"}

    sarif, _ = decoder.raw_decode(report(checkout, monkeypatch, "sarif"))
    (sarif_run,) = sarif["runs"]
    places = [
        (r["ruleId"], r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
         r["locations"][0]["physicalLocation"]["region"]["startLine"])
        for r in sarif_run["results"]
    ]  # fmt: skip
    assert sorted(places) == wanted
    rules_told = sarif_run["tool"]["driver"]["rules"]
    assert all(rules_told[r["ruleIndex"]]["id"] == r["ruleId"] for r in sarif_run["results"])
    assert all(rule["shortDescription"]["text"] for rule in rules_told)

    text = report(checkout, monkeypatch, "junit")
    suite = ET.fromstring(text[: text.index("</testsuite>") + len("</testsuite>")])  # noqa: S314 - our own
    assert [case.find("failure") is not None for case in suite] == [True] * len(wanted)
    assert suite.get("failures") == str(len(wanted))

    lines = [line for line in report(checkout, monkeypatch, "github").splitlines() if line.startswith("::")]
    assert len(lines) == len(wanted)
    assert all(line.startswith(f"::error file={CREATED},line=") for line in lines)


@pytest.mark.parametrize("form", ["json", "junit", "github", "sarif"])
def test_no_verdict_is_told_in_every_format(checkout: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    (checkout / MONEY).write_text("{")
    code, said = run(checkout, monkeypatch, "check", "--format", form)
    assert code == 2
    assert {"json": '"unknown"', "junit": "cannot-judge", "github": "::error", "sarif": '"executionSuccessful": false'}[
        form
    ] in said


def test_what_githubs_commands_would_misread_is_escaped() -> None:
    finding = Finding("alias", "a,b:c%.avsc", "", "two\nlines", "100%")
    line = render(Report([Told(finding, finding.file, 3)], "refused"), "github").splitlines()[0]
    assert line == "::error file=a%2Cb%3Ac%25.avsc,line=3,title=alias::two%0Alines%0AInstead: 100%25"


@pytest.mark.slow
def test_recording_releases_schemas_topics_and_protos_and_then_there_is_nothing_left(
    with_protos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_field(with_protos)
    edit(
        with_protos,
        TOPICS,
        "OrderCancelled: {consumers: [payment]}",
        "OrderCancelled: {consumers: [payment, shipping]}",
    )
    edit(with_protos, "proto/quadrille/order/v1/order_service.proto", "string customer_id = 2;",
         "string customer_id = 2;\n  // A note.\n  string note = 99;")  # fmt: skip
    code, said = run(with_protos, monkeypatch, "record")
    assert code == 0
    assert "3 recorded" in said
    assert "0 recorded" in run(with_protos, monkeypatch, "record")[1]
    assert run(with_protos, monkeypatch, "check")[0] == 0


def test_nothing_is_recorded_that_the_gate_refuses(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(checkout, MONEY, '"long"', '"double"')
    before = sorted(checkout.rglob("registry/**/*"))
    code, said = run(checkout, monkeypatch, "record")
    assert code == 1
    assert "nothing was recorded" in said
    assert sorted(checkout.rglob("registry/**/*")) == before


@pytest.mark.slow
def test_a_history_that_is_lost_is_not_begun_anew_by_accident(
    with_protos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("history", "topics", "protos"):
        shutil.rmtree(with_protos / "registry" / name)
    assert run(with_protos, monkeypatch, "record")[0] == 2
    code, said = run(with_protos, monkeypatch, "record", "--first")
    assert code == 0
    assert "16 recorded" in said
    assert run(with_protos, monkeypatch, "record", "--first")[0] == 2
    assert run(with_protos, monkeypatch, "check")[0] == 0
