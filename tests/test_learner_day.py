"""A learner's day: a released copy, a real JupyterLab, a real browser; Korean, then English.

One server and one kernel an edition. Each test solves exercises of its own, so that none needs
another one.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Locator, Page, expect

from autograde.answers import mistaken, right
from autograde.build import LANGUAGES, ROOT, chapters
from autograde.clean import TAGS
from autograde.exercise import load
from autograde.learner import (
    HERE,
    PATIENCE,
    add,
    answer,
    cell,
    jupyter,
    lab,
    menu,
    open_chapter,
    run,
    run_all,
    wait_for_kernel,
)
from autograde.release import release
from helpers.card import COLOURS, EMPHASIS, draw
from helpers.check import examine, load_cases, load_texts
from helpers.words import say

pytestmark = pytest.mark.slow
CHAPTER = "ch03_gradient_descent"
EXERCISES = list(load(CHAPTER))
RIGHT = right(CHAPTER)
WRONG = {name: mistaken(made) for name, made in load(CHAPTER).items()}
WIDTHS = {"laptop": 1280, "phone": 390}
CRASHES = """def equivalent_lr(lr, n):
    print("n is", n)
    return torch.nn.functional.binary_cross_entropy_with_logits_of_the_second_kind(lr, n)"""
UNNAMED = """def bias_gradient(W, b, x, y):
    return torch.full((1,), -1.5), torch.full((1,), 12345.678)"""
# Of every text in an element: its contrast with what is behind it (WCAG 2.2, 1.4.3), as drawn:
# colours, backgrounds and opacities one over another, from the page down.
CONTRAST = """card => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
  const luminance = colour => {
    const linear = c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    const [r, g, b] = colour.map(c => linear(c / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const paint = ([element, ...inner], below) => {
    const style = getComputedStyle(element);
    const ground = over(rgba(style.backgroundColor), below);
    const both = inner.length ? paint(inner, ground) : [over(rgba(style.color), ground), ground];
    return both.map(colour => over([...colour, +style.opacity], below));
  };
  const texts = document.createTreeWalker(card, NodeFilter.SHOW_TEXT), found = [];
  for (let text; text = texts.nextNode();) if (text.data.trim()) {
    const chain = [];
    for (let e = text.parentElement; e; e = e.parentElement) chain.unshift(e);
    const [light, dark] = paint(chain, [255, 255, 255]).map(luminance).sort((a, b) => b - a);
    found.push([text.data, (light + .05) / (dark + .05)]);
  }
  return found;
}"""
KERNEL_IS_IDLE = """() =>
  window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status == "idle"
"""
# Whatever of an element needs more room than it has, or sticks out of it.
CROWDED = """card => {
  const box = card.getBoundingClientRect(), range = document.createRange();
  const found = [card, ...card.querySelectorAll("*")]
    .filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML);
  const texts = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
  for (let text; text = texts.nextNode();) {
    range.selectNodeContents(text);
    const sticksOut = r => r.left < box.left - 1 || r.right > box.right + 1;
    if ([...range.getClientRects()].some(sticksOut)) found.push(text.data);
  }
  return found;
}"""


@dataclass
class Day:
    """A learner's copy, and a tab of a browser in which its JupyterLab is open."""

    edition: str
    copy: Path
    home: Path
    tab: Page
    server: contextlib.ExitStack
    address: str = ""

    def start(self) -> None:
        """Starts JupyterLab, as in the morning, and opens the start page."""
        self.address = self.server.enter_context(lab(self.copy, self.home, self.edition))
        self.tab.goto(self.address)
        expect(self.tab.locator(f"{HERE} td").first).to_be_visible(timeout=PATIENCE)
        wait_for_kernel(self.tab)  # by then it has put back the tabs of the day before

    def run_all(self, *names: str) -> None:
        """Runs the chapter from the top, by names from the menus (see autograde.learner)."""
        run_all(self.tab, code_cells(self.copy, self.edition), *names)

    def say(self, key: str, **values) -> str:
        return say(key, self.edition, **values)

    def cards(self) -> Locator:
        """The cards of the notebook in front."""
        return self.tab.locator(f"{HERE} .jp-OutputArea-output [role=group]")

    def editors(self) -> Locator:
        """The code of the notebook in front."""
        return self.tab.locator(f"{HERE} .jp-CodeCell .cm-content")

    def card(self, exercise: str) -> Locator:
        """The card of an exercise's check."""
        return cell(self.tab, f'check("{exercise}"').locator("[role=group]")

    def solved(self) -> list[str]:
        """The exercises whose cards are green."""
        correct = self.say("passed")
        labels = [each.get_attribute("aria-label") for each in self.cards().all()]
        return [n for n in EXERCISES if f"{n}: {correct}" in labels]

    def progress(self) -> Locator:
        """The chapter's line on the start page, which is brought to the front and run."""
        self.tab.locator(".lm-TabBar-tabLabel", has_text="start.ipynb").click()
        run(self.tab, cell(self.tab, "progress.show"))
        row = self.tab.locator(f"{HERE} tbody tr", has_text="ch03")
        expect(row).to_contain_text("●", timeout=PATIENCE)
        return row

    def verdict(self, exercise: str, key: str) -> None:
        """Fails unless the card of an exercise has this verdict."""
        label = f"{exercise}: {self.say(key)}"
        expect(self.card(exercise)).to_have_attribute("aria-label", label)


def code_cells(copy: Path, edition: str) -> int:
    """How many code cells the chapter has in a learner's copy."""
    path = copy / "notebooks" / edition / CHAPTER / f"{CHAPTER}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return sum(each.cell_type == "code" for each in cells)


@pytest.fixture(scope="module", params=LANGUAGES)
def day(request, browser, tmp_path_factory) -> Iterator[Day]:
    """The learner's copy of an edition, its JupyterLab on the start page."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as server:
        patch.setenv("COURSE_PROGRESS", "off")
        copy = release(request.param, folder / "course")
        tab = browser.new_page(viewport={"width": WIDTHS["laptop"], "height": 800})
        server.callback(tab.close)
        made = Day(request.param, copy, folder / "home", tab, server)
        made.start()
        yield made


@pytest.fixture(scope="module")
def chapter(day) -> Day:
    """Chapter 3, opened by a click on the start page, after Run All."""
    open_chapter(day.tab, CHAPTER)
    day.run_all()
    return day


@pytest.fixture(scope="module")
def all_sorts(chapter) -> Day:
    """The chapter with a card of every sort."""
    answer(chapter.tab, "equivalent-lr", CRASHES)
    answer(chapter.tab, "gradient-step", WRONG["gradient-step"]["in-place"])
    below = answer(chapter.tab, "bias-gradient", UNNAMED)
    answer(chapter.tab, "mse-gradient", WRONG["mse-gradient"]["missing-2"])
    answer(chapter.tab, "numerical-gradient", RIGHT["numerical-gradient"])
    run(chapter.tab, add(chapter.tab, below, 'hint("bias-gradient")'))
    for exercise, verdict in {
        "equivalent-lr": "crashed", "gradient-step": "changed", "bias-gradient": "different",
        "mse-gradient": "different", "numerical-gradient": "passed",
        "gradient-descent": "unattempted",
    }.items():  # fmt: skip
        chapter.verdict(exercise, verdict)
    return chapter


# ------------------------------------------------------------------ the day


def test_the_start_page_has_every_chapter_with_its_minutes_and_nothing_solved(day):
    rows = day.tab.locator(f"{HERE} tbody tr")
    expect(rows).to_have_count(len(chapters()))
    for row, name in zip(rows.all(), chapters(), strict=True):
        texts = load_texts(name, day.edition)
        expect(row).to_contain_text(f"{name[:4]} · {texts.title}")
        expect(row).to_contain_text(day.say("minutes", n=texts.minutes))
        expect(row).to_contain_text(f" 0/{len(texts.hints)}")


def test_run_all_draws_not_attempted_cards_and_no_traceback(chapter):
    unattempted = [f"{name}: {chapter.say('unattempted')}" for name in EXERCISES]
    assert [card.get_attribute("aria-label") for card in chapter.cards().all()] == unattempted
    errors = chapter.tab.locator(f'{HERE} [data-mime-type="application/vnd.jupyter.stderr"]')
    names = [made.answer_name for made in load(CHAPTER).values()]
    calm = {f"{each}. {chapter.say('see_card')}" for each in unattempted}
    calm |= {chapter.say("solve_first", name=name) for name in names}
    lines = [error.text_content().strip() for error in errors.all()]
    assert len(lines) > len(EXERCISES) and set(lines) <= calm
    assert "Traceback" not in chapter.tab.locator(HERE).text_content()
    picture = chapter.tab.locator(f"{HERE} .jp-OutputArea-output img").first
    assert picture.evaluate("i => i.complete && i.naturalWidth") > 300


def test_a_mistake_is_named_hints_come_one_by_one_and_the_right_answer_is_green(chapter):
    name, tab = "mse-gradient", chapter.tab
    texts = load_texts(CHAPTER, chapter.edition)
    check = answer(tab, name, WRONG[name]["missing-mean"])
    chapter.verdict(name, "different")
    expect(chapter.card(name)).to_contain_text(texts.mistakes[name]["missing-mean"])
    expect(chapter.card(name)).to_contain_text(chapter.say("known_mistake"))
    asked = add(tab, check, f'hint("{name}")')
    for number, hint in enumerate(texts.hints[name], 1):
        run(tab, asked)
        shown = asked.locator("[role=group]")
        expect(shown).to_have_count(1)
        title = chapter.say("hint_title", number=number, of=len(texts.hints[name]))
        expect(shown).to_have_attribute("aria-label", f"{name}: {title}")
        expect(shown).to_contain_text(EMPHASIS.sub(r"\1", hint.replace("`", "")))
    run(tab, check)
    seen = chapter.say("hint_all", name=name, of=len(texts.hints[name]))
    expect(chapter.card(name)).to_contain_text(seen)
    answer(tab, name, RIGHT[name])
    chapter.verdict(name, "passed")
    green = f"rgb({', '.join(str(int(COLOURS['passed'][i : i + 2], 16)) for i in (1, 3, 5))})"
    expect(chapter.card(name)).to_have_css("border-left-color", green)
    expect(check.locator(".jp-OutputArea-output")).to_have_count(1)  # the red line is gone


def test_the_progress_page_knows_what_is_solved(chapter):
    tab = chapter.tab
    answer(tab, "numerical-gradient", RIGHT["numerical-gradient"])
    solved = chapter.solved()
    assert "numerical-gradient" in solved
    row = chapter.progress()
    expect(row).to_contain_text(f"{'●' * len(solved)}○")
    expect(row).to_contain_text(f" {len(solved)}/{len(EXERCISES)}")
    following = next(name for name in EXERCISES if name not in solved)
    expect(tab.locator(f"{HERE} .jp-RenderedMarkdown code")).to_have_text(following)
    tab.locator(".lm-TabBar-tabLabel", has_text=CHAPTER).click()
    expect(cell(tab, "open_chapter")).to_be_visible()


def test_the_validate_button_agrees_with_the_cards(all_sorts):
    tab, solved = all_sorts.tab, all_sorts.solved()
    assert 0 < len(solved) < len(EXERCISES)
    tab.locator(HERE).get_by_role("button", name="Validate").click()
    said = tab.locator(".jp-Dialog", has_text="Validation Results")
    expect(said).to_be_visible(timeout=PATIENCE)
    failed = re.findall(r'check\("(.+?)"', said.inner_text())
    assert failed == [name for name in EXERCISES if name not in solved]
    for name in failed:
        verdict = all_sorts.card(name).get_attribute("aria-label").split(": ")[1]
        assert f"{name}: {verdict}. {all_sorts.say('see_card')}" in said.inner_text()
    said.get_by_role("button", name="Ok").click()


# ------------------------------------------------------------------ cards, for everyone


def legible(card: Locator) -> None:
    """Fails unless every text of a card stands out, and fits."""
    card.scroll_into_view_if_needed()
    for summary in card.locator("summary").all():
        summary.evaluate("s => s.parentElement.open = true")
    assert card.bounding_box()["width"] > 150
    contrasts = card.evaluate(CONTRAST)
    assert len(contrasts) > 3
    assert [each for each in contrasts if each[1] < 4.5] == []
    assert card.evaluate(CROWDED) == []


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_cards_can_be_read_in_both_themes_on_a_laptop_and_a_phone(all_sorts, theme):
    tab = all_sorts.tab
    menu(tab, "Settings", "Theme", f"JupyterLab {theme}")
    is_light = "true" if theme == "Light" else "false"
    expect(tab.locator("body")).to_have_attribute("data-jp-theme-light", is_light)
    for width in WIDTHS.values():
        tab.set_viewport_size({"width": width, "height": 800})
        if width == WIDTHS["phone"]:
            tab.keyboard.press("Control+b")  # away with the list of files
            expect(tab.locator("#jp-left-stack")).to_be_hidden()
        assert all_sorts.cards().count() > len(EXERCISES)
        for card in all_sorts.cards().all():
            legible(card)
    tab.keyboard.press("Control+b")
    tab.set_viewport_size({"width": WIDTHS["laptop"], "height": 800})


def test_a_screen_reader_hears_what_a_card_shows(all_sorts):
    texts = load_texts(CHAPTER, all_sorts.edition)
    name, cases = "mse-gradient", load_cases(CHAPTER)["mse-gradient"].cases
    passed = len(cases) if name in all_sorts.solved() else 0
    count = all_sorts.say("cases", passed=passed, of=len(cases))
    expect(all_sorts.card(name)).to_match_aria_snapshot(f"""
        - 'group "{name}: {all_sorts.say("different")}"':
          - strong: {all_sorts.say("different")}
          - img "{count}"
          - strong: {all_sorts.say("known_mistake")}
          - text: /{re.escape(texts.mistakes[name]["missing-2"])}/
          - strong: x
          - table:
            - rowgroup:
              - row "1"
              - row "2"
              - row "3"
          - strong: {all_sorts.say("got")}
          - table:
            - rowgroup:
              - row "-4.667"
    """)
    label = f"gradient-descent: {all_sorts.say('unattempted')}"
    expect(all_sorts.card("gradient-descent")).to_match_aria_snapshot(f"""
        - 'group "{label}"':
          - strong: {all_sorts.say("unattempted")}
    """)


# ------------------------------------------------------------------ the next day


def test_after_a_restart_nothing_is_lost(chapter):
    tab = chapter.tab
    answer(tab, "gradient-step", RIGHT["gradient-step"])
    chapter.verdict("gradient-step", "passed")
    solved = chapter.solved()
    menu(tab, "File", "Save Notebook")
    expect(tab.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(0)
    sources, cards = (each.all_text_contents() for each in (chapter.editors(), chapter.cards()))
    progress = chapter.progress().inner_text()
    browser, size = tab.context.browser, tab.viewport_size
    chapter.server.close()
    chapter.tab = tab = browser.new_page(viewport=size)
    chapter.server.callback(tab.close)
    chapter.start()
    expect(tab.locator(f"{HERE} tbody tr", has_text="ch03")).to_have_text(
        progress, use_inner_text=True
    )
    open_chapter(tab, CHAPTER)
    expect(chapter.editors()).to_have_text(sources, timeout=PATIENCE)
    expect(chapter.cards()).to_have_text(cards, timeout=PATIENCE)
    chapter.run_all("Kernel", "Restart Kernel and Run All Cells…")
    assert chapter.solved() == solved


# ------------------------------------------------------------------ elsewhere


def test_plain_jupyter_notebook_draws_the_cards_on_a_phone_too(browser, tmp_path):
    copy = release("en", tmp_path / "course")
    path = f"notebooks/en/{CHAPTER}/{CHAPTER}.ipynb"
    app = "--JupyterNotebookApp.expose_app_in_browser=True"
    extra = ("--no-browser", "--ServerApp.port=0", "--allow-root", app)
    with jupyter(copy, tmp_path / "home", "notebook", *extra) as address:
        tab = browser.new_page(viewport={"width": WIDTHS["phone"], "height": 800})
        tab.goto(address.replace("/tree", f"/notebooks/{path}"))
        # There is no status bar; what runs before the kernel answers is lost.
        tab.wait_for_function(KERNEL_IS_IDLE, timeout=PATIENCE)
        run_all(tab, code_cells(copy, "en"))
        card = answer(tab, "mse-gradient", WRONG["mse-gradient"]["missing-2"]).locator(
            "[role=group]"
        )
        expect(card).to_contain_text(
            load_texts(CHAPTER, "en").mistakes["mse-gradient"]["missing-2"]
        )
        for each in tab.locator(f"{HERE} .jp-OutputArea-output [role=group]").all():
            legible(each)
        tab.close()


def drawn(language: str) -> Iterator[str]:
    """A card of every exercise of every chapter: of a known mistake, or of the right answer."""
    for chapter in chapters():
        texts = load_texts(chapter, language)
        for exercise in load_cases(chapter).values():
            known = [each.observations for each in exercise.fingerprints]
            seen = known[-1] if known else exercise.expected
            result = examine(exercise, seen, texts.mistakes.get(exercise.name, {}))
            yield draw(result, language).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_stands_on_its_own_where_only_html_is_shown(browser, language):
    # So does VS Code: it puts the HTML into its page, with colours of its own.
    pieces = list(drawn(language))
    assert len(pieces) > 100
    for tag in BeautifulSoup("".join(pieces), "html.parser").find_all(True):
        assert tag.name in TAGS and tag.name != "a", tag.name
        assert set(tag.attrs) <= {"style", "role", "aria-label", "aria-hidden"}, tag.attrs
        assert not re.search(r"url\(|var\((?!--jp-code-font-family,monospace)", str(tag.attrs))
    tab = browser.new_page(viewport={"width": WIDTHS["phone"], "height": 800})
    for ground, ink in (("#fff", "#3b3b3b"), ("#1f1f1f", "#ccc")):
        tab.set_content(f'<body style="background:{ground};color:{ink}">{"".join(pieces)}</body>')
        faint = [
            text for text, contrast in tab.locator("body").evaluate(CONTRAST) if contrast < 4.5
        ]
        assert faint[:3] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
    tab.close()


# ------------------------------------------------------------------ the README's pictures


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_shows_pictures_that_say_what_they_show_and_are_small(language):
    readme = (ROOT / {"ko": "README.ko.md", "en": "README.md"}[language]).read_text("utf-8")
    shown = dict(re.findall(r"!\[(.*?)\]\((docs/images/.*?)\)", readme))
    kinds = [f"docs/images/{kind}-{language}.png" for kind in ("card", "start", "report")]
    assert sorted(shown.values()) == sorted(kinds)
    for text, path in shown.items():
        assert len(text) > 30
        data = (ROOT / path).read_bytes()
        assert data.startswith(b"\x89PNG") and len(data) < 150_000
