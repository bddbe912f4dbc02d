import Events
import JSON
import Query
import Rules

/// Reads a file of test events. What is wrong with it is told with line and column; a file with an error is not run.
struct RuleTestReader {
  private let path: String
  private let catalog: FieldCatalog
  private var diagnostics: [Diagnostic] = []
  /// Characters by which the events so far are padded.
  private var padding = 0

  /// The tests of a file, or what is wrong with it.
  static func read(
    _ bytes: [UInt8], path: String, catalog: FieldCatalog = .standard
  ) -> (file: RuleTestFile?, diagnostics: [Diagnostic]) {
    var reader = RuleTestReader(path: path, catalog: catalog)
    var file: RuleTestFile?
    do {
      file = reader.file(try YAMLReader.read(bytes))
    } catch {
      reader.report(error.position, error.message)
    }
    return (reader.diagnostics.isEmpty ? file : nil, reader.diagnostics)
  }

  private init(path: String, catalog: FieldCatalog) {
    self.path = path
    self.catalog = catalog
  }

  private mutating func report(_ position: SourcePosition, _ message: String) {
    diagnostics.append(Diagnostic(.error, file: path, line: position.line, column: position.column, message))
  }

  private mutating func file(_ root: YAMLNode) -> RuleTestFile? {
    guard let members = members(of: root, "A test file", ["defaults", "indicators", "tables", "tests", "survivors"])
    else {
      return nil
    }
    var defaults = JSONValue.object([:])
    if let node = members["defaults"], node.scalar != .null {
      if node.map == nil {
        report(node.position, "`defaults` must be a map, the record to start from, and is \(node.kindName).")
      }
      if node.json["eventTime"] != nil {
        report(node.position, "`defaults` holds `eventTime`, which `at` gives to each event; leave it out.")
      }
      defaults = node.json
    }
    guard let list = members["tests"] else {
      report(root.position, "The file has no `tests`; list them there, each with a name and events.")
      return nil
    }
    guard let nodes = list.list, !nodes.isEmpty else {
      report(list.position, "`tests` must be a list with at least one test in it.")
      return nil
    }
    var file = RuleTestFile(path: path, defaults: defaults, tests: nodes.compactMap { test($0) })
    if let indicators = members["indicators"], indicators.scalar != .null {
      guard let nodes = indicators.list, nodes.allSatisfy({ $0.map != nil }) else {
        report(
          indicators.position, "`indicators` must be a list of maps, each a document that events are compared with.")
        return nil
      }
      file.lookups.indicators = nodes.map(\.json)
    }
    if let tables = members["tables"], tables.scalar != .null {
      guard let map = tables.map else {
        report(tables.position, "`tables` must be a map of tables by name and is \(tables.kindName).")
        return nil
      }
      for member in map { file.lookups.tables[member.key] = table(member.value, member.key) }
    }
    if let survivors = members["survivors"], survivors.scalar != .null {
      guard let nodes = survivors.list else {
        report(survivors.position, "`survivors` must be a list of mutants and is \(survivors.kindName).")
        return nil
      }
      file.survivors = nodes.compactMap { survivor($0) }
    }
    return file
  }

  private mutating func table(_ node: YAMLNode, _ name: String) -> ESQLTable? {
    guard let rows = node.list, !rows.isEmpty, rows.allSatisfy({ $0.map != nil }) else {
      report(node.position, "The table “\(name.prefix(60))” must be a list of maps, each a row.")
      return nil
    }
    do throws(ESQLTable.Fault) {
      return try ESQLTable(ndjson: rows.map { Array($0.json.text.utf8)[...] }, catalog: catalog)
    } catch {
      report(node.position, "The table “\(name.prefix(60))” cannot be read: row \(error.line): \(error.message).")
      return nil
    }
  }

  private mutating func survivor(_ node: YAMLNode) -> RuleTestFile.Survivor? {
    guard let members = members(of: node, "A survivor", ["mutant", "reason"]) else { return nil }
    guard case .string(let mutant)? = members["mutant"]?.scalar, case .string(let reason)? = members["reason"]?.scalar,
      !mutant.isEmpty, !reason.isEmpty
    else {
      report(
        node.position,
        "A survivor needs a `mutant`, as `rules test --mutants` names it, and the `reason` why no test can notice it.")
      return nil
    }
    return RuleTestFile.Survivor(mutant: mutant, reason: reason, position: node.position)
  }

  private mutating func test(_ node: YAMLNode) -> RuleTest? {
    guard let members = members(of: node, "A test", ["name", "history", "events"]) else { return nil }
    guard case .string(let name)? = members["name"]?.scalar, !name.isEmpty else {
      report(members["name"]?.position ?? node.position, "A test needs a `name`: what the rule promises, as a text.")
      return nil
    }
    var history: [TestEvent] = []
    if let before = members["history"], before.scalar != .null {
      if let events = before.list {
        history = events.compactMap { event($0, isJudged: false) }
      } else {
        report(before.position, "`history` must be a list of events and is \(before.kindName); put a dash before each.")
      }
    }
    guard let judged = members["events"] else {
      report(node.position, "The test has no `events`; list those that the rule is to be judged by.")
      return nil
    }
    guard let events = judged.list, !events.isEmpty else {
      report(judged.position, "`events` must be a list with at least one event in it.")
      return nil
    }
    return RuleTest(
      name: name, position: node.position, history: history, events: events.compactMap { event($0, isJudged: true) })
  }

