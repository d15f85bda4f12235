"""A class on JupyterHub: two learners and an instructor, each with a home, and the exchange.

The hub runs as docs/hub.md says, with its very configuration, on a machine of its own that is made
of this one (tests/hub_machine.py). People log in through a browser, as on any hub.
"""

import json
import shutil
import sys
import time
from pathlib import Path

import hub_machine
import learner_copy
import pytest
from classroom import CHAPTER, POINTS, answers
from conftest import lacking

from autograde import release, system
from autograde.build import ROOT
from autograde.learner import menu, wait_for_kernel
from helpers.words import say

KIM, LEE, TEACHER = "pbh-kim", "pbh-lee", "pbh-teacher"
COURSE = "pytorch-by-hand"
SERVERS = Path(sys.prefix).resolve()
# The environment stands in for the instructor's own, whose course is the one in their home.
SETTINGS = """
def and_its_course(spawner):
    own_place(spawner)
    if spawner.notebook_dir:
        spawner.environment["PYTHONPATH"] = spawner.notebook_dir

c.Spawner.pre_spawn_hook = and_its_course
"""
PATIENCE = 180_000  # milliseconds, for a machine that is busy
LISTING = f"assignments?course_id={COURSE}"

pytestmark = pytest.mark.slow


# ------------------------------------------------------------------ the machine and its people


def learners_copy(srv):
    """/srv/pytorch-by-hand: the learner's zip, unpacked, and its environment with JupyterHub."""
    made = release.release("ko", srv.parent / "dist")
    copy = shutil.move(made, srv / COURSE)
    learner_copy.set_up(copy, "jupyterhub")
    (pth,) = copy.glob(".venv/lib/python*/site-packages/course.pth")
    pth.write_text(f"/srv/{COURSE}\n")
    shutil.rmtree(srv.parent / "dist")


FORMGRADER = "nbgrader.server_extensions.formgrader"
NOT_FOR_LEARNERS = ("@jupyter/nbgrader:formgrader", "@jupyter/nbgrader:create-assignment")


def without_formgrader():
    """Shell that takes the instructors' parts out of the learners' environment."""
    python = f"/srv/{COURSE}/.venv/bin/python"
    yield f"{python} -m jupyter_server.extension.serverextension disable --sys-prefix {FORMGRADER}"
    for each in NOT_FOR_LEARNERS:
        yield f"{python} -m jupyterlab.labextensions disable --level=sys_prefix {each}"


def whole_course(home):
    """The instructor's copy of the course, with its sources and one chapter's solution."""
    course = home / COURSE
    for name in ("helpers", "autograde", "notebooks", f"solutions/{CHAPTER}"):
        shutil.copytree(ROOT / name, course / name)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (course / ".venv").symlink_to(SERVERS)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """The machine of the class, its hub running."""
    if missing := hub_machine.can_be_made():
        lacking(f"no class can be set up here: {missing}")
    if missing := system.missing(["node-configurable-http-proxy"]):
        lacking(f"JupyterHub's proxy is missing: apt-get install {missing[0]}")
    users = {KIM: "learners", LEE: "learners", TEACHER: "instructors"}
    machine = hub_machine.Machine(users, [Path(sys.base_prefix), SERVERS])
    try:
        machine.add_users()
        srv, home = machine.folder / "srv", machine.folder / "home"
        learners_copy(srv)
        whole_course(home / TEACHER)
        (machine.folder / "etc" / "jupyter").mkdir(exist_ok=True)
        shutil.copy(ROOT / "docs/hub/nbgrader_config.py", machine.folder / "etc" / "jupyter")
        config = srv / "jupyterhub" / "jupyterhub_config.py"
        config.parent.mkdir(mode=0o700)
        config.write_text((ROOT / "docs/hub/jupyterhub_config.py").read_text() + SETTINGS)
        machine.run(
            f"chown -R {TEACHER}: /home/{TEACHER}",
            "install -d -m 1777 /srv/nbgrader/exchange",
            *without_formgrader(),
        )
        log = tmp_path_factory.mktemp("hub") / "log"
        machine.start(Path("/srv/jupyterhub/jupyterhub_config.py"), log)
        machine.log = log
        yield machine
    finally:
        machine.close()


