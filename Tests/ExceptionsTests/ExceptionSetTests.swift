import Events
import Exceptions
import JSON
import Rules
import Testing

struct ExceptionSetTests {
  private static let entry: JSONValue = [["type": "match", "field": "user.name", "operator": "included", "value": "a"]]

  private func set(_ texts: (String, String)...) -> ExceptionSet {
    var all = ""
    for (text, _) in texts { all += text + "\n" }
    return ExceptionSet(ExceptionLoader.load(text: all, file: texts[0].1))
  }

  private func names(_ set: ExceptionSet, _ rule: Rule) -> [String] { set.items(for: rule).map(\.itemID) }

  @Test("A rule has the items of the lists that it names, by id and name space")
  func lists() {
    let set = set(
      (Samples.item(Self.entry, list: "l", id: "single"), "x.ndjson"),
      (Samples.item(Self.entry, list: "l", id: "agnostic", more: ["namespace_type": "agnostic"]), ""),
      (Samples.item(Self.entry, list: "m", id: "other"), ""))
    let single = ExceptionListReference(id: "1", listID: "l")
    let agnostic = ExceptionListReference(id: "2", listID: "l", namespaceType: "agnostic")
    let own = ExceptionListReference(id: "3", listID: "m", type: "rule_default")
    #expect(names(set, Samples.rule("r", "R")) == [])
    #expect(names(set, Samples.rule("r", "R", lists: [single])) == ["single"])
    #expect(names(set, Samples.rule("r", "R", lists: [agnostic])) == ["agnostic"])
    #expect(names(set, Samples.rule("r", "R", lists: [own, single, single])) == ["single", "other"])
  }

  @Test("An exception of a person names its rules by id, by name in any case, or all")
  func people() {
    let text = """
      [[exception]]
      name = "by id"
      rule = "R-1"
      entries = [{ field = "user.name", match = "a" }]
      [[exception]]
      name = "by name"
      rules = ["first RULE", "nobody"]
      entries = [{ field = "user.name", match = "a" }]
      [[exception]]
      name = "all"
      rules = "all"
      entries = [{ field = "user.name", match = "a" }]
      """
    let set = set((text, "x.toml"))
    #expect(names(set, Samples.rule("R-1", "First rule")) == ["by id", "by name", "all"])
    #expect(names(set, Samples.rule("r-1", "Second rule")) == ["all"])
    #expect(!set.isEmpty && ExceptionSet(ExceptionLoadResult()).isEmpty)
  }

  @Test("What is applied carries its end, reason and place")
  func applied() throws {
    let text =
      "\n[[exception]]\nname = \"n\"\nrules = \"all\"\nreason = \"why\"\nexpires = 2026-06-30T12:00:00Z\n"
      + "entries = [{ field = \"user.name\", match = \"a\" }]\n"
    let applied = try #require(set((text, "dir/x.toml")).items(for: Samples.rule("r", "R")).first)
    #expect(applied.name == "n" && applied.reason == "why" && applied.place == "dir/x.toml:2" && applied.listID == nil)
    let end = try #require(Timestamp(iso8601: "2026-06-30T12:00:00Z"))
    #expect(applied.expires == end && applied.holds(at: end))
    #expect(!applied.holds(at: Timestamp(milliseconds: end.milliseconds + 1)))
    #expect(applied.predicate == .test(.named("user.name"), .phrase("a")))
  }

