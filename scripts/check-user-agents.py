#!/usr/bin/env python3
"""Holds the parse of user agents to the ua-parser package (PyPI), which applies uap-core.

    python3 -m venv .venv && .venv/bin/pip install ua-parser
    .venv/bin/python scripts/check-user-agents.py                  checks the golden file against ua-parser
    .venv/bin/python scripts/check-user-agents.py --write          writes its expected columns anew
    .venv/bin/python scripts/check-user-agents.py --add FILE       adds the agents of FILE, one a line, and writes
    .venv/bin/python scripts/check-user-agents.py --compare FILE   compares a parse made elsewhere, in the golden
                                                                   file's columns, and prints the agreement by field

Columns, tab-separated: agent, name, version, device, system, system version, system with version. An empty column is an
absent field. Exit status 1 where anything differs.
"""
import argparse
import pathlib
import sys

from ua_parser import parse

FIELDS = ["name", "version", "device.name", "os.name", "os.version", "os.full"]
GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Tests/CloudTrailTests/Golden/user-agents.tsv"
LONGEST = 4096


def version(found):
    """Parts joined by dots up to the first that is missing."""
    parts = []
    for part in (found.major, found.minor, found.patch, found.patch_minor):
        if part is None:
            break
        parts.append(part)
    return ".".join(parts)


def reference(agent):
    """The fields as an ingest pipeline gives them: `Other` for an unknown program or device, no system if unknown."""
    result = parse(agent[:LONGEST])
    program, system, device = result.user_agent, result.os, result.device
    system_version = version(system) if system else ""
    return [
        program.family if program else "Other",
        version(program) if program else "",
        device.family if device else "Other",
        system.family if system else "",
        system_version,
        f"{system.family} {system_version}" if system_version else "",
    ]


def rows(path):
    for line in pathlib.Path(path).read_text(encoding="utf-8").split("\n"):
        if line and not line.startswith("#"):
            yield line.split("\t")


def write(agents):
    header = "# agent\t" + "\t".join(FIELDS)
    lines = ["\t".join([agent, *reference(agent)]) for agent in dict.fromkeys(agents)]
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


def compare(path):
    total, agreed, whole = 0, [0] * len(FIELDS), 0
    for agent, *found in rows(path):
        total += 1
        expected = reference(agent)
        differing = [index for index in range(len(FIELDS)) if found[index] != expected[index]]
        for index in range(len(FIELDS)):
            agreed[index] += index not in differing
        whole += not differing
        for index in differing:
            print(f"{FIELDS[index]}: ua-parser {expected[index]!r}, here {found[index]!r}: {agent}")
    for index, field in enumerate(FIELDS):
        print(f"{field:12} {agreed[index]}/{total} {100 * agreed[index] / max(total, 1):.2f} %", file=sys.stderr)
    print(f"{'all fields':12} {whole}/{total} {100 * whole / max(total, 1):.2f} %", file=sys.stderr)
    return whole == total


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--write", action="store_true", help="write the expected columns of the golden file anew")
    arguments.add_argument("--add", metavar="FILE", help="add agents, one a line")
    arguments.add_argument("--compare", metavar="FILE", help="compare a parse made elsewhere")
    options = arguments.parse_args()
    if options.compare:
        return compare(options.compare)
    if options.write or options.add:
        agents = [row[0] for row in rows(GOLDEN)] if GOLDEN.exists() else []
        if options.add:
            agents += [line for line in pathlib.Path(options.add).read_text(encoding="utf-8").split("\n") if line]
        write(agents)
    return compare(GOLDEN)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
