"""The limit program: compiled here, against the same system libraries that Martlet links."""

import subprocess
import sys

from .places import HERE, WORK

SOURCE = HERE / "Limit" / "limit.cpp"
FLAGS = ["-O3", "-std=c++17"]
LIBRARIES = ["-lsimdjson", "-ldeflate", "-pthread"]


def build():
    program = WORK / "limit"
    if not program.exists() or program.stat().st_mtime < SOURCE.stat().st_mtime:
        WORK.mkdir(parents=True, exist_ok=True)
        subprocess.run(["c++", *FLAGS, "-o", str(program), str(SOURCE), *LIBRARIES], check=True, stdout=sys.stderr)
    return str(program)
