import Events
import Outputs
import Parallel
import Rules

/// A report: one HTML page that needs nothing else, made of alerts that are handed in one by one.
///
///     var page = ReportPage()
///     try page.add(alert)
///     try page.write(context) { bytes in … }
///
/// The page holds at most `mostAlerts` alerts and `mostBytes` of them; of more, the gravest that came first, and it says
/// how many are left out. Summary, timeline and matrix count all of them.
public struct ReportPage {
  public static let mostAlerts = 10_000
  public static let mostBytes = min(96 << 20, ProcessMemory.available / 16)
  /// Alerts up to which all stand open.
  private static let mostOpen = 8
  /// Bytes of guides with an alert's own values; beyond them an alert has the steps that differ from its rule's guide, which
  /// stands with the rule.
  private let guideBytes: Int
  private let mostKept: Int

  struct Entry {
    var severity: Severity
    var time: Int64
    var line: AlertLine
    var html: [UInt8]
  }

  private(set) var times: [(time: Int64, severity: Severity)] = []
  private(set) var matrix = AttackMatrix()
  private(set) var counts: [Severity: Int] = [:]
  private(set) var principals = PrincipalCounts()
  private(set) var rules: [String: ReportRule] = [:]
  private(set) var entries: [String: [Entry]] = [:]
  private(set) var leftOut = 0
  private var usedGuideBytes = 0
  private var usedBytes = 0
  private var kept: [Severity: Int] = [:]

  public init() { self.init(guideBytes: 2 << 20) }

  init(guideBytes: Int, mostAlerts: Int = Self.mostAlerts) {
    self.guideBytes = guideBytes
    mostKept = mostAlerts
  }

  /// How many alerts were handed in.
  public var count: Int { counts.values.reduce(0, +) }

  /// Adds an alert.
  public mutating func add(_ alert: AlertDocument) {
    let severity = alert.severity
    let id = alert.ruleID
    counts[severity, default: 0] += 1
    if let time = alert.time { times.append((time.milliseconds, severity)) }
    if rules[id] == nil { rules[id] = ReportRule(RuleFacts(alert), number: rules.count + 1) }
    rules[id]?.count(severity)
    matrix.add(rules[id]?.facts.threats ?? [], severity: severity, rule: id)
    let anchor = Self.anchor(alert.id) ?? "a-\(count)"
    principals.add(alert, rule: alert.ruleName, anchor: anchor)
    guard makeRoom(for: severity) else { return leftOut += 1 }
    var line = AlertLine { alert.first($0) }
    line.rule = alert.ruleName
    let entry = Entry(
      severity: severity, time: alert.time?.milliseconds ?? 0, line: line,
      html: article(alert, anchor, rule: id))
    usedBytes += entry.html.count
    kept[severity, default: 0] += 1
    entries[id, default: []].append(entry)
  }

  /// Writes the page in pieces of UTF-8.
  public func write(_ context: ReportContext, to output: ([UInt8]) throws -> Void) throws {
    var html = HTMLWriter()
    let sections = ReportSections(page: self, context: context)
    sections.begin(&html)
    try output(html.bytes)
    let kept = orderedRules.flatMap { entries[$0.facts.id] ?? [] }
    try ReportRows(kept, isOpen: count <= Self.mostOpen).write(to: output)
    html = HTMLWriter()
    sections.middle(&html)
    try output(html.bytes)
    for rule in orderedRules {
      html = HTMLWriter()
      rule.write(to: &html)
      try output(html.bytes)
    }
    html = HTMLWriter()
    sections.end(&html)
    try output(html.bytes)
  }

  /// The gravest first, then the most frequent.
  var orderedRules: [ReportRule] {
    rules.values.sorted { left, right in
      (right.highest, right.total, left.facts.name, left.facts.id)
        < (left.highest, left.total, right.facts.name, right.facts.id)
    }
  }

  private mutating func article(_ alert: AlertDocument, _ anchor: String, rule id: String) -> [UInt8] {
    let article = AlertArticle(
      alert: alert, anchor: anchor, ruleAnchor: rules[id]?.anchor ?? "", anchorOf: Self.anchor)
    var html = HTMLWriter()
    let guide = guide(alert, rule: id)
    article.write(to: &html) { $0.append(guide) }
    return html.bytes
  }

  /// The alert's guide: whole, or the steps that differ from the rule's.
  private mutating func guide(_ alert: AlertDocument, rule id: String) -> HTMLWriter {
    var html = HTMLWriter()
    guard let text = alert.guide, let rule = rules[id] else { return html }
    let steps = text == rule.facts.guide ? rule.guide : GuideSteps(MarkdownParser.blocks(text), links: rule.links)
    if usedGuideBytes > guideBytes, let differences = steps.differences(from: rule.guide) {
      rule.writeShortGuide(steps, differences, to: &html)
    } else {
      ReportRule.writeGuide(steps, to: &html)
      usedGuideBytes += html.bytes.count
    }
    return html
  }

  /// True when there is room for an alert, if need be in the place of one less grave that came later.
  private mutating func makeRoom(for severity: Severity) -> Bool {
    guard kept.values.reduce(0, +) >= mostKept || usedBytes >= Self.mostBytes else { return true }
    guard let lowest = Severity.allCases.first(where: { (kept[$0] ?? 0) > 0 }), lowest < severity else { return false }
    for rule in rules.keys.sorted() {
      guard let place = entries[rule]?.lastIndex(where: { $0.severity == lowest }),
        let removed = entries[rule]?.remove(at: place)
      else { continue }
      usedBytes -= removed.html.count
      kept[lowest, default: 0] -= 1
      leftOut += 1
      return true
    }
    return false
  }

  /// An alert's anchor on the page; nil for an id that no link could name.
  static func anchor(_ id: String) -> String? {
    guard !id.isEmpty, id.utf8.count <= 128,
      id.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D })
    else { return nil }
    return "a-" + id
  }
}
