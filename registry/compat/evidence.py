"""Evidence: a sample is written with one version and read with the other, and both values are told.

fastavro reads. What the specification says is computed beside it (`values`), and where fastavro does otherwise the
evidence says so. Samples are bounded by `values` and `emit`; a schema that is too large for them gets no sample.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, NamedTuple

from registry.compat.emit import TooLargeError, to_json
from registry.compat.meaning import unlike_default
from registry.compat.places import InField, InItems, InValues, Path
from registry.compat.problems import Problem, Sample
from registry.compat.values import MAP_KEY, Branch, NoValueError, RefusedError, Sampler, encode, resolve
from registry.model import Fixed, Primitive, Record, Type
from registry.rules import RULES, Kind

_SHOWN: Final = 120
_ABSENT: Final = object()
SPECIFICATION: Final = "the specification"
_FASTAVRO: Final = "fastavro"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sample showed.

    Attributes:
        written: The value at the place, as written.
        read: The same, as the other version reads it; empty if it is refused.
        refused: Why it is refused; empty if it is read.
        by: Who read it.
        none: Why there is no sample; everything else is empty then.
    """

    written: str = ""
    read: str = ""
    refused: str = ""
    by: str = ""
    none: str = ""

    def __str__(self) -> str:
        if self.none:
            return f"no sample: {self.none}"
        outcome = f"refused ({self.refused})" if self.refused else self.read
        return f"{self.written} -> {outcome}  [{self.by}]"

    def to_json(self) -> dict[str, str]:
        """Return what is known as a JSON object without empty members."""
        members = ("written", "read", "refused", "by", "none")
        return {name: value for name in members if (value := getattr(self, name))}


class _Outcome(NamedTuple):
    """What came of reading: a value, or why it was refused."""

    value: Any
    refused: str


