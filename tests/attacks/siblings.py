"""Siblings: what one submission does to another that is graded after it, or at the same time.

`DOES` runs in one box, then `LOOKS` in the next (or beside it), and has to find nothing: each of
its checks prints its name where it finds something, or where honest work fails.
"""

LEAVES = """
import ctypes, os, random, signal, socket, threading, time
import numpy, torch
libc = ctypes.CDLL(None, use_errno=True)

def tries(*what):
    for each in what:
        try:
            each()
        except BaseException:
            pass

def files():
    for folder in ("/tmp", "/dev/shm", "/box", "/var/tmp", "/run", "/course", "/usr", "/etc"):
        tries(lambda: open(folder + "/sibling", "w").write("sibling"))
    tries(lambda: os.symlink("/tmp/sibling", "/tmp/sibling-link"), lambda: os.mkfifo("/tmp/fifo"))

def memory_and_queues():
    from multiprocessing.shared_memory import SharedMemory
    global kept
    kept = []
    tries(
        lambda: kept.append(SharedMemory("sibling", create=True, size=100)),
        lambda: kept.append(libc.shmget(4711, 4096, 0o1666)),
        lambda: kept.append(libc.msgget(4711, 0o1666)),
        lambda: kept.append(libc.semget(4711, 1, 0o1666)),
        lambda: kept.append(libc.syscall(240, b"sibling", 0o102, 0o666, None)),  # mq_open
        lambda: kept.append(libc.syscall(248, b"user", b"sibling", b"x", 1, -4)),  # add_key
    )

def sockets():
    for family, address in (
        (socket.AF_UNIX, "\\0sibling"), (socket.AF_UNIX, "/tmp/sibling.socket"),
        (socket.AF_INET, ("127.0.0.1", 45671)),
    ):
        one = socket.socket(family)
        tries(lambda: one.bind(address), one.listen)
        kept.append(one)

def terminals():
    kept.append(os.openpty())

def kernel():
    tries(
        lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), lambda: libc.umount2(b"/tmp", 2),
        lambda: libc.unshare(0x10000000), lambda: libc.mount(None, b"/", None, 0x20 | 0x1000, None),
        lambda: os.chmod("/proc/self/exe", 0o777), lambda: os.setpriority(os.PRIO_USER, 0, 19),
        lambda: open("/proc/sys/kernel/core_pattern", "w").write("|/tmp/sibling"),
        lambda: open("/proc/self/oom_score_adj", "w").write("-1000"),
    )

def others():
    for pid in {*range(0, 50), os.getppid()} - {0, os.getpid()}:
        tries(lambda: os.kill(pid, signal.SIGKILL), lambda: os.kill(pid, signal.SIGSTOP))
    tries(lambda: os.kill(-1, signal.SIGKILL), lambda: os.killpg(1, signal.SIGKILL))

def state():
    random.seed(99), torch.manual_seed(99), numpy.random.seed(99)
    torch.set_default_dtype(torch.float64), torch.set_grad_enabled(False)
    torch.add = torch.Tensor.sum = None
    torch.nn.Linear.forward = lambda self, x: x
    import builtins, helpers.observe
    builtins.sibling = helpers.observe.same = lambda *_: True
    libc.setenv(b"SIBLING", b"1", 1)
    os.environ["SIBLING"] = "1"
    page = ctypes.cast(libc.abs, ctypes.c_void_p).value & ~4095
    libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(8192), 7)
    ctypes.memmove(libc.abs, bytes.fromhex("b807000000c3"), 6)

def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                tries(lambda: open("/tmp/sibling", "a").write("alive"), lambda: time.sleep(0.05))
        os._exit(0)

mark = "sibling-" + "was-here" * 3
for each in (files, memory_and_queues, sockets, terminals, kernel, others, state):
    tries(each)
if ctypes.sizeof(ctypes.c_void_p) == 8:
    daemon()
time.sleep(STAYS)
"""

