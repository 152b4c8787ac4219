"""The page set: whole, valid, without a dead link, the same each time, and deaf to what a text would have it do."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import html5lib
import pytest

from pages.search import Entry, script
from pages.site import MARK, build, write
from registry.findings import CannotJudge

pytestmark = pytest.mark.slow


def ids(tree) -> list[str]:
    return [element.get("id") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")]


def links(tree) -> list[str]:
    return [element.get("href") for element in tree.iter() if isinstance(element.tag, str) and element.get("href")]


def text(tree) -> str:
    return " ".join("".join(tree.itertext()).split())


def test_the_same_sources_give_the_same_bytes(sources, made):
    assert build(sources) == made


def test_every_page_has_a_title_a_language_landmarks_and_one_heading_of_the_first_level(pages):
    for path, tree in pages.items():
        assert tree.get("lang") == "en", path
        assert tree.find("head/title").text.endswith(" | Quadrille"), path
        for landmark in ("header", "nav", "main", "footer", "search"):
            assert len(tree.findall(f".//{landmark}")) == 1, (path, landmark)
        assert len(tree.findall(".//h1")) == 1, path
        assert tree.find("body/a").get("href") == "#content", path


def test_the_parser_that_reads_the_pages_refuses_what_is_not_well_formed():
    with pytest.raises(html5lib.html5parser.ParseError):
        html5lib.HTMLParser(strict=True).parse("<!DOCTYPE html><title>x</title><p><b>bold</p>")


def test_no_level_of_heading_is_left_out(pages):
    for path, tree in pages.items():
        levels = [int(element.tag[1]) for element in tree.iter() if re.fullmatch(r"h[1-6]", str(element.tag))]
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_no_id_stands_twice_on_a_page(pages):
    for path, tree in pages.items():
        assert len(ids(tree)) == len(set(ids(tree))), path


def test_every_link_leads_to_a_page_and_to_an_id_on_it(pages, made):
    known = {path: set(ids(tree)) for path, tree in pages.items()}
    walked = 0
    for path, tree in pages.items():
        for href in links(tree):
            if href.startswith(("https://", "data:")):
                continue
            file, _, fragment = href.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
            assert target in made, (path, href)
            assert not fragment or unquote(fragment) in known[target], (path, href)
            walked += 1
    assert walked > 1000


def test_every_reference_inside_a_page_names_an_id(pages):
    for path, tree in pages.items():
        for element in tree.iter():
            for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
                if isinstance(element.tag, str) and element.get(name):
                    assert set(element.get(name).split()) <= set(ids(tree)), (path, name)


def test_nothing_that_a_browser_loads_by_itself_comes_from_elsewhere(pages, made):
    for path, tree in pages.items():
        loaded = [element.get("src") for element in tree.iter() if isinstance(element.tag, str) and element.get("src")]
        loaded += [link.get("href") for link in tree.iter("link")]
        assert all(not re.match(r"(\w+:)?//", address) for address in loaded), path
    assert not re.search(r"url\(|@import|https?:", made["style.css"])
    assert not re.search(r"\bfetch\(|XMLHttpRequest|import\(|https?:", made["site.js"])


def test_every_event_has_a_page_with_its_fields_owner_topic_versions_and_handlers(sources, pages):
    for topic in sources.catalogue.topics:
        for event in topic.events:
            tree = pages[f"events/{event.full_name.removeprefix('quadrille.events.')}.html"]
            shown, there = text(tree), set(ids(tree))
            record = sources.catalogue.event(event.full_name)
            assert {f"fields.{field.name}" for field in record.fields} <= there
            for wanted in (topic.name, topic.owner, *event.consumers, "14 days", record.doc):
                assert wanted in shown, (event.full_name, wanted)
            for field in record.fields:
                assert field.doc in shown
            assert sources.catalogue.fingerprint(event.full_name) in shown
            assert {f"version-{n + 1}" for n in range(len(sources.history[f"{topic.name}-{event.full_name}"]))} <= there
            for handler in sources.handlers:
                if event.full_name in (handler.event, *handler.publishes):
                    assert handler.name in shown


def test_the_api_page_has_every_method_message_field_and_comment(sources, pages):
    shown, there = text(pages["api.html"]), set(ids(pages["api.html"]))
    wanted = set()
    for file in sources.protos.file:
        if not file.package.startswith("quadrille."):
            continue
        wanted |= {f"{file.package}.{s.name}.{m.name}" for s in file.service for m in s.method}
        wanted |= {f"{file.package}.{m.name}.{f.name}" for m in file.message_type for f in m.field}
        wanted |= {f"{file.package}.{e.name}.{v.name}" for e in file.enum_type for v in e.value}
        for place in file.source_code_info.location:
            # A comment at the syntax line or the package is for readers of the file.
            if place.leading_comments and len(place.path) > 1:
                assert " ".join(place.leading_comments.replace("`", "").split()) in shown
    assert wanted <= there
    assert len(wanted) > 150


def test_what_is_found_is_there_and_what_is_there_is_found(pages, made):
    rows = json.loads(made["search-index.js"].removeprefix("window.SEARCH_INDEX = ").removesuffix(";\n"))
    for name, _kind, _within, href, _doc in rows:
        file, _, fragment = href.partition("#")
        assert file in pages, name
        assert not fragment or fragment in ids(pages[file]), href
    found = {(name, kind) for name, kind, *_ in rows}
    assert {("OrderCreated", "event"), ("PlaceOrder", "method"), ("order-events", "topic")} <= found
    assert {("total", "field"), ("OUT_OF_STOCK", "symbol"), ("ORDER_STATE_PENDING", "value")} <= found
    listed = text(pages["names.html"])
    assert all(name in listed for name, _ in found)


def test_the_picture_links_every_service_and_event_and_is_told_in_words_too(sources, pages):
    tree = pages["flow.html"]
    for picture in tree.iter("{http://www.w3.org/2000/svg}svg"):
        if "flow" not in (picture.get("class") or ""):
            continue
        targets = {link.get("href") for link in picture.iter("{http://www.w3.org/2000/svg}a")}
        assert {f"services/{service}.html" for service in sources.services} <= targets
        assert sum(target.startswith("events/") for target in targets) == len(sources.catalogue.subjects)
    words = text(tree.find(".//table"))
    assert all(name.rpartition(".")[2] in words for name in sources.catalogue.subjects.values())


HOSTILE = "<script>alert(1)</script> & </style> \" ' {{ 7*7 }} <!-- ]]>"


def test_a_text_of_a_schema_or_a_proto_comes_out_as_text(checkout: Path, sources, sources_of):
    path = checkout / "schemas/order/OrderCompleted.avsc"
    path.write_text(path.read_text().replace("What the customer was charged.", HOSTILE.replace('"', '\\"')))
    protos = type(sources.protos).FromString(sources.protos.SerializeToString())
    comments = [place for file in protos.file for place in file.source_code_info.location]
    (comment,) = [place for place in comments if place.leading_comments.strip() == "Gets one order with its timeline."]
    comment.leading_comments = HOSTILE
    made = build(replace(sources_of(checkout), protos=protos))
    for name in ("events/order.OrderCompleted.html", "api.html"):
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(made[name])
        assert HOSTILE in text(tree), name
        assert len(list(tree.iter("script"))) == 2, name


def test_the_index_is_a_script_that_no_text_can_leave():
    row = Entry("x", "event", "", "a.html", "</script>\u2028\"'\\")
    body = script([row]).removeprefix("window.SEARCH_INDEX = ").removesuffix(";\n")
    assert json.loads(body) == [["x", "event", "", "a.html", "</script>\u2028\"'\\"]]
    assert "\u2028" not in body


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CannotJudge, match="no such pages"):
        write(tmp_path, {"index.html": ""})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_pages_of_events_that_are_gone_go_too(tmp_path: Path):
    write(tmp_path / "docs", {"index.html": "1", "events/old.html": "1"})
    write(tmp_path / "docs", {"index.html": "2"})
    assert {path.name for path in (tmp_path / "docs").rglob("*")} == {MARK, "index.html"}
