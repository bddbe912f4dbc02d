import Events
import Rules
import Testing

@Suite("Validating rules")
struct RuleValidatorTests {
  struct Catalog: AttackKnowledge {
    func tacticName(_ id: String) -> String? {
      ["TA0003": "Persistence", "TA0004": "Privilege Escalation", "TA0040": "Impact"][id]
    }
    func techniqueName(_ id: String) -> String? {
      ["T1078": "Valid Accounts", "T1078.004": "Cloud Accounts", "T1098": "Account Manipulation"][id]
    }
    func tactics(ofTechnique id: String) -> [String]? { ["T1078": ["TA0004", "TA0003"]][id] }
  }

  static let fields = ["event.action", "user.name", "source.ip", "aws.cloudtrail.user_identity.arn"]

  static let validator = RuleValidator(
    knowledge: RuleKnowledge(
      isKnownField: { name in fields.contains { $0 == name || name.hasSuffix("*") && $0.hasPrefix(name.dropLast()) } },
      suggestField: { Spelling.suggestion(for: $0, among: fields) },
      attack: Catalog(),
      inspectQuery: { rule in
        let query = rule.query ?? ""
        var inspection = QueryInspection(fields: query.matches(of: /[a-z_.*]+(?=:)/).map { String($0.output) })
        for (line, text) in query.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
          guard let at = text.firstIndex(of: "?") else { continue }
          let column = text.distance(from: text.startIndex, to: at) + 1
          inspection.errors.append(.init(message: "? was not expected", line: line + 1, column: column))
        }
        return inspection
      }))

  /// Friday, 2024-03-01.
  static let now = Timestamp(milliseconds: 1_709_294_400_000)

  static func validate(_ text: String, _ file: String = "f.toml") -> [Diagnostic] {
    let result = RuleLoader.load(text: text, file: file)
    #expect(!result.hasErrors, "\(result.diagnostics)")
    return validator.validate(result.rules, now: now)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var severity: Diagnostic.Severity
    var text: String
    var line: Int
    var column: Int
    var says: String
    var testDescription: String { says }
  }

  private static func threat(_ tactic: String, _ technique: String = "") -> String {
    Samples.small(
      "[[rule.threat]]\n[rule.threat.tactic]\n\(tactic)\n\(technique.isEmpty ? "" : "[[rule.threat.technique]]\n\(technique)")"
    )
  }

  private static let privilege = "id = \"TA0004\"\nname = \"Privilege Escalation\""

  private static func newTerms(_ fields: String, _ start: String = "now-14d") -> String {
    Samples.small("type", "\"new_terms\"", more: "new_terms_fields = \(fields)\nhistory_window_start = \"\(start)\"")
  }

  static let cases: [Case] = [
    Case(
      severity: .error, text: Samples.small("rule_id", "\" \""), line: 4, column: 11, says: "The rule's id is empty"),
    Case(
      severity: .warning, text: Samples.small("rule_id", "\"2f1b8c7e-5d3a-4a52-9c3e-0f6d5b7a8cg1\""), line: 4,
      column: 11, says: "looks like a UUID and is none"),
    Case(
      severity: .warning, text: Samples.small("rule_id", "\"2f1b8c7e-5d3a-4a52-9c3-e0f6d5b7a8c91\""), line: 4,
      column: 11, says: "looks like a UUID and is none"),
    Case(severity: .error, text: Samples.small("name", "\"\""), line: 2, column: 8, says: "The rule's name is empty"),
    Case(severity: .warning, text: Samples.small("description", "''"), line: 3, column: 1, says: "has no description"),
    Case(severity: .error, text: Samples.small("version = 0"), line: 10, column: 11, says: "versions start at 1"),
    Case(
      severity: .warning, text: Samples.small("building_block_type = \"x\""), line: 10, column: 23,
      says: "the only one is `default`"),
    Case(
      severity: .error, text: Samples.small("risk_score", "101"), line: 7, column: 14,
      says: "must lie between 0 and 100"),
    Case(
      severity: .error, text: Samples.small("risk_score", "-1"), line: 7, column: 14, says: "must lie between 0 and 100"
    ),
    Case(
      severity: .warning, text: Samples.small("risk_score", "73"), line: 7, column: 14,
      says: "goes with the severity high, and the rule says low (0–21)"),
    Case(
      severity: .error, text: Samples.small("risk_score_mapping = [{field = \"a\", risk_score = 200}]"), line: 10,
      column: 50, says: "The risk score is 200"),
    Case(
      severity: .error, text: Samples.small("to = \"now-10m\""), line: 10, column: 6,
      says: "lies before `from` (now-6m)"),
    Case(
      severity: .warning, text: Samples.small("interval = \"10m\""), line: 9, column: 8,
      says: "240 s of every 10m are never looked at"),
    Case(
      severity: .warning, text: Samples.small("to = \"now-2m\""), line: 9, column: 8,
      says: "60 s of every 5m are never looked at"),
    Case(
      severity: .error, text: Samples.small("max_signals = 0"), line: 10, column: 15, says: "must be allowed one alert"),
    Case(
      severity: .error, text: newTerms("[\"user.name\"]", "now-6m"), line: 11, column: 24,
      says: "not before `from` (now-6m)"),
    Case(severity: .error, text: newTerms("[\"user.name\"]", "now+1d"), line: 11, column: 24, says: "with no history"),
    Case(
      severity: .warning, text: Samples.small("from", "\"now-10000y\""), line: 9, column: 8,
      says: "now-10000y lies beyond the calendar"),
    Case(
      severity: .warning, text: Samples.small("from", "\"now-100y\""), line: 9, column: 8,
      says: "lies in the year 1924: no event is to be expected before 2006"),
    Case(
      severity: .warning, text: Samples.small("to = \"now+9000y\""), line: 10, column: 6, says: "beyond the calendar"),
    Case(severity: .warning, text: Samples.small("to = \"now+2d\""), line: 10, column: 6, says: "lies in the future"),
    Case(
      severity: .warning, text: newTerms("[\"user.name\"]", "now-10000y"), line: 11, column: 24,
      says: "beyond the calendar"),
    Case(severity: .error, text: newTerms("[]"), line: 10, column: 20, says: "one to three fields, and this one 0"),
    Case(
      severity: .error,
      text: newTerms("[\"event.action\", \"user.name\", \"source.ip\", \"aws.cloudtrail.user_identity.arn\"]"),
      line: 10, column: 20, says: "one to three fields, and this one 4"),
    Case(
      severity: .error, text: newTerms("[\"user.name\",\n  \"user.name\"]"), line: 11, column: 3,
      says: "`user.name` is named twice"),
    Case(severity: .error, text: newTerms("[\"\"]"), line: 10, column: 21, says: "The field's name is empty"),
    Case(
      severity: .warning, text: newTerms("[\"user.nmae\"]"), line: 10, column: 21, says: "did you mean `user.name`?"),
    Case(
      severity: .error, text: Samples.small("index = []"), line: 10, column: 9, says: "list of index patterns is empty"),
    Case(
      severity: .warning, text: Samples.small("index = [\"a\", \"\"]"), line: 10, column: 15,
      says: "An empty index pattern"),
    Case(severity: .error, text: Samples.small("index = [\"-a\"]"), line: 10, column: 9, says: "only exclude"),
    Case(
      severity: .error, text: Samples.small("language = \"eql\""), line: 10, column: 12,
      says: "is written in `kuery` or `lucene`, not `eql`"),
    Case(
      severity: .error, text: Samples.small("type", "\"eql\"", more: "language = \"kuery\""), line: 10, column: 12,
      says: "is written in `eql`"),
    Case(
      severity: .error,
      text: Samples.small(
        "type", "\"machine_learning\"",
        more: "language = \"kuery\"\nanomaly_threshold = 1\nmachine_learning_job_id = \"j\""), line: 10, column: 12,
      says: "has no query, so no language"),
    Case(
      severity: .error, text: Samples.small().replacing("query = \"event.action: x\"\n", with: ""), line: 1, column: 2,
      says: "needs a `query`"),
    Case(
      severity: .warning, text: Samples.small("query", "\"\""), line: 8, column: 9,
      says: "every event of the indices matches"),
    Case(
      severity: .error, text: Samples.small("type", "\"esql\"").replacing("event.action: x", with: ""), line: 8,
      column: 9, says: "The query is empty"),
    Case(
      severity: .error, text: Samples.small("type", "\"saved_query\""), line: 1, column: 2, says: "needs `saved_id`"),
    Case(
      severity: .error,
      text: Samples.small("type", "\"threshold\"", more: "threshold = {field = [\"user.name\"], value = 0}"), line: 10,
      column: 45, says: "The threshold is 0"),
    Case(
      severity: .error,
      text: Samples.small(
        "type", "\"threshold\"", more: "threshold = {field = [\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"], value = 1}"),
      line: 10, column: 22, says: "at most 5 fields"),
    Case(
      severity: .error,
      text: Samples.small(
        "type", "\"threshold\"", more: "threshold = {value = 1, cardinality = [{field = \"a\", value = 0}]}"), line: 10,
      column: 62, says: "number of distinct values is 0"),
    Case(
      severity: .warning,
      text: Samples.small("type", "\"threshold\"", more: "threshold = {field = \"user.nam\", value = 1}"), line: 10,
      column: 22, says: "did you mean `user.name`?"),
    Case(
      severity: .error,
      text: Samples.small(
        "type", "\"threat_match\"",
        more: "threat_index = []\nthreat_query = \"*\"\nthreat_mapping = [{entries = [{field = \"a\", value = \"b\"}]}]"
      ), line: 10, column: 16, says: "list of indicator indices is empty"),
    Case(
      severity: .error,
      text: Samples.small(
        "type", "\"threat_match\"",
        more: "threat_index = [\"a\"]\nthreat_query = \"*\"\nthreat_mapping = [{entries = []}]"), line: 12, column: 18,
      says: "compares nothing"),
    Case(
      severity: .error,
      text: Samples.small(
        "type", "\"threat_match\"",
        more:
          "threat_index = [\"a\"]\nthreat_query = \"*\"\nthreat_mapping = [{entries = [{field = \"a\", value = \"b\", negate = true}]}]"
      ), line: 12, column: 19, says: "negated entries alone"),
    Case(
      severity: .error,
      text: Samples.small(
        "type", "\"threat_match\"",
        more:
          "threat_index = [\"a\"]\nthreat_query = \"*\"\nthreat_language = \"eql\"\nthreat_mapping = [{entries = [{field = \"a\", value = \"b\"}]}]"
      ), line: 12, column: 19, says: "Indicators are queried in"),
    Case(
      severity: .error,
      text: Samples.small(
        "type", "\"machine_learning\"", more: "anomaly_threshold = 101\nmachine_learning_job_id = []"), line: 10,
      column: 21, says: "scores lie between 0 and 100"),
    Case(
      severity: .error,
      text: Samples.small(
        "type", "\"machine_learning\"", more: "anomaly_threshold = 101\nmachine_learning_job_id = []"), line: 11,
      column: 27, says: "list of jobs is empty"),
    Case(
      severity: .error, text: Samples.small("alert_suppression = {group_by = []}"), line: 10, column: 22,
      says: "needs the fields to group by"),
    Case(
      severity: .error, text: Samples.small("alert_suppression = {group_by = [\"a\",\"b\",\"c\",\"d\"]}"), line: 10,
      column: 33, says: "at most 3 fields"),
    Case(
      severity: .error,
      text: Samples.small("alert_suppression = {group_by = [\"a\"], duration = {value = 0, unit = \"m\"}}"), line: 10,
      column: 60, says: "The duration is 0"),
    Case(severity: .warning, text: threat("id = \"TA004\""), line: 12, column: 6, says: "“TA004” is no tactic's id"),
    Case(severity: .warning, text: threat("id = \"TA0999\""), line: 12, column: 6, says: "ATT&CK has no tactic TA0999"),
    Case(
      severity: .warning, text: threat("id = \"TA0004\"\nname = \"Persistence\""), line: 13, column: 8,
      says: "TA0004 is called “Privilege Escalation”"),
    Case(severity: .warning, text: threat("id = \"TA0004\""), line: 11, column: 14, says: "TA0004 lacks its name"),
    Case(
      severity: .warning, text: threat(privilege, "id = \"T78\""), line: 15, column: 6,
      says: "“T78” is no technique's id"),
    Case(
      severity: .warning, text: threat(privilege, "id = \"T1078.004\""), line: 15, column: 6,
      says: "a subtechnique belongs under its technique"),
    Case(
      severity: .warning, text: threat(privilege, "id = \"T9999\""), line: 15, column: 6,
      says: "ATT&CK has no technique T9999"),
    Case(
      severity: .warning, text: threat(privilege, "id = \"T1078\"\nname = \"Valid\""), line: 16, column: 8,
      says: "T1078 is called “Valid Accounts”, and the rule says “Valid”"),
    Case(
      severity: .warning,
      text: threat("id = \"TA0040\"\nname = \"Impact\"", "id = \"T1078\"\nname = \"Valid Accounts\""), line: 15,
      column: 6, says: "T1078 does not serve the tactic TA0040, but TA0003, TA0004"),
    Case(
      severity: .warning,
      text: threat(
        privilege, "id = \"T1078\"\nname = \"Valid Accounts\"\n[[rule.threat.technique.subtechnique]]\nid = \"004\""),
      line: 18, column: 6, says: "“004” is no subtechnique's id"),
    Case(
      severity: .warning,
      text: threat(
        privilege,
        "id = \"T1098\"\nname = \"Account Manipulation\"\n[[rule.threat.technique.subtechnique]]\nid = \"T1078.004\""),
      line: 18, column: 6, says: "T1078.004 belongs under T1078, and stands under T1098"),
    Case(
      severity: .warning,
      text: threat(
        privilege,
        "id = \"T1078\"\nname = \"Valid Accounts\"\n[[rule.threat.technique.subtechnique]]\nid = \"T1078.099\""),
      line: 18, column: 6, says: "ATT&CK has no subtechnique T1078.099"),
    Case(
      severity: .warning,
      text: threat(
        privilege,
        "id = \"T1078\"\nname = \"Valid Accounts\"\n[[rule.threat.technique.subtechnique]]\nid = \"T1078.004\"\nname = \"Cloud\""
      ), line: 19, column: 8, says: "T1078.004 is called “Cloud Accounts”"),
    Case(
      severity: .error, text: Samples.small("query", "'''\nevent.action: x\n  and ? y'''"), line: 10, column: 7,
      says: "? was not expected"),
    Case(
      severity: .warning, text: Samples.small("query", "'''\nevent.action: x\n  and user.nme: y'''"), line: 10,
      column: 7, says: "field `user.nme`; did you mean `user.name`?"),
    Case(
      severity: .warning, text: Samples.small("query", "\"x.user.nme: a\\n and user.nme: b or zzz: c\""), line: 8,
      column: 30, says: "field `user.nme`"),
    Case(
      severity: .warning, text: Samples.small("query", "\"x.user.nme: a\\n and user.nme: b or zzz: c\""), line: 8,
      column: 45, says: "field `zzz`."),
    Case(
      severity: .warning, text: Samples.small("timestamp_override = \"event.ingest\""), line: 10, column: 22,
      says: "field `event.ingest`"),
    Case(
      severity: .warning,
      text: Samples.small("[rule.investigation_fields]\nfield_names = [\"user.name\", \"usr.name\"]"), line: 11,
      column: 29, says: "field `usr.name`"),
  ]

  @Test(
    "A window that is empty at every time is refused, one that is at some times warned of, whatever the time",
    arguments: [
      ("now-10m", "now/h", "warning"), ("now-10m", "now/m", nil), ("now-30s", "now/m", "warning"),
      ("now-90s", "now/m", nil), ("now-10m", "now/d", "warning"), ("now/h", "now", nil), ("now/d", "now/h", nil),
      ("now-1M", "now-30d", "warning"), ("now-1M", "now-32d", "error"), ("now", "now-1m", "error"),
      ("now/d+1d", "now", "error"), ("2999-01-01", "now", "warning"), ("now", "2010-01-01", "warning"),
      ("2026-02-01", "2026-01-01", "error"),
    ] as [(String, String, String?)])
  func emptyWindows(from: String, to: String, expected: String?) throws {
    for now in ["2026-03-31T10:05:00Z", "2026-06-15T23:59:59.999Z", "2027-02-01T00:00:00Z"] {
      let result = RuleLoader.load(text: Samples.small("from", "\"\(from)\"", more: "to = \"\(to)\""), file: "f.toml")
      let found = Self.validator.validate(result.rules, now: try #require(Timestamp(iso8601: now)))
        .filter { $0.message.contains("ends before it starts") }
      #expect(found.map { "\($0.severity)" } == [expected].compactMap(\.self), "\(from) \(to) at \(now)")
    }
  }

  @Test("What makes no sense is told with its line and column", arguments: cases)
  func nonsense(_ fault: Case) {
    let said = Self.validate(fault.text)
    let found = said.filter { $0.message.contains(fault.says) }
    #expect(found.count == 1, "\(said)")
    #expect(found.first.map { [$0.line, $0.column] } == [fault.line, fault.column], "\(said)")
    #expect(found.first?.severity == fault.severity)
  }

  @Test("A good rule has nothing said of it")
  func goodRule() {
    #expect(Self.validate(Samples.small()).isEmpty)
    #expect(Self.validate(newTermsSample).isEmpty)
    // An absolute window leaves no gaps, and filters alone may say what is looked for.
    #expect(Self.validate(Samples.small("from", "\"2024-01-01\"", more: "interval = \"1h\"")).isEmpty)
    let filtered = Samples.small("filters = [{ query = {} }]").replacing("query = \"event.action: x\"\n", with: "")
    #expect(Self.validate(filtered).isEmpty)
    #expect(Self.validate(Samples.small("query", "\"user.*: x\"")).isEmpty)
    #expect(Self.validate(Samples.small("[[rule.threat]]\nframework = \"Own\"\ntactic = {id = \"X\"}")).isEmpty)
  }

  private let newTermsSample = RuleValidatorTests.newTerms("[\"user.name\", \"source.ip\"]")

  @Test("In rule files, new terms settings are found where they are nested")
  func nestedNewTerms() {
    let lines = Samples.everyField.split(separator: "\n", omittingEmptySubsequences: false)
    let value = lines.firstIndex { $0.hasPrefix("value = [\"aws") } ?? -1
    let said = Self.validate(Samples.everyField).filter { $0.message.contains("request_parameters.roleName") }
    #expect(said.map { [$0.line, $0.column] } == [[value + 1, 46]], "\(said)")
    let late = Self.validate(Samples.everyField.replacing("now-14d", with: "now-5m"))
    let history = late.filter { $0.message.contains("The history starts at now-5m") }
    let line = lines.firstIndex { $0.contains("now-14d") } ?? -1
    #expect(history.map(\.line) == [line + 1] && history.map(\.column) == [9])
  }

  @Test("An id that two rules bear is told at the second, with the place of the first")
  func duplicateID() {
    var result = RuleLoader.load(text: Samples.small(), file: "a.toml")
    result.rules += RuleLoader.load(text: Samples.small(), file: "b.toml").rules
    result.rules += RuleLoader.load(text: Samples.small("rule_id", "\"other\""), file: "c.toml").rules
    let said = Self.validator.validate(result.rules, now: Self.now)
    #expect(
      said.map(\.description) == [
        "b.toml:4:11: error: The id “small” is taken by “Small” (a.toml:1); give each rule its own."
      ])
  }

  @Test("Places are found in exports too")
  func exports() {
    let text = #"""
      {"rule_id":"a","name":"n","description":"d","type":"query","severity":"low","risk_score":1,"query":"event.action: x"}
      {"rule_id":"b","name":"n","description":"d","type":"query","severity":"low","risk_score":1,"query":"event.action: x\n and \"\u00e9\" or user.nme: ? b"}
      """#
    let said = Self.validate(text, "e.ndjson").map { "\($0.line):\($0.column) \($0.severity)" }
    #expect(said == ["2:137 warning", "2:147 error"])
  }

  @Test("What a validator does not know it does not say")
  func ignorance() {
    let text = Samples.small("query", "\"a? b: c\"", more: "threat = [{tactic = {id = \"TA0999\", name = \"x\"}}]")
    let result = RuleLoader.load(text: text, file: "f.toml")
    #expect(RuleValidator().validate(result.rules, now: Self.now).isEmpty)
  }
}
