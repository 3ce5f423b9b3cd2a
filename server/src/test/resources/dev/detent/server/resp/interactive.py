# SPDX-License-Identifier: Apache-2.0
# Types into redis-cli at a terminal and prints what is seen there.
import os
import pty
import select
import sys
import time

pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "dumb"
    os.execvp("redis-cli", ["redis-cli", "-p", sys.argv[1]] + sys.argv[2:])
seen = b""


def until(text):
    global seen
    deadline = time.time() + 60
    while text not in seen and time.time() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 4096)
    assert text in seen, seen


until(b"> ")
for command, answer in [
    (b"SM.CREATE typed", b"OK"),
    (b"SM.STATE typed", b'1) ""'),
    (b"SM.MUTATE typed elsewhere", b"(nil)"),
    (b"MULTI", b"OK"),
    (b"SM.GET typed REASON", b"QUEUED"),
    (b"EXEC", b'1) ""'),
]:
    seen = b""
    os.write(terminal, command + b"\n")
    until(answer)
os.write(terminal, b"exit\n")
os.waitpid(pid, 0)
print("done")
