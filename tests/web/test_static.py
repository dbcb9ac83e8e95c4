"""Addresses of static files: a hash for each, which an import map carries to the scripts."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask

from pigeon.web import static
from tests.factories import Person
from tests.harness.clients import Client

IMPORT = re.compile(r'^(?:import|export)\b[^"()]*"([^"]+)";', re.M)
LATER_IMPORT = re.compile(r'\bimport\("([^"]+)"\)')
YEAR = "public, max-age=31536000, immutable"
MOST_AT_ONCE = 12


def _forget() -> None:
    for computed in (static.addresses, static.import_map, static.import_map_digest, static.core):
        computed.cache_clear()


@pytest.fixture
def static_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the static files that may be edited."""
    copy = Path(shutil.copytree(static.FOLDER, tmp_path / "static"))
    monkeypatch.setattr(static, "FOLDER", copy)
    _forget()
    yield copy
    monkeypatch.undo()
    _forget()


def _scripts() -> dict[str, str]:
    """Text by address without a hash."""
    paths = (static.FOLDER / "js").rglob("*.js")
    return {f"/static/{path.relative_to(static.FOLDER)}": path.read_text() for path in paths}


def _imports() -> dict[str, str]:
    return dict(json.loads(static.import_map())["imports"])


@pytest.mark.parametrize("edited", ["js/comments/delivery.js", "js/core/api.js", "css/base.css"])
def test_an_edit_renames_that_file_alone(static_copy: Path, edited: str) -> None:
    before, imports = static.addresses(), _imports()
    with (static_copy / edited).open("a") as file:
        file.write("\n/* edited */\n")
    _forget()
    after = static.addresses()
    assert {path for path in after if after[path] != before[path]} == {edited}
    changed = {name for name, address in _imports().items() if imports[name] != address}
    assert changed == ({f"/static/{edited}"} if edited.endswith(".js") else set())


def test_what_scripts_import_is_in_the_map() -> None:
    mapped = _imports()
    for address, text in _scripts().items():
        for named in IMPORT.findall(text) + LATER_IMPORT.findall(text):
            assert urljoin(address, named) in mapped, (address, named)
    assert {static.addresses()[name.removeprefix("/static/")] for name in mapped} == set(
        mapped.values()
    )


def test_the_entry_imports_the_core_and_no_more() -> None:
    texts, reached, waiting = _scripts(), set[str](), ["/static/js/app.js"]
    while waiting:
        address = waiting.pop()
        named = {urljoin(address, name) for name in IMPORT.findall(texts.get(address, ""))}
        waiting += named - reached
        reached |= named
    assert {_imports()[address] for address in reached} == set(static.core())
    assert len(reached & set(texts)) <= MOST_AT_ONCE


def test_the_page_carries_the_map_and_its_policy_knows_it(app: Flask, anonymous: Client) -> None:
    answer = anonymous.get("/login")
    found = re.search(r'<script type="importmap">(.+?)</script>', answer.text)
    assert found is not None
    digest = b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in answer.headers["Content-Security-Policy"]
    assert answer.text.index("importmap") < answer.text.index("modulepreload")


def test_only_the_hash_of_the_content_is_kept_for_ever(app: Flask, anonymous: Client) -> None:
    address = static.static_url("css/base.css")
    text = (static.FOLDER / "css/base.css").read_text()
    for asked, cached in (
        (address, YEAR),
        ("/static/css/base.css", "no-cache"),
        ("/static/css/base.00000000.css", "no-cache"),
        ("/static/0123456789abcdef/css/base.css", "no-cache"),
    ):
        answer = anonymous.get(asked)
        assert (answer.status_code, answer.text) == (200, text), asked
        assert answer.headers["Cache-Control"] == cached, asked
    for missing in ("none.css", "none.00000000.css", "..00000000.py", "0123456789abcdef/none.css"):
        assert anonymous.get(f"/static/{missing}").status_code == 404


def test_what_style_sheets_name_is_there() -> None:
    """Relative to the sheet, whose own hash is in its name and not in its folder."""
    for sheet in (static.FOLDER / "css").rglob("*.css"):
        for named in re.findall(r"url\(\s*[\"']?([^\"')#]+)", sheet.read_text()):
            assert named.startswith("data:") or (sheet.parent / named).is_file(), (sheet, named)


def test_what_a_page_names_is_there(
    app: Flask, client_for: Callable[[Person], Client], names: dict[str, int], bob: Person
) -> None:
    browser = client_for(bob)
    page = browser.get(f"/p/{names['shown']}").text
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert len(addresses) > 5
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
    pictures_named = set(re.findall(r'(?:src|srcset)="(/media/[^" ]+)', page))
    assert pictures_named
    for address in pictures_named:
        assert browser.get(address).status_code == 200
