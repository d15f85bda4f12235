"""The zips that Moodle and Canvas hand out, for `nbgrader zip_collect`.

Put what was downloaded into downloaded/CHAPTER/archive/ and collect it:

    downloaded/ch03_gradient_descent/archive/PyTorch-Gradient descent-4711.zip
    nbgrader zip_collect ch03_gradient_descent           (--force: again, after a new download)

It arrives in submitted/LEARNER/CHAPTER/CHAPTER.ipynb, ready for `make grade`. Of an archive only
notebooks are taken, in safe places and within limits (SafeExtractor); whose each one is, its path
says in the way of the system that made it (LmsCollector):

    Moodle   Minji Kim_12345_assignsubmission_file_/any.ipynb        in folders, as by default
             Minji Kim_12345_assignsubmission_file_any.ipynb         or not
    Canvas   kimminji_12345_67890_any.ipynb, kimminji_LATE_12345_67890_any-2.ipynb

Who that is among the learners, the gradebook remembers. Canvas's first number is the person's own,
so it alone decides: the learner with this `lms_user_id`; a new learner is called "kimminji_12345"
and gets it. Moodle's number is another one for every assignment, so the name decides: the learner
of that name; a new one is called "Minji Kim". If Moodle's grading worksheet (a CSV file; in the
assignment: "Download grading worksheet") lies beside the zip, the email address that it has for
the number decides instead, and namesakes can be told apart. What a Moodle team handed in goes to a
learner of the team's name.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import datetime
import io
import os
import re
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from nbgrader.api import Gradebook, Student
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from sqlalchemy.exc import SQLAlchemyError
from traitlets import Bool

from autograde.gradebook import CourseFolder, CourseFolderError
from autograde.intake import LEARNER, MAX_BYTES

MAX_ENTRIES = 20_000  # of one archive
MAX_TOTAL = 4 << 30  # bytes of one archive's notebooks, unpacked
MAX_RATIO = 200  # unpacked to packed bytes, of a notebook larger than SMALL
SMALL = 1 << 20
MAX_NAME = 200  # bytes of one part of a path
MAX_SHEET = 8 << 20  # bytes of a grading worksheet
NOTEBOOK = ".ipynb"
OTHER_ARCHIVES = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
NOISE = re.compile(r"(^|/)(__MACOSX|\.ipynb_checkpoints)/|(^|/)(\.DS_Store|\._[^/]*)$")

MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_file(?P<rest>_?.*)", re.S)
CANVAS = re.compile(r"_(?=(?P<user>\d+)_(?P<file>\d+)_(?P<rest>.+))", re.S)
CANVAS_ANONYMOUS = re.compile(r"(LATE_)?anon_\w{5}_\d+_", re.S)
# What Moodle calls everybody while it hides who they are.
HIDDEN = {"participant", "참여자", "참가자"}
NO_NAME = "no learner can be called this"
ADDRESS = re.compile(r"\s*[^@\s]+@[^@\s]+\s*")
NUMBER_AT_END = re.compile(r"\D*?(\d+)")


class SafeExtractor(ExtractorPlugin):
    """Unpacks the notebooks of zip archives; everything else stays where it is, and is said.

    A name leads nowhere but into the archive's own folder. Links, devices, encrypted files,
    archives in archives, second files of one name, and notebooks beyond the limits above are left
    out with a warning, one by one; the rest is unpacked. File times are kept.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpacks and copies from the `archive_path` folder into `extracted_path`."""
        source, target = Path(archive_path), Path(extracted_path)
        found = sorted(_files(source))
        if not found:
            self.log.warning("No files found in %s", source)
        for path in found:
            where = target / path.relative_to(source).parent
            if path.suffix.lower() == ".zip":
                self._unpack(path, where / _part(path.stem))
            elif path.suffix.lower() == NOTEBOOK:
                self._copy(path, where)
            elif path.suffix.lower() in OTHER_ARCHIVES:
                self.log.warning("%s is no zip archive: unpack it yourself", _seen(path.name))

    def _copy(self, path: Path, where: Path) -> None:
        if path.stat().st_size > MAX_BYTES:
            self.log.warning("Left out, too large: %s", _seen(path.name))
            return
        where.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, where / unicodedata.normalize("NFC", path.name))

    def _unpack(self, path: Path, where: Path) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                entries = archive.infolist()
                if len(entries) > MAX_ENTRIES:
                    self.log.warning("Left out, %d files in it: %s", len(entries), path.name)
                    return
                self._unpack_entries(archive, entries, where)
        except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
            self.log.warning("%s cannot be unpacked (%s): download it again", path.name, error)

    def _unpack_entries(
        self, archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo], where: Path
    ) -> None:  # fmt: skip
        left, taken = MAX_TOTAL, set()
        for entry in entries:
            name = entry_name(entry)
            if entry.is_dir() or NOISE.search(name):
                continue
            target = None
            why = _obstacle(entry, name)
            if not why:
                target = where.joinpath(*map(_part, PurePosixPath(name).parts))
                why = "a second file of this name" if target in taken else ""
            if not why:
                taken.add(target)
                size, why = self._write(archive, entry, target, min(left, MAX_BYTES))
                left -= size
            if why:
                self.log.warning("Left out, %s: %s", why, _seen(name))

    def _write(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit: int
    ) -> tuple[int, str]:  # fmt: skip
        """Writes an entry; how many bytes were unpacked, and why it was left out after all."""
        try:
            with archive.open(entry) as opened:
                data = opened.read(limit + 1)  # whatever the entry says of its own size
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
                OSError) as error:  # fmt: skip
            return 0, f"damaged ({error})"
        if len(data) > limit:
            return len(data), "too large"
        if len(data) > SMALL and len(data) > MAX_RATIO * max(1, entry.compress_size):
            return len(data), "packed as no notebook is"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        time = _time(entry)
        os.utime(target, (time, time))
        return len(data), ""


def entry_name(entry: zipfile.ZipInfo) -> str:
    """An entry's name, composed (NFC) and with slashes, in whatever encoding the zip was made.

    Without the UTF-8 flag it may be UTF-8 all the same (Canvas), or cp949 (Korean Windows).
    """
    name = entry.orig_filename
    if not entry.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp949"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name).replace("\\", "/")


def _obstacle(entry: zipfile.ZipInfo, name: str) -> str:
    """Why an entry is not to be unpacked, or ""."""
    parts = name.split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "a link or device"
    if "\0" in name or "" in parts or ".." in parts or "." in parts or ":" in parts[0]:
        return "a path that leads elsewhere"
    suffix = Path(parts[-1]).suffix.lower()
    if suffix == ".zip" or suffix in OTHER_ARCHIVES:
        return "an archive in the archive (the notebook itself is to be handed in)"
    if suffix != NOTEBOOK:
        return "not a notebook"
    if entry.flag_bits & 0x1:
        return "encrypted"
    return ""


def _files(folder: Path) -> Iterator[Path]:
    """Every regular file below a folder; no link is followed."""
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _part(part: str) -> str:
    """A part of a path as it may be written: visible, and not too long."""
    kept = "".join(c if c.isprintable() else "�" for c in part)
    if len(kept.encode()) <= MAX_NAME:
        return kept
    stem, dot, suffix = kept.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = kept, ""
    room = MAX_NAME - len(suffix) - 1
    return stem.encode()[:room].decode(errors="ignore") + (f".{suffix}" if suffix else "")


def _seen(name: str) -> str:
    """A stranger's name as a log line may show it."""
    return "".join(c if c.isprintable() else "�" for c in name)[:300]


