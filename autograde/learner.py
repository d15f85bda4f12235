"""A learner at work: Jupyter on a learner's copy, used in a real browser as a person would.

For the pictures of the README (autograde.screenshots) and the tests. A page is Playwright's.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PATIENCE = 60_000  # milliseconds; for a kernel that starts and imports torch on a busy machine
NOT_THEIRS = ("COURSE_PROGRESS", "MPLBACKEND")  # what tests and authors set
HERE = ".jp-NotebookPanel:not(.lm-mod-hidden)"  # the notebook in front
READY = re.compile(r"(http://127\.0\.0\.1:(\d+)/\S*token=\w+)")


@contextlib.contextmanager
def jupyter(copy: Path, home: Path, module: str = "helpers.lab", *extra: str) -> Iterator[str]:
    """A Jupyter server on a learner's copy, on a free port; the address that it opens first.

    home: a folder for its settings and signatures, in place of the person's own. module, extra:
    what `python -m` starts, with its arguments; `helpers.lab` is what `make lab` starts.
    Raises RuntimeError, with its last words, if it does not start.
    """
    named = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {k: v for k, v in os.environ.items() if k not in NOT_THEIRS}
    environment |= {name: str(home / name.lower()) for name in named}
    environment |= {"PYTHONPATH": str(copy), "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [sys.executable, "-m", module, *extra], cwd=copy, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    said: deque[str] = deque(maxlen=30)
    try:
        for line in server.stderr:
            said.append(line)
            if found := READY.search(line):
                break
        else:
            raise RuntimeError("Jupyter did not start:\n" + "".join(said))
        # A pipe that nobody reads would stop it in time.
        threading.Thread(target=said.extend, args=(server.stderr,), daemon=True).start()
        wait_for_port(int(found[2]))
        yield found[1]
    except BaseException as error:
        if server.poll() is not None:
            error.add_note("The Jupyter server had ended:\n" + "".join(said))
        raise
    finally:
        server.terminate()  # it ends its kernels as well
        try:
            server.wait(30)
        except subprocess.TimeoutExpired as error:
            error.add_note("Its last words:\n" + "".join(said))
            raise


def wait_for_port(port: int) -> None:
    """Waits until a server listens, which Jupyter does only after it has said where."""
    patience = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.02)


def lab(copy: Path, home: Path, edition: str) -> contextlib.AbstractContextManager[str]:
    """JupyterLab as `make lab` opens it; the address of the start page."""
    quiet = ("--", "--no-browser", "--ServerApp.port=0")
    return jupyter(copy, home, "helpers.lab", "--edition", edition, *quiet)


def menu(page: Page, *names: str) -> None:
    """Chooses from the menus: menu(page, "Run", "Run All Cells")."""
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{names[0]}$")).click()
    for name in names[1:]:
        label = page.locator(f'.lm-Menu-itemLabel:text-is("{name}")')
        page.locator(".lm-Menu-item", has=label).click()


def wait_for_kernel(page: Page) -> None:
    """Waits until JupyterLab's status bar calls the kernel idle: before, a key press is lost."""
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=PATIENCE)


def cell(page: Page, source: str) -> Locator:
    """The first code cell of the notebook in front in whose source this stands."""
    editor = page.locator(".jp-InputArea-editor", has_text=source)
    return page.locator(f"{HERE} .jp-CodeCell", has=editor).first


def write(page: Page, where: Locator, source: str) -> None:
    """Puts a source in place of what a cell holds."""
    where.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(source)


def run(page: Page, where: Locator) -> None:
    """Runs a cell with Ctrl+Enter and waits for its end."""
    prompt = where.locator(".jp-InputPrompt")
    before = prompt.text_content()
    where.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(prompt).not_to_have_text(before, timeout=PATIENCE)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=PATIENCE)


def add(page: Page, below: Locator, source: str) -> Locator:
    """A new cell with this source, below another one."""
    below.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(source)
    return cell(page, source)


def run_all(page: Page, count: int, *names: str) -> None:
    """Runs all cells in a fresh kernel and waits for the last of so many code cells.

    names: the way through the menus, where a dialog follows; by default Run, Run All Cells.
    """
    menu(page, *names or ("Run", "Run All Cells"))
    if names:
        page.locator(".jp-Dialog .jp-mod-accept").click()
    prompts = page.locator(f"{HERE} .jp-CodeCell .jp-InputPrompt")
    # They run in their order; a cell whose source is folded away shows no number. Until a kernel
    # has restarted, they show the numbers of the run before.
    expect(prompts.last).not_to_have_text(f"[{count}]:", timeout=PATIENCE)
    expect(prompts.last).to_have_text(f"[{count}]:", timeout=PATIENCE)


def open_chapter(page: Page, chapter: str) -> None:
    """Opens a chapter by a click on its line of the start page."""
    link = page.locator(f"{HERE} .jp-RenderedMarkdown td a", has_text=chapter.split("_")[0])
    link.click(timeout=PATIENCE)
    expect(cell(page, chapter)).to_be_visible(timeout=PATIENCE)
    wait_for_kernel(page)


def answer(page: Page, exercise: str, source: str) -> Locator:
    """Writes an exercise's answer, runs it and its check; the check's cell, with the card."""
    check = cell(page, f'check("{exercise}"')
    name = re.search(r", (\w+)\)", check.locator(".cm-content").text_content())[1]
    stub = cell(page, f"def {name}(")
    write(page, stub, source)
    run(page, stub)
    run(page, check)
    return check
