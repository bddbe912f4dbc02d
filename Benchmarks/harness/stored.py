"""What is asked of stored events, and how the folders that hold them are measured and removed."""

import shutil

QUESTION = 'event.action: "UpdateAssumeRolePolicy" and event.provider: "iam.amazonaws.com" and event.outcome: success'
WORD = "zzzz"
RULE_COUNT = 500
# One execution of each rule, at the end of the fourteen days of events.
TICK = ["--from", "2026-01-14T23:30:00Z", "--to", "2026-01-14T23:30:00Z"]


def disk(path):
    """Megabytes of a file or of all files in a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def forget(path):
    """Removes a file or folder, and what lies beside it under its name with something behind."""
    shutil.rmtree(path, ignore_errors=True)
    for file in path.parent.glob(path.name + "*"):
        file.unlink() if file.is_file() else shutil.rmtree(file)
