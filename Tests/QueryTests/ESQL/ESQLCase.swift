import Events
import Foundation
import JSON

@testable import Query

/// A query in ES|QL with its answer, as it stands in a text file of `Cases` (whose README says how).
struct ESQLCase {
  var name = ""
  /// A line of JSON for each event.
  var events: [String] = []
  /// Types over those of the schema.
  var types: [(name: String, type: String)] = []
  /// A mapping over the schema, in place of types.
  var mapping = ""
  var tables: [String: [String]] = [:]
  var now = "2026-01-06T12:00:00.000Z"
  var query = ""
  var columns: [(name: String, type: String)]?
  /// JSON of each row.
  var rows: [String] = []
  var warnings: [String] = []
  /// `line:column`, and a part of the message.
  var error: (place: String, part: String)?

  /// The cases of a file.
  static func read(_ text: String, events shared: [String: [String]]) -> [ESQLCase] {
    var cases: [ESQLCase] = []
    var isInQuery = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if isInQuery, line.hasPrefix("  ") {
        cases[cases.count - 1].query += (cases[cases.count - 1].query.isEmpty ? "" : "\n") + line.dropFirst(2)
        continue
      }
      isInQuery = false
      guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
      let key = String(line[..<colon])
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      func pairs() -> [(name: String, type: String)] {
        value.isEmpty
          ? []
          : value.components(separatedBy: ", ").map { part in
            let at = part.lastIndex(of: " ") ?? part.endIndex
            return (String(part[..<at]), String(part[at...].dropFirst()))
          }
      }
      if key == "test" {
        cases.append(ESQLCase(name: value))
        continue
      }
      let last = cases.count - 1
      switch key {
      case "event": cases[last].events.append(value)
      case "events": cases[last].events += shared[value] ?? []
      case "types": cases[last].types = pairs()
      case "mapping": cases[last].mapping = value
      case "now": cases[last].now = value
      case "query": isInQuery = true
      case "columns": cases[last].columns = pairs()
      case "row": cases[last].rows.append(value)
      case "warning": cases[last].warnings.append(value)
      case "error":
        let parts = value.split(separator: " ", maxSplits: 1).map(String.init)
        cases[last].error = (parts[0], parts.count > 1 ? parts[1] : "")
      default:
        if key.hasPrefix("table ") { cases[last].tables[String(key.dropFirst(6)), default: []].append(value) }
      }
    }
    return cases
  }

  /// What is wrong with the answer; nil where it is right.
  func fault() -> String? {
    let answer: ESQLAnswer
    switch ESQLTestRun(events: events, types: types, mapping: mapping, tables: tables, now: now).answers(query) {
    case .failure(let failure):
      guard let error, let refused = failure as? ESQLError else { return "\(failure)" }
      let isThere = refused.problems.contains { problem in
        "\(problem.line):\(problem.column)" == error.place && problem.message.contains(error.part)
      }
      return isThere ? nil : "another error: \(refused.message)"
    case .success(let answers):
      if error != nil { return "is not refused" }
      answer = answers[0]
      for other in answers.dropFirst() where other.rows != answer.rows || Set(other.warnings) != Set(answer.warnings) {
        return "gives other rows or warnings where events come one by one: \(other) in place of \(answer)"
      }
    }
    if let columns, columns.map({ "\($0)" }) != answer.columns.map({ "\($0)" }) {
      return "has columns \(answer.columns)"
    }
    let found = answer.rows.map { ESQLTestRun.json($0, answer.types) }
    let wanted = rows.map { (try? JSONValue(parsing: $0))?.text ?? $0 }
    if columns != nil, found != wanted { return "gives \(found), not \(wanted)" }
    for warning in warnings where !answer.warnings.contains(where: { $0.localizedCaseInsensitiveContains(warning) }) {
      return "does not warn of \(warning): \(answer.warnings)"
    }
    return nil
  }
}
