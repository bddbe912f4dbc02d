"""Writes rules of the make-up that published ones have: their types, languages, operators, joins and data sources.

Three in four are about other data than CloudTrail. Most of those name data streams that hold none of it; some name `logs-*`, so that
events decide. No rule is any published one.
"""

import dataclasses
import json
import random
import shutil
import uuid

from . import rules
from .services import SERVICES

NAMESPACE = uuid.UUID("5a0f3ce5-5a3a-4a0b-9a34-3a7f1a3a9d10")
# How many of each type stand among 2,078 published rules that need neither machine learning nor a language model.
MAKE_UP = {"eql": 861, "sequence": 217, "sample": 3, "query": 508, "new_terms": 245, "esql": 204, "threshold": 31, "threat_match": 9}
CLOUDTRAIL = ["filebeat-*", "logs-aws.cloudtrail-*"]
ELSEWHERE = [
    ["logs-endpoint.events.process-*", "winlogbeat-*", "logs-windows.sysmon_operational-*"],
    ["logs-endpoint.events.file-*", "auditbeat-*"], ["logs-endpoint.events.network-*", "packetbeat-*"],
    ["logs-okta*"], ["logs-azure.signinlogs-*"], ["logs-gcp.audit-*"], ["logs-o365.audit-*"], ["logs-system.auth-*"],
]
CATEGORIES = ["process", "process", "process", "file", "network", "registry", "authentication", "iam", "any"]
PROGRAMS = ["bash", "certutil.exe", "cmd.exe", "curl", "dash", "msbuild.exe", "mshta.exe", "net.exe", "osascript", "powershell.exe",
            "python3", "regsvr32.exe", "rundll32.exe", "schtasks.exe", "sh", "wget", "wmic.exe", "wscript.exe", "zsh"]
ARGUMENTS = ["*-enc*", "*/create*", "*http*", "*\\\\Users\\\\Public\\\\*", "*base64*", "*/etc/shadow*", "*-nop*", "*lsass*", "*/tmp/*"]
PATHS = ["C:\\\\Windows\\\\Temp\\\\*", "/var/tmp/*", "?:\\\\ProgramData\\\\*", "/dev/shm/*", "/Users/*/Library/LaunchAgents/*.plist"]


@dataclasses.dataclass
class Condition:
    """A field, how it is compared, with what, and whether it must not hold."""

    field: str
    values: list
    is_pattern: bool = False
    ignores_case: bool = False
    is_negated: bool = False

    def kql(self):
        values = [value.replace(":", "\\:") if self.is_pattern else json.dumps(value) for value in self.values]
        text = f"{self.field}: {values[0] if len(values) == 1 else '(' + ' or '.join(values) + ')'}"
        return f"not {text}" if self.is_negated else text

    def listed(self):
        values = [f'"{value}"' for value in self.values]
        return values[0] if len(values) == 1 else f"({', '.join(values)})"

    def eql(self, is_optional=False):
        field = f"?{self.field}" if is_optional else self.field
        if self.is_pattern:
            text = f"{field} {'like~' if self.ignores_case else 'like'} {self.listed()}"
        elif self.ignores_case:
            text = f"{field} : {self.listed()}"
        else:
            text = f"{field} {'==' if len(self.values) == 1 else 'in'} {self.listed()}"
        return f"not {text}" if self.is_negated else text

    def esql(self):
        field = f"TO_LOWER({self.field})" if self.ignores_case else self.field
        values = [value.lower() if self.ignores_case else value for value in self.values]
        if self.is_pattern:
            text = " or ".join(f'{field} like """{value}"""' for value in values)
            text = text if len(values) == 1 else f"({text})"
        else:
            quoted = [f'"{value}"' for value in values]
            text = f"{field} == {quoted[0]}" if len(quoted) == 1 else f"{field} in ({', '.join(quoted)})"
        return f"not {text}" if self.is_negated else text


