"""JupyterHub for one class on one machine. docs/hub.md says what has to be there; run as root.

    jupyterhub -f jupyterhub_config.py
"""

import grp
import os
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner

LEARNERS_COPY = Path("/srv/pytorch-by-hand")  # from the learner's zip: no solution is in it
STATE = Path("/srv/jupyterhub")  # root's alone: cookies, tokens


def own_place(spawner: LocalProcessSpawner) -> None:
    """Gives an instructor a server on the whole course, which stands in their home."""
    if spawner.user.name in grp.getgrnam("instructors").gr_mem:
        course = Path(f"~{spawner.user.name}/pytorch-by-hand").expanduser()
        programs = course / ".venv" / "bin"
        spawner.cmd = [f"{programs}/python", "-m", "jupyterhub.singleuser"]
        spawner.notebook_dir = str(course)
        spawner.environment = spawner.environment | {"PATH": f"{programs}:{os.environ['PATH']}"}


c = get_config()  # noqa: F821 (given by traitlets)

# Behind a web server that does TLS; JupyterHub can also do it itself (JupyterHub.ssl_cert).
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")

# People log in with their account on this machine, if they are in one of these groups.
c.LocalAuthenticator.allowed_groups = {"learners", "instructors"}

# Everybody's server runs as they themselves, in their home.
c.Spawner.cmd = [f"{LEARNERS_COPY}/.venv/bin/python", "-m", "jupyterhub.singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 180  # seconds: when a class comes in at once
c.Spawner.pre_spawn_hook = own_place
c.Spawner.environment = {
    # The learner's copy is one for all and read-only; what somebody solved is their own.
    "COURSE_PROGRESS": lambda spawner: str(Path(f"~{spawner.user.name}/.progress.json").expanduser()),
    # One thread for each: with torch's default, two who train at once are four times slower.
    "OMP_NUM_THREADS": "1",
}