EXHAUSTS = {
    "processes": """
import os, time
try:
    while os.fork():
        pass
    time.sleep(100)
except OSError:
    time.sleep(STAYS)
""",
    "threads": """
import threading, time
try:
    while True:
        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
except RuntimeError:
    time.sleep(STAYS)
""",
    "descriptors": """
import os, time
kept = []
try:
    while True:
        kept.append(os.pipe())
except OSError:
    time.sleep(STAYS)
""",
    "inotify": """
import ctypes, os, time
libc = ctypes.CDLL(None)
while libc.inotify_init() >= 0:
    pass
time.sleep(STAYS)
""",
    "memory": """
import time
kept = []
for _ in range(7):
    kept.append(b"x" * (100 << 20))
time.sleep(STAYS)
""",
    "disk": """
import time
for folder in ("/tmp", "/dev/shm", "/box"):
    try:
        with open(folder + "/sibling", "wb") as file:
            while True:
                file.write(bytes(1 << 20))
    except OSError:
        pass
time.sleep(STAYS)
""",
}

LOOKS = """
import ctypes, os, random, socket, sys, threading
import numpy, torch
libc = ctypes.CDLL(None, use_errno=True)

def nothing_in_files():
    return not [f + n for f in ("/tmp/", "/dev/shm/", "/box/", "/course/", "/usr/", "/run/", "/etc/")
                if os.path.isdir(f) for n in os.listdir(f) if "sibling" in n or n == "fifo"]

def no_shared_memory():
    from multiprocessing.shared_memory import SharedMemory
    try:
        SharedMemory("sibling")
        return False
    except FileNotFoundError:
        return libc.shmget(4711, 4096, 0) < 0 and libc.msgget(4711, 0) < 0

def no_queue_and_no_key():
    return libc.syscall(240, b"sibling", 0, 0, None) < 0 and libc.syscall(249, b"user", b"sibling", 0, 0) < 0

def nobody_listens():
    for family, address in (
        (socket.AF_UNIX, "\\0sibling"), (socket.AF_UNIX, "/tmp/sibling.socket"),
        (socket.AF_INET, ("127.0.0.1", 45671)),
    ):
        try:
            socket.socket(family).connect(address)
            return False
        except OSError:
            pass
    return True

def no_terminal():
    return os.listdir("/dev/pts") in (["ptmx"], [])

def nobody_else():
    return {p for p in os.listdir("/proc") if p.isdigit()} <= {"1", "2", "3", str(os.getpid())}

def no_descriptor():
    own = {0, 1, 2, int(sys.argv[-1])}
    return not [n for n in {*range(1024)} - own if os.path.lexists(f"/proc/self/fd/{n}")]

def nothing_in_memory():
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            place, rights, *_, name = (line + " -").split(maxsplit=5)
            start, end = (int(part, 16) for part in place.split("-"))
            if rights.startswith("rw") and end - start < 1 << 28 and "/" not in name:
                memory.seek(start)
                try:
                    found = memory.read(end - start)
                except OSError:
                    continue
                at = found.find(b"sibling-")
                while at >= 0:
                    if found[at + 8 : at + 16] == b"was-" + b"here":
                        return False
                    at = found.find(b"sibling-", at + 1)
    return True

def as_at_the_start():
    drawn = random.random(), float(torch.rand(1)), float(numpy.random.rand())
    again = random.Random(0).random(), float(torch.rand(1, generator=torch.Generator().manual_seed(0)))
    import builtins
    return (
        drawn[:2] == again and drawn[2] == numpy.random.RandomState(0).rand()
        and torch.get_default_dtype() == torch.float32 and torch.is_grad_enabled()
        and int(torch.add(torch.ones(1), 1)) == 2 and torch.ones(3).sum() == 3
        and torch.nn.Linear(2, 3)(torch.ones(1, 2)).shape == (1, 3) and libc.abs(-5) == 5
        and not hasattr(builtins, "sibling") and "SIBLING" not in os.environ
    )

def processes_threads_and_files():
    child = os.fork()
    if child == 0:
        os._exit(7)
    one = threading.Thread(target=int)
    one.start()
    one.join()
    kept = [os.pipe() for _ in range(50)]
    for pair in kept:
        list(map(os.close, pair))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7

def memory_and_disk():
    kept = b"x" * (50 << 20)
    for folder in ("/tmp", "/box"):
        with open(folder + "/own", "wb") as file:
            file.write(bytes(8 << 20))
        os.remove(folder + "/own")
    return bool(kept)

for check in (as_at_the_start, nothing_in_files, no_shared_memory, no_queue_and_no_key,
              nobody_listens, no_terminal, nobody_else, no_descriptor, nothing_in_memory,
              processes_threads_and_files, memory_and_disk):
    try:
        fine = check()
    except BaseException as error:
        fine, check.__name__ = False, f"{check.__name__}: {error!r}"
    if not fine:
        print("FOUND", check.__name__)
print("looked")
"""
