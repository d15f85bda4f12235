"""Denial of service: each stands in place of one answer, and must cost that answer only."""

from __future__ import annotations

from collections.abc import Iterator

from attacks.corpus import Attack, Submission, combined

ATTACKS = [
    Attack("swallows-interrupts", "a loop that no exception ends", """
def $name(*arguments):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""),
    Attack("exits", "ends the process at once, as if all were well", """
def $name(*arguments):
    import os
    os._exit(0)
"""),
    Attack("kills-itself", "SIGKILL to its own process", """
def $name(*arguments):
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
"""),
    Attack("kills-everyone", "SIGKILL to pid 1, to its parent and to every process there is", """
def $name(*arguments):
    import os, signal
    for pid in (1, os.getppid(), -1, 0):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
"""),
    Attack("stops-itself", "SIGSTOP, so that no handler of its own ever runs again", """
def $name(*arguments):
    import os, signal
    os.kill(os.getpid(), signal.SIGSTOP)
"""),
    Attack("nests-without-end", "an expression that no parser gets through", """
def $name(*arguments):
    return """ + "-" * 100_000 + "1"),
    Attack("fork-bomb", "processes that make processes", """
def $name(*arguments):
    import os
    while True:
        try:
            os.fork()
        except OSError:
            pass
"""),
    Attack("memory-of-one", "all the memory there is, in one process", """
def $name(*arguments):
    import torch
    kept = []
    while True:
        kept.append(torch.ones(1 << 24))
"""),
    Attack("memory-of-many", "memory in many processes, each below the limit of one", """
def $name(*arguments):
    import os, time
    for _ in range(40):
        if os.fork() == 0:
            kept = bytearray(64 << 20)
            while True:
                time.sleep(100)
    time.sleep(100)
"""),
    Attack("memory-in-files", "memory in /tmp, /dev/shm, /box and in files without a name", """
def $name(*arguments):
    import os
    for folder in ("/tmp", "/dev/shm", "/box"):
        try:
            for number in range(10):
                with open(f"{folder}/fill-$name-{number}", "wb") as file:
                    while True:
                        file.write(bytes(1 << 20))
        except OSError:
            pass
    try:
        while True:
            file = os.memfd_create("fill")
            os.write(file, bytes(64 << 20))
    except OSError:
        pass
"""),
    Attack("many-files", "as many files and folders as there is room for", """
def $name(*arguments):
    import os
    for number in range(10**9):
        os.mkdir(f"/tmp/many-{number}")
"""),
    Attack("prints-forever", "output without end: print, descriptors 1 and 2", """
def $name(*arguments):
    import os
    while True:
        print("x" * 100000)
        os.write(1, b"x" * 100000)
        os.write(2, b"x" * 100000)
"""),
    Attack("figures", "thousands of figures, and one of a gigapixel", """
def $name(*arguments):
    import matplotlib.pyplot as plt
    plt.figure(figsize=(400, 400), dpi=100).canvas.draw()
    while True:
        plt.figure()
"""),
    Attack("threads", "threads that never end, and an answer that comes to nothing", """
def $name(*arguments):
    import threading
    def spin():
        while True:
            pass
    for _ in range(30):
        threading.Thread(target=spin, daemon=True).start()
"""),
    Attack("sleeps", "sleeps for ever", """
def $name(*arguments):
    import time
    time.sleep(10**8)
"""),
    Attack("keeps-alive", "reports progress for ever on the runner's channel", """
def $name(*arguments):
    import struct, sys
    from helpers.wire import encode
    frame = encode({"is": "look", "exercise": "$exercise"})
    with open(int(sys.argv[-1]), "wb", buffering=0, closefd=False) as channel:
        while True:
            channel.write(struct.pack(">I", len(frame)) + frame)
"""),
    Attack("floods", "sends one endless frame", """
def $name(*arguments):
    import os, struct, sys
    os.write(int(sys.argv[-1]), struct.pack(">I", 0xFFFFFFFF))
    while True:
        os.write(int(sys.argv[-1]), bytes(1 << 16))
"""),
    Attack("heavy-frame", "a small frame that becomes gigabytes when it is read", """
def $name(*arguments):
    import json, os, struct, sys
    from safetensors.torch import save
    parts = "[" + ",".join(["[]"] * (6 << 20)) + "]"
    frame = save({}, metadata={"value": parts})
    data = struct.pack(">I", len(frame)) + frame
    while data:
        data = data[os.write(int(sys.argv[-1]), data):]
"""),
    Attack("colliding-keys", "a set whose members all have one hash: reading it takes hours", """
def $name(*arguments):
    class Set(set):
        pass
    return {"$$": 1}, [k * ((1 << 61) - 1) for k in range(1, 100000)], _forge()

def _forge():
    import json, os, struct, sys
    from safetensors.torch import save
    members = [k * ((1 << 61) - 1) for k in range(1, 150000)]
    value = {"$$": "dict", "v": [
        ["is", "seen"], ["exercise", "$exercise"], ["observations", {"$$": "set", "v": members}]]}
    frame = save({}, metadata={"value": json.dumps(value)})
    data = struct.pack(">I", len(frame)) + frame
    while data:
        data = data[os.write(int(sys.argv[-1]), data):]
"""),
    Attack("recursion", "recursion without end, with the limit lifted: a crash of Python itself", """
def $name(*arguments):
    import sys
    sys.setrecursionlimit(10**9)
    return $name(*arguments)
"""),
    Attack("reads-nothing", "reads at address 0", """
def $name(*arguments):
    import ctypes
    ctypes.string_at(0)
"""),
    Attack("returns-much", "a tensor of a terabyte that takes four bytes here", """
def $name(*arguments):
    import torch
    return torch.zeros(1).expand(1 << 38)
"""),
    Attack("returns-a-lot", "a gigabyte", """
def $name(*arguments):
    import torch
    return torch.zeros(1 << 26)
"""),
    Attack("returns-itself", "a list that doubles at every level, and holds itself", """
def $name(*arguments):
    value = []
    value.append(value)
    for _ in range(60):
        value = [value, value]
    return value
"""),
    Attack("generates-forever", "a generator without end", """
def $name(*arguments):
    while True:
        yield arguments
"""),
    Attack("counts-forever", "one operation in C that no signal ends", """
def $name(*arguments):
    return 10 ** 10 ** 9 % 7
"""),
    Attack("hostile-message", "an exception whose message raises and never ends", """
class Hostile(Exception):
    def __str__(self):
        try:
            while True:
                pass
        except BaseException:
            raise SystemExit("out")

def $name(*arguments):
    raise Hostile
"""),
    Attack("hostile-repr", "a value whose repr and whose type's name raise", """
class Meta(type):
    def __getattribute__(self, name):
        raise SystemExit("meta")

class Hostile(metaclass=Meta):
    def __repr__(self):
        raise SystemExit("repr")

def $name(*arguments):
    return Hostile()
"""),
    Attack("closes-the-channel", "closes the runner's channel and goes on", """
def $name(*arguments):
    import os, sys, time
    os.close(int(sys.argv[-1]))
    time.sleep(100)
"""),
]  # fmt: skip

CELLS = [
    Attack("cell-exits", "a scratch cell that ends the process", """
import os
os._exit(1)
""", "cell"),
    Attack("cell-hangs", "a scratch cell that hangs", "while True:\n    pass", "cell"),
    Attack("cell-forks", "a scratch cell that leaves processes which take memory later", """
import os, time
for _ in range(20):
    if os.fork() == 0:
        kept = []
        while True:
            kept.append(bytearray(1 << 20))
            time.sleep(0.05)
""", "cell"),
    Attack("cell-threads", "a scratch cell that leaves threads which never end", """
import threading
def spin():
    while True:
        pass
for _ in range(30):
    threading.Thread(target=spin, daemon=True).start()
""", "cell"),
]  # fmt: skip


def submissions() -> Iterator[Submission]:
    """All of them, nine to a submission."""
    yield from combined("denial", ATTACKS)
    yield from combined("denial-cells", CELLS)
