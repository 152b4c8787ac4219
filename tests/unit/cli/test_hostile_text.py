"""Every command, before services whose every text is hostile, and with hostile arguments: nothing of it is obeyed.

The services are a real gRPC server that fills every string of an answer with what a terminal would obey, or refuses
with it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import grpc
import pytest
from google.protobuf import descriptor_pool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc import code_pb2, error_details_pb2, status_pb2
from quadrille.order.v1.order_pb2 import OrderState

from cli.commands import place
from cli.main import COMMANDS, LazyGroup, main, quadrille
from local.settings import CHECKOUT
from services.catalogue import SERVICES
from tests.unit.telemetry.test_escaping import is_safe

#: Title, clipboard, cursor, C1, direction, separators, line feed, markup and emoji of rich.
HOSTILE = "x\x1b]0;t\x07\x1b]52;c;YQ==\x07\x1b[2J\x9b31m\u202eb\u2066\u2028\x85\r\nFORGED [red]m[/] :warning:\x7f"
SHOWN = r"x\u001b]0;t\u0007"
KEEP = frozenset({"next_page_token"})
ORDER = "01a20ef0-b113-7260-84bb-eda37dd1a646"


def filled(message: Message, depth: int = 0) -> Message:
    """Fill every field, so that all that can be printed is."""
    for field in message.DESCRIPTOR.fields:
        if field.name in KEEP or depth > 6:
            continue
        if field.message_type is not None:
            inner = getattr(message, field.name)
            inner = inner.add() if field.is_repeated else inner
            inner.SetInParent() if not field.is_repeated else None
            if not field.message_type.full_name.startswith("google."):
                filled(inner, depth + 1)
            continue
        value: Any = 1
        if field.cpp_type == field.CPPTYPE_STRING and field.type == field.TYPE_BYTES:
            value = HOSTILE.encode()
        elif field.name == "event_json":
            value = json.dumps({HOSTILE: HOSTILE})
        elif field.name.endswith("currency_code"):
            value = "USD"
        elif field.cpp_type == field.CPPTYPE_STRING:
            value = HOSTILE
        elif field.cpp_type == field.CPPTYPE_ENUM:
            value = field.enum_type.values[-1].number
        elif field.cpp_type == field.CPPTYPE_BOOL:
            value = field.name == "settled" and message.DESCRIPTOR.name.startswith("Watch")
        if field.is_repeated:
            getattr(message, field.name).append(value)
        else:
            setattr(message, field.name, value)
    return message


def _write(message: Message) -> bytes:
    return message.SerializeToString()


class Hostile(grpc.GenericRpcHandler):
    """Answers every method of every service, or refuses it."""

    refuses = False
    stuck = False

    def service(self, handler_call_details: Any) -> Any:
        name, _, method_name = handler_call_details.method.lstrip("/").partition("/")
        method = descriptor_pool.Default().FindServiceByName(name).methods_by_name[method_name]
        read = GetMessageClass(method.input_type).FromString

        def answer(_request: Any, context: Any) -> Message:
            if self.refuses:
                status = status_pb2.Status(code=code_pb2.INVALID_ARGUMENT, message=HOSTILE)
                status.details.add().Pack(error_details_pb2.ErrorInfo(reason=HOSTILE, domain="x"))
                bad = error_details_pb2.BadRequest()
                bad.field_violations.add(field=HOSTILE, description=HOSTILE)
                status.details.add().Pack(bad)
                context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, HOSTILE)
            said = filled(GetMessageClass(method.output_type)())
            if self.stuck:
                for order in getattr(said, "orders", [said] if method_name == "GetOrder" else []):
                    order.state = OrderState.ORDER_STATE_PENDING
                    order.timeline[0].event, order.timeline[0].service = "InventoryReserved", "inventory"
            return said

        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(
                lambda request, context: iter([answer(request, context)]), read, _write
            )
        return grpc.unary_unary_rpc_method_handler(answer, read, _write)


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[Hostile, str]]:
    handler = Hostile()
    server = grpc.server(ThreadPoolExecutor(4), handlers=(handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield handler, f"127.0.0.1:{port}"
    server.stop(None).wait()


@pytest.fixture
def run(services, monkeypatch, tmp_path, capsys):
    handler, address = services
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUADRILLE_DATA", str(tmp_path))
    # Servers are nobody's; nothing is started for a test.
    monkeypatch.setenv("QUADRILLE_PORT_BASE", "1")
    for service in SERVICES:
        monkeypatch.setenv(f"QUADRILLE_{service.upper()}_ADDRESS", address)

    def ran(*arguments: str, refuses: bool = False) -> tuple[int, str, str]:
        handler.refuses, handler.stuck = refuses, "--stuck" in arguments
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = capsys.readouterr()
        for text in (out, err):
            assert is_safe(text, but="\n"), repr(text)
            assert not any(line.startswith("FORGED") for line in text.splitlines()), text
            assert "Traceback" not in text
        return ended.value.code, out, err

    return ran


ASKING = [
    ("get", ORDER),
    ("get", ORDER, "--json"),
    ("watch", ORDER),
    ("watch", ORDER, "--json"),
    ("list",),
    ("list", "--json"),
    ("list", "--stuck"),
    ("list", "--stuck", "--json"),
    ("stock",),
    ("stock", "--json"),
    ("cancel", ORDER),
    ("cancel", ORDER, "--json"),
    ("place", "--customer", "c", "--line", "pen:1", "--address", "home", "--country", "DE"),
    ("place", "--customer", "c", "--line", "pen:1:1.20", "--address", "home", "--country", "DE", "--json"),
    ("place", "--customer", "c", "--line", "pen:1:1.20", "--address", "home", "--country", "DE", "--watch"),
    ("dlq", "list"),
    ("dlq", "list", "--json"),
    ("dlq", "show", "payment/1"),
    ("dlq", "show", "payment/1", "--json"),
    ("dlq", "replay", "payment/1", "--reason", "x"),
    ("dlq", "drop", "payment/1", "--reason", "x", "--json"),
]


@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
def test_what_services_say_is_shown_and_not_obeyed(run, arguments) -> None:
    code, out, err = run(*arguments)
    assert code in (0, 1), err
    assert r"\u001b]0;t\u0007" in out, (out, err)
    if "--json" in arguments:
        documents = [json.loads(out)] if out.startswith("{\n") else [json.loads(line) for line in out.splitlines()]
        assert HOSTILE in [value for document in documents for value in texts_of(document)]
    else:
        assert "[red]m[/] :warning:" in out


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
def test_what_services_refuse_with_is_shown_and_not_obeyed(run, arguments) -> None:
    code, out, err = run(*arguments, refuses=True)
    assert code == 1
    assert r"\u001b]0;t\u0007" in out + err


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command, however deep."""
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from commands(command, (*path, name))
    else:
        yield path, group


