"""The review's page in a real browser: nothing loads, nothing runs that is not its own, everything can be reached."""

from __future__ import annotations

import base64
import json
import os
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifeops_migrate.__main__ import run_command

from .chromium import Chromium, program

if TYPE_CHECKING:
    from collections.abc import Iterator

LIFEOPS = Path(__file__).parents[2] / "fixtures" / "lifeops"

pytestmark = pytest.mark.skipif(program() is None, reason="there is no Chromium here: `make browser` installs it")

ATTACKS = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "</script><script>window.pwned=1</script>",
    "</style><svg onload=window.pwned=1>",
    "\"><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "' autofocus onfocus='window.pwned=1",
    "javascript:window.pwned=1",
    "<!--",
    "]]><![CDATA[",
    "&lt;b&gt;",
    "\u202eevil\u202c",
    "\x1b[31m",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(LIFEOPS, tmp_path_factory.mktemp("page") / "review.html")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose strings, comments, paths, routes and class docstrings are attacks."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "app").mkdir()
    (folder / "lifeops-migrate.toml").write_text("")
    for number, attack in enumerate(ATTACKS):
        spelled = attack.replace("\x1b", "").replace("/", "\u2215")
        text = (
            "from fastapi import FastAPI\n\n"
            f"app = FastAPI(title={attack!r})\n\n\n"
            f"@app.get({'/' + attack!r})\n"
            f"async def attack_{number}(client):\n"
            f"    # {attack}\n"
            "    try:\n"
            f"        return client.read({attack!r})\n"
            f"    except:  # {attack}\n"
            f"        return {attack!r}\n"
        )
        (folder / "app" / f"a{number} {spelled}.py").write_text(text, encoding="utf-8")
    return made(folder, folder / "review.html")


def made(root: Path, target: Path) -> Path:
    arguments = ["review", str(root), "--no-cache", "--format", "html", "--output", str(target)]
    err = StringIO()
    assert run_command(arguments, StringIO(), StringIO(), err) == 0, err.getvalue()
    return target


def count(browser: Chromium) -> str:
    return str(browser.value("document.getElementById('count').textContent"))


@pytest.mark.parametrize("name", ["page", "hostile"])
def test_nothing_is_loaded_and_nothing_complains(browser: Chromium, request: pytest.FixtureRequest, name: str) -> None:
    path: Path = request.getfixturevalue(name)
    browser.open(path)
    assert browser.requests() == [path.as_uri()]
    assert browser.complaints() == []
    assert browser.value("document.scripts.length") == 1
    assert browser.value("document.querySelectorAll('img, iframe, object, embed, link, base').length") == 0
    assert browser.value("document.compatMode") == "CSS1Compat"


def test_hostile_text_is_text(browser: Chromium, hostile: Path) -> None:
    browser.open(hostile)
    browser.value("for (const one of document.querySelectorAll('details')) one.open = true")
    browser.value("new Promise(done => setTimeout(done, 200))")
    assert browser.value("typeof window.pwned") == "undefined"
    shown = browser.value("document.body.textContent")
    for attack in ATTACKS:
        visible = attack.replace("\x1b", "\\x1b").replace("\u202e", "<U+202E>").replace("\u202c", "<U+202C>")
        assert visible in shown
    names = browser.value(
        "[...document.querySelectorAll('*')].flatMap(one => one.getAttributeNames()).filter(name => /^on/.test(name))"
    )
    assert names == []
    assert int(count(browser).split()[0]) >= len(ATTACKS)


def test_the_policy_is_in_force(browser: Chromium, page: Path) -> None:
    browser.open(page)
    browser.value(
        "{ const one = document.createElement('script'); one.text = 'window.pwned = 1'; document.body.append(one) }"
    )
    browser.value("fetch('https://example.org/').catch(() => 0)")
    assert browser.value("typeof window.pwned") == "undefined"
    assert len(browser.complaints()) >= 2


def test_filters(browser: Chromium, page: Path) -> None:
    browser.open(page)
    every = int(count(browser).split()[0])
    rules = browser.value("[...document.querySelector('[name=rule]').options].map(one => one.value)")
    for rule in rules[1:]:
        browser.value(f"location.hash = {json.dumps('#rule=' + rule)}")
        browser.value("new Promise(done => setTimeout(done, 50))")
        seen = "[...document.querySelectorAll('#list > li:not([hidden]) > details')]"
        assert set(browser.value(f"{seen}.map(one => one.dataset.rule)")) == {rule}
        assert count(browser) == f"{browser.value(f'{seen}.length')} of {every} issues"
    browser.value("document.querySelector('#filters [type=reset]').click()")
    browser.value("new Promise(done => setTimeout(done, 50))")
    assert count(browser) == f"{every} issues"
    assert browser.value("location.hash") == "#issues"


def test_filters_by_keyboard_and_in_the_address(browser: Chromium, page: Path) -> None:
    browser.open(page)
    browser.value("document.querySelector('[name=severity]').focus()")
    browser.press("ArrowDown", 40)
    assert browser.value("document.querySelector('[name=severity]').value") == "error"
    assert " of " in count(browser)
    address = browser.value("location.hash")
    assert address == "#severity=error"
    told = count(browser)
    browser.open(page, address)
    assert count(browser) == told


def test_the_map_leads_to_the_issues(browser: Chromium, page: Path) -> None:
    browser.open(page)
    node = "document.querySelector('.map rect.error').parentElement"
    browser.value(f"{node}.focus()")
    assert browser.value("document.querySelectorAll('.map .lit').length") > 1
    browser.press("Enter", 13, "\r")
    browser.value("new Promise(done => setTimeout(done, 100))")
    assert browser.value("location.hash").startswith("#endpoint=")
    assert browser.value("document.querySelectorAll('#list > li:not([hidden]) .severity.error').length") > 0
    assert browser.value("document.activeElement.name") == "rule"


