"""Injection: what a person's browser, terminal or spreadsheet would run or follow.

MARK stands in each of them; wherever it comes out, it must come out as text.
"""

from __future__ import annotations

from collections.abc import Iterator

from nbformat.v4 import new_markdown_cell, new_output, new_raw_cell

from attacks.corpus import Attack, Submission, combined, data, full, notebook, put, right_answers

MARK = "pwned-77"
HTML = f"<script>alert('{MARK}')</script><img src=x onerror=alert('{MARK}')>"
LINK = f"<a href='javascript:alert(\"{MARK}\")'>{MARK}</a> [here](javascript:alert('{MARK}'))"
ANSI = f"\x1b]0;{MARK}\x07\x1b[2J\x1b]8;;http://evil.example\x07{MARK}\x1b]8;;\x07\x1b[31m\r\x08"

ANSWERS = [
    Attack("prints", "markup in what an answer prints", f"""
def $name(*arguments):
    print({HTML!r}, {LINK!r}, {ANSI!r})
    return None
"""),
    Attack("returns", "markup in what an answer returns", f"""
def $name(*arguments):
    return {HTML!r}
"""),
    Attack("returns-inside", "markup in the keys and values of what it returns", f"""
def $name(*arguments):
    return {{{HTML!r}: [{LINK!r}], {ANSI!r}: ({HTML!r},)}}
"""),
    Attack("represents", "markup in a repr", f"""
class Hostile:
    def __repr__(self):
        return {HTML!r}
    _repr_html_ = __repr__
def $name(*arguments):
    return Hostile()
"""),
    Attack("class-name", "markup in the name of a class and of its module", f"""
Hostile = type({HTML!r}, (), {{"__module__": {LINK!r}, "__qualname__": {HTML!r}}})
def $name(*arguments):
    return Hostile()
"""),
    Attack("message", "markup in an exception's message", f"""
def $name(*arguments):
    raise ValueError({HTML!r} + {ANSI!r})
"""),
    Attack("exception-name", "markup in an exception's name", f"""
Hostile = type({HTML!r}, (Exception,), {{}})
def $name(*arguments):
    raise Hostile({LINK!r})
"""),
    Attack("source-line", "markup in the line that crashes, which the card quotes", f"""
def $name(*arguments):
    raise KeyError("</pre></code>{HTML}")  # </pre>{HTML}
"""),
    Attack("stub-name", "markup in the name of the function that is not written yet", f"""
def _stub(*arguments):
    raise NotImplementedError
_stub.__code__ = _stub.__code__.replace(co_name={HTML!r})
def $name(*arguments):
    return _stub()
"""),
]  # fmt: skip

CELLS = [
    Attack("cell-prints", "markup and control characters printed by a cell", f"""
print({HTML!r}, {LINK!r}, {ANSI!r})
{HTML!r}
""", "cell"),
    Attack("displays", "HTML, JavaScript, SVG, Markdown and LaTeX by display", f"""
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
display(HTML({HTML!r}), Javascript("alert('{MARK}')"), Markdown({LINK!r}), Latex({HTML!r}))
display({{"text/html": {HTML!r}}}, raw=True)
HTML({HTML!r})
""", "cell"),
    Attack("draws", "markup in a figure's title and metadata", f"""
import matplotlib.pyplot as plt
plt.title({HTML!r})
plt.plot([1, 2])
""", "cell"),
    Attack("raises", "markup in a cell's exception, its name and its message", f"""
raise type({HTML!r}, (Exception,), {{}})({HTML!r} + {ANSI!r})
""", "cell"),
    Attack("forges-outputs", "forged outputs: HTML in a picture's place, pictures of a gigapixel", f"""
import base64, struct, sys, zlib
from helpers.wire import encode
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
bomb = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 50000, 50000, 8, 2, 0, 0, 0))
outputs = [
    {{"png": "iVBOR" + '"><script>alert("{MARK}")</script>'}},
    {{"png": base64.b64encode(bomb + chunk(b"IEND", b"")).decode()}},
    {{"png": base64.b64encode(b"<svg onload=alert('{MARK}')>").decode()}},
    {{"text": {HTML!r}, "html": {HTML!r}}},
    {{"html": {HTML!r}}}, {{"data": {{"text/html": {HTML!r}}}}},
    {{"error": {HTML!r} + {ANSI!r}, "message": {ANSI!r}}},
    {{"text": 7}}, 7, None, [],
]
for step in range(40):
    frame = encode({{"is": "output", "step": step, "outputs": outputs}})
    with open(int(sys.argv[-1]), "wb", buffering=0, closefd=False) as channel:
        channel.write(struct.pack(">I", len(frame)) + frame)
""", "cell"),
]  # fmt: skip


def submissions() -> Iterator[Submission]:
    """Answers and cells that run; a notebook full of it without running any."""
    yield from combined("injection", [*ANSWERS, *CELLS])
    made = notebook()
    made.metadata["title"] = HTML
    html = new_output("display_data", {"text/html": HTML, "application/javascript": "alert(1)"})
    for cell in list(made.cells):
        if cell.cell_type == "code":
            cell.outputs = [html]
        cell.metadata[HTML] = HTML
    made.cells[1:1] = [
        new_markdown_cell(HTML + LINK),
        new_raw_cell(HTML, metadata={"format": "text/html"}),
    ]
    put(made, f"# {HTML}\nx = {HTML!r}", 3)
    answer = next(c for c in made.cells if c.source == right_answers()["pad-batch"])
    answer.source = f"# {HTML}\n{answer.source}"
    yield Submission(
        "injection-unrun",
        "markup in text, metadata, outputs and source",
        data(made),
        expected=full(),
    )


# Learners' names, and whether they can be one; for the tests of a whole course folder.
NAMES = {
    "김철수": True, "o.neil-2@example.org": True, "Anna Lena": True,
    HTML.replace("/", ""): False, "=cmd|'calc'!A1": False, "+1+1": False, "@SUM(1)": False,
    "-2+3": False, "new\nline": False, "tab\tname": False, "a\u202eb": False, " padded ": False,
    "..": False, ".hidden": False, "x" * 101: False, "\x1b[31mred": False, "{{7*7}}": False,
    "'; DROP TABLE student; --": False, "$(touch PLANTED)": False, "`id`": False, "a*": False,
}  # fmt: skip