def _time(entry: zipfile.ZipInfo) -> float:
    try:
        return datetime.datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


# ------------------------------------------------------------------ whose is it?


@dataclass(frozen=True)
class Found:
    """A notebook and what its path says of it.

    system: "moodle" or "canvas". name: as the system writes the person's. number: of the person
    (Canvas) or of the person in this one assignment (Moodle). version: the larger, the later.
    """

    path: Path
    system: str
    name: str
    number: str
    late: bool
    file: str
    version: tuple[int, float]


def parse(path: Path, parts: tuple[str, ...], chapter: str) -> Found | str:
    """What the parts of an extracted notebook's path say of it, or why they say nothing."""
    time = path.stat().st_mtime
    for part in parts:
        if match := MOODLE.fullmatch(part):
            name, number = match["name"].strip(), match["number"]
            if name.casefold() in HIDDEN:
                return "Moodle hides who it is: reveal the identities, and download it again"
            file = parts[-1] if part != parts[-1] else match["rest"].lstrip("_")
            return Found(path, "moodle", name, number, False, file, (0, time))
    file = parts[-1]
    if CANVAS_ANONYMOUS.match(file):
        return "Canvas hides who it is: switch anonymous grading off, and download it again"
    splits = list(CANVAS.finditer(file))
    if len(splits) != 1:
        # People choose their names and those of their files: numbers in them may be another's.
        return "its name can be read two ways" if splits else "its name does not say whose it is"
    (match,) = splits
    name, late = file[: match.start()], False
    if name.endswith("_LATE"):
        name, late = name.removesuffix("_LATE"), True
    version = (int(match["file"]), time)
    return Found(path, "canvas", name, match["user"], late, match["rest"], version)


