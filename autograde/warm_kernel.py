"""Kernels that have torch already: forked from one process, for the tests of many notebooks.

    JUPYTER_DEFAULT_PROVISIONER_NAME=warm pytest --nbval solutions

A provisioner of jupyter_client (an entry point in pyproject.toml). A fresh kernel needs seconds of
CPU to import what every chapter imports; here multiprocessing's forkserver imports it once for
all kernels of a process. What runs in the kernel is the same; only the hash seed is shared.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

# What chapters import or, with an optimizer, torch does. Not the backend that shows pictures in
# a notebook: imported before there is a shell, it shows none.
PRELOADED = ["ipykernel.kernelapp", "torch", "torch._dynamo", "matplotlib.pyplot", "tqdm.auto"]
INLINE = "module://matplotlib_inline.backend_inline"
_forks = multiprocessing.get_context("forkserver")


class WarmProvisioner(LocalProvisioner):
    """Forks a Python kernel instead of starting one; any other kernel is started as ever."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Starts the kernel of a command line `python -m ipykernel_launcher …`."""
        if cmd[1:3] != ["-m", "ipykernel_launcher"]:
            return await super().launch_kernel(cmd, **kwargs)
        _forks.set_forkserver_preload(PRELOADED)
        env = dict(os.environ if kwargs.get("env") is None else kwargs["env"])
        self.process = _Process(cmd[3:], kwargs.get("cwd") or str(Path.cwd()), env)
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class _Process:
    """A forked kernel, with what LocalProvisioner uses of subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], cwd: str, env: dict[str, str]) -> None:
        self.process = _forks.Process(target=_kernel, args=(arguments, cwd, env))
        self.process.start()
        self.pid = self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self) -> int | None:
        self.process.join()
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.process.kill()

    def terminate(self) -> None:
        self.process.terminate()


def _kernel(arguments: list[str], cwd: str, env: dict[str, str]) -> None:
    """What `python -m ipykernel_launcher` does, in the forked process."""
    import ipykernel_launcher
    import matplotlib
    from ipykernel.kernelapp import launch_new_instance

    gc.freeze()  # what was imported stays; to look through it again would copy its pages
    os.setsid()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update({"MPLBACKEND": INLINE} | env)
    if backend := os.environ["MPLBACKEND"]:  # matplotlib read it when it was imported
        matplotlib.rcParams["backend"] = backend
    own = [path for path in sys.path if path.startswith((sys.prefix, sys.base_prefix))]
    sys.path[:] = [*filter(None, env.get("PYTHONPATH", "").split(os.pathsep)), *own]
    sys.argv = [ipykernel_launcher.__file__, *arguments]
    launch_new_instance(parent_handle=os.getppid())  # it ends when the forkserver does
