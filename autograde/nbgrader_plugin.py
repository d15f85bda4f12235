"""Puts autograde.grade behind `nbgrader autograde` and the formgrader's Autograde button.

nbgrader_config.py calls `install()`, after which both make a TrustedAutograde where they made
nbgrader's own Autograde, which runs a stranger's code beside the gradebook. Should a future
nbgrader look elsewhere for its class, `NoGradingHere` stands among its preprocessors and stops it.
In the same way feedback is made by autograde.feedback, whichever way it is asked for.
"""

from __future__ import annotations

import asyncio
from typing import Any

from nbformat import NotebookNode
from nbgrader.apps import api, autogradeapp, generatefeedbackapp
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Integer

from autograde.feedback import CourseFeedback


class TrustedAutograde(Autograde):
    """nbgrader's Autograde with the work done by autograde.bulk: same settings, same results."""

    seed = Integer(
        None,
        allow_none=True,
        help="Grade again, on the secret inputs of this seed (as `make grade SEED=`). Every "
        "report and the log of every run name theirs.",
    ).tag(config=True)

    fresh = Bool(
        False, help="Start Python anew in the box of each submission (as `make grade FRESH=1`)."
    ).tag(config=True)

    def start(self) -> None:
        """Grades what `assignment_id` and `student_id` name.

        With `force` it is graded anew, on fresh inputs; otherwise only what has no report yet.
        Raises NbGraderException if a submission was refused or could not be graded.
        """
        from autograde.bulk import Options, Stopped, grade_all  # imports torch: not before needed
        from autograde.gradebook import CourseFolder, CourseFolderError
        from autograde.sandbox import SandboxError

        if self.config.Execute.get("enabled") is False:
            self.log.warning("--no-execute is not heeded: marks need evidence.")
        options = Options(
            self.coursedir.assignment_id, self.coursedir.student_id, seed=self.seed,
            force=self.force, create=self.create_student, fresh=self.fresh, **_workers(),
        )  # fmt: skip
        try:
            with CourseFolder(self.coursedir, self.config) as course:
                self.run_pre_convert_hook()
                outcome = grade_all(course, options, say=self.log.info)
                self.run_post_convert_hook()
        except (CourseFolderError, SandboxError, Stopped) as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        self.log.info("%s", outcome)
        self.log.info("On the same inputs again: --TrustedAutograde.seed=%d", outcome.seed)
        for sentence in outcome.problems():
            self.log.error("%s", sentence)
        if outcome.problems():
            raise NbGraderException("\n".join(outcome.problems()))


class NoGradingHere(NbGraderPreprocessor):
    """Stops nbgrader's own autograding, which would run submissions outside any sandbox."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> None:
        """Raises NbGraderException."""
        raise NbGraderException(
            "Grading outside the sandbox was stopped: this version of nbgrader does not go through "
            "autograde.nbgrader_plugin. Nothing was run. Use `make grade`."
        )


def install() -> None:
    """Makes nbgrader's commands and the formgrader use the classes above in this process."""
    autogradeapp.Autograde = api.Autograde = TrustedAutograde
    generatefeedbackapp.GenerateFeedback = api.GenerateFeedback = CourseFeedback


def _workers() -> dict[str, int]:
    """All of this machine's cores; but no processes of our own where a server's loop runs."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return {}
    return {"workers": 1}
