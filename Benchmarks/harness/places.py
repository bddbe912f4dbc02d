"""Where things are, and how the program under measurement is had."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "Benchmarks"
WORK = ROOT / ".build-bench"
REPORT = ROOT / "Documentation" / "performance.md"


def say(text):
    print(text, file=sys.stderr, flush=True)


def martlet():
    """The release binary, built first; or the one that the environment variable MARTLET_BINARY names, as it is."""
    given = os.environ.get("MARTLET_BINARY")
    if given:
        return str(pathlib.Path(given).resolve())
    say("building martlet (release)")
    subprocess.run(["swift", "build", "-c", "release", "--product", "martlet"], cwd=ROOT, check=True, stdout=sys.stderr)
    return str(ROOT / ".build" / "release" / "martlet")