class Witness:
    """Makes evidence for the problems of one writer and one reader."""

    def __init__(self, writer: Type, reader: Type) -> None:
        self.writer, self.reader = writer, reader
        self._schemas: dict[int, Any] = {}
        self._samples: Sampler | TooLargeError | None = None

    def evidence(self, problem: Problem) -> Evidence:
        """Show a problem with data.

        Args:
            problem: What the walk found between the two.

        Returns:
            The evidence, or why there is none.
        """
        shown = problem.sample
        no_sample = RULES[problem.rule].no_sample
        if shown is None:
            return Evidence(none=no_sample or "The rule concerns no datum of these two versions.")
        try:
            if shown.aliased is not None:
                return _by_alias(shown)
            if shown.third is not None:
                return self._by_third(shown, problem.path)
            if RULES[problem.rule].kind is Kind.RESOLUTION and (found := self._by_exact_branch(shown, problem.path)):
                return found
            return self._by_reading(shown, problem.path) or Evidence(
                none=no_sample or "Every library tried reads the same."
            )
        except TooLargeError:
            return Evidence(none="The schema is too large or too deep for a sample.")
        except NoValueError:
            return Evidence(none="No finite value of the writer's type exists, so nothing can be written with it.")

    def _sampler(self) -> Sampler:
        if self._samples is None:
            try:
                self._samples = Sampler(self.writer)
            except TooLargeError as error:
                self._samples = error
        if isinstance(self._samples, TooLargeError):
            raise self._samples
        return self._samples

    def _by_reading(self, shown: Sample, path: Path) -> Evidence | None:
        value = self._sampler().sample(path, shown.value)
        before = _at(_plain(value), path, "writer")
        said = _by_specification(self.writer, self.reader, value)
        said = said if said.refused else _Outcome(_at(said.value, path, "reader"), "")
        done = self._by_fastavro(self.writer, self.reader, encode(self.writer, value))
        if done is None:
            return self._told(shown, before, said, SPECIFICATION)
        if done.refused:
            # In the specification's words where both refuse: fastavro's contain whole schemas.
            return self._told(shown, before, _Outcome(None, said.refused or done.refused), _FASTAVRO)
        after = _Outcome(_at(done.value, path, "reader"), "")
        if _same(before, after.value) and not (not said.refused and _same(before, said.value)):
            # What fastavro does not see, others do.
            return self._told(shown, before, said, f"{SPECIFICATION}; fastavro reads {_text(after.value)}")
        by = f"{_FASTAVRO}; {SPECIFICATION} refuses it" if said.refused else _FASTAVRO
        return self._told(shown, before, after, by)

    def _by_exact_branch(self, shown: Sample, path: Path) -> Evidence | None:
        """Show what only readers refuse that take a union's exact branch, where the specification takes an earlier."""
        value = self._sampler().sample(path, shown.value)
        exact = _by_specification(self.writer, self.reader, value, prefer_exact=True)
        if not exact.refused or _by_specification(self.writer, self.reader, value).refused:
            return None
        before = _text(_at(_plain(value), path, "writer"))
        return Evidence(before, refused=exact.refused, by="readers that take the exact branch of a union, as Java does")

    def _told(self, shown: Sample, before: Any, after: _Outcome, by: str) -> Evidence | None:
        if after.refused:
            return Evidence(_text(before), refused=after.refused, by=_named(by))
        if shown.names is not None:
            names = shown.names
            return Evidence(f"{names[0]} {_text(before)}", f"{names[1]} {_text(after.value)}", by=_named(by))
        if shown.leaves is not None:
            # From leaf to leaf: a reader's union may read it by a branch that the problem is not about.
            one, other = shown.leaves
            said = _by_specification(one, other, before)
            written = _interpreted(one, before)
            read = said if said.refused else _interpreted(other, said.value)
            if written.value == read.value and not read.refused:
                return None
            return Evidence(written.value, read.value, read.refused, f"{_named(by)}, each side by its logical type")
        return None if _same(before, after.value) else Evidence(_text(before), _text(after.value), by=_named(by))

    def _by_third(self, shown: Sample, path: Path) -> Evidence:
        assert shown.third is not None  # noqa: S101 - the caller looked
        writer, one, other = shown.third
        value = Sampler(writer).sample((), shown.value)
        body = encode(writer, value)
        place = path[-1:] if isinstance(one, Record) else ()
        texts = []
        by = SPECIFICATION
        for reader in (one, other):
            done = self._by_fastavro(writer, reader, body)
            if done is not None and not done.refused:
                by = _FASTAVRO
                texts.append(_text(_at(done.value, place, "reader")))
                continue
            said = _by_specification(writer, reader, value)
            texts.append(f"refused ({said.refused})" if said.refused else _text(_at(said.value, place, "reader")))
        if texts[0] == texts[1]:
            # fastavro hands defaults out as they stand in the schema, without asking which branch they are of.
            saids = [_by_specification(writer, reader, value) for reader in (one, other)]
            texts, by = [s.refused or _text(_at(s.value, place, "reader")) for s in saids], SPECIFICATION
        written = "(not written)" if isinstance(one, Record) else _text(value)
        return Evidence(written, f"{texts[0]} by one version, {texts[1]} by the other", by=_named(by))

    def _by_fastavro(self, writer: Type, reader: Type, body: bytes) -> _Outcome | None:
        """Read with fastavro; None if it cannot take the schemas or fails otherwise than by refusing."""
        import fastavro

        try:
            schemas = [self._schema(type_) for type_ in (writer, reader)]
            fastavro.schemaless_reader(BytesIO(body), schemas[0], None)
        except Exception:  # noqa: BLE001 - a schema of this kind is too much for it, whatever it raises
            return None
        try:
            return _Outcome(fastavro.schemaless_reader(BytesIO(body), *schemas), "")
        except (fastavro.read.SchemaResolutionError, ValueError) as error:
            return _Outcome(None, _reason(error))
        except Exception:  # noqa: BLE001 - no refusal, so it says nothing about the schemas
            return None

    def _schema(self, type_: Type) -> Any:
        import fastavro

        if id(type_) not in self._schemas:
            # Kept with the type, so that the id stays its own. Without logical types: given two schemas, fastavro
            # takes the writer's, and hides from its own users what users of other libraries get.
            self._schemas[id(type_)] = type_, fastavro.parse_schema(to_json(type_, logical=False))
        return self._schemas[id(type_)][1]


