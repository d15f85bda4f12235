"""HTML of strangers → HTML that can only be looked at.

Cards keep their colours, tables and labels; text that a learner wrote keeps its structure. What
runs, loads, submits, covers the page or pretends to be part of it stays out, visibly escaped.
nbgrader_config.py puts both functions in place of nbconvert's filters of these names, so that the
formgrader's pages, which an instructor looks at while logged in, are cleaned like the feedback.
"""

from __future__ import annotations

import re

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


def clean_html(html: str) -> str:
    """HTML without anything that runs or loads; the looks of a card (helpers.card) stay."""
    return bleach.clean(str(html), TAGS, _card_attribute, css_sanitizer=_Styles())


def markdown2html(source: str) -> str:
    """Markdown as HTML, with neither pictures nor any looks of its own."""
    renderer = _NoPictures(escape=False, exclude_anchor_links=True)
    return bleach.clean(MarkdownWithMath(renderer=renderer).render(source), TAGS, _text_attribute)


class _NoPictures(IPythonRenderer):
    """nbconvert's renderer, which fails on a picture that was pasted into another notebook."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """What a picture is said to show."""
        return f"<em>{text}</em>"


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
