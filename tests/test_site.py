"""The static site, walked in a real browser: every page, every link, every picture."""

import re
from urllib.parse import unquote, urlparse

import nbformat
import pytest
from bs4 import BeautifulSoup

from autograde import build as building
from autograde import site

pytestmark = pytest.mark.slow
CHAPTER = "ch03_gradient_descent"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The folder of a freshly built site."""
    return site.build(tmp_path_factory.mktemp("made") / "site").parent


@pytest.fixture(scope="module")
def soups(pages):
    """Every page, parsed."""
    return {
        path: BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in sorted(pages.rglob("*.html"))
        if "_static" not in path.parts  # the theme's templates
    }


@pytest.fixture
def tab(browser):
    """A browser's tab, and what went wrong in it: errors, failed requests, use of a network."""
    tab, troubles = browser.new_page(), []
    tab.on("console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("requestfailed", lambda request: troubles.append(f"failed: {request.url[:200]}"))
    tab.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:"))
           or troubles.append(f"network: {request.url[:200]}"))  # fmt: skip
    yield tab, troubles
    tab.close()


def test_both_editions_have_every_chapter_and_a_way_to_it(soups, pages):
    for language in building.LANGUAGES:
        front = soups[pages / language / "index.html"]
        linked = {link["href"] for link in front.select("article a[href], nav.chapters a[href]")}
        for chapter in building.chapters():
            assert f"{chapter}.html" in linked
            page = soups[pages / language / f"{chapter}.html"]
            assert page.html["lang"] == language
            assert page.select_one("nav.chapters [aria-current]").a["href"] == "#"
    titles = [a.get_text() for a in soups[pages / "ko" / "index.html"].select("nav.chapters a")]
    assert titles[0] == "1 · 텐서 다루기"


def test_every_link_leads_somewhere(soups, pages):
    ids = {path: {tag["id"] for tag in soup.find_all(id=True)} for path, soup in soups.items()}
    for path, soup in soups.items():
        for tag in soup.select("a[href], link[href], script[src], img[src]"):
            target = tag.get("href") or tag.get("src")
            parts = urlparse(target)
            if parts.scheme in ("http", "https"):
                assert tag.name == "a", f"{path}: {target} is fetched from elsewhere"
            elif parts.scheme not in ("data", "mailto"):
                file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                assert file.is_file(), f"{path}: {target}"
                if parts.fragment and file in ids and parts.fragment != "documentation_options":
                    assert unquote(parts.fragment) in ids[file], f"{path}: {target}"


def test_every_page_is_drawn_without_an_error_and_without_a_network(soups, tab):
    tab, troubles = tab
    for path in soups:
        tab.goto(path.as_uri(), wait_until="load")
        broken = tab.evaluate(
            "[...document.images].filter(i => !(i.complete && i.naturalWidth)).map(i => i.src)"
        )
        assert not broken, path
        wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is wider than the window"
        assert not troubles, f"{path}: {troubles}"


def test_no_answer_is_on_the_site(soups, pages):
    squeeze = re.compile(r"\s+")
    for chapter in building.chapters():
        solution = nbformat.read(building.SOLUTIONS / chapter / f"{chapter}.ipynb", as_version=4)
        for language in building.LANGUAGES:
            page = soups[pages / language / f"{chapter}.html"]
            cells = [squeeze.sub("", each.get_text()) for each in page.select(".cell_input pre")]
            assert "BEGIN SOLUTION" not in page.get_text()
            for cell in solution.cells:
                if cell.metadata.get("nbgrader", {}).get("solution"):
                    assert squeeze.sub("", cell.source) not in cells
                    body = cell.source.split(building.BEGIN)[1].split(building.END)[0]
                    assert squeeze.sub("", body) not in "".join(cells), (chapter, body)
            assert page.select(".cell_output img, .cell_output svg")  # but there are pictures
            stubs = sum("raiseNotAttempted" in cell or "..." in cell for cell in cells)
            assert stubs >= 5


