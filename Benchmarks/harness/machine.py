"""What the figures were taken on, without which they say nothing."""

import os
import pathlib
import platform
import shutil
import subprocess


def first_line(*command):
    if not shutil.which(command[0]):
        return "unknown"
    done = subprocess.run(command, capture_output=True, text=True)
    lines = done.stdout.strip().splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else "unknown"


def value(path, key, separator):
    try:
        for line in pathlib.Path(path).read_text().splitlines():
            name, _, rest = line.partition(separator)
            if name.strip() == key:
                return rest.strip().strip('"')
    except OSError:
        pass
    return "unknown"


def load():
    return os.getloadavg()[0]


def facts():
    """The machine as pairs of a name and a value."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return [
        ("Processor", f"{value('/proc/cpuinfo', 'model name', ':')}, {cores} cores"),
        ("Memory", f"{memory:.0f} GiB"),
        ("System", f"{value('/etc/os-release', 'PRETTY_NAME', '=')}, Linux {platform.release()}, {platform.machine()}"),
        ("Swift", first_line("swift", "--version")),
        ("C++", first_line("c++", "--version")),
        ("simdjson, libdeflate", ", ".join(first_line("pkg-config", "--modversion", name)
                                           for name in ("simdjson", "libdeflate"))),
    ]
