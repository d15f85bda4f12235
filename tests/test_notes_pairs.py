"""Chapter 18 on the notes' own ten reviews: its answers make the pairs that the notes print.

The notes are looked for in shared/seeds beside the course. They are never part of the course;
without them, or without Java for the tokenizer, these tests are skipped.
"""

import re

import nbformat
import pytest

from autograde import build
from autograde.answers import answers
from helpers.korean import NoJava, okt

CHAPTER = "ch18_word_embeddings"
SEEDS = build.ROOT.parent / "shared" / "seeds"
NOTES = sorted(SEEDS.glob("001_*.txt"))
pytestmark = pytest.mark.skipif(
    not NOTES,
    reason="the notes are not here: their ten reviews are read from shared/seeds/001_….txt, in "
    "the folder that holds the course's own folder",
)


@pytest.fixture(scope="module")
def solved():
    """The chapter's answers by exercise, from the solution's own cells, run as in a check."""
    path = build.SOLUTIONS / CHAPTER / f"{CHAPTER}.ipynb"
    return answers(nbformat.read(path, as_version=4), CHAPTER)


@pytest.fixture(scope="module")
def tokens():
    """The ten reviews, cut as in the notes: Okt's morphs with stem=True."""
    listed = re.search(r"train_data = \[(.*?)\]", NOTES[0].read_text("utf-8"), re.S)[1]
    texts = re.findall(r'"(.+?)"', listed)
    try:
        analyser = okt()
    except NoJava as error:
        pytest.skip(f"the notes' reviews are cut by Okt, which needs Java: {error}")
    return [analyser.morphs(text, stem=True) for text in texts]


def test_okt_cuts_the_ten_reviews_into_the_notes_104_tokens_of_60_words(tokens):
    assert len(tokens) == 10
    assert sum(map(len, tokens)) == 104
    assert len({word for sentence in tokens for word in sentence}) == 60


@pytest.mark.parametrize("keep_edges, cbow, skipgram", [(False, 64, 256), (True, 104, 356)])
def test_the_answers_make_as_many_pairs_as_the_notes(solved, tokens, keep_edges, cbow, skipgram):
    made = {
        name: [pair for sentence in tokens for pair in solved[name](sentence, 2, keep_edges)]
        for name in ("cbow-pairs", "skipgram-pairs")
    }
    assert {name: len(pairs) for name, pairs in made.items()} == {
        "cbow-pairs": cbow,
        "skipgram-pairs": skipgram,
    }


def test_the_first_pairs_are_the_ones_that_the_notes_print(solved, tokens):
    cbow = solved["cbow-pairs"](tokens[0], 2, False)
    assert [(list(context), centre) for context, centre in cbow] == [
        (["정말", "맛있다", "추천", "하다"], "."),
        (["맛있다", ".", "하다", "."], "추천"),
    ]
    pairs = solved["skipgram-pairs"](tokens[0], 2, False)
    assert [tuple(pair) for pair in pairs[:4]] == [
        (".", "정말"),
        (".", "맛있다"),
        (".", "추천"),
        (".", "하다"),
    ]


def test_without_the_edges_nineteen_words_are_never_a_centre(solved, tokens):
    words = {word for sentence in tokens for word in sentence}
    centres = {
        keep_edges: {c for s in tokens for c, _ in solved["skipgram-pairs"](s, 2, keep_edges)}
        for keep_edges in (False, True)
    }
    never = words - centres[False]
    assert len(never) == 19 and {"맛", "위생"} <= never
    assert centres[True] == words
