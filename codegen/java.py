"""Java: Avro's own specific records, protoc's own messages and clients, and a table of the events."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codegen.rendering import Published, by_namespace, published
from codegen.toolchains import JavaTools, run
from registry.catalogue import Catalogue
from registry.model import split

_HEADER = "// DO NOT EDIT. Made from {sources} by `make generate`.\n"

# Ant runs Avro's compiler without the 70 MB of avro-tools, and without a JDK.
_BUILD = """<project default="avro">
  <taskdef name="avro" classname="org.apache.avro.compiler.specific.ProtocolTask"/>
  <target name="avro"><avro file="types.avpr" destdir="out" stringType="String"/></target>
</project>
"""
# A JVM that lives for a second: the quick compiler and the small collector.
_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Djava.awt.headless=true")


def compile_records(catalogue: Catalogue, tools: JavaTools) -> dict[str, str]:
    """Have Avro write the specific records.

    Args:
        catalogue: All schemas.
        tools: Avro's compiler.

    Returns:
        Sources by path.

    Raises:
        ToolError: The compiler refused.
    """
    types: list[Any] = [
        catalogue.files[type_.full_name].raw for types in by_namespace(catalogue).values() for type_ in types
    ]
    order = {name: index for index, name in enumerate(_in_order(catalogue))}
    types.sort(key=lambda raw: order[f"{raw['namespace']}.{raw['name']}"])
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        protocol = {"protocol": "Dropped", "namespace": "dropped", "types": types}
        (place / "types.avpr").write_text(json.dumps(protocol), encoding="utf-8")
        (place / "build.xml").write_text(_BUILD, encoding="utf-8")
        arguments = ("-cp", tools.class_path, "org.apache.tools.ant.Main", "-q", "-f", place / "build.xml")
        run([tools.java, *_OPTIONS, *arguments], cwd=place)
        sources = {
            path.relative_to(place / "out").as_posix(): path.read_text(encoding="utf-8")
            for path in sorted((place / "out").rglob("*.java"))
        }
    # The protocol is only how Avro's compiler is given several types at once.
    del sources["dropped/Dropped.java"]
    return {path: _HEADER.format(sources="schemas/") + text for path, text in sources.items()}


def _in_order(catalogue: Catalogue) -> list[str]:
    from codegen.records import in_order

    return [type_.full_name for type_ in in_order([file.type for file in catalogue.files.values()])]


def render_table(catalogue: Catalogue) -> str:
    """Write `quadrille/events/Events.java`.

    Args:
        catalogue: All schemas and topics.

    Returns:
        The source.
    """
    events = published(catalogue)
    constants = "\n".join(_constant(name, event) for name, event in events.items())
    names = ", ".join(_constant_name(name) for name in events)
    topics = ", ".join(f'"{topic}"' for topic in dict.fromkeys(event.topic.name for event in events.values()))
    return _HEADER.format(sources="schemas/") + (
        f"""package quadrille.events;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import quadrille.serde.EventType;

/** Every event of the platform. */
public final class Events {{
  private Events() {{}}
{constants}
  /** Every event by Avro full name. */
  public static final Map<String, EventType> ALL =
      Stream.of({names})
          .collect(Collectors.toUnmodifiableMap(EventType::fullName, type -> type));

  /** The topics that events are published to. */
  public static final List<String> TOPICS = List.of({topics});
}}
"""
    )


def _constant_name(full_name: str) -> str:
    name = split(full_name)[1]
    return "".join(f"_{char}" if char.isupper() and index else char.upper() for index, char in enumerate(name)).upper()


def _constant(full_name: str, event: Published) -> str:
    texts = [full_name, event.topic.name, event.topic.key, event.text, event.fingerprint]
    arguments = ",\n          ".join([*map(_literal, texts), f"{full_name}.getClassSchema()"])
    return f"""
  /** {{@link {full_name}}}. */
  public static final EventType {_constant_name(full_name)} =
      new EventType(
          {arguments});
"""


def _literal(text: str) -> str:
    # JSON's escapes are Java's too; Java reads \\u escapes before anything else, so none are made.
    return json.dumps(text, ensure_ascii=False)


def marked(sources: Mapping[str, str]) -> dict[str, str]:
    """Put the header before what protoc wrote.

    Args:
        sources: Sources by path.

    Returns:
        The same, each marked.
    """
    return {path: _HEADER.format(sources="proto/") + text for path, text in sources.items()}
