"""Broken files: no notebook at all, or hardly one. Each is refused with its reason, or graded."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from attacks.corpus import (
    CHAPTER,
    OTHER_CHAPTER,
    Submission,
    data,
    full,
    notebook,
    put,
)


def changed(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The right notebook with its JSON changed."""
    content = json.loads(data(notebook()))
    change(content)
    return json.dumps(content).encode()


def version_3() -> bytes:
    """The right notebook in the format of 2013."""
    return nbformat.writes(nbformat.convert(notebook(), 3), version=3).encode()


def twice(content: dict[str, Any]) -> None:
    """Copies an answer's cell, as copy and paste in JupyterLab does."""
    answer = next(c for c in content["cells"] if c["metadata"].get("nbgrader", {}).get("solution"))
    content["cells"].append(dict(answer, id="copied"))


def one_id(content: dict[str, Any]) -> None:
    """Gives every cell of no grade the same id."""
    for cell in content["cells"]:
        if "nbgrader" not in cell["metadata"]:
            cell["id"] = "same"


def unix_socket(path: Path) -> None:
    """A socket in the file's place (a socket's path is short, so it is made from its folder)."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(before)


def elsewhere(path: Path) -> Path:
    """A right notebook of somebody else's."""
    other = path.parent.parent / "somebody-else.ipynb"
    other.write_bytes(data(notebook()))
    return other


def bytes_of() -> dict[str, tuple[bytes, str]]:
    """Files by name: their bytes, and the reason for which they are refused."""
    whole = data(notebook())
    return {
        "empty": (b"", "not_json"),
        "not-json": (b"<html>Sign in to download</html>", "not_json"),
        "truncated": (whole[: len(whole) // 2], "not_json"),
        "binary": (b"PK\x03\x04" + bytes(range(256)) * 10, "encoding"),
        "utf-16": (whole.decode().encode("utf-16"), "encoding"),
        "latin-1": (whole.replace(b'"cells"', '"é"'.encode("latin-1") + b', "cells"'), "encoding"),
        "nbformat-3": (version_3(), "version"),
        "nbformat-5": (changed(lambda c: c.update(nbformat=5)), "version"),
        "nbformat-text": (changed(lambda c: c.update(nbformat="4")), "not_a_notebook"),
        "nbformat-true": (changed(lambda c: c.update(nbformat=True)), "not_a_notebook"),
        "no-nbformat": (changed(lambda c: c.pop("nbformat")), "not_a_notebook"),
        "a-list": (b"[1, 2, 3]", "not_a_notebook"),
        "a-number": (b"4", "not_a_notebook"),
        "cells-no-list": (changed(lambda c: c.update(cells={"0": {}})), "not_a_notebook"),
        "cell-no-dict": (changed(lambda c: c["cells"].insert(3, None)), "not_a_notebook"),
        "source-a-number": (changed(lambda c: c["cells"][3].update(source=7)), "not_a_notebook"),
        "cell-unknown": (changed(lambda c: c["cells"][3].update(cell_type="evil")), "not_a_notebook"),
        "33-mb": (changed(lambda c: c["metadata"].update(x="x" * (33 << 20))), "too_large"),
        "deep": (b'{"nbformat": 4, "cells": ' + b"[" * 100000 + b"]" * 100000 + b"}", "not_json"),
        "many-parts": (
            b'{"nbformat": 4, "cells": [], "metadata": [' + b"[]," * (5 << 20) + b"0]}",
            "not_a_notebook",
        ),
        "many-cells": (changed(lambda c: c["cells"].extend([c["cells"][0]] * 3000)), "too_much"),
        "much-code": (changed(lambda c: c["cells"][3].update(source="#" * (2 << 20))), "too_much"),
        "long-number": (b'{"nbformat": ' + b"4" * 10000 + b"}", "not_json"),
        "copied-answer": (changed(twice), "duplicate"),
        "other-chapter": (data(notebook(chapter=OTHER_CHAPTER)), "other_notebook"),
        "no-cells": (changed(lambda c: c.update(cells=[])), "other_notebook"),
    }  # fmt: skip


def objects() -> dict[str, tuple[Callable[[Path], Any], str]]:
    """What is no ordinary file, by name: how it is made, and why it is refused."""
    return {
        "missing": (lambda path: None, "missing"),
        "wrong-name": (lambda path: path.with_name("Untitled.ipynb").write_bytes(data(notebook())), "missing"),
        "directory": (Path.mkdir, "not_a_file"),
        "fifo": (os.mkfifo, "not_a_file"),
        "socket": (unix_socket, "not_a_file"),
        "link-to-a-classmate": (lambda path: path.symlink_to(elsewhere(path)), "not_a_file"),
        "link-to-the-answers": (
            lambda path: path.symlink_to(Path(__file__).parents[2] / "solutions" / CHAPTER / f"{CHAPTER}.ipynb"),
            "not_a_file",
        ),
        "link-to-a-device": (lambda path: path.symlink_to("/dev/zero"), "not_a_file"),
        "link-to-nothing": (lambda path: path.symlink_to("nothing"), "not_a_file"),
        "link-to-itself": (lambda path: path.symlink_to(path.name), "not_a_file"),
    }  # fmt: skip


def whole() -> dict[str, bytes]:
    """Broken in a way that does no harm: graded, with full marks."""
    null = data(put(notebook(), "x = 'a\x00b'", 3))
    return {
        "same-ids": changed(one_id),
        "huge-metadata": changed(lambda c: c["metadata"].update({str(i): "x" for i in range(50000)})),
        "metadata-no-dict": changed(lambda c: c.update(metadata=[None])),
        "null-byte": null,
        "lone-surrogate": changed(
            lambda c: c["cells"].insert(3, c["cells"][1] | {"id": "s", "source": "x = '\ud800'"})
        ),
    }  # fmt: skip


def linked_folder(path: Path) -> None:
    """The whole folder a link to a classmate's."""
    other = path.parent.parent / "a-classmates-folder"
    other.mkdir(exist_ok=True)
    (other / path.name).write_bytes(data(notebook()))
    path.parent.rmdir()
    path.parent.symlink_to(other)


def submissions() -> Iterator[Submission]:
    """Files, objects that are no files, and files broken without harm."""
    for name, (content, why) in bytes_of().items():
        yield Submission(f"broken-{name}", name.replace("-", " "), content, refused=why)
    for name, (make, why) in objects().items():
        tries = name.replace("-", " ")
        yield Submission(f"broken-{name}", tries, None, refused=why, write_to=make)
    yield Submission(
        "broken-linked-folder", "a link to a classmate's folder", None, refused="not_a_file",
        write_to=linked_folder,
    )  # fmt: skip
    for name, content in whole().items():
        yield Submission(f"harmless-{name}", name.replace("-", " "), content, expected=full())