def test_an_issue_opens_with_a_key_and_has_its_change(browser: Chromium, page: Path) -> None:
    browser.open(page)
    browser.value("document.querySelector('#list details[data-rule=bare-except] summary').focus()")
    browser.press("Enter", 13, "\r")
    opened = "document.querySelector('#list details[open]')"
    assert browser.value(f"{opened}.querySelectorAll('.diff td.removed').length") > 0
    assert browser.value(f"{opened}.querySelector('.diff .removed .said').textContent") == "removed: "
    colours = browser.value(f"[...{opened}.querySelectorAll('.diff .keyword')].map(one => getComputedStyle(one).color)")
    assert colours
    assert set(colours) != {browser.value("getComputedStyle(document.body).color")}


def test_light_and_dark(browser: Chromium, page: Path) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        browser.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.open(page)
        shades[scheme] = browser.value("getComputedStyle(document.body).backgroundColor")
        browser.value("document.getElementById('theme').click()")
        assert browser.value("getComputedStyle(document.body).backgroundColor") != shades[scheme]
        browser.value("document.getElementById('theme').click()")
        assert browser.value("getComputedStyle(document.body).backgroundColor") == shades[scheme]
    browser.send("Emulation.setEmulatedMedia", features=[])
    assert shades["light"] != shades["dark"]


CONTRAST = """
(() => {
  const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (rgb) => { const [r, g, b] = rgb.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
  const behind = (one) => { for (; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (!colour.endsWith(', 0)') && colour !== 'transparent') return colour; } return 'rgb(255, 255, 255)'; };
  const bad = new Set();
  for (const one of document.querySelectorAll('p, li, th, td, summary, code, span, a, button, label, h1, h2')) {
    if (one.closest('svg') || !one.textContent.trim()) continue;
    const ink = light(getComputedStyle(one).color), paper = light(behind(one));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < 4.5) bad.add(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
  }
  return [...bad];
})()
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(browser: Chromium, page: Path, scheme: str) -> None:
    """The contrast that WCAG 2 asks of text (AA)."""
    browser.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.open(page)
    browser.value("for (const one of [...document.querySelectorAll('#list details')].slice(0, 40)) one.open = true")
    assert browser.value(CONTRAST) == []
    browser.send("Emulation.setEmulatedMedia", features=[])


def test_everything_has_a_name_for_a_screen_reader(browser: Chromium, page: Path) -> None:
    browser.open(page)
    nodes = [node for node in browser.send("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")]
    roles = {node["role"]["value"] for node in nodes}
    assert {"banner", "main", "navigation", "search", "contentinfo", "status"} <= roles
    active = {"link", "button", "combobox", "searchbox", "DisclosureTriangle", "region"}
    nameless = [
        node["role"]["value"] for node in nodes if node["role"]["value"] in active and not node["name"]["value"]
    ]
    assert nameless == []
    levels = browser.value("[...document.querySelectorAll('h1, h2, h3, h4')].map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    ids = browser.value("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_print(browser: Chromium, page: Path) -> None:
    browser.open(page, "#rule=bare-except")
    pdf = base64.b64decode(browser.send("Page.printToPDF", preferCSSPageSize=True)["data"])
    assert pdf.startswith(b"%PDF-")
    browser.send("Emulation.setEmulatedMedia", media="print")
    assert browser.value("getComputedStyle(document.getElementById('filters')).display") == "none"
    browser.send("Emulation.setEmulatedMedia", media="")
    assert browser.value("document.querySelectorAll('#list details[open]').length") == 0
    browser.value("dispatchEvent(new Event('beforeprint'))")
    assert browser.value("document.querySelectorAll('#list details:not([open])').length") == 0


@pytest.mark.parametrize("width", [360, 1300])
def test_nothing_is_wider_than_the_screen(browser: Chromium, page: Path, width: int) -> None:
    """What is, scrolls by itself."""
    browser.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    browser.open(page)
    browser.value("for (const one of [...document.querySelectorAll('#list details')].slice(0, 5)) one.open = true")
    wide = (
        "[...document.querySelectorAll('body *')].filter(one => !one.closest('.scroll') && !one.closest('.said')"
        f" && one.getBoundingClientRect().right > {width}).map(one => one.tagName + '.' + one.className)"
    )
    assert browser.value(wide) == []
    assert browser.value("document.documentElement.scrollWidth") <= width
    browser.send("Emulation.clearDeviceMetricsOverride")


def test_pictures(browser: Chromium, page: Path, hostile: Path) -> None:
    """Written where `PICTURES` says, to be looked at."""
    folder = os.environ.get("PICTURES")
    if not folder:
        pytest.skip("PICTURES names no folder: `make browser` writes some")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, path, scheme in (("light", page, "light"), ("dark", page, "dark"), ("hostile", hostile, "light")):
        browser.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.send("Emulation.setDeviceMetricsOverride", width=1300, height=2400, deviceScaleFactor=1, mobile=False)
        browser.open(path)
        browser.value("document.querySelector('#list details').open = true")
        for part in ("top", "issues"):
            browser.value(f"document.getElementById('{'state' if part == 'top' else 'issues'}').scrollIntoView()")
            picture = browser.send("Page.captureScreenshot", format="png")["data"]
            (target / f"{name}-{part}.png").write_bytes(base64.b64decode(picture))
    browser.send("Emulation.clearDeviceMetricsOverride")
