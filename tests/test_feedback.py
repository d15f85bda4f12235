"""Feedback pages: what they show, when they are made, and that they only show.

Reports are made up; what a hostile learner or a broken sandbox could leave in an autograded
notebook is put there by hand and opened in a real browser.
"""

import copy
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from bs4 import BeautifulSoup, Tag
from course_folder import CHAPTER, KIM, POINTS, by_hand, hand_in, opened, put, report
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader

from autograde.clean import FORMULA, FORMULA_LOOKS, clean_html, markdown2html
from autograde.feedback import CourseFeedback, FeedbackExporter, arrange
from autograde.gradebook import CourseFolder, Handed, Standing
from autograde.intake import template
from helpers.card import Failure, Result, draw, draw_hint
from helpers.compare import Difference, compare
from helpers.observe import Observation

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = "alert(document.domain)"
OUT = "http://elsewhere.invalid/x"

# HTML that runs, loads, leaves or covers something, wherever it is let through.
PAYLOADS = [
    f"<script>{SCRIPT}</script>",
    f'<img src="nothing" onerror="{SCRIPT}">',
    f'<svg onload="{SCRIPT}"><script>{SCRIPT}</script></svg>',
    f'<iframe src="javascript:{SCRIPT}" srcdoc="<script>{SCRIPT}</script>"></iframe>',
    f'<a id="go" href="javascript:{SCRIPT}">go</a>',
    f'<a href=" java\nscript:{SCRIPT}">go</a><a href="JaVaScRiPt&colon;{SCRIPT}">go</a>',
    f'<a href="data:text/html,<script>{SCRIPT}</script>">go</a>',
    f'<form action="{OUT}"><input autofocus onfocus="{SCRIPT}"><button>go</button></form>',
    f'<meta http-equiv="refresh" content="0;url={OUT}">',
    f'<base href="{OUT}"><link rel="stylesheet" href="{OUT}.css"><link rel="prefetch" href="{OUT}">',
    f'<div style="background:url({OUT})">a</div><div style="background:u\\72l({OUT})">b</div>',
    f"<style>@import url({OUT}); body {{ background: url({OUT}) }}</style>",
    '<div style="position:fixed;inset:0;z-index:9;background:#fff">13 / 13</div>',
    f'<details open ontoggle="{SCRIPT}"><summary onclick="{SCRIPT}">a</summary>b</details>',
    "<math><mtext><table><mglyph><style><!--</style>"
    f'<img title="--&gt;&lt;img src=1 onerror={SCRIPT}&gt;">',
    f'<noscript><p title="</noscript><img src=x onerror={SCRIPT}>"></noscript>',
    f'<img src="{OUT}.png"><picture><source srcset="{OUT}"></picture>',
    f'<object data="{OUT}"></object><embed src="{OUT}"><video src="{OUT}" poster="{OUT}"></video>',
    f"</pre></code></div></section></main></body></html><script>{SCRIPT}</script>",
    f"<!-- --><script>{SCRIPT}</script><!-- -->]]><script>{SCRIPT}</script>",
    f'<template><script>{SCRIPT}</script></template><textarea></textarea><img src=x onerror="{SCRIPT}">',
    f'"><script>{SCRIPT}</script>',
    f"'><img src=x onerror={SCRIPT}>",
    '<div id="top" class="total">13 / 13</div><button class="full-credit">Full credit</button>',
]
MARKDOWN = [
    f"[go](javascript:{SCRIPT}) [go](data:text/html;base64,AAAA) [go]({OUT})",
    f"![picture]({OUT}.png) ![picture](attachment:a.png) <{OUT}>",
    f"[go][1]\n\n[1]: javascript:{SCRIPT}",
    f'[go](http://a.invalid/"onmouseover="{SCRIPT}) ![x](x"onerror="{SCRIPT})',
    f"```\n<script>{SCRIPT}</script>\n```\n\n    <script>{SCRIPT}</script>\n\n`<script>`",
    f'```"><script>{SCRIPT}</script>\nx\n```',
    f"$<script>{SCRIPT}</script>$ $$\\href{{javascript:{SCRIPT}}}{{x}}$$",
    f"| a |\n|---|\n| <img src=x onerror={SCRIPT}> |",
    f"# <img src=x onerror={SCRIPT}>",
]


# ------------------------------------------------------------------ cards


def tensors_apart() -> Difference:
    return compare(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.0, 2.5], [3.0, -4.0]]))


