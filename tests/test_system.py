"""autograde.system: what it finds, what it installs, what it says. No apt is called here."""

import subprocess
from pathlib import Path

import pytest

from autograde import system


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A system on which nothing is installed."""
    moved = {name: tuple(f"{tmp_path}{each}" for each in patterns)
             for name, patterns in system.PROGRAMS.items()}  # fmt: skip
    monkeypatch.setattr(system, "PROGRAMS", moved)
    monkeypatch.setattr(system.shutil, "which", lambda name: None)
    return tmp_path


def put(root: Path, path: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).touch()


def apt(monkeypatch, root: Path, does=lambda: None, fails: str = "") -> list[list[str]]:
    """Root with an apt-get that does something; the commands that it was called with."""
    called = []

    def run(command, **_):
        called.append(command)
        if "install" in command:
            does()
        return subprocess.CompletedProcess(command, bool(fails), "", fails)

    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system.shutil, "which", lambda name: "/usr/bin/apt-get"
                        if name == "apt-get" else None)  # fmt: skip
    monkeypatch.setattr(system.subprocess, "run", run)
    return called


def test_what_is_there_is_not_missing(root):
    assert system.missing(["bubblewrap", "postgresql"]) == ["bubblewrap", "postgresql"]
    put(root, "usr/bin/bwrap")
    put(root, "usr/lib/postgresql/15/bin/postgres")
    put(root, "usr/lib/x86_64-linux-gnu/libseccomp.so.2")
    assert system.missing(["bubblewrap", "postgresql", "libseccomp2"]) == []


def test_a_program_elsewhere_on_the_path_will_do(root, monkeypatch):
    monkeypatch.setattr(system.shutil, "which", lambda name: "/opt/bin/bwrap")
    assert system.missing(["bubblewrap"]) == []


def test_nothing_is_installed_where_nothing_is_missing(root, monkeypatch):
    called = apt(monkeypatch, root)
    put(root, "usr/bin/bwrap")
    assert system.install(["bubblewrap"]) == ""
    assert called == []


def test_root_on_debian_installs_only_what_is_missing(root, monkeypatch):
    called = apt(monkeypatch, root, does=lambda: put(root, "usr/bin/bwrap"))
    put(root, "usr/lib/postgresql/15/bin/postgres")
    assert system.install(["bubblewrap", "postgresql"]) == ""
    assert [command[1] for command in called] == ["update", "install"]
    assert called[1][-2:] == ["--no-install-recommends", "bubblewrap"]


@pytest.mark.parametrize("user", ["not root", "no apt"])
def test_elsewhere_one_sentence_says_what_to_do(root, monkeypatch, user, capsys):
    called = apt(monkeypatch, root)
    if user == "not root":
        monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    else:
        monkeypatch.setattr(system.shutil, "which", lambda name: None)
    assert system.main(["bubblewrap"]) == 1
    said = capsys.readouterr().err
    assert "sudo apt install bubblewrap" in said
    assert said.count("\n") == 1
    assert called == []


def test_what_apt_could_not_do_is_told_with_its_last_line(root, monkeypatch, capsys):
    apt(monkeypatch, root, fails="E: one\nE: Unable to locate package bubblewrap\n")
    assert system.main(["bubblewrap"]) == 1
    assert "(E: Unable to locate package bubblewrap)" in capsys.readouterr().err


def test_nothing_to_say_when_all_is_there(root, capsys):
    put(root, "usr/bin/bwrap")
    assert system.main(["bubblewrap"]) == 0
    assert capsys.readouterr() == ("", "")