class Person:
    """Somebody at a browser who is logged in to the hub."""

    def __init__(self, browser, address, name):
        self.name, self.address = name, address
        self.tab = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()

    def log_in(self, password="open"):
        self.tab.goto(f"{self.address}/hub/login")
        self.tab.fill("#username_input", self.name)
        self.tab.fill("#password_input", password)
        self.tab.click("#login_submit")

    def arrived(self):
        """Waits until the server has started and JupyterLab is drawn."""
        self.tab.locator(".jp-LabShell .lm-MenuBar").first.wait_for(timeout=PATIENCE)
        assert f"/user/{self.name}/lab" in self.tab.url

    def call(self, method, path, data=None, whose=None):
        """What the page would ask its server; (status, answer)."""
        return self.tab.evaluate(
            """async ([method, url, body]) => {
                const token = document.cookie.match(/\\b_xsrf=([^;]*)/)[1];
                const headers = {"X-XSRFToken": token, "Content-Type": "application/json"};
                const answer = await fetch(url, {method, headers, body});
                const text = await answer.text();
                try { return [answer.status, JSON.parse(text)] } catch { return [answer.status, text] }
            }""",
            [method, f"{self.address}/user/{whose or self.name}/{path}",
             None if data is None else json.dumps(data)],
        )  # fmt: skip

    def done(self, path, data=None):
        """Asks the server to do something; fails with its log if it could not."""
        status, answer = self.call("POST", path, data or {})
        assert status == 200 and (not isinstance(answer, dict) or answer.get("success")), answer
        return answer


@pytest.fixture(scope="module")
def people(hub, browser):
    """The three, logged in, each in front of JupyterLab."""
    address = f"http://127.0.0.1:{hub.port}"
    found = {name: Person(browser, address, name) for name in (TEACHER, KIM, LEE)}
    for person in found.values():  # their servers start side by side
        person.log_in()
    try:
        for person in found.values():
            person.arrived()
    except Exception:
        print(hub.log.read_text()[-6000:])
        raise
    return found


# ------------------------------------------------------------------ a round


