import Events
import JSON
import Rules

/// An alert of a rule that folds alike ones into one, as its document tells: what later executions have to know of it.
public struct SuppressedAlert: Sendable {
  /// What an execution after the one that made the alert folded into it.
  public struct Growth: Hashable, Sendable {
    /// When the execution was scheduled.
    public var tick: Timestamp
    /// How many alerts there would have been.
    public var count: Int
    /// The time of the last of their events.
    public var end: Timestamp
  }

  public var id: String { basis.id }
  /// The execution that made it.
  public let tick: Timestamp
  /// What makes others like it; nil for one that stands for itself.
  let instance: String?
  /// The times of the first and the last event, and how many more alerts there would have been, as it was made.
  let start: Timestamp
  let end: Timestamp
  let count: Int
  /// In the order of the executions.
  public let growth: [Growth]
  /// From when on it takes no more, since somebody closed it.
  public var closedAt: Timestamp?
  /// What it was made of.
  let basis: AlertBasis

  /// - Parameter document: of the alert, as it was made; nil is given for what is none.
  public init?(alert document: JSONValue) {
    let told = document["martlet"]?["suppression"]
    guard let basis = AlertBasis(document), let tick = Self.time(document["kibana.alert.start"]) else { return nil }
    self.basis = basis
    self.tick = tick
    instance = told == nil ? nil : document["kibana.alert.instance.id"]?.stringValue
    start = Self.time(document["kibana.alert.suppression.start"]) ?? tick
    end = Self.time(told?["end"]) ?? tick
    count = Int(clamping: told?["count"]?.integerValue ?? 0)
    growth = (told?["growth"]?.arrayValue ?? []).compactMap { entry in
      guard let tick = Self.time(entry["execution"]), let count = entry["count"]?.integerValue,
        let end = Self.time(entry["end"])
      else { return nil }
      return Growth(tick: tick, count: Int(clamping: count), end: end)
    }
  }

  /// True when it may stand for others.
  public var folds: Bool { instance != nil }

  /// The time of the last event that executions before a time knew of.
  func end(before tick: Timestamp) -> Timestamp { growth.reduce(end) { $1.tick < tick ? max($0, $1.end) : $0 } }

  private static func time(_ value: JSONValue?) -> Timestamp? {
    value?.stringValue.flatMap { Timestamp(iso8601: $0) }
  }

  /// The members of an alert's document that say what it stands for.
  static func members(count: Int, end: Timestamp, tick: Timestamp, _ growth: [Growth]) -> [String: JSONValue] {
    [
      "kibana.alert.suppression.docs_count": .integer(Int64(growth.reduce(count) { $0 + $1.count })),
      "kibana.alert.suppression.end": .string(growth.reduce(end) { max($0, $1.end) }.iso8601),
      "kibana.alert.last_detected": .string((growth.last?.tick ?? tick).iso8601),
    ]
  }

  /// What stands under `martlet.suppression`: how the alert has grown, an entry an execution.
  static func told(count: Int, end: Timestamp, _ growth: [Growth]) -> JSONValue {
    var members: [String: JSONValue] = ["count": .integer(Int64(count)), "end": .string(end.iso8601)]
    if !growth.isEmpty {
      members["growth"] = .array(
        growth.map {
          [
            "execution": .string($0.tick.iso8601), "count": .integer(Int64($0.count)), "end": .string($0.end.iso8601),
          ]
        })
    }
    return .object(members)
  }

  /// The alert's document with another growth.
  public func document(_ document: [UInt8], grownBy growth: [Growth]) throws -> [UInt8] {
    let parsed = try JSONDocument(document[...])
    var members = Self.members(count: count, end: end, tick: tick, growth)
    var text: [UInt8] = []
    text.reserveCapacity(document.count + 128)
    text.append(UInt8(ascii: "{"))
    var isFirst = true
    parsed.root.forEachMember { key, value in
      let name = String(decoding: key, as: UTF8.self)
      if !isFirst { text.append(UInt8(ascii: ",")) }
      isFirst = false
      JSONString.appendQuoted(name, to: &text)
      text.append(UInt8(ascii: ":"))
      if let changed = members.removeValue(forKey: name) {
        text.append(contentsOf: changed.text.utf8)
      } else if name == "martlet", case .object(var told) = JSONValue(value) {
        told["suppression"] = Self.told(count: count, end: end, growth)
        text.append(contentsOf: JSONValue.object(told).text.utf8)
      } else {
        text.append(contentsOf: value.sourceText)
      }
    }
    text.append(UInt8(ascii: "}"))
    return text
  }
}

// MARK: Figures