def test_formulas_are_drawn(soups, tab, pages):
    for path, soup in soups.items():
        for formula in soup.find_all("math"):
            text = formula.get_text()
            assert "\\" not in text and "$" not in text, f"{path}: {text}"
    tab, _ = tab
    tab.goto((pages / "en" / f"{CHAPTER}.html").as_uri())
    fraction = tab.locator("math mfrac").first.bounding_box()
    assert fraction["height"] > 20


def test_the_language_switch_leads_to_the_same_chapter(tab, pages):
    tab, _ = tab
    tab.goto((pages / "ko" / f"{CHAPTER}.html").as_uri())
    tab.locator("nav.editions a").first.click()
    tab.wait_for_url(f"**/en/{CHAPTER}.html")
    assert "Gradient descent by hand" in tab.locator("h1").inner_text()
    tab.locator("nav.editions a").first.click()
    tab.wait_for_url(f"**/ko/{CHAPTER}.html")
    tab.goto((pages / "index.html").as_uri())
    tab.get_by_text("PyTorch by Hand").click()
    tab.wait_for_url("**/en/index.html")


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Xavier"), ("ko", "경사하강법"), ("ko", "softmax")]
)
def test_the_search_finds_a_word(tab, pages, language, word):
    tab, troubles = tab
    tab.goto((pages / language / "search.html").as_uri() + f"?q={word}")
    tab.wait_for_selector("#search-results li a", timeout=20_000)
    found = tab.locator("#search-results li a").evaluate_all("all => all.map(a => a.href)")
    assert any("/ch" in each for each in found)
    assert not troubles


def test_answers_to_the_questions_fold_out(tab, pages):
    tab, _ = tab
    tab.goto((pages / "en" / f"{CHAPTER}.html").as_uri())
    details = tab.locator("details").first
    assert details.evaluate("d => d.open") is False
    details.locator("summary").click()
    assert details.evaluate("d => d.open") is True
    assert details.locator("p").first.is_visible()
    assert details.locator("math").count() >= 1  # formulas inside are drawn as well


@pytest.mark.parametrize("system", ["light", "dark"])
def test_light_and_dark_follow_the_system_until_one_is_chosen_which_stays(tab, pages, system):
    tab, _ = tab
    tab.emulate_media(color_scheme=system)
    tab.goto((pages / "en" / f"{CHAPTER}.html").as_uri())
    theme = "document.documentElement.dataset.theme"
    look = "getComputedStyle(document.body).backgroundColor"
    assert tab.evaluate(theme) == system
    before, other = tab.evaluate(look), {"light": "dark", "dark": "light"}[system]
    tab.locator("button.theme-switch-button:visible").click()
    tab.locator(f".dropdown-menu:visible [data-mode={other}]").first.click()
    assert tab.evaluate(theme) == other and tab.evaluate(look) != before
    tab.goto((pages / "ko" / "index.html").as_uri())
    assert tab.evaluate(theme) == other


def test_a_phone_needs_no_sideways_scrolling_and_has_the_chapters(tab, pages):
    tab, _ = tab
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto((pages / "ko" / f"{CHAPTER}.html").as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.locator("button.primary-toggle").click()
    assert tab.locator("nav.chapters a:visible").count() == len(building.chapters())


def test_a_page_with_a_broken_link_is_told_by_its_name(tmp_path, monkeypatch):
    def broken(chapter, language):
        made = nbformat.v4.new_notebook()
        made.cells = [nbformat.v4.new_markdown_cell(f"# {chapter}\n\n[nowhere](missing.ipynb)")]
        return made

    monkeypatch.setattr(site, "page", broken)
    monkeypatch.setattr(site, "chapters", lambda: [CHAPTER])
    with pytest.raises(site.SiteError, match=f"{CHAPTER}(.|\n)*missing.ipynb"):
        site._build_edition("en", tmp_path / "source", tmp_path / "new")
