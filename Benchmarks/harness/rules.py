"""Writes the rules that, beside the built-in ones, make a thousand: different, realistic, quiet on ordinary days."""

import json
import random
import shutil
import uuid

from .services import SERVICES

NAMESPACE = uuid.UUID("b3a0c6a6-6f0f-4d86-8f4f-0d8b8a1f7a52")
DAILY = {  # Calls that fill the days of any account: rules about them need a further condition to be of use.
    "AssumeRole", "BatchGetImage", "CreateLogGroup", "CreateSnapshot", "CreateTags", "Decrypt", "DeleteObject",
    "DescribeDBInstances", "DescribeImages", "DescribeInstances", "DescribeKey", "DescribeLoadBalancers",
    "DescribeSnapshots", "DescribeStacks", "DescribeTable", "DescribeTasks", "DescribeTrails", "FilterLogEvents",
    "GenerateDataKey", "GetAuthorizationToken", "GetBucketAcl", "GetBucketPolicy", "GetCallerIdentity",
    "GetCostAndUsage", "GetFunction20150331v2", "GetObject", "GetParameter", "GetParameters", "GetQueueAttributes",
    "GetSecretValue", "GetUser", "HeadObject", "ListBuckets", "ListObjects", "ListRoles", "ListSecrets", "ListUsers",
    "LookupEvents", "PutMetricAlarm", "PutObject", "RegisterTaskDefinition", "StartInstances", "StartQuery",
    "UpdateFunctionCode20150331v2", "UpdateInstanceInformation", "UpdateService", "ConsoleLogin", "CreateChangeSet",
}
REQUEST = "aws.cloudtrail.request_parameters"
LEAF = "aws.cloudtrail.flattened.request_parameters"
RESPONSE = "aws.cloudtrail.response_elements"
IDENTITY = "aws.cloudtrail.user_identity"
ISSUER = f"{IDENTITY}.session_context.session_issuer"
REGIONS = ["ap-east-1", "af-south-1", "me-south-1", "eu-south-2", "sa-east-1", "ap-southeast-3", "il-central-1"]
HOME_REGIONS = ["us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ca-central-1", "ap-southeast-2"]
ERRORS = ["AccessDenied", "Client.UnauthorizedOperation", "AccessDeniedException", "UnauthorizedOperation"]
TOOLS = ["*kali*", "*parrot*", "*pacu*", "*TruffleHog*", "*Nmap*", "*S3Browser*", "*Cyberduck*", "*rclone*", "*WinSCP*"]
NAMES = ["backup-admin", "break-glass", "ci-deployer", "contractor", "legacy-sync", "migration", "root-operator",
         "svc-export", "svc-scanner", "terraform-admin", "vendor-support", "audit-reader"]
MARKS = [
    "*=0.0.0.0/0*", "*=\\:\\:/0*", "*AdministratorAccess*", "*PowerUserAccess*", "*Principal*AWS*\\**",
    "*groups=all*", "*attribute=launchPermission*", "*attribute=userData*", "*publiclyAccessible=true*",
    "*enabled=false*", "*deletionProtection=false*", "*forceDeleteWithoutRecovery=true*",
    "*includeGlobalServiceEvents=false*", "*acl=public-read*", "*x-amz-acl=public-read-write*",
    "*AuthenticatedUsers*", "*password*", "*credentials*", "*.ssh/id_*", "*tfstate.backup*",
    "*policyArn=arn\\:aws\\:iam\\:\\:aws\\:policy/IAMFullAccess*", "*skipFinalSnapshot=true*",
    "*encrypted=false*", "*multiRegion=false*", "*isMultiRegionTrail=false*", "*pendingWindowInDays=7*",
]
LEAVES = ["roleName", "userName", "groupName", "policyArn", "bucketName", "key", "keyId", "secretId", "name",
          "instanceId", "groupId", "functionName", "documentName", "dBInstanceIdentifier", "tableName", "detectorId"]
WHO = ["aws.cloudtrail.user_identity.arn", "user.name", "user.id", "user_agent.original", "source.ip", "cloud.region",
       "cloud.account.id", f"{ISSUER}.arn", f"{IDENTITY}.access_key_id", "user_agent.name"]
