#!/usr/bin/env python3
"""Writes the tables of field names and types in Sources/Events/Fields from the facts in scripts/fields.

scripts/fields/ecs holds one file for each ECS field set, and layout.txt says which set stands where; cloudtrail.fields
and alerts.fields hold what CloudTrail events and alerts have beyond ECS, integrations.fields what Elastic's integrations
have that compares otherwise than a field of no known type. A line of a .fields file is

    TYPE[(IGNORE_ABOVE)]: NAME[+SUFFIX[=TYPE]]…

where +text adds a multi-field of type match_only_text. A keyword without a limit has ECS's own, 1024. In place of a limit a
text names its analyzer, where that is not the standard one: text(powershell). NAME.* says what is below an object, whatever its name, and
is named nowhere itself. The lines of alert-aliases.fields name fields of alerts that have an earlier name too.

    scripts/generate-field-table.py           writes the tables
    scripts/generate-field-table.py --check   writes nothing; exits 1 when a table does not fit the facts
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FACTS = ROOT / "scripts" / "fields"
OUT = ROOT / "Sources" / "Events" / "Fields"
DEFAULT_LIMIT = 1024
TYPES = {
    "binary", "boolean", "byte", "constant_keyword", "date", "date_nanos", "double", "flattened", "float", "geo_point",
    "half_float", "integer", "ip", "keyword", "long", "match_only_text", "nested", "object", "scaled_float", "short",
    "text", "unsigned_long", "version", "wildcard",
}
NAME = re.compile(r"@?[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
BELOW = ".*"
ANALYZERS = {"powershell"}


class Mistake(Exception):
    pass


class Field:
    """A field's type, its limit in UTF-16 units (None where the type has none) and, for a multi-field, its parent."""

    def __init__(self, kind, limit=None, parent=None):
        self.kind, self.limit, self.parent = kind, limit, parent

    def __eq__(self, other):
        return (self.kind, self.limit, self.parent) == (other.kind, other.limit, other.parent)


def lines_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if line:
            yield f"{path.relative_to(ROOT)}:{number}", line


def add(fields, name, field, place):
    if name in fields and fields[name] != field:
        raise Mistake(f"{place}: {name} is already there with another type")
    fields[name] = field


def read_set(path):
    """The fields of a set, by their name inside the set."""
    fields = {}
    for place, line in lines_of(path):
        head, colon, names = line.partition(":")
        match = re.fullmatch(r"([a-z_]+)(?:\((\d+|[a-z]+)\))?", head.strip())
        if not colon or not match or match[1] not in TYPES:
            raise Mistake(f"{place}: expected a type and names, found: {line}")
        kind = match[1]
        if match[2] and kind == "text":
            if match[2] not in ANALYZERS:
                raise Mistake(f"{place}: not an analyzer: {match[2]}")
            limit = match[2]
        elif match[2] and (kind != "keyword" or not match[2].isdigit()):
            raise Mistake(f"{place}: only keywords have a limit")
        else:
            limit = int(match[2]) if match[2] else DEFAULT_LIMIT if kind == "keyword" else None
        for entry in names.split():
            name, *extras = entry.split("+")
            below = name.endswith(BELOW)
            if not NAME.fullmatch(name.removesuffix(BELOW)) or below and (extras or kind in ("nested", "object")):
                raise Mistake(f"{place}: not a field name: {entry}")
            if name in fields:
                raise Mistake(f"{place}: {name} stands there twice")
            add(fields, name, Field(kind, limit), place)
            for extra in extras:
                suffix, _, extra_kind = extra.partition("=")
                extra_kind = extra_kind or "match_only_text"
                if extra_kind not in TYPES or not NAME.fullmatch(suffix):
                    raise Mistake(f"{place}: not a multi-field: {extra}")
                extra_limit = DEFAULT_LIMIT if extra_kind == "keyword" else None
                add(fields, f"{name}.{suffix}", Field(extra_kind, extra_limit, name), place)
    return fields


def put(fields, inner, path, place):
    prefix = path + "." if path else ""
    for name, field in inner.items():
        parent = prefix + field.parent if field.parent else None
        add(fields, prefix + name, Field(field.kind, field.limit, parent), place)


def expand_layout(folder):
    """All of ECS by full path, with its version, from the sets and the layout in the folder."""
    sets = {path.stem: read_set(path) for path in sorted(folder.glob("*.fields"))}
    used, fields, version = set(), {}, None
    for place, line in lines_of(folder / "layout.txt"):
        verb, *words = line.split()
        if verb in ("root", "bare", "put"):
            names = words if verb != "put" else words[:1]
            for name in names:
                if name not in sets:
                    raise Mistake(f"{place}: there is no field set {name}")
                used.add(name)
        if verb == "version":
            (version,) = words
        elif verb == "root":
            for name in words:
                put(fields, sets[name], name, place)
        elif verb == "bare":
            for name in words:
                put(fields, sets[name], "", place)
        elif verb == "put" and words[1:2] == ["at"]:
            for path in words[2:]:
                put(fields, sets[words[0]], path, place)
        elif verb == "copy" and words[1:2] == ["to"]:
            split = words.index("but") if "but" in words else len(words)
            source, targets, left_out = words[0], words[2:split], words[split + 1:]
            inner = {}
            for name, field in fields.items():
                if name.startswith(source + "."):
                    short = name[len(source) + 1:]
                    if not any(short == out or short.startswith(out + ".") for out in left_out):
                        parent = field.parent[len(source) + 1:] if field.parent else None
                        inner[short] = Field(field.kind, field.limit, parent)
            if not inner:
                raise Mistake(f"{place}: nothing stands at {source}")
            for path in targets:
                put(fields, inner, path, place)
        else:
            raise Mistake(f"{place}: cannot read: {line}")
    if version is None:
        raise Mistake("layout.txt names no version")
    if set(sets) - used:
        raise Mistake(f"sets that stand nowhere: {', '.join(sorted(set(sets) - used))}")
    return fields, version


