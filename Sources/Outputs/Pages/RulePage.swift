import Detection
import Events
import Foundation
import JSON
import Rules

/// The documentation page of a rule, in Markdown.
public struct RulePage {
  private let rule: Rule
  private var parts: [String] = []

  public init(_ rule: Rule) { self.rule = rule }

  /// The first line of every page: by it a page that was made is told from one that somebody wrote.
  static let marker = "<!-- Made by martlet rules docs: changes are lost when it is made again. -->"

  /// The name of the page's anchor, and of its file without its ending.
  public var anchor: String { Self.anchor(rule.name, rule.ruleID) }

  static func anchor(_ name: String, _ id: String) -> String {
    SafeName.make(name, separator: "-", fallback: SafeName.make(id, separator: "-", fallback: "rule"))
  }

  public var markdown: String {
    var page = self
    page.parts = [Self.marker, "<a id=\"\(anchor)\"></a>", "# \(Markup.markdown(rule.name))"]
    if !rule.description.isBlank { page.parts.append(GuideText.text(rule.description, topLevel: 3)) }
    page.addFacts()
    page.addNewTerms()
    page.addIndicators()
    page.addRisk()
    page.addTexts()
    page.addQuery()
    page.addFramework()
    return page.parts.joined(separator: "\n\n") + "\n"
  }

  // MARK: Facts

  private mutating func addFacts() {
    fact("Rule type", Markup.code(rule.type.rawValue))
    if rule.type.readsIndices {
      if let index = rule.index {
        list("Rule indices", index.map { Markup.code($0) })
      } else if let view = rule.dataViewID {
        fact("Data view", Markup.code(view))
      } else {
        list("Rule indices", Rule.defaultIndex.map { Markup.code($0) }, note: "the default, as the rule names none")
      }
    }
    fact("Severity", rule.severity.rawValue)
    fact("Risk score", String(rule.riskScore))
    fact(
      "Runs every",
      "\(ScheduleWords.duration(rule.schedule.interval.milliseconds)) (\(Markup.code(rule.schedule.interval.text)))")
    fact("Searches events", ScheduleWords(schedule: rule.schedule).lookBack)
    fact("Maximum alerts per execution", String(rule.schedule.maxSignals))
    if let field = rule.timestampOverride {
      let fallback =
        rule.timestampOverrideFallbackDisabled ? "; events without it are passed over" : ", else `@timestamp`"
      fact("Time of an event", Markup.code(field) + fallback)
    }
    list("References", rule.references.map(Markup.link))
    list("Tags", rule.tags.map(Markup.markdown))
    fact("Version", String(rule.version))
    list("Rule authors", rule.authors.map(Markup.markdown))
    fact("Rule licence", rule.license.map(Markup.markdown))
    fact("Rule id", Markup.code(rule.ruleID))
    if !rule.isEnabled { fact("Enabled", "no") }
    if rule.buildingBlockType != nil { fact("Building block", "its alerts serve other rules") }
    fact("Runs in Martlet", RuleQuery.obstacle(rule).map { "no. " + Markup.markdown($0) } ?? "yes")
  }

  private mutating func addIndicators() {
    guard let match = rule.threatMatch else { return }
    parts.append("## Indicators")
    list("Looked for in", match.index.map { Markup.code($0) })
    fact("Query for indicators", Markup.code(match.query))
    let groups = match.mapping.map { group in
      group.entries.map { entry in
        "\(Markup.code(entry.field)) \(entry.negate ? "differs from" : "is") \(Markup.code(entry.value))"
      }.joined(separator: " and ")
    }
    list("Compared fields", groups, note: "those of a line for one indicator together")
  }

  private mutating func addNewTerms() {
    guard let terms = rule.newTerms else { return }
    parts.append("## New terms")
    list("Fields", terms.fields.map { Markup.code($0) })
    let start = terms.historyWindowStart
    let length = start.fixedOffset.map { $0 < 0 ? ": \(ScheduleWords.duration(-$0))" : "" } ?? ""
    fact("History from", Markup.code(start.text) + length)
    let what = terms.fields.count == 1 ? "a value of the field" : "a combination of values of the fields"
    parts.append(
      "An alert is raised when \(what) appears in a matching event and did not appear in one "
        + "since the start of the history. An event that lacks \(terms.fields.count == 1 ? "it" : "one of them") "
        + "takes no part.")
  }

