"""DuckDB and chDB: their environment, their queries, and whether their answers are Martlet's."""

import hashlib
import json
import subprocess
import sys

from .places import HERE, WORK, say

RULE = "AWS IAM Assume Role Policy Update"
REQUIREMENTS = HERE / "requirements.txt"


def environment():
    """The Python of the virtual environment, made or renewed when the requirements are others."""
    home = WORK / "venv"
    python, stamp = home / "bin" / "python", home / "requirements.sha256"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        say("installing DuckDB and chDB from PyPI")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(REQUIREMENTS)],
            check=True, stdout=sys.stderr)
        stamp.write_text(wanted)
    return str(python)


def command(python, engine, query, data, threads):
    return [python, str(HERE / "peers" / f"{engine}_peer.py"), str(HERE / "peers" / f"{engine}_{query}.sql"),
            f"{data}/AWSLogs/**/*.json.gz", str(threads)]


def answer(output):
    """A peer's rows as a set of (who, role, event, time)."""
    return {tuple(row) for row in json.loads(output)["rows"]}


def martlet_answer(alerts):
    """The same of Martlet's alerts of the trust-policy rule."""
    rows = set()
    for line in alerts.splitlines():
        alert = json.loads(line)
        if alert["kibana.alert.rule.name"] == RULE:
            who, role = alert["kibana.alert.new_terms"]
            moment = alert["kibana.alert.original_time"].removesuffix("Z").removesuffix(".000") + "Z"
            rows.add((who, role, alert["event"]["id"], moment))
    return rows
