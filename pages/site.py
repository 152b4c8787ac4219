"""Puts the page set together: every file as text, in memory, then all of them in one folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files as resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from pages import asyncapi, search
from pages.choreography import draw, rows
from pages.events import EventView, event_href, event_views, shared_types
from pages.protos import PackageView, api_href, packages
from pages.sources import Sources
from pages.telling import Piece, tell_duration, tell_prose, type_href
from registry.findings import CannotJudge

PROTO_PREFIX = "quadrille."
STATIC = ("style.css", "site.js")
INDEX = "index.html"
# Says that a folder was made here and may be made again.
MARK = ".made-by-quadrille"
# The picture is drawn twice: a phone shows the narrow one, at the same size of type.
_WIDE, _NARROW = 860.0, 348.0


def build(sources: Sources) -> dict[str, str]:
    """Make every file.

    Args:
        sources: What the pages are made from.

    Returns:
        The files by their path from the root of the pages; the same for the same sources.
    """
    events, types, api = event_views(sources), shared_types(sources), packages(sources.protos, PROTO_PREFIX)
    topics, services = sources.catalogue.topics, sources.services
    listed = search.entries(events, types, topics, services, api)
    drawn = rows(events, sources.entry_points)
    environment = _environment()
    shared = {
        "links": _links(events, [type_.full_name for type_ in types]),
        "by_owner": {service: tuple(event for event in events if event.topic.owner == service) for service in services},
        "colour": {service: index % 6 + 1 for index, service in enumerate(services)},
        "event_by_name": {event.type.full_name: event for event in events},
        "events": events,
        "method_href": {(e.service, e.method): _method_href(api, e.service, e.method) for e in sources.entry_points},
        "packages": api,
        "services": services,
        "topics": topics,
        "version": sources.version,
    }
    pictures = {"wide": draw(drawn, services, _WIDE), "narrow": draw(drawn, services, _NARROW)}

    def page(path: str, template: str, **values: object) -> tuple[str, str]:
        root = "../" * path.count("/")
        return path, environment.get_template(template).render(shared, here=path, root=root, **values)

    made = [
        page(INDEX, "index.html", pictures=pictures),
        page("flow.html", "flow.html", pictures=pictures, rows=drawn),
        page("topics.html", "topics.html"),
        page("types.html", "types.html", types=types),
        page("api.html", "api.html"),
        page("names.html", "names.html", entries=listed),
        *(page(event.href, "event.html", event=event) for event in events),
        *(
            page(
                f"services/{service}.html",
                "service.html",
                service=service,
                handlers=[handler for handler in sources.handlers if handler.service == service],
                api=[package for package in api if package.services and service in package.name.split(".")],
            )
            for service in services
        ),
        (asyncapi.FILE, asyncapi.text(sources)),
        ("search-index.js", search.script(listed)),
        *((name, (resources("pages") / "static" / name).read_text(encoding="utf-8")) for name in STATIC),
    ]
    return dict(made)


def write(folder: Path, made: Mapping[str, str]) -> None:
    """Write the page set in place of an older one.

    Args:
        folder: Where to. It is emptied if it holds pages that were written here before.
        made: What `build` returned.

    Raises:
        CannotJudge: The folder holds something else, or cannot be written.
    """
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
            raise CannotJudge(f"{folder} holds files that are no such pages; name an empty or a new folder")
        shutil.rmtree(folder, ignore_errors=True)
        for path, text in {MARK: "", **made}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotJudge(f"the pages cannot be written to {folder}: {error.strerror or error}") from error


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "api_href": api_href,
        "duration": tell_duration,
        "event_href": event_href,
        "prose": _prose,
        "type_href": type_href,
    }
    return environment


@pass_context
def _prose(context: Context, text: str) -> tuple[Piece, ...]:
    return tell_prose(text, context["links"])


def _links(events: Iterable[EventView], types: Iterable[str]) -> dict[str, str]:
    # A type that has an event's name gives way to it.
    return {name.rpartition(".")[2]: type_href(name) for name in types} | {event.name: event.href for event in events}


def _method_href(api: Iterable[PackageView], service: str, method: str) -> str:
    for package in api:
        for listed in package.services:
            for one in listed.methods:
                if one.name == method and service in package.name.split("."):
                    return api_href(one.full_name)
    raise CannotJudge(f"{service} has no gRPC method {method}; mend the entry points of the choreography")