  private mutating func addRisk() {
    list(
      "Severity by field",
      rule.severityMapping.map {
        "\(Markup.code($0.field)) is \(Markup.code($0.value)): \($0.severity.rawValue)"
      })
    list(
      "Risk score by field",
      rule.riskScoreMapping.map { mapping in
        guard let score = mapping.riskScore else { return "the number in \(Markup.code(mapping.field))" }
        return "\(Markup.code(mapping.field)) is \(Markup.code(mapping.value)): \(score)"
      })
    fact("Name by field", rule.ruleNameOverride.map { Markup.code($0) })
    if let suppression = rule.alertSuppression {
      let fields = suppression.groupBy.map { Markup.code($0) }.joined(separator: ", ")
      let span = suppression.duration.map { "for \($0.value)\($0.unit.rawValue)" } ?? "within one execution"
      fact(
        "Alerts suppressed",
        [fields.isEmpty ? "" : "by " + fields, span].filter { !$0.isEmpty }.joined(separator: ", "))
    }
    list("Exception lists", rule.exceptionLists.map { Markup.code($0.listID) })
    if let threshold = rule.threshold {
      let fields = threshold.fields.map { Markup.code($0) }.joined(separator: ", ")
      fact("Threshold", "\(threshold.value) events" + (fields.isEmpty ? "" : " of equal \(fields)"))
      list("Distinct values", threshold.cardinality.map { "\(Markup.code($0.field)): at least \($0.value)" })
    }
    list(
      "Related integrations",
      rule.relatedIntegrations.map {
        [$0.package, $0.integration, $0.version.isEmpty ? nil : $0.version].compactMap { $0 }.map { Markup.code($0) }
          .joined(separator: " ")
      })
    list(
      "Required fields", rule.requiredFields.map { Markup.code($0.name) + ($0.type.isEmpty ? "" : " (\($0.type))") })
    list("Highlighted fields", rule.investigationFields.map { Markup.code($0) })
  }

  // MARK: Texts

  private mutating func addTexts() {
    if let note = rule.note, !note.isBlank {
      parts.append("<a id=\"\(anchor)-guide\"></a>\n\n## Investigation guide")
      parts.append(GuideText.text(note, topLevel: 3))
    }
    if !rule.falsePositives.isEmpty {
      parts.append("## False positives")
      parts.append(
        rule.falsePositives.map {
          "- "
            + GuideText.text($0, topLevel: 3).split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\n  ")
        }.joined(separator: "\n"))
    }
    if let setup = rule.setup, !setup.isBlank {
      // Most setup texts begin with a heading of their own.
      let text = GuideText.text(setup, topLevel: 2)
      parts.append(text.lowercased().hasPrefix("## setup") ? text : "## Setup\n\n" + GuideText.text(setup, topLevel: 3))
    }
  }

  private mutating func addQuery() {
    if let query = rule.query, !query.isBlank {
      let language = rule.language.map { " (\($0.displayName))" } ?? ""
      parts.append("<a id=\"\(anchor)-query\"></a>\n\n## Rule query\(language)")
      parts.append(Markup.block(Self.visible(query), language: rule.language?.rawValue ?? "text"))
    }
    if !rule.filters.isEmpty {
      parts.append("**Filters**:")
      parts.append(Markup.block(rule.filters.map(\.text).joined(separator: "\n"), language: "json"))
    }
    if let match = rule.threatMatch {
      parts.append("## Indicator query (\(match.language.displayName))")
      list("Indicator indices", match.index.map { Markup.code($0) })
      parts.append(Markup.block(Self.visible(match.query), language: match.language.rawValue))
    }
    if let learning = rule.machineLearning {
      fact("Anomaly threshold", String(learning.anomalyThreshold))
      list("Anomaly detection jobs", learning.jobIDs.map { Markup.code($0) })
    }
  }

  private mutating func addFramework() {
    for threat in rule.threats {
      parts.append("**Framework**: \(Markup.markdown(threat.framework))")
      var lines = ["- Tactic:"] + reference(threat.tactic.name, threat.tactic.id, threat.tactic.reference, "    ")
      for technique in threat.techniques {
        lines += ["- Technique:"] + reference(technique.name, technique.id, technique.reference, "    ")
        for part in technique.subtechniques {
          lines += ["    - Sub-technique:"] + reference(part.name, part.id, part.reference, "        ")
        }
      }
      parts.append(lines.joined(separator: "\n"))
    }
  }

  private func reference(_ name: String, _ id: String, _ address: String, _ indent: String) -> [String] {
    ["\(indent)- Name: \(Markup.markdown(name))", "\(indent)- ID: \(Markup.markdown(id))"]
      + (address.isEmpty ? [] : ["\(indent)- Reference URL: \(Markup.link(address))"])
  }

  // MARK: Parts

  private mutating func fact(_ label: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    parts.append("**\(label)**: \(value)")
  }

  private mutating func list(_ label: String, _ items: [String], note: String? = nil) {
    guard !items.isEmpty else { return }
    parts.append("**\(label)**\(note.map { " (\($0))" } ?? ""):")
    parts.append(items.map { "- \($0)" }.joined(separator: "\n"))
  }

  /// A text of several lines without what would be seen otherwise than it is read.
  private static func visible(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map { Terminal.safe(String($0)) }
        .joined(separator: "\t")
    }.joined(separator: "\n")
  }
}

extension String {
  var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