extension SuppressedAlert {
  /// What of an alert's document may change when events arrive late: its evidence, what was counted for it, what it stands for, the
  /// indicators that match its event, and of an alert on several events, or on other alerts, which these are. Under `event` stands what
  /// a later text of the event may say otherwise.
  public static func figures(_ document: JSONValue) -> JSONValue? {
    guard case .object(var members)? = document["martlet"]?["evidence"] else { return document["martlet"]?["evidence"] }
    // The events that were counted may begin earlier than they did, and end where they ended.
    if let result = document["kibana.alert.threshold_result"] { members["threshold_result"] = result }
    if let told = document["martlet"]?["suppression"] { members["suppression"] = told }
    if case .object(var told)? = document["martlet"]?["indicators"] {
      // How many others there are says nothing of the alert.
      told["compared_with"] = nil
      told["enrichments"] = document["threat"]?["enrichments"] ?? document["threat.enrichments"]
      members["indicators"] = .object(told)
    }
    if document["martlet"]?["events"] != nil || document["kibana.alert.depth"]?.integerValue ?? 1 > 1 {
      members["ancestors"] = Self.ancestors(document)
    }
    members["event"] = .object(event(document))
    return .object(members)
  }

  /// What an alert has of what it stands on, and what it makes of that: its severity, risk and name. When an event was taken in and
  /// looked at is left out, as is what databases of addresses say: that goes by who runs rules, and when.
  private static func event(_ document: JSONValue) -> [String: JSONValue] {
    guard case .object(let all) = document else { return [:] }
    var members = all.filter { key, _ in
      !key.hasPrefix("kibana.")
        && !["martlet", "@timestamp", "event.kind", "event.created", "event.ingested"].contains(key)
    }
    func leaveOut(_ names: [String], of key: String) {
      guard case .object(var inner)? = members[key] else { return }
      for name in names { inner[name] = nil }
      members[key] = .object(inner)
    }
    leaveOut(["created", "ingested", "kind"], of: "event")
    leaveOut(["geo", "as"], of: "source")
    // Those of its own are figures by themselves, those of an alert that it was raised on are not.
    if document["martlet"]?["indicators"] != nil {
      leaveOut(["enrichments"], of: "threat")
      members["threat.enrichments"] = nil
    }
    for name in ["severity", "risk_score", "rule.name"] {
      members["kibana.alert.\(name)"] = document["kibana.alert.\(name)"]
    }
    return members
  }

  /// Former ancestors that are named; of more there is a hash.
  private static let mostNamed = 100

  /// What an alert descends from, in short: ids, or what tells many of them from others.
  private static func ancestors(_ document: JSONValue) -> JSONValue {
    let ids = (document["kibana.alert.ancestors"]?.arrayValue ?? []).map { $0["id"]?.stringValue ?? "" }
    guard ids.count > mostNamed else { return .array(ids.map(JSONValue.string)) }
    return ["count": .integer(Int64(ids.count)), "sha256": .string(AlertID.hash(ids))]
  }

  /// Whether later executions have only added to what an alert stands for, by its figures before and after.
  public static func grows(_ before: JSONValue?, _ after: JSONValue?) -> Bool {
    guard case .object(var before)? = before, case .object(var after)? = after,
      case .object(var told)? = before.removeValue(forKey: "suppression"),
      case .object(var now)? = after.removeValue(forKey: "suppression"), before == after
    else { return false }
    let growth = told.removeValue(forKey: "growth")?.arrayValue ?? []
    let grown = now.removeValue(forKey: "growth")?.arrayValue ?? []
    return told == now && grown.starts(with: growth)
  }
}

extension HuntPlan {
  /// The rules that fold alike alerts into one, by their ids, with when the executions begin whose alerts matter to those from a
  /// time on.
  public func foldingRules(from begin: (String) -> Timestamp) -> [(ruleID: String, since: Timestamp)] {
    rules.compactMap { rule in
      guard let suppression = rule.rule.alertSuppression else { return nil }
      let first = rule.windows.firstTick(atOrAfter: begin(rule.rule.ruleID))
      // What an alert had taken in within its time may lie in the window yet.
      let back = (suppression.duration?.milliseconds ?? 0) + rule.windows.slack + rule.windows.interval
      return (rule.rule.ruleID, Timestamp(milliseconds: rule.windows.from(first) &- back))
    }
  }

  /// From when on alerts matter to the executions of rules over alerts from a time on; nil where there are no such rules.
  public func alertReach(from begin: (String) -> Timestamp) -> Timestamp? {
    rules.filter(\.readsAlerts).map { rule in
      let first = rule.windows.firstTick(atOrAfter: begin(rule.rule.ruleID))
      let from = min(rule.windows.from(first), rule.program.hasHistory ? rule.windows.history(first) : .max)
      return Timestamp(milliseconds: from - rule.windows.slack)
    }.min()
  }
}