class Writer(rules.Writer):
    """Makes rule after rule from one seed, so that the same numbers are always the same rules."""

    def calls(self):
        """What a rule about CloudTrail looks at: some calls of one service, and what narrows them."""
        service = self.random.choice(list(SERVICES))
        calls = self.some(SERVICES[service], 1, 4)
        all_conditions = [Condition("event.provider", [f"{service}.amazonaws.com"]), Condition("event.action", calls)]
        outcome = "failure" if self.random.random() < 0.2 else "success"
        all_conditions.append(Condition("event.outcome", [outcome]))
        if rules.DAILY & set(calls) or self.random.random() < 0.5:
            all_conditions.append(self.random.choice([
                Condition("user.name", self.some(rules.NAMES, 1, 3)),
                Condition("cloud.region", self.some(rules.REGIONS, 1, 3)),
                Condition("user_agent.original", [tool.lower() for tool in self.some(rules.TOOLS, 1, 3)], is_pattern=True),
                Condition(f"{rules.ISSUER}.arn", [f"*role/{name}*" for name in self.some(rules.NAMES, 1, 2)], is_pattern=True)]))
        if self.random.random() < 0.5:
            all_conditions.append(self.random.choice([
                Condition("user_agent.original", self.some(["*Terraform*", "*Ansible*", "*Pulumi*"], 1, 2), True, False, True),
                Condition("user.name", self.some(rules.NAMES, 1, 3), is_negated=True)]))
        return all_conditions

    def programs(self):
        """What a rule about hosts looks at."""
        all_conditions = [
            Condition("host.os.type", [self.random.choice(["windows", "linux", "macos"])]),
            Condition("event.type", [self.random.choice(["start", "creation", "change"])]),
            Condition("process.name", self.some(PROGRAMS, 1, 6), ignores_case=self.random.random() < 0.7)]
        if self.random.random() < 0.7:
            all_conditions.append(Condition("process.args", self.some(ARGUMENTS, 1, 4), True, self.random.random() < 0.5))
        for field in self.some(["process.parent.executable", "file.path", "process.executable"], 0, 2):
            all_conditions.append(Condition(field, self.some(PATHS, 1, 3), True, True, self.random.random() < 0.6))
        return all_conditions

    def one(self, number, kind, is_cloud):
        conditions = self.calls() if is_cloud else self.programs()
        category = "any" if is_cloud else self.random.choice(CATEGORIES)
        if is_cloud:
            index = CLOUDTRAIL
        else:
            index = ["logs-*"] if self.random.random() < 0.2 else self.random.choice(ELSEWHERE)
        keys = ["user.name", "cloud.account.id"] if is_cloud else ["host.id", "process.entity_id"]
        keys = keys[: self.random.randint(1, 2)]

        def step(some):
            return f"[{category} where " + " and ".join(one.eql(self.random.random() < 0.1) for one in some) + "]"

        kql = " and\n  ".join(one.kql() for one in conditions)
        rest = []
        if kind == "eql":
            form = ("eql", "eql", f"{category} where\n  " + " and\n  ".join(one.eql() for one in conditions))
        elif kind == "sequence":
            items = [step(conditions), step(self.calls() if is_cloud else self.programs())]
            if self.random.random() < 0.1:
                items[0] += f" with runs={self.random.choice([2, 3, 5, 10])}"
            span = f" with maxspan={self.random.choice(['30s', '1m', '5m', '15m', '1h'])}" if self.random.random() < 0.94 else ""
            form = ("eql", "eql", f"sequence by {', '.join(keys)}{span}\n  " + "\n  ".join(items))
        elif kind == "sample":
            form = ("eql", "eql", f"sample by {', '.join(keys)}\n  {step(conditions)}\n  {step(self.programs())}")
        elif kind == "esql":
            source = f"from {', '.join(index)} metadata _id, _version, _index\n"
            where = "".join(f"| where {one.esql()}\n" for one in conditions)
            if self.random.random() < 0.7:
                where += f"| stats Esql.calls = count(*), Esql.names = values({keys[0]}), Esql.actions = count_distinct(event.action)\n" \
                         f"    by {keys[-1]}\n| where Esql.calls >= {self.random.choice([10, 25, 100])}\n"
            else:
                where += f"| eval Esql.lower = to_lower({keys[0]})\n| keep @timestamp, _id, _version, _index, event.*, Esql.*\n"
            form, index = ("esql", "esql", source + where), None
        elif kind == "threshold":
            form = ("threshold", "kuery", kql)
            rest = ["", "[rule.threshold]", f"field = {json.dumps(keys)}", f"value = {self.random.choice([1, 5, 25, 100])}"]
            if self.random.random() < 0.6:
                rest += ["[[rule.threshold.cardinality]]", 'field = "event.action"', "value = 3"]
        elif kind == "threat_match":
            form = ("threat_match", "kuery", kql)
            rest = ['threat_index = ["logs-ti_*"]', 'threat_query = "*:*"', 'threat_language = "kuery"',
                    'threat_indicator_path = "threat.indicator"', "[[rule.threat_mapping]]", "[[rule.threat_mapping.entries]]",
                    'field = "source.ip"', 'type = "mapping"', 'value = "threat.indicator.ip"']
        elif kind == "new_terms":
            form = ("new_terms", "kuery", kql)
            fields = self.some(rules.LASTING if is_cloud else ["host.id", "process.executable", "user.name"], 1, 3)
            rest = ["", "[rule.new_terms]", 'field = "new_terms_fields"', f"value = {json.dumps(fields)}", "",
                    "[[rule.new_terms.history_window_start]]", 'field = "history_window_start"',
                    f'value = "now-{self.random.choice([5, 7, 10, 14])}d"']
        else:
            form = ("query", "kuery", kql)
        return self.written(number, *form, index, rest)

    def written(self, number, kind, language, query, index, rest):
        interval, start = self.random.choices([("5m", "now-9m"), ("5m", "now-6m"), ("60m", "now-119m"), ("15m", "now-45m")],
                                              [1_375, 383, 60, 39])[0]
        lines = ["[rule]", f'rule_id = "{uuid.uuid5(NAMESPACE, str(number))}"', f'name = "Like Published Rule {number}"',
                 'description = "Of the make-up of published rules. Made for measurements."', "version = 1", 'severity = "medium"',
                 "risk_score = 47", f'interval = "{interval}"', f'from = "{start}"', f'language = "{language}"', f'type = "{kind}"']
        if self.random.random() < 0.9 or kind != "eql":
            lines.append('timestamp_override = "event.ingested"')
        if index:
            lines.append(f"index = {json.dumps(index)}")
        return "\n".join(lines + ["query = '''", query, "'''", *rest]) + "\n"