def cards(language: str) -> Iterator[str]:
    """A card of every kind, the ones with a learner's words in them hostile."""
    inputs = [("x", torch.arange(6.0).reshape(2, 3)), ("lr", 0.1), ("text", PAYLOADS[0])]
    value = Observation("value", torch.tensor([[1.0, 2.5], [3.0, -4.0]]), printed=PAYLOADS[1])
    expected = Observation("value", torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    crashed = Observation("crashed", None, (), "ValueError", PAYLOADS[2], 3, PAYLOADS[3])
    different = Failure(1, inputs, expected, value, tensors_apart())
    for result in (
        Result("mse-gradient", "passed", ("passed",) * 6),
        Result("mse-gradient", "unattempted", ("unattempted",) * 6, hints=3),
        Result("mse-gradient", "different", ("passed", "different"), failure=different,
               mistake="Divide by `n`: *the mean*.", forbidden=((".backward", 3),)),
        Result("mse-gradient", "crashed", ("crashed",) * 2,
               failure=Failure(1, inputs, expected, crashed, None)),
    ):  # fmt: skip
        yield draw(result, language).html
    yield draw_hint("mse-gradient", 1, 3, "Think of `torch.mean`.", language).html


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_card_looks_as_in_the_notebook(language):
    for card in cards(language):
        assert same(clean_html(card)) == same(card)


def same(text: str) -> str:
    """HTML in one spelling: attributes sorted, declarations without spaces, no implied tbody."""
    soup = BeautifulSoup(text, "html.parser")
    for tag in soup.find_all("tbody"):
        tag.unwrap()
    for tag in soup.find_all(True):
        tag.attrs = dict(sorted(tag.attrs.items()))
        if "style" in tag.attrs:
            tag["style"] = re.sub(r"\s*([:;])\s*", r"\1", tag["style"]).strip(";")
    return soup.decode()


@pytest.mark.parametrize("payload", [*PAYLOADS, *MARKDOWN])
def test_cleaned_html_holds_nothing_that_acts(payload):
    for cleaned in (clean_html(payload), markdown2html(payload)):
        assert acting(cleaned) == []


def acting(page: str) -> list[str]:
    """The elements of a page that run, load, submit or leave, and attributes that do."""
    found = []
    soup = BeautifulSoup(page, "html.parser")
    for tag in (soup.body or soup).find_all(True):
        if tag.name in [
            "script",
            "iframe",
            "svg",
            "form",
            "input",
            "button",
            "textarea",
            "meta",
            "base",
            "link",
            "style",
            "object",
            "embed",
            "video",
            "audio",
            "source",
            "picture",
            "template",
            "noscript",
            "img",
            "frame",
            "frameset",
            "applet",
        ] and not str(tag.get("src", "")).startswith("data:image/png;base64,"):
            found.append(tag.name)
        if tag.name == "math" and not all(map(draws_only, (tag, *tag.find_all(True)))):
            found.append("math")
        for name, value in tag.attrs.items():
            href = name == "href" and not re.match(r"https?://|mailto:|#", value)
            css = name == "style" and re.search(r"url|\\|position|inset|z-index", value)
            if name.startswith("on") or href or css or name in ("srcset", "action", "srcdoc"):
                found.append(f"{tag.name} {name}={value}")
    return found


def draws_only(part: Tag) -> bool:
    """Whether a part of a formula is nothing but that."""
    return part.name in FORMULA and set(part.attrs) <= {"display", *FORMULA_LOOKS}


def test_markdown_keeps_its_structure_and_its_formulas():
    text = "# A\n\n- *b*\n\n```python\nx = 1\n```\n\n$a < b$ & [c](https://example.org)"
    cleaned = markdown2html(text)
    for part in ("<h1>A</h1>", "<em>b</em>", "highlight", 'href="https://example.'):
        assert part in cleaned
    formula = BeautifulSoup(cleaned, "html.parser").math
    assert [each.get_text() for each in formula.find_all(["mi", "mo"])] == ["a", "<", "b"]


@pytest.mark.parametrize("formula", [r"\frac{", "{" * 900, "x" * 1001, r"\begin{nothing}"])
def test_what_is_no_formula_stays_as_it_was_written(formula):
    assert BeautifulSoup(markdown2html(f"a ${formula}$ b"), "html.parser").get_text().strip() == (
        f"a ${formula}$ b"
    )


def test_a_formula_runs_nothing_links_nowhere_and_covers_nothing():
    tricks = (
        r"\href{javascript:alert(1)}{x}", r"\style{position:fixed}{x}", r"\class{total}{x}",
        r"\text{<script>alert(1)</script>}", r"\text{&lt;img src=x onerror=alert(1)&gt;}",
        r"\textcolor{red\" onload=\"alert(1)}{x}", r"\hspace{-99em}x", r"\htmlId{top}{x}",
    )  # fmt: skip
    page = BeautifulSoup(markdown2html(" and ".join(f"${each}$" for each in tricks)), "html.parser")
    assert len(page.find_all("math")) >= 7
    assert all(draws_only(tag) for tag in page.p.find_all(True))
    assert not [tag for tag in page.find_all(width=True) if "-" in tag["width"]]


def test_no_formula_gets_into_an_attribute():
    cleaned = markdown2html('<a href="https://e.org/$x$">a</a> [b](https://e.org/$y$) $z$')
    assert cleaned.count("<math") == 1


# ------------------------------------------------------------------ a hostile notebook


def hostile_notebook() -> NotebookNode:
    """An autograded notebook with every payload everywhere, as if nothing had been taken out."""
    notebook = copy.deepcopy(template(CHAPTER, "en"))
    bundles = [{"text/html": payload, "text/plain": payload} for payload in PAYLOADS]
    bundles += [
        {"application/javascript": SCRIPT, "text/plain": "a"},
        {"image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SCRIPT}"/>'},
        {"text/markdown": MARKDOWN[0]},
        {"text/latex": PAYLOADS[0]},
        {"image/png": f'"><script>{SCRIPT}</script>'},
        {"text/vnd.mermaid": f'graph TD; A["<img src=x onerror={SCRIPT}>"]'},
    ]
    outputs = [new_output("display_data", data) for data in bundles]
    isolated = {"text/html": {"isolated": True}}
    outputs.append(new_output("display_data", {"text/html": PAYLOADS[0]}, metadata=isolated))
    for text in PAYLOADS:
        outputs.append(new_output("stream", name="stdout", text=f"\x1b[31m{text}\x1b[0m"))
        outputs.append(new_output("error", ename=text, evalue=text, traceback=[text]))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = "\n".join(PAYLOADS)
            cell.outputs = outputs
    for text in [*PAYLOADS, *MARKDOWN]:
        notebook.cells.append(new_markdown_cell(text))
        notebook.cells.append(new_raw_cell(text, metadata={"raw_mimetype": "text/html"}))
        notebook.cells.append(new_code_cell(f"%%html\n{text}"))
        notebook.cells.append(new_code_cell(text, metadata={"magics_language": text}))
    notebook.cells.append(essay("\n\n".join([*PAYLOADS, *MARKDOWN])))
    notebook.metadata.title = PAYLOADS[0]
    notebook.metadata.widgets = {
        "application/vnd.jupyter.widget-state+json": {"state": {"a": PAYLOADS[0]}}
    }
    return notebook


def essay(text: str) -> NotebookNode:
    about = {"grade_id": "essay", "grade": True, "solution": True, "points": 4, "task": False}
    return new_markdown_cell(text, metadata={"nbgrader": about})


def standing(comment: str = "") -> Standing:
    scores = {f"check-{name}": (0.0, float(points)) for name, points in POINTS.items()}
    comments = {"essay": comment, "mse-gradient": comment}
    return Standing(0.0, 13.0, 1.5, scores | {"essay": (0.5, 4.0)}, comments, ("essay",))


def page_of(notebook: NotebookNode, who: Handed = KIM, given: Standing | None = None) -> str:
    page = arrange(notebook, who, given or standing(), "0" * 64)
    return FeedbackExporter().from_notebook_node(notebook, {"page": page})[0]


def formgrader_page(notebook: NotebookNode) -> str:
    """The page on which an instructor grades, as nbgrader's server makes it with our settings."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    config.HTMLExporter.template_name = "formgrade"
    about = dict.fromkeys(("assignment_id", "notebook_id", "submission_id", "notebook_path"), "a")
    about |= {"index": 0, "total": 1, "base_url": "", "student": "kim", "last_name": None}
    return HTMLExporter(config=config).from_notebook_node(notebook, about)[0]


@pytest.fixture(scope="module")
def hostile() -> str:
    comment = "\n\n".join([*PAYLOADS, *MARKDOWN])
    return page_of(hostile_notebook(), Handed(CHAPTER, PAYLOADS[0]), standing(comment))


def test_a_hostile_notebook_becomes_a_page_that_only_shows(hostile):
    assert acting(hostile) == []
    assert "<script" not in hostile
    ids = [tag["id"] for tag in BeautifulSoup(hostile, "html.parser").find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_what_was_written_can_still_be_read(hostile):
    text = BeautifulSoup(hostile, "html.parser").get_text()
    assert text.count(SCRIPT) > 100
    assert "13 / 13" in text  # as text in its cell, not over the page


def look_at(browser, text: str, tmp_path: Path) -> tuple[list[str], list[str]]:
    """Opens a page and clicks on everything: the dialogs and the requests that came of it."""
    file = tmp_path / "page.html"
    file.write_text(text, "utf-8")
    tab, dialogs, requests = browser.new_page(), [], []
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda request: requests.append(request.url))
    tab.route(re.compile("^http"), lambda route: route.abort())
    tab.goto(file.as_uri(), wait_until="load")
    tab.evaluate("document.querySelectorAll('main a, main summary').forEach(e => {"
                 "if (!/^(https?|mailto):/.test(e.href || '')) e.click()})")  # fmt: skip
    tab.wait_for_timeout(300)
    requests = [url for url in requests if not url.startswith((file.as_uri(), "data:"))]
    tab.close()
    return dialogs, requests


@pytest.mark.parametrize("second_wall", [True, False])
def test_nothing_runs_and_nothing_leaves_in_a_real_browser(browser, hostile, tmp_path, second_wall):
    if not second_wall:  # what if the browser heeded no Content-Security-Policy?
        hostile = hostile.replace("Content-Security-Policy", "nothing")
    assert look_at(browser, hostile, tmp_path) == ([], [])


def test_the_attacks_are_real(browser, tmp_path):
    dialogs, requests = look_at(browser, "\n".join([*PAYLOADS[:3], PAYLOADS[10]]), tmp_path)
    assert dialogs
    assert any(url.startswith("http://elsewhere.invalid") for url in requests)


def test_the_formgraders_page_runs_nothing_of_the_learners(browser, tmp_path):
    page = formgrader_page(hostile_notebook())
    dialogs, requests = look_at(browser, page, tmp_path)
    assert dialogs == []
    assert [url for url in requests if not url.startswith("file:///formgrader/")] == []


# ------------------------------------------------------------------ what a page says


def graded_notebook(language: str) -> NotebookNode:
    notebook = copy.deepcopy(template(CHAPTER, language))
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name == "mse-gradient":
            cell.source = "def mse_gradient(W, x, y):\n    return W"
        if name == "check-mse-gradient":
            card = next(cards(language))
            cell.outputs = [new_output("display_data", {"text/html": card, "text/plain": "card"})]
    notebook.cells.insert(9, new_code_cell("scratch = 1", id="extra-3"))
    return notebook


@pytest.mark.parametrize(
    "language, words",
    [
        ("ko", ["3장. 손으로 하는 경사하강법", "채점 결과", "점수", "제출한 답", "강사의 말", "늦게 제출하여"]),
        ("en", ["Chapter 3. Gradient descent by hand", "Feedback", "Score", "Your answer", "Comment",
                "Late submission penalty"]),
    ],
)  # fmt: skip
def test_a_page_speaks_the_learners_language(language, words):
    scores = standing().scores | {"check-mse-gradient": (1.25, 2.0)}
    given = Standing(
        1.25, 13.0, 0.5, scores, {"mse-gradient": "*Nearly*"}, ("check-bias-gradient",)
    )
    page = page_of(graded_notebook(language), given=given)
    text = " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())
    for word in [*words, "0.75 / 13", "1.25 / 2", "−0.5", "Nearly", "return W", "scratch = 1"]:
        assert word in text, word
    assert f'<html lang="{language}">' in page
    assert "<em>Nearly</em>" in page
    label = BeautifulSoup(next(cards(language)), "html.parser").div["aria-label"]
    assert BeautifulSoup(page, "html.parser").find(attrs={"aria-label": label, "role": "group"})
    assert "plt.show" not in page  # the instructor's own code and prose stay in the notebook
    assert "No response." not in page or language == "en"


# ------------------------------------------------------------------ when pages are made


@pytest.fixture(scope="module")
def blank(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("blank")
    with opened(root) as course:
        course.register(CHAPTER)
    return root / "gradebook.db"


@pytest.fixture
def root(tmp_path, blank) -> Path:
    """A course folder with two graded submissions."""
    shutil.copy(blank, tmp_path / "gradebook.db")
    with opened(tmp_path) as course:
        for learner in ("kim", "lee"):
            hand_in(tmp_path, learner)
            put(course, report(), Handed(CHAPTER, learner))
    return tmp_path


def feedback(root: Path, force: bool = False, **given: dict) -> tuple[int, int]:
    """Makes the pages; how many were made, and how many were up to date."""
    with opened(root, **given) as course:
        maker = converter(course, force)
        maker.start()
        return maker.made, maker.kept


def converter(course: CourseFolder, force: bool = False) -> CourseFeedback:
    folder = CourseDirectory(config=course.config)
    folder.assignment_id = CHAPTER
    return CourseFeedback(coursedir=folder, config=course.config, force=force)


def page(root: Path, learner: str = "kim") -> Path:
    return root / "feedback" / learner / CHAPTER / f"{CHAPTER}.html"


def spoil(root: Path) -> None:
    page(root).write_text(page(root).read_text()[:-30])


def regrade(root: Path) -> None:
    with opened(root) as course:
        put(course, report(share=0.5))


def penalise(root: Path) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/gradebook.db", "torch") as book:
        book.find_submission_notebook(CHAPTER, CHAPTER, "kim").late_submission_penalty = 2.0
        book.db.commit()


CHANGES = {
    "a mark": regrade,
    "a penalty": penalise,
    "a score by hand": lambda root: by_hand(root, "check-mse-gradient", manual_score=1.0),
    "extra credit": lambda root: by_hand(root, "check-mse-gradient", extra_credit=1.0),
    "a comment": lambda root: by_hand(root, "mse-gradient", manual_comment="Well done."),
    "a page cut short": spoil,
    "a page that is gone": lambda root: page(root).unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_is_made_when_what_it_shows_has_changed(root, change):
    assert feedback(root) == (2, 0)
    assert feedback(root) == (0, 2)
    CHANGES[change](root)
    assert feedback(root) == (1, 1)
    assert feedback(root) == (0, 2)
    assert page(root).read_text().endswith("</html>\n")
    assert feedback(root, force=True) == (2, 0)


def test_pages_can_be_read_and_have_what_releasing_them_needs(root):
    (root / "submitted" / "kim" / CHAPTER / "submission_secret.txt").write_text("secret")
    regrade(root)
    feedback(root)
    files = {file.name: file.stat().st_mode & 0o777 for file in page(root).parent.iterdir()}
    assert files == dict.fromkeys(
        (f"{CHAPTER}.html", "timestamp.txt", "submission_secret.txt"), 0o644
    )


def test_a_damaged_notebook_does_not_stop_the_others(root, caplog):
    with opened(root) as course:
        file = course.autograded_notebook(KIM)
    file.chmod(0o644)
    file.write_text("{")
    hand_in(root, "unknown")
    shutil.copytree(root / "autograded" / "lee", root / "autograded" / "unknown")
    with pytest.raises(NbGraderException) as stopped:
        feedback(root)
    kim, unknown = str(stopped.value).splitlines()
    assert kim.startswith(f"kim · {CHAPTER}: ")
    assert "is damaged" in kim and "make grade" in kim
    assert unknown == f"unknown · {CHAPTER}: not in the gradebook; run `make grade` first."
    assert page(root, "lee").exists()


def test_an_unusable_gradebook_is_one_sentence(root):
    (root / "gradebook.db").write_bytes(b"no database" * 100)
    with pytest.raises(NbGraderException, match="is damaged or no gradebook"):
        feedback(root)


def test_excluded_learners_get_no_page(root):
    assert feedback(root, CourseDirectory={"student_id_exclude": "lee"}) == (1, 0)
    assert not page(root, "lee").exists()


def test_a_refused_submission_is_told_why(root):
    from autograde.grade import refusal
    from autograde.intake import Refused

    with opened(root) as course:
        put(course, refusal(Refused("missing", file="x.ipynb", found=""), CHAPTER, "", 1))
    feedback(root)
    text = page(root).read_text()
    assert "x.ipynb was not handed in" in text
    assert "x.ipynb이(가) 제출되지 않았습니다" in text
    assert "강사가 아직 살펴보는 중입니다" in text


def test_many_pages_are_made_on_all_cores_and_are_the_same(root, monkeypatch):
    feedback(root)
    alone = {name: page(root, name).read_bytes() for name in ("kim", "lee")}
    monkeypatch.setattr("autograde.feedback.FEW", 0)
    feedback(root, force=True)
    assert {name: page(root, name).read_bytes() for name in ("kim", "lee")} == alone