def solve(person, names):
    """Writes right answers into the fetched notebook and saves it."""
    path = f"api/contents/{CHAPTER}/{CHAPTER}.ipynb"
    status, model = person.call("GET", path)
    assert status == 200, model
    right = {name: answers()[name] for name in names}
    for cell in model["content"]["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = right.get(name, cell["source"])
    saved = {key: model[key] for key in ("type", "format", "content")}
    status, answer = person.call("PUT", path, saved)
    assert status == 200, answer


@pytest.fixture(scope="module")
def released(people):
    """The instructor makes chapter 3 and releases it to the exchange."""
    for step in ("assign", "release"):
        people[TEACHER].done(f"formgrader/api/assignment/{CHAPTER}/{step}")


@pytest.fixture(scope="module")
def handed_in(people, released):
    """Kim fetches, solves everything, looks at the cards and hands in; lee solves one exercise."""
    kim, lee = people[KIM], people[LEE]
    about = {"course_id": COURSE, "assignment_id": CHAPTER}
    kim.tab.get_by_role("menuitem", name="Nbgrader").click()
    kim.tab.get_by_role("menuitem", name="Assignment List").click()
    kim.tab.get_by_role("button", name="Fetch", exact=True).click(timeout=PATIENCE)
    kim.tab.get_by_role("button", name="Submit", exact=True).wait_for(timeout=PATIENCE)
    solve(kim, POINTS)
    kim.tab.get_by_role("button", name="Submit", exact=True).click()
    kim.tab.locator("#submitted_assignments_list", has_text=CHAPTER).wait_for(timeout=PATIENCE)
    lee.done("assignments/fetch", about)
    solve(lee, list(POINTS)[:1])
    lee.done("assignments/submit", about)


@pytest.fixture(scope="module")
def graded(people, handed_in):
    """The instructor collects, autogrades and releases the feedback; both learners fetch it."""
    teacher = people[TEACHER]
    teacher.done(f"formgrader/api/assignment/{CHAPTER}/collect")
    for learner in (KIM, LEE):
        teacher.done(f"formgrader/api/submission/{CHAPTER}/{learner}/autograde")
    for step in ("generate_feedback", "release_feedback"):
        teacher.done(f"formgrader/api/assignment/{CHAPTER}/{step}")
    for learner in (KIM, LEE):
        about = {"course_id": COURSE, "assignment_id": CHAPTER}
        people[learner].done("assignments/fetch_feedback", about)


def test_the_marks_are_those_that_were_earned(people, graded):
    for learner, earned in ((KIM, sum(POINTS.values())), (LEE, next(iter(POINTS.values())))):
        _, found = people[TEACHER].call("GET", f"formgrader/api/submission/{CHAPTER}/{learner}")
        assert (found["score"], found["max_score"]) == (earned, sum(POINTS.values()))
        assert found["autograded"] and not found["needs_manual_grade"]


def test_it_was_our_grader_that_graded(hub, graded):
    for learner in (KIM, LEE):
        path = f"home/{TEACHER}/{COURSE}/grading/reports/{CHAPTER}/{learner}.json"
        assert {mark["exercise"] for mark in json.loads((hub.folder / path).read_text())["marks"]}


def test_each_learner_reads_their_own_feedback(people, graded):
    for learner, verdict in ((KIM, "passed"), (LEE, "unattempted")):
        person = people[learner]
        _, listed = person.call("GET", LISTING)
        (sent,) = (each for each in listed["value"] if each["status"] == "submitted")
        (found,) = sent["submissions"]
        assert found["has_local_feedback"]
        page = f"{found['local_feedback_path']}/{CHAPTER}.html"
        status, model = person.call("GET", f"api/contents/{page}")
        assert status == 200 and say(verdict, "ko") in model["content"]


def passed(file):
    """The exercises of the chapter that a file of progress says are solved."""
    return json.loads(file.read_text())["passed"].get(CHAPTER, ()) if file.exists() else ()


def test_checks_work_in_a_learners_server_and_progress_is_their_own(hub, people, handed_in):
    tab = people[KIM].tab
    tab.goto(f"{people[KIM].address}/user/{KIM}/lab/tree/{CHAPTER}/{CHAPTER}.ipynb")
    wait_for_kernel(tab)
    menu(tab, "Run", "Run All Cells")
    # JupyterLab draws only the cells in view: what all checks said stands in the progress.
    kept, deadline = hub.folder / "home" / KIM / ".progress.json", time.monotonic() + 120
    while set(passed(kept)) != set(POINTS) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert set(passed(kept)) == set(POINTS)
    assert not (hub.folder / "home" / LEE / ".progress.json").exists()


# ------------------------------------------------------------------ who can see what


def test_a_wrong_password_opens_nothing(hub, browser):
    stranger = Person(browser, f"http://127.0.0.1:{hub.port}", KIM)
    stranger.log_in("closed")
    stranger.tab.get_by_text("Invalid username or password").wait_for(timeout=30_000)


def test_every_server_runs_as_its_owner(hub, people):
    for name in people:
        assert any("jupyterhub.singleuser" in each for each in hub.memory(name)), name


def test_nobody_reaches_anothers_server(people):
    for reader, owner in ((LEE, KIM), (KIM, TEACHER), (TEACHER, KIM)):
        status, _ = people[reader].call("GET", "api/contents", whose=owner)
        assert status in (403, 404), (reader, owner)


def test_only_instructors_have_the_formgrader(people, released):
    assert people[TEACHER].call("GET", "formgrader/api/assignments")[0] == 200
    for learner in (KIM, LEE):
        assert people[learner].call("GET", "formgrader/api/assignments")[0] == 404


SECRETS = {
    "list what was handed in": "ls /srv/nbgrader/exchange/{course}/inbound",
    "list the feedback": "ls /srv/nbgrader/exchange/{course}/feedback",
    "read another's home": "ls /home/{kim}",
    "read what another handed in, from their cache": "ls -R /home/{kim}/.local",
    "read the solutions and the gradebook": "ls /home/{teacher}/{course}",
    "read the hub's tokens": "ls /srv/jupyterhub",
    "put another folder in the course's place": "mv /srv/nbgrader/exchange/{course} /srv/nbgrader/exchange/mine",
    "change the release": "touch /srv/nbgrader/exchange/{course}/outbound/{chapter}/{chapter}.ipynb",
    "change everybody's helpers": "touch /srv/{course}/helpers/check.py",
}


@pytest.mark.parametrize("what", SECRETS)
def test_a_learner_cannot(hub, graded, what):
    names = {"course": COURSE, "chapter": CHAPTER, "kim": KIM, "teacher": TEACHER}
    command = SECRETS[what].format(**names)
    what_is_there = next(word for word in command.split() if word.startswith("/"))
    said = hub.run(
        f"test -e {what_is_there}", f"runuser -u {LEE} -- env LC_ALL=C {command} 2>&1 || true"
    )
    assert "Permission denied" in said or "Operation not permitted" in said


def test_the_learners_environment_holds_no_solution(hub):
    python = f"/srv/{COURSE}/.venv/bin/python"
    looking = "from importlib.util import find_spec; print(find_spec('autograde'))"
    assert hub.run(f'cd /home/{LEE}; runuser -u {LEE} -- {python} -c "{looking}"') == "None\n"
