"""Harm: scratch cells that try to change what is outside, now or later.

The traps stand around: nothing of them may change. The answers beside them are right, and keep
their marks.
"""

from __future__ import annotations

from collections.abc import Iterator

from attacks.corpus import DAEMON, ROOT, Attack, Submission, combined

ATTACKS = [
    Attack("deletes", "everything it can reach", """
import os, shutil
for top in ("/work", "/root", "/home", "/mnt", "/course", "/usr/lib", "/etc", "/opt", "/srv"):
    shutil.rmtree(top, ignore_errors=True)
os.system("rm -rf /work /root /home /course /usr/share 2>/dev/null")
"""),
    Attack("overwrites", "the gradebook, the grader, Python, its packages and the helpers", f"""
import os, sys, sysconfig, torch
import helpers.check
targets = ["{ROOT}/gradebook.db", "{ROOT}/autograde/grade.py", "{ROOT}/PLANTED", "/PLANTED",
           "/usr/PLANTED", "/usr/lib/PLANTED", helpers.check.__file__, torch.__file__,
           sys.executable, os.path.realpath(sys.executable), os.__file__, "/course/runner.py",
           "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger",
           "/proc/1/oom_score_adj", "/sys/fs/cgroup/PLANTED"]
for target in targets:
    try:
        with open(target, "ab") as file:
            file.write(b"PLANTED")
        if not target.startswith(("/box", "/tmp")) or target.startswith(sys.prefix):
            print("WROTE", target)
    except OSError as error:
        print(target, error)
"""),
    Attack("plants-start-up-files", "code that a later Python or IPython would run", """
import os, site, sys, sysconfig
folders = {sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), sys.prefix,
           sys.base_prefix, site.getusersitepackages(), os.path.expanduser("~/.ipython/profile_default/startup"),
           os.path.expanduser("~/.config"), "/root/.ipython/profile_default/startup", "/etc/profile.d",
           "/course", "/course/helpers", os.getcwd(), "/usr/lib/python3/dist-packages"}
for folder in folders:
    for name in ("sitecustomize.py", "usercustomize.py", "evil.pth", "ipython_config.py",
                 "00-evil.py", "torch.py", "helpers.py"):
        try:
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, name), "w") as file:
                file.write("import os; os._exit(3)")
            if not folder.startswith(("/box", "/tmp")) or folder.startswith(sys.prefix):
                print("WROTE", folder, name)
        except OSError:
            pass
os.environ["PYTHONSTARTUP"] = "/tmp/evil.py"
"""),
    Attack("daemon", "a process that outlives the run: forked twice, in a session of its own", f"""
import os, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        os.execv("/usr/bin/sleep", ["{DAEMON}", "600"])
    os._exit(0)
import subprocess
subprocess.Popen(["/usr/bin/setsid", "-f", "/bin/sh", "-c", "exec -a {DAEMON} sleep 600"])
subprocess.Popen(["nohup", "sleep", "600"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
"""),
    Attack("kills-around", "the grader, its parent and the box's own processes", """
import os, signal
for pid in (1, 2, 3, os.getppid(), -os.getpgid(1) if hasattr(os, "getpgid") else 1):
    if pid in (0, os.getpid(), -os.getpid(), -os.getpgid(0)):
        continue
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        try:
            os.kill(pid, number)
        except OSError:
            pass
"""),
    Attack("mounts", "mounting anew what is read-only, and new name spaces to do it in", """
import ctypes, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    result = getattr(libc, name)(*arguments)
    print("DONE" if result == 0 else "refused", name, os.strerror(ctypes.get_errno()))
call("mount", None, b"/", None, 32 | 4096, None)
call("mount", None, b"/usr", None, 32 | 4096, None)
call("mount", b"tmpfs", b"/usr", b"tmpfs", 0, None)
call("umount2", b"/course/helpers", 2)
for flags in (0x10000000, 0x10000000 | 0x00020000, 0x00020000, 0x20000000, 0x40000000):
    call("unshare", flags)
call("chroot", b"/tmp")
call("pivot_root" if hasattr(libc, "pivot_root") else "chroot", b"/tmp", b"/tmp")
CLONE_NEWUSER, SIGCHLD = 0x10000000, 17
child = libc.syscall(56, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)
if child == 0:
    os._exit(0)
print("DONE clone" if child > 0 else "refused clone")
for command in ("mount -o remount,rw /", "unshare -Ur true && echo DONE unshare",
                "bwrap --dev-bind / / true && echo DONE bwrap", "su -c true && echo DONE su",
                "sudo -n true && echo DONE sudo", "nsenter -t 1 -a true && echo DONE nsenter"):
    print(subprocess.run(command, shell=True, capture_output=True, text=True).stdout)
"""),
    Attack("python-itself", "the host's Python through /proc/self/exe, and its own limits", """
import os, resource, sys
for path in ("/proc/self/exe", "/proc/1/exe", sys.executable, "/usr/bin/env"):
    for change in (lambda p: os.chmod(p, 0o4777), lambda p: os.truncate(p, 0),
                   lambda p: os.utime(p, (0, 0)), lambda p: os.link(p, "/tmp/linked"),
                   lambda p: os.setxattr(p, "user.evil", b"1")):
        try:
            change(path)
            print("DONE", path)
        except OSError:
            pass
for limit in (resource.RLIMIT_NPROC, resource.RLIMIT_DATA, resource.RLIMIT_FSIZE):
    try:
        resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print("DONE limit", limit)
    except (OSError, ValueError):
        pass
"""),
    Attack("traces", "ptrace, other processes' memory, keys, performance counters, modules", """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
calls = {"ptrace": (101, 16, 1, 0, 0), "process_vm_writev": (311, 1, 0, 0, 0, 0, 0),
         "keyctl": (250, 0, -3, 1), "bpf": (321, 0, 0, 0), "perf_event_open": (298, 0, 0, -1, -1, 0),
         "userfaultfd": (323, 0), "io_uring_setup": (425, 8, 0), "memfd_create": (319, b"x", 0),
         "init_module": (175, 0, 0, 0), "kexec_load": (246, 0, 0, 0, 0), "swapon": (167, b"/tmp/x", 0),
         "setns": (308, 3, 0), "open_tree": (428, -100, b"/", 1), "fsopen": (430, b"tmpfs", 0),
         "move_mount": (429, -100, b"/", -100, b"/tmp", 0), "mount_setattr": (442, -100, b"/", 0, 0, 0),
         "clone3": (435, 0, 0), "pidfd_getfd": (438, 3, 0, 0), "reboot": (169, 0, 0, 0, 0),
         "sethostname": (170, b"evil", 4), "settimeofday": (164, 0, 0), "acct": (163, 0)}
for name, arguments in calls.items():
    if os.uname().machine == "x86_64" and libc.syscall(*arguments) >= 0:
        print("DONE", name)
"""),
    Attack("signals-by-descriptor", "the grader's end of the channel: closed, full, and asked to signal", """
import fcntl, os, signal, sys
try:
    fcntl.fcntl(int(sys.argv[-1]), fcntl.F_SETOWN, 1)
    fcntl.fcntl(int(sys.argv[-1]), fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(int(sys.argv[-1]), fcntl.F_SETFL, os.O_ASYNC)
except OSError as error:
    print(error)
"""),
]  # fmt: skip
CELLS = [Attack(a.name, a.tries, a.source, "cell") for a in ATTACKS]


def submissions() -> Iterator[Submission]:
    """All of them in one."""
    yield from combined("harm", CELLS)
