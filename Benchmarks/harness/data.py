"""The generated events: made once, kept while the manifest beside them says that they are the ones wanted."""

import struct
import subprocess

from .places import WORK, say

DAYS, ACCOUNTS, SEED, ATTACK = 14, 1, 1, "trust-policy"
USUAL_EVENTS = 500_000
MANIFEST = "martlet-generated.txt"


def folder(events):
    return WORK / ("data" if events == USUAL_EVENTS else f"data-{events}")


def arguments(events):
    return ["generate", "--events", str(events), "--days", str(DAYS), "--accounts", str(ACCOUNTS),
            "--seed", str(SEED), "--attack", ATTACK, "--out"]


def is_wanted(path, events):
    """Whether the manifest was finished, names these options, and all files that it lists are there."""
    try:
        lines = (path / MANIFEST).read_text().splitlines()
    except OSError:
        return False
    options = {f"events {events}", f"days {DAYS}", f"accounts {ACCOUNTS}", f"seed {SEED}", f"attacks {ATTACK}"}
    files = [line.removeprefix("file ") for line in lines if line.startswith("file ")]
    return (options <= set(lines) and f"planted {ATTACK}" in lines and bool(files)
            and all((path / file).is_file() for file in files))


def ensure(binary, events, anew=False):
    """The folder with the events, generated when it is not there yet."""
    path = folder(events)
    if not anew and is_wanted(path, events):
        say(f"using the {events:,} events in {path}")
        return path
    say(f"generating {events:,} events in {path}")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace = ["--replace"] if (path / MANIFEST).exists() else []
    subprocess.run([binary, *arguments(events), str(path), *replace], check=True)
    return path


def sizes(path):
    """Files, compressed bytes and bytes of JSON; the last from the lengths that the gzip files end with."""
    files = compressed = text = 0
    for file in path.rglob("*.json.gz"):
        with file.open("rb") as stream:
            stream.seek(-4, 2)
            text += struct.unpack("<I", stream.read(4))[0]
        files += 1
        compressed += file.stat().st_size
    return files, compressed, text
