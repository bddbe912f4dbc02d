"""The table of figures, and its place in the documentation."""

from . import machine

LIMIT, HUNT, MANY = "limit", "hunt", "hunt-1000"
DUCKDB_RECORDS, DUCKDB_TEXT, CHDB_RECORDS, CHDB_TEXT = "duckdb-records", "duckdb-text", "chdb-records", "chdb-text"
NORMALIZE, SEARCH = "normalize", "search"


class Aim:
    def __init__(self, text, value, bound, is_strict=False):
        self.text, self.value = text, value
        self.is_met = value < bound if is_strict else value <= bound


def fastest_chdb(figures):
    return min((figures[CHDB_RECORDS], figures[CHDB_TEXT]), key=lambda figure: figure.seconds)


def aims(figures):
    """What is to be reached, with what was."""
    hunt, many = figures[HUNT], figures[MANY]
    own = max(figures[name].peak for name in (HUNT, MANY, NORMALIZE, SEARCH))
    return [
        Aim("built-in rules ÷ limit ≤ 1.6", hunt.over(figures[LIMIT]), 1.6),
        Aim("built-in rules ÷ chDB reading every record < 1",
            hunt.over(figures[CHDB_RECORDS]), 1, True),
        Aim("built-in rules ÷ chDB's faster query < 1", hunt.over(fastest_chdb(figures)), 1, True),
        Aim("the same, both as whole processes < 1", hunt.process_over(fastest_chdb(figures)), 1, True),
        Aim("1,000 rules ÷ built-in rules ≤ 1.3", many.over(hunt), 1.3),
        Aim("search over every field ÷ limit ≤ 3", figures[SEARCH].over(figures[LIMIT]), 3),
        Aim("normalize ÷ limit ≤ 4", figures[NORMALIZE].over(figures[LIMIT]), 4),
        Aim("peak memory of Martlet ≤ 600 MB", own, 600),
    ]


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


def table(figures):
    limit, chdb = figures[LIMIT], fastest_chdb(figures)
    lines = ["| What runs | Seconds | Whole process, s | Processor, s | × limit | × chDB | JSON, MB/s | Peak, MB |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for figure in figures.values():
        lines.append(
            f"| {figure.title} | {figure.seconds:.2f} | {figure.process:.2f} | {figure.processor:.2f} "
            f"| {figure.over(limit):.2f} | {figure.over(chdb):.2f} "
            f"| {figure.megabytes / figure.seconds:,.0f} | {figure.peak:,.0f} |")
    return lines


def block(figures, setting):
    """What stands between the markers."""
    lines = [f"{setting.events:,} events in {setting.files:,} gzip files: {setting.text_bytes / 1e6:,.0f} MB of JSON, "
             f"{setting.packed_bytes / 1e6:,.0f} MB compressed. {setting.threads} threads each; medians of "
             f"{setting.rounds} rounds, all rows in turn in each round, after a round that is not counted.", ""]
    if setting.load > 0.5:
        lines += [f"The machine was not idle when the run began (load {setting.load:.1f}), so the figures are high "
                  "and their ratios uncertain.", ""]
    lines += table(figures) + [""]
    lines += ["| Aim | Reached | |", "| --- | ---: | --- |"]
    lines += [f"| {aim.text} | {number(aim.value)} | {'met' if aim.is_met else '**missed**'} |"
              for aim in aims(figures)]
    lines += ["", setting.agreement, ""]
    lines += [f"{setting.rules_note}", ""]
    lines += ["| Machine | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in machine.facts() + setting.versions]
    lines += ["", "Commands, from the root of the repository:", "", "```sh", *setting.commands, "```"]
    return "\n".join(lines)


FRAME = """# Performance

How fast a hunt is, against what the machine can do at all and against what one would use instead. `make bench` measures
everything again and replaces the figures below.

## What is measured

All rows read the same generated CloudTrail from the same gzip files, which are in the page cache.

- **The limit** decompresses every file with libdeflate and parses it with simdjson's DOM, and does nothing else. No
  program that reads all the JSON with these libraries can be faster; the distance to it is what Martlet's own work
  costs.
- **martlet hunt** with the rules that come with it, and with 1,000 rules: those and rules that the benchmark writes,
  about 60 services, with wildcards over request parameters, outcomes, regions, callers, and new terms of many fields.
- **martlet search** looks for a word that stands nowhere in every field of every record: all leaves go into columns.
- **martlet normalize** turns every record into ECS and writes it to `/dev/null`.
- **DuckDB and chDB** (ClickHouse in a process) answer one question, the trust-policy rule's: which caller changed the
  trust policy of which role, not through CloudFormation, when the two did not meet in the 14 days before. Their SQL
  is written by hand and stands in `Benchmarks/peers/`, in the best two forms found of each: `records` reads every
  record into typed columns; `text` looks for the call's name in the text of a file and reads records only where it
  stands, which is fast because the call is rare and says nothing of what many rules would cost. Their
  answers are compared with Martlet's alerts, event by event.

## How to read it

*Seconds* is what the ratios are made of: the whole process for Martlet and the limit; for DuckDB and chDB the query
alone, without the start of the Python interpreter and the library, which favours them. *× chDB* is against the faster
of its two queries. *Peak* is the largest resident memory of the process.

## To reach

On 2 cores: a hunt with all built-in rules takes at most 1.6 times the limit and less than chDB's one query; 1,000 rules
take at most 1.3 times what the built-in ones take; a search over every field takes at most 3 times the limit and
normalize 4 times; peak memory stays within 600 MB.

## Figures
"""


def place(path, name, text):
    """Puts `text` between the markers of `name`, adding what of the document is not there yet."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    body = f"{begin}\n{text}\n{end}\n"
    document = path.read_text(encoding="utf-8") if path.exists() else FRAME
    before, found, rest = document.partition(begin)
    if found:
        _, closed, after = rest.partition(end)
        if not closed:
            raise ValueError(f"{path}: “{begin}” is not followed by “{end}”")
        document = before + body + after.removeprefix("\n")
    else:
        document = document.rstrip("\n") + "\n\n" + body
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document, encoding="utf-8")
