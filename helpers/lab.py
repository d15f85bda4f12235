"""Opens JupyterLab on the start page of one edition.

python -m helpers.lab --edition en
python -m helpers.lab --edition ko -- --no-browser --port 9999
"""

import argparse
import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from helpers import environment, progress

ROOT = Path(__file__).resolve().parent.parent


def editions() -> list[str]:
    """Return the editions that this copy of the course has, Korean first."""
    return [edition for edition in ("ko", "en") if (ROOT / "notebooks" / edition).is_dir()]


def command(edition: str, extra: Sequence[str] = ()) -> list[str]:
    """Return the command that opens JupyterLab on an edition's start page.

    Args:
        edition: "ko" or "en".
        extra: further arguments for JupyterLab, such as "--no-browser".
    """
    start = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"]
    start.append(f"--LabApp.default_url=/lab/tree/notebooks/{edition}/start.ipynb")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        start.append("--allow-root")  # as root JupyterLab refuses to start without it
    return [*start, *extra]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the start page and become JupyterLab; on a wrong edition, exit with a sentence."""
    here = editions()
    parser = argparse.ArgumentParser(prog="python -m helpers.lab", description=main.__doc__)
    parser.add_argument("--edition", default=here[0], help=" or ".join(here))
    parser.add_argument("extra", nargs="*", help="after --: arguments for JupyterLab")
    options = parser.parse_args(arguments)
    if options.edition not in here:
        sys.exit(
            f'There is no edition "{options.edition}" in {ROOT / "notebooks"}: choose'
            f" {' or '.join(here)}, for example: make lab EDITION={here[-1]}"
        )

    prefix = Path(sys.prefix)
    if not environment.jupyterlab_settings(prefix).exists():  # made by conda, not by make
        environment.quiet_jupyterlab(prefix)
    # nbgrader calls its tools by name.
    os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + os.environ.get("PATH", "")
    os.environ["EDITION"] = options.edition  # what nbgrader generates (nbgrader_config.py)
    progress.write_start_page(options.edition)
    start = command(options.edition, options.extra)
    if os.name == "nt":  # exec there would leave the terminal behind
        sys.exit(subprocess.call(start))
    os.execv(start[0], start)


if __name__ == "__main__":
    main()