def with_objects(fields):
    """The fields, and an object for each path that only holds other fields."""
    complete = dict(fields)
    for name, field in fields.items():
        parts = (field.parent or name).split(".")
        for end in range(1, len(parts)):
            path = ".".join(parts[:end])
            above = complete.setdefault(path, Field("object"))
            if above.kind not in ("object", "nested"):
                raise Mistake(f"{name} lies under {path}, which holds no fields")
    return complete


def swift(name, about, fields, version=None):
    rows = []
    for path in sorted(fields):
        field = fields[path]
        limit = str(field.limit) if field.limit not in (None, DEFAULT_LIMIT) else ""
        if field.parent and field.parent != path.rpartition(".")[0]:
            raise Mistake(f"{path}: a multi-field's own name has one part")
        rows.append("\t".join([path, field.kind, limit, "^" if field.parent else ""]).rstrip("\t"))
    objects = sum(field.kind == "object" for field in fields.values())
    templates = sum(path.endswith(BELOW) for path in fields)
    counts = f"{len(fields) - objects - templates} fields and {objects} objects that hold them"
    if templates:
        counts += f", and what lies below {templates} of these, as `object.*`"
    # Tabs are written as escapes, so that editors cannot change them.
    text = "\n".join("    " + row.replace("\t", "\\t") for row in rows)
    version_line = ""
    if version:
        version_line = f'  /// The version of ECS that the table follows.\n  static let version = "{version}"\n\n'
    return f'''// Generated by scripts/generate-field-table.py from scripts/fields. Change the facts there and run it again.

/// {about}
///
/// {counts},
/// a line each: path, type, the longest searchable value of a keyword where it is not {DEFAULT_LIMIT} or the analyzer of a text where
/// it is not the standard one, and `^` where the field is a multi-field of the path above it; parted by tabs.
enum {name} {{
{version_line}  static let text = """
{text}
    """
}}
'''


def read_aliases(path):
    """The earlier names of alerts' fields: full name to the full name of the field."""
    aliases = {}
    for place, line in lines_of(path):
        for entry in line.split():
            name, _, target = entry.partition("=")
            if not NAME.fullmatch(name) or target and not NAME.fullmatch(target):
                raise Mistake(f"{place}: not a field name: {entry}")
            if f"signal.{name}" in aliases:
                raise Mistake(f"{place}: {name} stands there twice")
            aliases[f"signal.{name}"] = f"kibana.alert.{target or name}"
    return aliases


def swift_aliases(aliases):
    text = "\n".join(f"    {name}\\t{target}" for name, target in sorted(aliases.items()))
    return f'''// Generated by scripts/generate-field-table.py from scripts/fields. Change the facts there and run it again.

/// The names that fields of alerts have beside their own.
///
/// {len(aliases)} names, a line each: the name and the field that it stands for, parted by a tab.
enum AlertAliasTable {{
  static let text = """
{text}
    """
}}
'''


def tables():
    ecs, version = expand_layout(FACTS / "ecs")
    cloudtrail = read_set(FACTS / "cloudtrail.fields")
    alerts = {}
    put(alerts, read_set(FACTS / "alerts.fields"), "kibana", "alerts.fields")
    # The source event's own event.* fields live on under another name.
    put(alerts, read_set(FACTS / "ecs" / "event.fields"), "kibana.alert.original_event", "event.fields")
    aliases = read_aliases(FACTS / "alert-aliases.fields")
    for name, target in aliases.items():
        if target not in alerts:
            raise Mistake(f"alert-aliases.fields: {name} stands for {target}, which is no field of alerts")
        alerts[name] = Field(alerts[target].kind, alerts[target].limit)
    integrations = read_set(FACTS / "integrations.fields")
    everything = dict(ecs)
    everything.update(cloudtrail)
    everything.update(alerts)
    for name, field in integrations.items():
        if everything.get(name, field) != field:
            raise Mistake(f"integrations.fields: {name} has another type in ECS")
        everything[name] = field
    with_objects(everything)  # no table may put a field under another table's leaf
    return {
        "ECSFieldTable": swift(
            "ECSFieldTable", f"The fields of the Elastic Common Schema {version}.", with_objects(ecs), version),
        "CloudTrailFieldTable": swift(
            "CloudTrailFieldTable", "The fields of CloudTrail events beyond ECS.", with_objects(cloudtrail)),
        "AlertFieldTable": swift(
            "AlertFieldTable", "The fields of alerts beyond those of their source event.", with_objects(alerts)),
        "AlertAliasTable": swift_aliases(aliases),
        "IntegrationFieldTable": swift(
            "IntegrationFieldTable", "Fields of Elastic's integrations that rules ask otherwise than whole texts.",
            with_objects(integrations)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 when a table is stale; write nothing")
    options = parser.parse_args()
    try:
        wanted = tables()
    except Mistake as mistake:
        sys.exit(f"generate-field-table: {mistake}")
    stale = []
    for name, text in wanted.items():
        path = OUT / f"{name}.swift"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.relative_to(ROOT))
            if not options.check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{'stale' if options.check else 'written'}: {path}", file=sys.stderr)
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