  @Test("An exception on a column that its rule computes is told: no event that the query reads has it")
  func computed() throws {
    let rules = RuleLoader.load(
      text:
        #"{"rule_id":"r","name":"Many","type":"esql","language":"esql","query":"FROM logs-* | STATS Esql.calls = COUNT(*) BY user.name | EVAL host.name = CONCAT(user.name, \"x\")","severity":"low","risk_score":1}"#,
      file: "r.ndjson"
    ).rules
    func said(_ field: String) -> [String] {
      let text = "[[exception]]\nname = \"n\"\nrule = \"Many\"\nentries = [{ field = \"\(field)\", match = \"1\" }]"
      return set((text, "x.toml")).diagnostics(for: rules).map(\.message)
    }
    for field in ["Esql.calls", "host.name"] {
      #expect(
        said(field).count == 1 && said(field)[0].contains("`\(field)`, which the query of “Many” computes"), "\(field)")
    }
    for field in ["user.name", "event.action"] { #expect(said(field) == []) }
  }

  @Test("Lists that no file holds, rules that do not exist and lists that no rule names are told")
  func notices() throws {
    let rules = RuleLoader.load(
      text:
        #"{"rule_id":"r","name":"Some rule","type":"query","query":"*","severity":"low","risk_score":1,"exceptions_list":[{"list_id":"gone","namespace_type":"single","type":"detection"},{"list_id":"endpoint_list","namespace_type":"agnostic","type":"endpoint"}]}"#,
      file: "r.ndjson"
    ).rules
    let rule = try #require(rules.first).rule
    let kibana = set(
      (Samples.item(Self.entry, list: "unused"), "x.ndjson"), (Samples.item(Self.entry, list: "unused", id: "j"), ""))
    #expect(kibana.missingLists(of: rule).map(\.listID) == ["gone"])
    #expect(kibana.endpointLists(of: rule).map(\.listID) == ["endpoint_list"])
    let said = kibana.diagnostics(for: rules)
    #expect(said.map(\.severity) == [.warning, .warning, .warning])
    #expect(said[0].message.contains("“gone”") && said[0].file == "r.ndjson")
    #expect(said[1].message.contains("“endpoint_list”"))
    #expect(said[2].message.contains("“unused”") && said[2].file == "x.ndjson")
    let toml = set(
      (
        "[[exception]]\nname = \"n\"\nrule = \"Some rul\"\nentries = [{ field = \"user.name\", match = \"a\" }]",
        "x.toml"
      ))
    #expect(toml.diagnostics(for: rules).last?.message.contains("did you mean “Some rule”?") == true)
    // A list without items is there all the same.
    let list = set((#"{"list_id":"gone","name":"G","type":"detection","namespace_type":"single"}"#, "x.ndjson"))
    #expect(list.missingLists(of: rule).isEmpty)
  }

  @Test("A check tells of each exception its rules and whether it has expired")
  func check() throws {
    let text = """
      [[exception]]
      name = "old"
      rule = "r"
      expires = 2025-12-31
      entries = [{ field = "user.name", match = "a" }]
      [[exception]]
      name = "new"
      rules = "all"
      expires = 2026-12-31
      entries = [{ field = "user.name", match = "a", excluded = true }]
      """
    let rules = RuleLoader.load(
      text: #"{"rule_id":"r","name":"R","type":"query","query":"*","severity":"low","risk_score":1}"#, file: "r.ndjson")
    let now = try #require(Timestamp(iso8601: "2026-01-01T00:00:00Z"))
    let check = ExceptionCheck(ExceptionLoader.load(text: text, file: "x.toml"), rules: rules.rules, now: now)
    #expect(check.items.map(\.isExpired) == [true, false] && check.expiredCount == 1 && check.exceptedRules == 1)
    #expect(check.json["exceptions"]?[0]?["rules"] == [["rule_id": "r", "name": "R"]])
    #expect(check.json["exceptions"]?[1]?["entries"] == ["user.name is not \"a\""])
    #expect(check.lines.last == "1 file, 2 exceptions (1 expired), for 1 of 1 rule; 0 errors, 0 warnings")
    let old = ExceptionCheck(
      ExceptionLoader.load(text: text, file: "x.toml"), rules: rules.rules,
      now: Timestamp(milliseconds: now.milliseconds * 2))
    #expect(old.expiredCount == 2 && old.exceptedRules == 0)
  }
}
