import Events
import Exceptions
import JSON
import Policies
import Reports

/// Reads alerts that were saved, and policy documents out of records.
enum AlertTarget {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  static func run(_ bytes: [UInt8]) {
    var page = ReportPage()
    var suggester = ExceptionSuggester()
    for line in bytes.split(separator: 0x0A) {
      guard let alert = try? AlertDocument(json: line) else { continue }
      _ = AlertSheet(alert, width: 80, usesColour: true)
      page.add(alert)
      _ = suggester.add(alert.root)
      for format in AlertFormat.allCases {
        try? format.write { body in
          try body(alert)
        } to: { _ in
        }
      }
    }
    try? page.write(ReportContext(created: now, version: "0")) { _ in }
    _ = suggester.suggestions()
  }

  static func policy(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    // Two documents, one before and one after a change, have a line with a dash between them.
    let parts = text.split(separator: "\n-\n", maxSplits: 1).map(String.init)
    let texts = parts.compactMap { PolicyText($0) }
    guard let after = texts.last else { return }
    _ = try? PolicyDocument(after)
    let event = PolicyEvent(id: "e", instant: 1, time: "2026-01-01T00:00:00Z")
    for kind in [PolicyKind.trust, .inline, .resource] {
      let target = PolicyTarget(kind: kind, type: "role", name: "n", account: "111122223333", policyName: "p")
      let change = PolicyChange(
        PolicySetting(target: target, change: .set(after)),
        former: texts.count > 1 ? .set(texts[0], by: event) : .none)
      _ = change.json.text
    }
  }
}
