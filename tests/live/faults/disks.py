"""A database that finds no room.

Two of its disks can be full. That of the data: a statement that needs a new page fails (`disk_full`), and the server
goes on. That of the write-ahead log: the server ends all sessions and starts again (PANIC), over and over, until there
is room. The first needs the right to mount a small disk. The second is brought about by a limit on the length of files
(RLIMIT_FSIZE, set from outside by prlimit(2)), which any user may set on own processes: a write to the log then fails
as it does on a full disk, but with EFBIG.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import psutil

from local import postgres
from tests.live.faults.scene import Inject, Scene
from tests.support.waiting import until

NO_ROOM_FOR_DATA = "no room for the data of one database"
FULL_SECONDS = 4.0
#: Enough for the small files that a server keeps, and less than any place in a segment of the log.
SHORT = 8192
#: Done by a process of the server's own user: root may not do it everywhere.
LIMIT = """
import os, resource, sys
uid, gid, short, *pids = map(int, sys.argv[1:])
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
for pid in pids:
    try:
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (short, hard))
    except ProcessLookupError:
        pass
"""


async def _no_room_for_data(scene: Scene) -> None:
    scene.struck()
    log = scene.ground.servers.logs / "postgres.log"
    before = log.stat().st_size
    scene.ground.disk.fill()
    try:
        await until(lambda: b"No space left on device" in log.read_bytes()[before:], "the database misses room")
        await asyncio.sleep(FULL_SECONDS)
    finally:
        scene.ground.disk.relieve()


async def _no_room_for_the_log(scene: Scene) -> None:
    scene.struck()
    pid = scene.ground.pid("postgres")
    assert pid is not None
    server = psutil.Process(pid)
    pids = [pid, *(child.pid for child in server.children(recursive=True))]
    user = postgres.run_as(scene.ground.servers.data / "postgres") or (os.getuid(), os.getgid())
    command = [sys.executable, "-c", LIMIT, *map(str, (*user, SHORT, *pids))]
    await asyncio.to_thread(subprocess.run, command, check=True)
    await scene.ground.runs_anew("postgres", pid)


FAULTS: dict[str, Inject] = {
    NO_ROOM_FOR_DATA: _no_room_for_data,
    "no room for the write-ahead log": _no_room_for_the_log,
}
