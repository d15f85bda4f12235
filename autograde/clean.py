"""HTML of strangers → HTML that can only be looked at.

Cards keep their colours, tables and labels; text that a learner wrote keeps its structure. What
runs, loads, submits, covers the page or pretends to be part of it stays out, visibly escaped.
nbgrader_config.py puts both functions in place of nbconvert's filters of these names, so that the
formgrader's pages, which an instructor looks at while logged in, are cleaned like the feedback.
"""

from __future__ import annotations

import html
import re
import secrets
from typing import Any
from xml.etree import ElementTree

import bleach
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

TAGS = (
    "a", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "span", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
)  # fmt: skip
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
HIGHLIGHT = re.compile(r"\s*(highlight( hl-\w+)?|[a-z]{1,2})\s*")  # what Pygments gives to code
ROLES = ("group", "img")
# What helpers.card uses: nothing here moves a box out of its place.
STYLES = (
    "align-items", "background", "border", "border-collapse", "border-left", "border-radius",
    "border-right", "color", "display", "flex-wrap", "font-family", "font-size", "font-weight",
    "gap", "letter-spacing", "line-height", "margin", "max-width", "opacity", "outline",
    "overflow-wrap", "overflow-x", "padding", "text-align",
)  # fmt: skip
# Words, numbers and colours, but no url(), no escapes and no other function.
STYLE_VALUE = re.compile(
    r"([\w\s#.,%-]|rgba?\([\d\s.,%]*\)|color-mix\([\w\s#.,%]*\)"
    r"|var\(--jp-code-font-family,monospace\))+"
)
FORMULA = (
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow",
    "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr",
    "munder", "munderover",
)  # fmt: skip
FORMULA_LOOKS = (
    "accent", "columnalign", "displaystyle", "fence", "form", "linethickness", "mathvariant",
    "maxsize", "minsize", "movablelimits", "notation", "scriptlevel", "stretchy", "width",
)  # fmt: skip
FORMULA_VALUE = re.compile(r"[a-z -]{1,30}|[0-9]?(\.[0-9]{1,3})?(em|pt)?")  # nothing overlaps
MAX_FORMULA = 1000  # characters
MAX_FORMULAS = 300  # of one text


def clean_html(html: str) -> str:
    """HTML without anything that runs or loads; the looks of a card (helpers.card) stay."""
    return bleach.clean(str(html), TAGS, _card_attribute, css_sanitizer=_Styles())


def markdown2html(source: str) -> str:
    """Markdown as HTML, with neither pictures nor any looks of its own.

    Formulas become MathML, which browsers draw by themselves; those that cannot stay as they are.
    """
    renderer = _Renderer(escape=False, exclude_anchor_links=True)
    rendered = MarkdownWithMath(renderer=renderer).render(source)
    cleaned = bleach.clean(rendered, TAGS, _text_attribute)
    return renderer.mark.sub(lambda found: renderer.formulas[int(found[1])], cleaned)


def formula(latex: str, display: str) -> str:
    """A formula as MathML without links, scripts and colours; display: "inline" or "block".

    Raises some error, of any kind, for what is no formula.
    """
    from latex2mathml.converter import convert_to_element  # of those who grade; a server has less

    if len(latex) > MAX_FORMULA:
        raise ValueError("the formula is too long")
    root = convert_to_element(latex.replace(r"\_", "_"), display=display)  # it draws the backslash
    for each in root.iter():
        if each.tag not in FORMULA:
            raise ValueError(f"{each.tag} is no part of a formula")
        each.text = html.unescape(each.text or "")
        each.attrib = {
            name: value
            for name, value in each.attrib.items()
            if name in FORMULA_LOOKS and FORMULA_VALUE.fullmatch(value)
        }
    root.set("display", display)
    return ElementTree.tostring(root, encoding="unicode")


class _Renderer(IPythonRenderer):
    """nbconvert's renderer, which would fail on a picture that was pasted into another notebook.

    formulas: MathML, to be put where a mark stands once everything else is cleaned.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.formulas: list[str] = []
        self.key = secrets.token_hex(16)
        self.mark = re.compile(rf"{self.key}-(\d+)-")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """What a picture is said to show."""
        return f"<em>{text}</em>"

    def inline_math(self, body: str) -> str:
        """A formula in a line."""
        return self._formula(body, "inline", super().inline_math(body))

    def block_math(self, body: str) -> str:
        """A formula of its own."""
        return self._formula(body, "block", super().block_math(body))

    def latex_environment(self, name: str, body: str) -> str:
        """A formula such as a matrix."""
        latex = rf"\begin{{{name}}}{body}\end{{{name}}}"
        return self._formula(latex, "block", super().latex_environment(name, body))

    def _formula(self, latex: str, display: str, otherwise: str) -> str:
        if len(self.formulas) == MAX_FORMULAS:
            return otherwise
        try:
            self.formulas.append(formula(latex, display))
        except Exception:  # whatever a stranger's formula leads to
            return otherwise
        return f"{self.key}-{len(self.formulas) - 1}-"


def _text_attribute(tag: str, name: str, value: str) -> bool:
    if tag == "a" and name == "href":
        return LINK.match(value) is not None
    return tag in ("div", "span") and name == "class" and HIGHLIGHT.fullmatch(value) is not None


def _card_attribute(tag: str, name: str, value: str) -> bool:
    if name == "role":
        return value in ROLES
    return name in ("style", "aria-label", "aria-hidden") or _text_attribute(tag, name, value)


class _Styles:
    """What bleach asks to clean a style attribute."""

    def sanitize_css(self, style: str) -> str:
        """The declarations that are allowed, in order."""
        declarations = [each.partition(":")[::2] for each in style.split(";")]
        return ";".join(
            f"{name.strip()}:{value.strip()}"
            for name, value in declarations
            if name.strip() in STYLES and STYLE_VALUE.fullmatch(value)
        )
