"""The table of models: the learner's results, else the course's own, on the same images."""

import json

import pytest

from autograde.build import collect_scores
from helpers import progress, scores

BUNDLED = "scikit-learn's 8x8 digits, scaled to 28x28: 1437 to train on, 360 to test with"


@pytest.fixture(autouse=True)
def saved(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


def add(chapter="ch98_test", model="a model", accuracies=(0.5, 0.75), source=BUNDLED):
    return scores.add(chapter, model, accuracies, 10, 1.25, source)


def test_the_courses_results_are_those_of_its_solutions_outputs():
    assert scores.REFERENCE.read_text("utf-8") == collect_scores()
    assert {"ch09_mnist_softmax", "ch11_backpropagation"} <= {s.chapter for s in scores.reference()}


def test_a_result_is_kept_and_stands_behind_the_earlier_chapters():
    shown = repr(add())
    assert "ch09  one linear layer *" in shown
    assert "ch98  a model   " in shown and "62.5% (50.0% … 75.0%)" in shown
    assert shown.index("ch09") < shown.index("ch11") < shown.index("ch98")
    assert "a model" in repr(scores.table(BUNDLED))
    assert "a model" not in repr(scores.table(BUNDLED, "ch97"))


def test_the_learners_result_takes_the_place_of_the_courses():
    add("ch09_mnist_softmax", "one linear layer", [0.125])
    assert "one linear layer   " in repr(scores.table(BUNDLED))
    assert "12.5%" in repr(scores.table(BUNDLED))
    add("ch09_mnist_softmax", "one linear layer", [0.25])
    assert "12.5%" not in repr(scores.table(BUNDLED))


def test_only_results_on_the_same_images_are_compared():
    shown = repr(add(source="MNIST: 60000 to train on, 10000 to test with"))
    assert "a model" in shown and "ch09" not in shown


def test_progress_and_scores_live_in_one_file_side_by_side(tmp_path):
    progress.record_pass("ch09_mnist_softmax", "evaluate")
    add()
    record = json.loads((tmp_path / "progress.json").read_text("utf-8"))
    assert record["passed"]["ch09_mnist_softmax"] and record["scores"]


def test_a_record_that_is_none_is_passed_over_and_kept(tmp_path):
    add()
    path = tmp_path / "progress.json"
    record = json.loads(path.read_text("utf-8"))
    bad = [{}, {"chapter": "ch97_x"}]
    whole = next(iter(record["scores"].values()))
    bad += [whole | {"model": "bad", "accuracies": a} for a in (None, [], ["x"], [[1]])]
    bad += [whole | {"model": "bad", "seconds": None}]
    record["scores"] |= {f"bad {n}": each for n, each in enumerate(bad)}
    path.write_text(json.dumps(record), "utf-8")
    shown = repr(scores.table(BUNDLED))
    assert "a model" in shown and "bad" not in shown and "ch97" not in shown
    add(model="another")
    assert "bad 1" in json.loads(path.read_text("utf-8"))["scores"]


def test_with_progress_off_the_table_still_shows_what_was_just_measured(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    assert "a model" in repr(add())


def test_a_name_is_text_and_no_markup():
    page = add(model="<b>bold</b>")._repr_mimebundle_()
    assert "&lt;b&gt;" in page["text/html"] and "<b>bold" not in page["text/html"]
    assert page[scores.MIME]["model"] == "<b>bold</b>"


@pytest.mark.parametrize("accuracies", [[], [1.5], [-0.1], [float("nan")], [96.0]])
def test_what_is_no_accuracy_is_refused(accuracies):
    with pytest.raises(ValueError, match="shares from 0 to 1"):
        add(accuracies=accuracies)