EVERY = dict(commands(quadrille))
#: They would start, stop or change something of this machine, or wait for servers.
LONG = {("up",), ("down",), ("demo",), ("apply",)}


def hostile_arguments(command: click.Command) -> list[str]:
    given = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            given.append(HOSTILE)
        elif parameter.required and isinstance(parameter, click.Option) and not parameter.is_flag:
            given += [parameter.opts[0], HOSTILE]
    return given


@pytest.mark.parametrize("path", sorted(EVERY.keys() - LONG), ids=" ".join)
def test_arguments_are_shown_and_not_obeyed_in_every_command(run, path) -> None:
    given = hostile_arguments(EVERY[path])
    for arguments in ([*given, HOSTILE], [*given, f"--{HOSTILE}"], *([given] if given else [])):
        run(*path, *arguments, refuses=True)


def test_every_command_was_walked() -> None:
    assert {path[0] for path in EVERY} == set(COMMANDS)
    assert isinstance(quadrille, LazyGroup)
    assert {path[:1] for path in map(tuple, ASKING)} >= {(name,) for name in ("get", "list", "watch", "place", "dlq")}


def test_a_command_that_does_not_exist_is_told_and_not_obeyed(run) -> None:
    assert run(HOSTILE)[0] == 2
    assert run("dlq", HOSTILE)[0] == 2


def test_a_hostile_schema_is_shown_and_not_obeyed(run, tmp_path) -> None:
    def schema(kind: str) -> str:
        field = {"name": "a", "type": kind, "doc": HOSTILE, "default": HOSTILE if kind == "string" else 1}
        symbols = {"type": "enum", "name": "E", "symbols": ["A", HOSTILE], "doc": HOSTILE}
        fields = [field, {"name": HOSTILE, "type": symbols}]
        return json.dumps({"type": "record", "name": "R", "namespace": HOSTILE, "doc": HOSTILE, "fields": fields})

    names = [f"one{HOSTILE}.avsc".replace("/", ""), f"two{HOSTILE}.avsc".replace("/", "")]
    plain = [schema(kind).replace(json.dumps(HOSTILE)[1:-1], "Ok") for kind in ("string", "long")]
    named = [text.replace('"doc": "Ok"', f'"doc": {json.dumps(HOSTILE)}') for text in plain]
    for texts in ([schema("string"), schema("long")], plain, named, ["{", HOSTILE]):
        for name, text in zip(names, texts, strict=True):
            (tmp_path / name).write_text(text)
        for form in ("text", "json", "junit", "github", "sarif"):
            code, out, err = run("schemas", "diff", *names, "--format", form)
            assert code in (1, 2), out
            assert r"\u001b" in out + err or form != "text"
            if form == "json":
                json.loads(out)
            run("schemas", "lint", *names, "--format", form)


def test_colours_are_ours_alone(run, monkeypatch, capsys) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    with pytest.raises(SystemExit):
        main(["get", ORDER])
    out, _ = capsys.readouterr()
    assert "\x1b[" in out
    assert is_safe(re.sub(r"\x1b\[[0-9;]*m", "", out), but="\n")


def test_commands_print_through_one_module() -> None:
    """What goes round it would have to be escaped by whoever wrote it."""
    allowed = {"cli/output.py", "cli/terminal.py", "cli/settings_page.py"}
    found = []
    for path in sorted([*(CHECKOUT / "cli").rglob("*.py"), *(CHECKOUT / "local").rglob("*.py")]):
        name = str(path.relative_to(CHECKOUT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            is_print = called in ("print", "click.echo", "click.secho", "click.style", "Console", "rich.print")
            is_write = name.startswith("cli/") and re.fullmatch(r"sys\.std(out|err)\.write", called)
            if name not in allowed and (is_print or is_write):
                found.append(f"{name}: {called}")
    # A program of its own, which guards its streams.
    assert found == ["local/stub/__main__.py: click.echo"]


def test_a_quantity_or_a_line_that_is_wrong_is_shown(run) -> None:
    code, _, err = run("place", "--customer", "c", "--line", f"pen:{HOSTILE}", "--address", "h", "--country", "DE")
    assert (code, place.command.name) == (2, "command")
    assert "quantity" in err


def test_files_that_are_named_by_others_are_shown(run, tmp_path: Path) -> None:
    folder = tmp_path / HOSTILE.replace("/", "")
    folder.mkdir()
    code, out, err = run("load", "--tpch", str(folder))
    assert code == 1
    assert SHOWN in out + err