def write(folder, count):
    """Writes about `count` rules into `folder`, in place of what was there: each type's share of them, a quarter about CloudTrail."""
    start(folder)
    writer, number = Writer(), 0
    for kind, share in MAKE_UP.items():
        for _ in range(max(1, round(share * count / sum(MAKE_UP.values())))):
            number += 1
            (folder / f"rule_{number:04}.toml").write_text(writer.one(number, kind, writer.random.random() < 0.25))


def write_pair(kql, eql, count):
    """Writes the same conditions on single calls into two folders, in KQL and in EQL."""
    start(kql)
    start(eql)
    writer = Writer()
    for number in range(1, count + 1):
        conditions, at = writer.calls(), writer.random.getstate()
        for folder, language in ((kql, "kuery"), (eql, "eql")):
            # Both get the same schedule.
            writer.random.setstate(at)
            query = " and ".join(one.kql() for one in conditions) if language == "kuery" \
                else "any where " + " and ".join(one.eql() for one in conditions)
            text = writer.written(number, "query" if language == "kuery" else "eql", language, query, CLOUDTRAIL, [])
            (folder / f"rule_{number:04}.toml").write_text(text)


def write_indicators(file, count):
    """Writes `count` addresses that nobody calls from as a list of indicators."""
    numbers = random.Random(7).sample(range(1 << 24), count)
    with file.open("w") as lines:
        lines.write("threat.indicator.ip,threat.feed.name\n")
        lines.writelines(f"11.{number >> 16}.{number >> 8 & 255}.{number & 255},made-up\n" for number in numbers)


def start(folder):
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
