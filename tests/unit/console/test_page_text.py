"""What the page puts on the screen: text from elsewhere is escaped as in terminals, and by one module."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

from local.settings import CHECKOUT
from telemetry.escaping import shown_lines
from tests.interop.tools import tool

STATIC = CHECKOUT / "console" / "static"
#: A document with as much of one as dom.js needs.
STUB = """
globalThis.Node = class {
  constructor() { this.children = []; this.attributes = {}; }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  setAttribute(name, value) { this.attributes[name] = value; }
  contains() { return false; }
};
const say = new Node();
globalThis.document = { createElement: () => new Node(), createElementNS: () => new Node(), getElementById: () => say };
"""


def run(tmp_path, script: str, given: object) -> object:
    node = tool("node", install="on Debian: apt-get install nodejs")
    for name in ("dom.js", "escape.js"):
        shutil.copy(STATIC / name, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    read = "import { readFileSync } from 'node:fs';\nconst given = JSON.parse(readFileSync(0, 'utf8'));"
    (tmp_path / "run.js").write_text(f"{STUB}\n{read}\n{script}")
    done = subprocess.run([node, "run.js"], cwd=tmp_path, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.interop
def test_the_page_escapes_what_terminals_and_logs_escape(tmp_path) -> None:
    given = [f"a{chr(code)}b" for code in range(sys.maxunicode + 1) if code < 0x3100 or code > 0xD700]
    given = given[:80_000] + [f"a{chr(code)}b" for code in range(0xE0000, 0xE0100)]
    script = "const { escaped } = await import('./escape.js');\nconsole.log(JSON.stringify(given.map(escaped)));"
    assert run(tmp_path, script, given) == [shown_lines(text) for text in given]


@pytest.mark.interop
def test_every_way_to_put_text_on_the_page_escapes_it(tmp_path) -> None:
    script = """
const { h, s, put, show, say: told, tag, empty, problem } = await import('./dom.js');
const made = [h("p", { title: given, "aria-label": given }, given, [given, [given]]), s("text", {}, given)];
const element = new Node();
put(element, given);
show(made[0], given, h("b", {}, given));
told(given);
made.push(tag(given), empty(given, given), problem({ message: given }), element, say);
const texts = (node) => [node.textContent ?? "", ...Object.values(node.attributes),
  ...node.children.flatMap((child) => (child instanceof Node ? texts(child) : [child]))];
console.log(JSON.stringify(made.map(texts)));
"""
    hostile = "x\x1b[2J\x9b\u202e\u2028\u200f"
    found = run(tmp_path, script, hostile)
    assert isinstance(found, list)
    for texts in found:
        assert shown_lines(hostile) in texts
        assert not any(re.search("[\x1b\x9b\u202e\u2028\u200f]", text) for text in texts)


def test_no_other_module_puts_text_on_the_page_by_itself() -> None:
    direct = re.compile(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|createTextNode|innerText"
        r"|\.(textContent|title) = (?!`\$\{escaped)"
        r"|\.(append|prepend|before|after|replaceChildren|replaceWith)\((\s*[\"'`])|new Text\("
    )
    for path in STATIC.glob("*.js"):
        if path.name != "dom.js":
            assert direct.search(path.read_text(encoding="utf-8")) is None, path.name