def _interpreted(type_: Primitive | Fixed, value: Any) -> _Outcome:
    """Say what a value means by its type's logical type, in fastavro's words."""
    import fastavro

    if (type_.logical or "").endswith("-nanos") and isinstance(value, int):
        # fastavro leaves them as they are.
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=value // 1000)  # noqa: DTZ001 - the zone is told
        return _Outcome(f"{moment.isoformat()}{'' if 'local' in str(type_.logical) else 'Z'}", "")
    try:
        schema = fastavro.parse_schema(to_json(type_))
        return _Outcome(_text(fastavro.schemaless_reader(BytesIO(encode(type_, value)), schema, None)), "")
    except (ValueError, OverflowError, decimal.DecimalException) as error:
        return _Outcome("", _reason(error))


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bytes) == isinstance(other, bytes) and bool(one == other)


def _named(by: str) -> str:
    import fastavro

    return by.replace(_FASTAVRO, f"fastavro {fastavro.__version__}", 1) if by.startswith(_FASTAVRO) else by


def _by_specification(writer: Type, reader: Type, value: Any, *, prefer_exact: bool = False) -> _Outcome:
    try:
        return _Outcome(resolve(writer, reader, value, prefer_exact=prefer_exact), "")
    except RefusedError as error:
        return _Outcome(None, _shortened(str(error)))


def _by_alias(shown: Sample) -> Evidence:
    assert shown.aliased is not None  # noqa: S101 - the caller looked
    by_name, by_alias = shown.aliased
    fields = [field for field in (by_name, by_alias) if field is not None]
    record = Record("Sample", tuple(fields), "")
    value = Sampler(record).sample((InField(by_alias.name, by_alias.name),), unlike_default(by_alias))
    plain = _plain(value)
    own = _text(plain[by_name.name]) if by_name is not None else "its default"
    return Evidence(
        _text(plain),
        f"{own} by name, {_text(plain[by_alias.name])} by the alias",
        by="the specification leaves it open",
    )


def _reason(error: Exception) -> str:
    text = str(error).partition("\n")[0]
    return _shortened(text) or type(error).__name__


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _plain(value: Any) -> Any:
    match value:
        case Branch():
            return _plain(value.value)
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case _:
            return value


def _at(value: Any, path: Path, side: str) -> Any:
    """Follow a path into what a reader gave, by the names of one side."""
    for step in path:
        match step:
            case InField():
                value = value.get(getattr(step, side), _ABSENT) if isinstance(value, dict) else _ABSENT
            case InItems():
                value = value[0] if isinstance(value, list) and value else _ABSENT
            case InValues():
                value = value.get(MAP_KEY, _ABSENT) if isinstance(value, dict) else _ABSENT
            case _:
                pass
    return value


def _text(value: Any) -> str:
    """Write a value for people: times in ISO 8601, bytes in hexadecimal."""
    if value is _ABSENT:
        return "(absent)"
    try:
        return _shortened(
            json.dumps(value, ensure_ascii=False, default=_scalar_text) if _nested(value) else _leaf(value)
        )
    except (TypeError, ValueError):  # what a library made of it is no JSON
        return _shortened(repr(value))


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def _leaf(value: Any) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return _scalar_text(value)


def _scalar_text(value: Any) -> str:
    match value:
        case bytes():
            return f"0x{value.hex()}" if value else "no bytes"
        case dt.datetime():
            return value.isoformat().replace("+00:00", "Z")
        case dt.date() | dt.time():
            return value.isoformat()
        case decimal.Decimal() | int() | float():
            return str(value)
        case _:
            return f"{type(value).__name__} {value}"
