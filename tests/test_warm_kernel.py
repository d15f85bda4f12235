"""Kernels forked from a process that has torch: what a chapter sees is what a fresh one shows."""

import os
import time

import nbformat
import pytest
from conftest import end_forkserver
from jupyter_client.manager import start_new_kernel
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

NO_BACKEND = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
FRESH, WARM = "local-provisioner", "warm"


@pytest.fixture(scope="module", autouse=True)
def _own_forkserver():
    end_forkserver()


@pytest.fixture
def kernels(monkeypatch):
    """Chooses how kernels are started."""
    factory = KernelProvisionerFactory.instance()
    return lambda how: monkeypatch.setattr(factory, "default_provisioner_name", how)


def outputs(*sources, folder=".", env=None, **options):
    """What the cells show."""
    client = NotebookClient(
        new_notebook(cells=[new_code_cell(source) for source in sources]),
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        **({"timeout": 60} | options),
    )
    client.execute(env=env or NO_BACKEND)
    return [[plain(output) for output in cell.outputs] for cell in client.nb.cells]


def plain(output):
    data = output.get("data", {})
    return output.output_type, output.get("text"), data.get("text/plain"), "image/png" in data


SEES = """
import os, sys
print(__name__, os.getcwd(), os.environ["FOR_A_CHAPTER"], "PATH" in os.environ, sys.argv[:1])
import shadow
print(shadow.__file__, [p for p in sys.path if "pytest" in p])
"""
DRAWS = """
import torch, matplotlib, matplotlib.pyplot as plt
torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
print(matplotlib.get_backend(), torch.get_num_threads())
plt.plot([1, 2]);
"""


def test_a_cell_sees_and_shows_what_it_does_in_a_fresh_kernel(kernels, tmp_path):
    (tmp_path / "lib").mkdir()
    for place in ("lib", "."):  # which of the two is imported is the kernel's order of places
        (tmp_path / place / "shadow.py").touch()
    env = NO_BACKEND | {"FOR_A_CHAPTER": "1", "PYTHONPATH": str(tmp_path / "lib")}
    shown = []
    for how in (FRESH, WARM):
        kernels(how)
        shown.append(outputs(SEES, DRAWS, "1/2", folder=tmp_path, env=env))
    assert shown[0] == shown[1]
    assert str(tmp_path) in shown[1][0][0][1]
    assert shown[1][1][-1][0] == "display_data" and shown[1][1][-1][3]  # the picture
    assert "FOR_A_CHAPTER" not in os.environ


def test_kernels_have_torch_and_nothing_of_one_another(kernels):
    kernels(WARM)
    spoil = "import torch, builtins; torch.manual_seed(7); torch.mine = builtins.mine = 1"
    look = "import sys; print('torch' in sys.modules, 'helpers' in sys.modules, 'pytest' in sys.modules)"
    outputs(spoil)
    [[(_, text, _, _)], [(_, mine, _, _)]] = outputs(
        look, "import torch, builtins; print(hasattr(torch, 'mine'), hasattr(builtins, 'mine'))"
    )
    assert text.split()[:2] == ["True", "False"] and mine.split() == ["False", "False"]


def test_a_kernel_that_dies_or_hangs_is_noticed(kernels):
    kernels(WARM)
    with pytest.raises(DeadKernelError):
        outputs("import os; os._exit(3)")
    with pytest.raises(CellTimeoutError):
        outputs("while True: pass", timeout=2)


def test_a_kernel_is_interrupted_and_ends_when_it_is_shut_down(kernels):
    kernels(WARM)
    manager, client = start_new_kernel()
    try:
        client.execute("import time\ntime.sleep(100)")
        time.sleep(1)
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=20)["content"]["ename"] == "KeyboardInterrupt"
        pid = manager.provisioner.pid
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_kernel_that_is_not_pythons_is_started_as_ever(kernels, tmp_path, monkeypatch):
    kernels(WARM)
    spec = tmp_path / "kernels" / "other"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        '{"argv": ["python", "-c", "import sys; sys.exit(5)", "{connection_file}"],'
        ' "display_name": "other", "language": "python"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    notebook = nbformat.v4.new_notebook(cells=[new_code_cell("1")])
    with pytest.raises((DeadKernelError, RuntimeError)):
        NotebookClient(notebook, kernel_name="other", timeout=20).execute()
