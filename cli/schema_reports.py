"""What the gate's commands share: loading the schemas, saying who reads them, and telling what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.errors import WRONG_USAGE, CommandError
from cli.output import Styled, say, say_lines

if TYPE_CHECKING:
    from registry.acceptances import Acceptance
    from registry.catalogue import Catalogue
    from registry.findings import Finding
    from registry.formats import Report, Told

C = TypeVar("C", bound=Callable[..., Any])

FORMS = ("text", "json", "junit", "github", "sarif")
_COLOURS = {"error": "red", "warning": "yellow", "note": "blue"}


class NoVerdict(CommandError):
    """Neither yes nor no would be true. Scripts must not take it for either."""

    exit_code = WRONG_USAGE


def form_option(command: C) -> C:
    """Add `--format` to a command, and `--json` as a short form of it.

    Args:
        command: The command's function; it gets `form`.

    Returns:
        The decorated function.
    """
    command = click.option("--json", "form", flag_value="json", help="The same as --format json.")(command)
    return click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True)(command)


def load_catalogue(root: Path, form: str) -> Catalogue:
    """Load the schemas and topics.

    Args:
        root: The repository.
        form: How to tell what is wrong with them.

    Returns:
        The catalogue.

    Raises:
        NoVerdict: They cannot be read; every finding was told.
    """
    from registry.catalogue import load
    from registry.findings import CannotJudge, InvalidSources

    try:
        return load(root)
    except InvalidSources as error:
        # What cannot be read cannot be judged; every finding is told all the same.
        raise NoVerdict(
            unknown("a source breaks a rule that everything else needs", form, root, error.findings)
        ) from error
    except CannotJudge as error:
        raise NoVerdict(unknown(str(error), form)) from error


def unknown(why: str, form: str, root: Path | None = None, findings: Sequence[Finding] = ()) -> str:
    """Tell that there is no verdict.

    Args:
        why: Why not.
        form: How to tell it.
        root: The repository, if there are findings.
        findings: What is wrong with the sources.

    Returns:
        The sentence for the error.
    """
    from dataclasses import replace

    if form != "text" or findings:
        report = report_of(root or Path.cwd(), None, findings)
        print_report(replace(report, verdict="unknown", why=why), form)
    return f"the contracts cannot be judged: {why}"


def report_of(
    root: Path,
    catalogue: Catalogue | None,
    findings: Sequence[Finding],
    *,
    accepted: Sequence[tuple[Finding, Acceptance]] = (),
    facts: dict[str, Any] | None = None,
) -> Report:
    """Make a report of findings.

    Args:
        root: The repository.
        catalogue: Its schemas; None if they cannot be read.
        findings: What was found.
        accepted: What is lived with.
        facts: Further facts for the JSON form.

    Returns:
        The report, each finding with its line and the readers of its event.
    """
    from registry.formats import Report, Told
    from registry.locate import locate

    readers = _readers(catalogue) if catalogue is not None and findings else {}
    told = [Told(one, *locate(root, catalogue, one), readers.get(one.file, ())) for one in findings]
    broken = any(finding.severity == "error" for finding in findings)
    return Report(told, "refused" if broken else "ok", "", accepted, facts or {})


def print_report(report: Report, form: str) -> None:
    """Print a report.

    Args:
        report: The report.
        form: `text` or one of the forms for machines.
    """
    if form != "text":
        from registry.formats import render

        say_lines(render(report, form))
        return
    for group in _grouped(report.told):
        _print_group(group)


def _grouped(told: Sequence[Told]) -> list[list[Told]]:
    """Put together what one mistake breaks: a field of a shared type stands in many events."""
    groups: dict[tuple[str, ...], list[Told]] = {}
    for one in told:
        place = one.finding.schema_at or one.finding.at
        groups.setdefault((one.finding.rule, one.file, str(one.line), place), []).append(one)
    return list(groups.values())


def _print_group(group: Sequence[Told]) -> None:
    from registry.formats import READS

    first = group[0].finding
    head = Styled(f"{first.severity}: {first.rule}", _COLOURS[first.severity], bold=True)
    say(head, f" at {group[0].file}:{group[0].line}")
    # One of each direction explains the others.
    shown = list({one.finding.direction: one for one in reversed(group)}.values())[::-1]
    for one in shown:
        finding = one.finding
        place = f"{finding.at}: " if finding.at else ""
        say(f"  {place}{READS[finding.direction]}{finding.why}")
        if finding.evidence:
            say(f"    evidence: {finding.evidence}")
        other = f" ({finding.path_of_other_version})" if finding.path_of_other_version else ""
        if finding.versions:
            say(f"    versions: {finding.versions}{other}")
    more = len(group) - len(shown)
    if more:
        files = sorted({one.finding.file for one in group})
        named = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
        say(f"  {more} more of the same, in {named}")
    if first.severity == "note":
        return
    readers = sorted({reader for one in group for reader in one.readers})
    if readers:
        say(f"  read by:  {', '.join(readers)}")
    say(f"  instead:  {first.fix}")


def _readers(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Say, for each event's file, which services read it and in which handler."""
    handlers = _handler_names()
    found: dict[str, tuple[str, ...]] = {}
    for topic in catalogue.topics:
        for event in topic.events:
            name = event.full_name.rpartition(".")[2]
            found[catalogue.files[event.full_name].path] = tuple(
                f"{service} ({handlers[service, name]})" if (service, name) in handlers else service
                for service in event.consumers
            )
    return found


def _handler_names() -> dict[tuple[str, str], str]:
    try:
        from admin.choreography import answers

        return {(answer.service, answer.event): answer.handler for answer in answers()}
    except Exception:  # noqa: BLE001 - services of a half-made change may not import; the gate must say what it can
        return {}