LASTING = ["user_agent.name", "cloud.region", "cloud.account.id", f"{ISSUER}.arn", "event.action", "user.name"]
TACTICS = [
    ("TA0003", "Persistence", "T1098", "Account Manipulation"),
    ("TA0004", "Privilege Escalation", "T1078", "Valid Accounts"),
    ("TA0005", "Defense Evasion", "T1562", "Impair Defenses"),
    ("TA0006", "Credential Access", "T1552", "Unsecured Credentials"),
    ("TA0007", "Discovery", "T1580", "Cloud Infrastructure Discovery"),
    ("TA0009", "Collection", "T1530", "Data from Cloud Storage"),
    ("TA0010", "Exfiltration", "T1537", "Transfer Data to Cloud Account"),
    ("TA0040", "Impact", "T1485", "Data Destruction"),
]
RISK = {"low": 21, "medium": 47, "high": 73, "critical": 99}


class Writer:
    """Makes rule after rule from one seed, so that the same number is always the same rules."""

    def __init__(self):
        self.random = random.Random(20_260_101)

    def some(self, values, least, most):
        return self.random.sample(values, min(len(values), self.random.randint(least, most)))

    def value(self, values):
        quoted = [f'"{value}"' for value in values]
        return quoted[0] if len(quoted) == 1 else "(" + " or ".join(quoted) + ")"

    def pattern(self, values):
        return values[0] if len(values) == 1 else "(" + " or ".join(values) + ")"

    def narrowing(self):
        """A condition that few events meet: of use on calls that fill the days."""
        pick = self.random.randrange(8)
        if pick == 0:
            return f"cloud.region: {self.value(self.some(REGIONS, 1, 3))}"
        if pick == 1:
            return f"user.name: {self.value(self.some(NAMES, 1, 3))}"
        if pick == 2:
            return f"user_agent.original: {self.pattern(self.some(TOOLS, 1, 3))}"
        if pick == 3:
            return f"{REQUEST}: {self.pattern(self.some(MARKS, 1, 2))}"
        if pick == 4:
            # A key of a flattened field knows a wildcard only at the end.
            return f"{LEAF}.{self.random.choice(LEAVES)}: {self.pattern([f'{n}*' for n in self.some(NAMES, 1, 2)])}"
        if pick == 5:
            return f'{IDENTITY}.type: "Root" and not {IDENTITY}.invoked_by: *'
        if pick == 6:
            return f"{ISSUER}.arn: {self.pattern([f'*role/{n}*' for n in self.some(NAMES, 1, 2)])}"
        return f"source.ip: \"198.18.{self.random.randrange(256)}.0/24\""

    def common(self):
        """A condition that many events meet."""
        pick = self.random.randrange(4)
        if pick == 0:
            return f'{IDENTITY}.type: {self.value(self.some(["AssumedRole", "IAMUser", "FederatedUser"], 1, 2))}'
        if pick == 1:
            return f"cloud.region: {self.value(self.some(HOME_REGIONS, 1, 3))}"
        if pick == 2:
            agents = self.some(["aws-cli/*", "Boto3/*", "*console*", "Mozilla/*"], 1, 2)
            return f"user_agent.original: {self.pattern(agents)}"
        return f"{ISSUER}.type: Role"

    def exclusion(self):
        """A condition that takes known callers out."""
        pick = self.random.randrange(5)
        if pick == 0:
            return 'not source.address: "cloudformation.amazonaws.com"'
        if pick == 1:
            return f"not user_agent.original: {self.pattern(self.some(['*Terraform*', '*Ansible*', '*Pulumi*'], 1, 2))}"
        if pick == 2:
            return f"not user.name: {self.value(self.some(NAMES, 1, 3))}"
        if pick == 3:
            return f"not {IDENTITY}.arn: *assumed-role/AWSServiceRole*"
        return f"not {IDENTITY}.invoked_by: *"

    def rule(self, number):
        service = self.random.choice(list(SERVICES))
        calls = self.some(SERVICES[service], 1, 3)
        wildcard = self.random.random() < 0.08
        is_daily = bool(DAILY & set(calls))
        actions = calls[0][: max(6, len(calls[0]) * 2 // 3)] + "*" if wildcard else self.value(calls)
        parts = ['event.dataset: "aws.cloudtrail"', f'event.provider: "{service}.amazonaws.com"']
        parts.append(f"event.action: {actions}")
        kind = self.random.random()
        if kind < 0.20:
            parts += ['event.outcome: "failure"', f"aws.cloudtrail.error_code: {self.value(self.some(ERRORS, 1, 3))}"]
            if is_daily or self.random.random() < 0.5:
                parts.append(self.narrowing() if self.random.random() < 0.6 else self.common())
        else:
            parts.append('event.outcome: "success"')
        is_new_terms = kind > 0.80
        if kind >= 0.20 and (is_daily or wildcard):
            # Only a rule that asks for something new may look at ordinary calls of ordinary callers.
            is_ordinary = is_new_terms and self.random.random() < 0.3
            parts.append(self.common() if is_ordinary else self.narrowing())
        elif kind >= 0.20 and self.random.random() < 0.5:
            parts.append(self.narrowing() if self.random.random() < 0.5 else self.common())
        if self.random.random() < 0.4:
            parts.append(self.exclusion())
        if self.random.random() < 0.05:
            parts.append(f"not {RESPONSE}: *_return=false*")
        # What changes with every session or object is new all day long: such fields only where calls are few.
        fields = self.some(LASTING if is_daily else WHO, 1, 2) if is_new_terms else []
        if is_new_terms and not is_daily and self.random.random() < 0.4:
            fields.append(f"{LEAF}.{self.random.choice(LEAVES)}")
        return self.toml(number, service, calls, "\n    and ".join(parts), fields)

    def toml(self, number, service, calls, query, new_terms):
        severity = self.random.choice(["low", "low", "medium", "medium", "high", "critical"])
        tactic_id, tactic, technique_id, technique = self.random.choice(TACTICS)
        name = f"AWS {service} {' or '.join(calls)}, Variant {number}"
        lines = [
            "[metadata]", 'creation_date = "2026/01/01"', 'integration = ["aws"]', 'maturity = "production"',
            'updated_date = "2026/01/01"', "",
            "[rule]", f'rule_id = "{uuid.uuid5(NAMESPACE, str(number))}"', f"name = {json.dumps(name)}",
            f'description = "A call of {service} that is worth a look under this condition. Made for measurements."',
            "version = 1", 'author = ["Martlet"]', 'license = "Apache-2.0"',
            f'tags = ["Domain: Cloud", "Data Source: AWS", "Tactic: {tactic}"]',
            f'severity = "{severity}"', f"risk_score = {RISK[severity]}", 'interval = "5m"', 'from = "now-9m"',
            "max_signals = 100", 'timestamp_override = "event.ingested"',
            'index = ["filebeat-*", "logs-aws.cloudtrail-*"]', 'language = "kuery"',
            f'type = "{"new_terms" if new_terms else "query"}"', "query = '''", query, "'''", "",
            "[[rule.threat]]", 'framework = "MITRE ATT&CK"', "",
            "[[rule.threat.technique]]", f'id = "{technique_id}"', f'name = "{technique}"',
            f'reference = "https://attack.mitre.org/techniques/{technique_id}/"', "",
            "[rule.threat.tactic]", f'id = "{tactic_id}"', f'name = "{tactic}"',
            f'reference = "https://attack.mitre.org/tactics/{tactic_id}/"',
        ]
        if new_terms:
            lines += [
                "", "[rule.new_terms]", 'field = "new_terms_fields"', f"value = {json.dumps(new_terms)}", "",
                "[[rule.new_terms.history_window_start]]", 'field = "history_window_start"',
                f'value = "now-{self.random.choice([7, 10, 14])}d"',
            ]
        return "\n".join(lines) + "\n"


def write(folder, count):
    """Writes `count` rules into `folder`, each a file of its own, in place of what was there."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    writer = Writer()
    for number in range(1, count + 1):
        (folder / f"rule_{number:04}.toml").write_text(writer.rule(number), encoding="utf-8")