def is_named(file: str, chapter: str) -> bool:
    """Whether a file is called as its chapter, or as browsers and systems call copies of it."""
    again = r"( ?\(\d+\)|-\d+|-Copy\d+|_\d+| - .{1,20})*"
    return re.fullmatch(re.escape(chapter) + again + re.escape(NOTEBOOK), file, re.S) is not None


def learner_name(name: str) -> str:
    """A person's name as a learner's id: what intake.LEARNER allows, or "" if nothing is left."""
    kept = re.sub(r"[^\w .@+\-]", "", unicodedata.normalize("NFC", name))
    kept = " ".join(kept.split())
    kept = re.sub(r"^\W+", "", kept)[:100].strip()
    return kept if LEARNER.fullmatch(kept) else ""


class LmsCollector(FileNameCollectorPlugin):
    """Tells which learner handed in each extracted notebook, and takes the last version of it.

    What cannot be told is skipped with a warning; so are all namesakes that only a grading
    worksheet could tell apart. New learners are noted in the gradebook with their names.
    """

    file_times = Bool(
        False,
        help="Take a notebook's time in the archive for when it was handed in. Canvas and newer "
        "versions of Moodle put the time of the download there: everybody would be late.",
    ).tag(config=True)

    _plan: dict[str, dict[str, Any]] | None = None

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """The student_id, file_id (and timestamp) of an extracted file; None to skip it."""
        if self._plan is None:
            self._plan = self._make_plan()
        return self._plan.get(os.path.realpath(submitted_file))

    def _make_plan(self) -> dict[str, dict[str, Any]]:
        app = self.parent
        chapter = app.coursedir.assignment_id
        extracted = Path(app._format_collect_path(app.extracted_directory))
        archive = Path(app._format_collect_path(app.archive_directory))
        found = list(self._parse_all(extracted, chapter))
        try:
            with CourseFolder(app.coursedir) as course:
                register = _Register(course.book, _worksheets(archive), self.log)
                owners = register.owners(found)
                chosen = {who: self._last(all_, chapter) for who, all_ in owners.items()}
                register.note({who: f for who, f in chosen.items() if f is not None})
        except (CourseFolderError, SQLAlchemyError) as error:
            app.fail(str(error))
        return {
            os.path.realpath(each.path): self._info(who, each, chapter)
            for who, each in chosen.items()
            if each is not None
        }

    def _parse_all(self, extracted: Path, chapter: str) -> Iterator[Found]:
        for path in sorted(_files(extracted)):
            if path.suffix.lower() != NOTEBOOK:
                continue
            parts = path.relative_to(extracted).parts
            result = parse(path, parts, chapter)
            if isinstance(result, str):
                self.log.warning("Skipped, %s: %s", result, _seen("/".join(parts)))
            else:
                yield result

    def _last(self, versions: list[Found], chapter: str) -> Found | None:
        """The version that counts: named as the chapter, then the latest."""
        named = [each for each in versions if is_named(each.file, chapter)]
        if not named and len({each.file for each in versions}) > 1:
            files = ", ".join(_seen(each.file) for each in versions)
            self.log.warning(
                "Skipped, none of several notebooks of %s is called %s%s: %s",
                _seen(versions[0].name), chapter, NOTEBOOK, files,
            )  # fmt: skip
            return None
        return max(named or versions, key=lambda each: each.version)

    def _info(self, who: str, found: Found, chapter: str) -> dict[str, Any]:
        info: dict[str, Any] = {"student_id": who, "file_id": chapter}
        if found.late:
            self.log.warning(
                "%s was late, says Canvas. How late, its zip does not tell: let Canvas's own late "
                "policy take the points, or write the time into submitted/%s/%s/timestamp.txt.",
                who, who, chapter,
            )  # fmt: skip
        if self.file_times:
            time = datetime.datetime.fromtimestamp(found.version[1], datetime.UTC)
            info["timestamp"] = time.replace(tzinfo=None)
        return info