  private mutating func event(_ node: YAMLNode, isJudged: Bool) -> TestEvent? {
    let keys = ["at", "set", "ecs", "padding"] + (isJudged ? ["alert", "new_terms", "severity"] : [])
    guard let members = members(of: node, isJudged ? "An event" : "An event of `history`", keys) else { return nil }
    guard let at = members["at"] else {
      report(node.position, "The event has no `at`; say when it happened, as 2026-01-15T10:00:00Z.")
      return nil
    }
    guard let text = at.scalar?.stringValue, let time = Timestamp(iso8601: text) else {
      report(at.position, "`at` must be a date and time in ISO 8601, as 2026-01-15T10:00:00Z.")
      return nil
    }
    guard let form = form(members) else { return nil }
    var event = TestEvent(position: node.position, time: time, form: form)
    if let padding = members["padding"] {
      guard case .integer(let count)? = padding.scalar, (0...TestRecord.maximumPadding).contains(Int(count)) else {
        report(
          padding.position, "`padding` must be a number of characters, at most \(TestRecord.maximumPadding).")
        return nil
      }
      guard case .record = form else {
        report(
          padding.position, "`padding` makes the request of a record longer; an event in `ecs` is as it is written.")
        return nil
      }
      self.padding += Int(count)
      guard self.padding <= TestRecord.maximumPaddingOfFile else {
        report(
          node.position,
          "The events of the file are padded by more than \(TestRecord.maximumPaddingOfFile) characters; pad fewer.")
        return nil
      }
      event.padding = Int(count)
    }
    if isJudged {
      guard let expectation = expectation(node, members) else { return nil }
      event.expectation = expectation
    }
    return event
  }

  private mutating func form(_ members: [String: YAMLNode]) -> TestEvent.Form? {
    guard let ecs = members["ecs"] else {
      guard let set = members["set"], set.scalar != .null else { return .record(changes: []) }
      guard let changes = set.map else {
        report(set.position, "`set` must be a map of what differs from the defaults and is \(set.kindName).")
        return nil
      }
      var isGood = true
      for change in changes {
        let steps = change.key.split(separator: ".", omittingEmptySubsequences: false)
        if steps.contains("") {
          report(change.position, "The path “\(change.key)” has an empty step; write names with single points between.")
          isGood = false
        } else if steps[0] == "eventTime" {
          report(change.position, "`set` changes `eventTime`, which `at` gives; change `at` instead.")
          isGood = false
        } else if steps.count > YAMLLimits.depth {
          report(change.position, "The path has \(steps.count) steps; at most \(YAMLLimits.depth) are possible.")
          isGood = false
        }
      }
      return isGood ? .record(changes: changes.map { ($0.key, $0.value.json) }) : nil
    }
    if let set = members["set"] {
      report(set.position, "The event has both `set` and `ecs`; keep the one that it is made of.")
      return nil
    }
    guard ecs.map != nil, case .object(let event) = ecs.json else {
      report(ecs.position, "`ecs` must be a map, the whole event, and is \(ecs.kindName).")
      return nil
    }
    if event["@timestamp"] != nil {
      report(ecs.position, "`ecs` holds `@timestamp`, which `at` gives; leave it out.")
      return nil
    }
    return .ecs(event)
  }

  private mutating func expectation(_ node: YAMLNode, _ members: [String: YAMLNode]) -> TestEvent.Expectation? {
    guard let alert = members["alert"] else {
      report(node.position, "The event has no `alert`; say true or false, or move it to `history`.")
      return nil
    }
    guard case .bool(let alerts)? = alert.scalar else {
      report(alert.position, "`alert` must be true or false.")
      return nil
    }
    var expectation = TestEvent.Expectation(alerts: alerts)
    if let node = members["severity"] {
      guard let severity = (node.scalar?.stringValue).flatMap(Severity.init(rawValue:)) else {
        report(node.position, "`severity` must be low, medium, high or critical.")
        return nil
      }
      guard alerts else {
        report(node.position, "`severity` belongs to an event that alerts; leave it out where `alert` is false.")
        return nil
      }
      expectation.severity = severity
    }
    guard let terms = members["new_terms"] else { return expectation }
    guard let list = terms.list, !list.isEmpty else {
      report(terms.position, "`new_terms` must be a list of values, one for each field of the rule.")
      return nil
    }
    guard alerts else {
      report(terms.position, "`new_terms` belongs to an event that alerts; leave it out where `alert` is false.")
      return nil
    }
    for value in list where value.scalar == nil || value.scalar == .null {
      report(value.position, "`new_terms` holds \(value.kindName); its values are texts, numbers and booleans.")
      return nil
    }
    expectation.newTerms = list.compactMap(\.scalar)
    expectation.newTermsPosition = terms.position
    return expectation
  }

  /// The members of a map by their names; those that are not known are told.
  private mutating func members(of node: YAMLNode, _ what: String, _ known: [String]) -> [String: YAMLNode]? {
    let names = known.map { "`\($0)`" }.joined(separator: ", ")
    guard let map = node.map else {
      report(node.position, "\(what) must be a map with \(names) and is \(node.kindName).")
      return nil
    }
    for member in map where !known.contains(member.key) {
      report(member.position, "\(what) has no key “\(member.key.prefix(60))”; its keys are \(names).")
    }
    return Dictionary(map.map { ($0.key, $0.value) }) { $1 }
  }
}
