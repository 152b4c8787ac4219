"""What an Avro type is in Python: its annotation, and the expressions that write, read and default it.

Expressions are kept inline rather than called: they run for every record, and a call costs more than most of them do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from codegen.naming import class_names, field_names, member_names, module_name
from registry.defaults import default_problem
from registry.model import PROMOTIONS, Array, Enum, Field, Fixed, Map, Named, Primitive, Record, Type, Union, split
from registry.parse import branch_key

_PLAIN = {
    "null": "None",
    "boolean": "bool",
    "int": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "bytes": "bytes",
    "string": "str",
}
# Logical type: annotation, what writes it, what reads it.
_LOGICAL = {
    "uuid": ("_uuid.UUID", "_values.to_uuid_text({})", "_values.from_uuid_text({})"),
    "date": ("_dt.date", "_values.to_days({})", "_values.from_days({})"),
    "time-millis": ("_dt.time", "_values.to_time_millis({})", "_values.from_time_millis({})"),
    "time-micros": ("_dt.time", "_values.to_time_micros({})", "_values.from_time_micros({})"),
    "timestamp-millis": ("_dt.datetime", "_values.to_millis({})", "_values.from_millis({})"),
    "timestamp-micros": ("_dt.datetime", "_values.to_micros({})", "_values.from_micros({})"),
    "local-timestamp-millis": ("_dt.datetime", "_values.to_local_millis({})", "_values.from_local_millis({})"),
    "local-timestamp-micros": ("_dt.datetime", "_values.to_local_micros({})", "_values.from_local_micros({})"),
}


class UnsupportedTypeError(ValueError):
    """A type that has no Python type of its own. The message says what to write instead."""


@dataclass
class Module:
    """The module being written: how it names types, and what it needs beside its classes.

    Attributes:
        namespace: Its Avro namespace.
        classes: Class of each named type of all namespaces, by full name.
        imports: Other namespaces that it uses.
        helpers: Functions that read and write general unions, in order of first use.
    """

    namespace: str
    classes: dict[str, str]
    imports: set[str] = field(default_factory=set)
    helpers: list[str] = field(default_factory=list)
    _unions: dict[str, str] = field(default_factory=dict)

    def name(self, type_: Named) -> str:
        """Return the expression for the class of a named type."""
        namespace, _ = split(type_.full_name)
        own = self.classes[type_.full_name]
        if namespace == self.namespace:
            return own
        self.imports.add(namespace)
        return f"{module_alias(namespace)}.{own}"

    def annotation(self, type_: Type) -> str:
        """Return the annotation of a type."""
        match type_:
            case Record() | Enum():
                return self.name(type_)
            case Primitive() | Fixed():
                return _scalar_annotation(type_)
            case Array(items):
                return f"tuple[{self.annotation(items)}, ...]"
            case Map(values):
                return f"_Mapping[str, {self.annotation(values)}]"
            case Union(branches):
                parts = list(dict.fromkeys(self.annotation(branch) for branch in branches))
                # Null last reads as people write it.
                parts.sort(key="None".__eq__)
                return " | ".join(parts)

    def write(self, type_: Type, value: str, depth: int = 0) -> str:
        """Return the expression that turns a Python value into a raw Avro value."""
        match type_:
            case Record():
                return f"{value}.to_avro()"
            case Enum():
                return f"{value} if type({value}) is {self.name(type_)} else _values.reject({value})"
            case Primitive() | Fixed():
                return _write_scalar(type_, value)
            case Array(items):
                # A list, for fastavro takes a tuple for a named branch of a union.
                item = self.write(items, f"_{depth}", depth + 1)
                inner = f"[{item} for _{depth} in {value}]" if item != f"_{depth}" else f"list({value})"
                return f"{inner} if type({value}) is tuple else _values.reject({value})"
            case Map(values):
                item = self.write(values, f"_{depth}", depth + 1)
                return f"{{_k{depth}: {item} for _k{depth}, _{depth} in {value}.items()}}"
            case Union(branches):
                others = [branch for branch in branches if branch != Primitive("null")]
                if len(others) == 1:
                    inner = self._write_optional(others[0], value, depth)
                    return f"None if {value} is None else {inner}" if len(branches) > 1 else inner
                return f"_write_{self._union(type_)}({value})"

    def read(self, type_: Type, value: str, depth: int = 0) -> str:
        """Return the expression that turns a raw Avro value into a Python value."""
        match type_:
            case Record():
                return f"{self.name(type_)}.from_avro({value})"
            case Enum():
                return f"{self.name(type_)}({value})"
            case Primitive() | Fixed():
                return _read_scalar(type_, value)
            case Array(items):
                item = self.read(items, f"_{depth}", depth + 1)
                return f"tuple([{item} for _{depth} in {value}])" if item != f"_{depth}" else f"tuple({value})"
            case Map(values):
                item = self.read(values, f"_{depth}", depth + 1)
                return f"{{_k{depth}: {item} for _k{depth}, _{depth} in {value}.items()}}"
            case Union(branches):
                others = [branch for branch in branches if branch != Primitive("null")]
                if len(others) != 1:
                    return f"_read_{self._union(type_)}({value})" if others else f"{value}"
                named = not isinstance(others[0], Primitive)
                inner = self.read(others[0], f"_values.bare({value})" if named else value, depth)
                if inner == value:
                    return value
                return f"None if {value} is None else {inner}" if len(branches) > 1 else inner

    def default(self, type_: Type, value: Any) -> str:
        """Return the expression of a default."""
        match type_:
            case Record(fields=fields):
                names = field_names(item.name for item in fields)
                given = [
                    f"{names[item.name]}={self.default(item.type, value[item.name])}"
                    for item in fields
                    if item.name in value
                ]
                return f"{self.name(type_)}({', '.join(given)})"
            case Enum():
                return f"{self.name(type_)}.{member_names(type_.symbols)[value]}"
            case Fixed():
                return _default_scalar(type_, value)
            case Primitive():
                return _default_scalar(type_, value)
            case Array(items):
                inner = "".join(f"{self.default(items, item)}, " for item in value).rstrip()
                return f"({inner})"
            case Map(values):
                return "{" + ", ".join(f"{key!r}: {self.default(values, item)}" for key, item in value.items()) + "}"
            case Union(branches):
                return self.default(next(b for b in branches if not default_problem(b, value)), value)

    def field_default(self, item: Field) -> str:
        """Return what stands behind `=` in the class for a field that has a default."""
        text = self.default(item.type, item.default)
        # A mapping in a default, however deep, is mutable and refused by dataclasses.
        return f"_field(default_factory=lambda: {text})" if "{" in text else text

    def _write_optional(self, branch: Type, value: str, depth: int) -> str:
        # A name saves fastavro from validating the whole value; a scalar costs less to validate than to name.
        if isinstance(branch, Primitive):
            return self.write(branch, value, depth)
        return self._write_branch(branch, value, depth)

    def _write_branch(self, branch: Type, value: str, depth: int) -> str:
        # Named, or fastavro would try branch after branch, and take an int for a float on its way.
        return f'("{branch_key(branch)}", {self.write(branch, value, depth)})'

    def _union(self, union: Union) -> str:
        key = repr(union)
        if key not in self._unions:
            self._unions[key] = name = f"union_{len(self._unions)}"
            _check_union(self, union)
            self.helpers.append(_writer_of(self, union, name) + "\n\n\n" + _reader_of(self, union, name))
        return self._unions[key]


def module_alias(namespace: str) -> str:
    """Return the name under which a module imports another namespace."""
    return "_" + namespace.removeprefix("quadrille.").replace(".", "_")


def module_path(namespace: str) -> str:
    """Return the Python module of a namespace."""
    return ".".join(module_name(part) for part in namespace.split("."))


def all_class_names(full_names: list[str]) -> dict[str, str]:
    """Name the classes of all namespaces, each namespace by itself."""
    result: dict[str, str] = {}
    for namespace in sorted({split(name)[0] for name in full_names}):
        own = [split(name)[1] for name in full_names if split(name)[0] == namespace]
        result |= {f"{namespace}.{simple}" if namespace else simple: new for simple, new in class_names(own).items()}
    return result


def _scalar_annotation(type_: Primitive | Fixed) -> str:
    if type_.logical == "decimal":
        return "_decimal.Decimal"
    if type_.logical in _LOGICAL:
        return _LOGICAL[type_.logical][0]
    return "bytes" if isinstance(type_, Fixed) else _PLAIN[type_.name]


def _write_scalar(type_: Primitive | Fixed, value: str) -> str:
    if type_.logical == "decimal":
        size = f", {type_.size}" if isinstance(type_, Fixed) else ""
        return f"_values.to_decimal({value}, {type_.precision}, {type_.scale}{size})"
    if type_.logical == "uuid":
        inner = "{}.bytes" if isinstance(type_, Fixed) else "_values.to_uuid_text({})"
        return f"{inner.format(value)} if type({value}) is _uuid.UUID else _values.reject({value})"
    if type_.logical in _LOGICAL:
        return _LOGICAL[type_.logical][1].format(value)
    if isinstance(type_, Fixed):
        return value
    match type_.name:
        case "int":
            return f"{value} if type({value}) is int and -(1 << 31) <= {value} < 1 << 31 else _values.reject({value})"
        case "long":
            return f"{value} if type({value}) is int else _values.reject({value})"
        case "boolean":
            return f"{value} if type({value}) is bool else _values.reject({value})"
        case "float":
            return f"_values.to_float32({value})"
        case "double":
            return f"{value} if type({value}) is not bool else _values.reject({value})"
        case _:
            return value


def _read_scalar(type_: Primitive | Fixed, value: str) -> str:
    if type_.logical == "decimal":
        return f"_values.from_decimal({value}, {type_.precision}, {type_.scale})"
    if type_.logical == "uuid" and isinstance(type_, Fixed):
        return f"_values.from_uuid_bytes({value})"
    if type_.logical in _LOGICAL:
        return _LOGICAL[type_.logical][2].format(value)
    return value


def _default_scalar(type_: Primitive | Fixed, value: Any) -> str:
    raw: Any = value
    if isinstance(type_, Fixed) or type_.name == "bytes":
        raw = value.encode("latin-1")
    elif type_.name in ("float", "double"):
        raw = float(value)
    if type_.logical in _LOGICAL or type_.logical == "decimal":
        return _read_scalar(type_, repr(raw))
    return repr(raw)


def _check_union(module: Module, union: Union) -> None:
    by_python: dict[str, Type] = {}
    by_raw: dict[str, Type] = {}
    for branch in union.branches:
        python = module.annotation(branch).partition("[")[0]
        raw = branch.full_name if isinstance(branch, Record | Enum | Fixed) else _raw_kind(branch)
        for table, key in ((by_python, python), (by_raw, raw)):
            if key in table:
                raise UnsupportedTypeError(
                    f"the branches `{_tell(table[key])}` and `{_tell(branch)}` of a union cannot be told apart in "
                    "Python; keep one of them, or wrap one in a record"
                )
            table[key] = branch
    for index, branch in enumerate(union.branches):
        for earlier in union.branches[:index]:
            names = getattr(branch, "name", ""), getattr(earlier, "name", "")
            if names in PROMOTIONS:
                # Avro's rule for readers: the first branch that can take the value does.
                raise UnsupportedTypeError(
                    f"a reader takes the `{names[0]}` of a union for its earlier branch `{names[1]}`; "
                    f"{'wrap one in a record' if names[::-1] in PROMOTIONS else f'write `{names[0]}` first'}"
                )


def _raw_kind(branch: Type) -> str:
    match branch:
        case Primitive(name="int" | "long"):
            return "int"
        case Primitive(name="float" | "double"):
            return "float"
        case Primitive():
            return branch.name
        case Array():
            return "array"
        case _:
            return "map"


def _tell(type_: Type) -> str:
    match type_:
        case Primitive():
            return type_.logical or type_.name
        case Array():
            return "array"
        case Map():
            return "map"
        case Union():
            return "union"
        case _:
            return type_.full_name


def _test(module: Module, branch: Type, value: str) -> str:
    match branch:
        case Primitive(name="null"):
            return f"{value} is None"
        case Array():
            return f"isinstance({value}, tuple)"
        case Map():
            return f"isinstance({value}, _Mapping)"
        case _:
            # Exact: a bool is an int, a datetime a date and a StrEnum a str.
            return f"type({value}) is {module.annotation(branch)}"


def _writer_of(module: Module, union: Union, name: str) -> str:
    lines = [f"def _write_{name}(value: {module.annotation(union)}) -> _Any:"]
    for branch in union.branches:
        lines += [
            f"    if {_test(module, branch, 'value')}:",
            f"        return {module._write_branch(branch, 'value', 0) if branch != Primitive('null') else 'None'}",  # noqa: SLF001 - its own module
        ]
    lines.append("    return _values.reject(value)")
    return "\n".join(lines)


_RAW_TEST = {
    "null": "value is None",
    "boolean": "type(value) is bool",
    "int": "type(value) is int",
    "float": "type(value) is float",
    "bytes": "type(value) is bytes",
    "string": "type(value) is str",
    "array": "type(value) is list",
    "map": "type(value) is dict",
}


def _reader_of(module: Module, union: Union, name: str) -> str:
    named = [branch for branch in union.branches if isinstance(branch, Record | Enum | Fixed)]
    lines = [f"def _read_{name}(value: _Any) -> {module.annotation(union)}:"]
    lines += ["    if type(value) is tuple:", f"        {'name' if named else '_'}, value = value"]
    for each in named:
        lines += [f'        if name == "{each.full_name}":', f"            return {module.read(each, 'value')}"]
    for branch in union.branches:
        if not isinstance(branch, Record | Enum | Fixed):
            lines += [
                f"    if {_RAW_TEST[_raw_kind(branch)]}:",
                f"        return {module.read(branch, 'value') if branch != Primitive('null') else 'None'}",
            ]
    lines.append('    raise TypeError(f"{value!r} is in no branch of the union")')
    return "\n".join(lines)