@dataclass
class _Register:
    """Who is who: the gradebook's students, and Moodle's worksheets."""

    book: Gradebook
    sheets: dict[str, str]  # Moodle's number in this assignment: email address
    log: Any
    students: list[Student] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)  # names of several people of one assignment

    def owners(self, found: Iterable[Found]) -> dict[str, list[Found]]:
        """Every learner's notebooks, by id; those whose owner cannot be told are left out."""
        found, numbers = list(found), defaultdict(set)
        for each in found:
            numbers[_bare(each.name)].add(each.number)
        self.shared = {name for name, each in numbers.items() if len(each) > 1}
        self.students = list(self.book.students)
        owners: dict[str, list[Found]] = defaultdict(list)
        for each in found:
            who, why = self._canvas(each) if each.system == "canvas" else self._moodle(each)
            if LEARNER.fullmatch(who):
                owners[who].append(each)
            else:
                self.log.warning("Skipped, %s: %s", why, _seen(f"{each.name}_{each.number}"))
        return {who: each for who, each in owners.items() if not self._namesakes(who, each)}

    def note(self, chosen: dict[str, Found]) -> None:
        """Writes what is new into the gradebook: learners, names, numbers and addresses."""
        known = {student.id: student for student in self.students}
        for who, found in chosen.items():
            student = known.get(who)
            new = {} if student is not None else {"last_name": found.name[:128]}
            email = self.sheets.get(found.number, "") if found.system == "moodle" else ""
            if email and not (student is not None and student.email):
                new["email"] = email[:128]
            if found.system == "canvas" and not (student is not None and student.lms_user_id):
                new["lms_user_id"] = found.number
            if new:
                self.book.update_or_create_student(who, **new)

    # Both give a learner's id, and why it is none if intake.LEARNER does not allow it.

    def _canvas(self, found: Found) -> tuple[str, str]:
        for student in self.students:
            if student.lms_user_id == found.number:
                return student.id, NO_NAME
        name = learner_name(found.name)
        # What is left of the name once a long one is cut must still end in the number.
        return learner_name(f"{name[: 98 - len(found.number)]}_{found.number}".lstrip("_")), NO_NAME

    def _moodle(self, found: Found) -> tuple[str, str]:
        email = self.sheets.get(found.number, "")
        if email:
            for student in self.students:
                if email.casefold() in ((student.email or "").casefold(), student.id.casefold()):
                    return student.id, NO_NAME
        named = [s for s in self.students if _is_called(s, found.name) and not (email and s.email)]
        if email and _bare(found.name) in self.shared:
            named = []
        if len(named) == 1:
            return named[0].id, NO_NAME
        if named:
            return "", "several learners have this name (a grading worksheet would tell)"
        return learner_name(email or found.name), NO_NAME

    def _namesakes(self, who: str, found: list[Found]) -> bool:
        """Whether several people of one Moodle assignment were taken for one learner."""
        numbers = Counter(each.number for each in found if each.system == "moodle")
        if len(numbers) < 2:
            return False
        self.log.warning(
            "Skipped, %d people are called %s: put Moodle's grading worksheet beside the zip, "
            "which tells them apart", len(numbers), _seen(who),
        )  # fmt: skip
        return True


def _is_called(student: Student, name: str) -> bool:
    first, last = student.first_name or "", student.last_name or ""
    ways = {f"{first} {last}", f"{last} {first}", f"{last}{first}", student.id}
    return _bare(name) in map(_bare, ways)


def _bare(name: str) -> str:
    # Moodle drops some signs from file names; a name differs in more than those.
    return re.sub(r"\W", "", unicodedata.normalize("NFC", name)).casefold()


def _worksheets(archive: Path) -> dict[str, str]:
    """Email addresses by Moodle's number in the assignment, from every CSV file in a folder."""
    addresses: dict[str, str] = {}
    for path in sorted(_files(archive)):
        if path.suffix.lower() == ".csv" and path.stat().st_size <= MAX_SHEET:
            with contextlib.suppress(csv.Error):
                addresses |= _addresses(_text(path.read_bytes()))
    return addresses


def _addresses(text: str) -> dict[str, str]:
    # Column titles are in the teacher's language, so columns are known by what they hold: a
    # number at the end in the first, addresses in another (and not only in somebody's name).
    people = {}
    for row in csv.reader(io.StringIO(text)):
        if row and (number := NUMBER_AT_END.fullmatch(row[0].strip())):
            people[number[1]] = {i: c.strip() for i, c in enumerate(row) if ADDRESS.fullmatch(c)}
    columns = Counter(i for cells in people.values() for i in cells)
    best = max(columns, key=lambda i: (columns[i], i), default=None)
    return {number: cells[best] for number, cells in people.items() if best in cells}


def _text(data: bytes) -> str:
    wide = data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return data.decode("utf-16" if wide else "utf-8-sig", "replace")
