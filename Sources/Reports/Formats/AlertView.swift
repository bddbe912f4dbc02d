import Events
import Outputs
import Rules
import Store

/// What of some alerts is shown, and how: as they are, sorted, cut, as some fields, or counted.
public struct AlertView: Sendable {
  public enum Format: String, CaseIterable, Sendable {
    case ndjson, table, json, csv, markdown
  }

  /// Only these fields, in this order; nil shows alerts as the format has them.
  public var fields: [String]?
  public var sort: [SortKey] = []
  public var limit: Int?
  /// Fields whose values are counted in place of showing alerts.
  public var by: [String]?
  /// Alerts are counted over time in place of being shown; with the width of a span in seconds, or 0 to choose one.
  public var histogram: Int64?
  /// A table has alike alerts in one row.
  public var folds = true
  /// A table says whether alerts are open, acknowledged or closed.
  public var showsStatus = false
  /// Columns of a table; nil where nothing is to be cut.
  public var width: Int?
  public var usesColour = false
  /// What tells rules apart whose names do not.
  public var ruleLabels = RuleLabels()
  /// Which fields there are: what objects are among those that are named.
  public var catalog = FieldCatalog.standard

  public init() {}

  /// What was written, as far as it is less than everything.
  public struct Outcome: Sendable {
    /// Sentences for the end of a run.
    public var notices: [String] = []
    /// Fields that were asked for and that no alert has.
    public var emptyFields: [String] = []
  }

  /// Alerts that a table or a sorting holds at most.
  public static let mostHeld = 250_000

  /// Names of a table's columns, which stand for fields wherever those are named.
  public static let columns = [
    "id", "time", "severity", "status", "rule", "who", "what", "outcome", "target", "account", "region", "from",
  ]

  /// Writes alerts in a format; bytes go to `output` in pieces.
  public func write(
    _ source: some AlertSource, as format: Format, to output: @escaping ([UInt8]) throws -> Void
  ) throws -> Outcome {
    if by != nil { return try writeCounts(source, format, output) }
    if let histogram { return try writeHistogram(source, histogram, format, output) }
    var outcome = Outcome()
    if format == .table {
      return try fields.map { try writeFieldTable($0, source, output) } ?? writeTable(source, output)
    }
    let order = try order(of: source, &outcome)
    let hasBlocks = fields == nil && (format == .ndjson || format == .json)
    if !hasBlocks { outcome.notices += Self.notices(ofBlocks: source.blockCount, "not shown") }
    if let fields { return try writeFields(fields, source, order, format, output, outcome) }
    switch format {
    case .ndjson, .table:
      var pending: [UInt8] = []
      try source.forEachDocument(in: order) { alert in
        pending += alert
        pending.append(UInt8(ascii: "\n"))
        guard pending.count > 1 << 20 else { return }
        try output(pending)
        pending.removeAll(keepingCapacity: true)
      }
      try output(pending)
    case .json: try write(source, order, .json, output)
    case .csv: try write(source, order, .csv, output)
    case .markdown: try write(source, order, .markdown, output)
    }
    return outcome
  }

  private func write(
    _ source: some AlertSource, _ order: [Int]?, _ format: AlertFormat, _ output: @escaping ([UInt8]) throws -> Void
  ) throws {
    try format.write { body in
      func add(_ alert: [UInt8]) throws { try body(AlertDocument(written: alert).labelled(ruleLabels)) }
      try format == .json ? source.forEachDocument(in: order, add) : source.forEachAlert(in: order, add)
    } to: {
      try output($0)
    }
  }

  // MARK: Order

  /// The places of alerts in the order that is asked for; nil for all in their own order.
  private func order(of source: some AlertSource, _ outcome: inout Outcome) throws -> [Int]? {
    let count = source.alertCount
    guard !sort.isEmpty else {
      guard let limit, limit < count else { return nil }
      outcome.notices.append("the first \(limit) of \(CountText.count(count, "alert")) are shown")
      return Array(0..<limit)
    }
    let reader = AlertFieldReader(sort.map(\.field), ruleLabels, catalog)
    var ranked: [(keys: [SortValue], place: Int)] = []
    try source.forEachAlert(in: nil) { alert in
      let values = try reader.read(alert)
      ranked.append((zip(sort, values).map { Self.sortValue($0.field, $1.first) }, ranked.count))
    }
    ranked.sort { SortKey.precedes($0.keys, $1.keys, sort) ?? ($0.place < $1.place) }
    if let limit, limit < count {
      outcome.notices.append("the first \(limit) of \(CountText.count(count, "alert")) are shown")
    }
    if !ranked.isEmpty { outcome.emptyFields += reader.emptyFields }
    return ranked.prefix(limit ?? .max).map(\.place)
  }

  /// Severities by their gravity; everything else as it is.
  private static func sortValue(_ field: String, _ value: String?) -> SortValue {
    if field == "severity" || field == "kibana.alert.severity", let severity = value.flatMap(Severity.init(rawValue:)) {
      return .number(Double(Severity.allCases.firstIndex(of: severity) ?? 0))
    }
    return SortValue(value)
  }

  // MARK: Table

  private func writeTable(_ source: some AlertSource, _ output: ([UInt8]) throws -> Void) throws -> Outcome {
    var outcome = Outcome()
    let (rows, ids, _) = try rows(of: source, &outcome)
    guard !rows.isEmpty else { return outcome }
    let table = AlertTable(
      sample: Array(rows.prefix(500)), width: width, folds: folds, hasStatus: showsStatus,
      idDigits: AlertTable.idDigits(ids), usesColour: usesColour)
    try output(Array((table.header + "\n").utf8))
    for row in rows { try output(Array((table.row(row) + "\n").utf8)) }
    if let footnote = AlertTable.footnote(rows) { try output(Array((footnote + "\n").utf8)) }
    return outcome
  }

  /// The rows that are shown of a table, in the order that is asked for, the ids of all alerts, and the places of the alerts that
  /// rows are made of.
  private func rows(
    of source: some AlertSource, _ outcome: inout Outcome
  ) throws -> ([AlertRow], ids: [String], places: [Int]) {
    let reader = AlertFieldReader(sort.map(\.field), ruleLabels, catalog)
    var lines: [AlertLine] = []
    var keys: [[SortValue]] = []
    var (left, blocks, place) = (0, 0, -1)
    var places: [Int] = []
    try source.forEachAlert(in: nil) { alert in
      place += 1
      guard lines.count < Self.mostHeld else { return left += 1 }
      let values = try reader.read(alert)
      // Of a rule whose alerts are to serve others; a part of a group that is handed over stands for itself.
      if reader.isBuildingBlock, !reader.isPartOfGroup { return blocks += 1 }
      lines.append(reader.line)
      places.append(place)
      if !sort.isEmpty { keys.append(zip(sort, values).map { Self.sortValue($0.field, $1.first) }) }
    }
    if left > 0 {
      outcome.notices.append("a table holds \(Self.mostHeld) alerts; \(left) are left out, other formats have them")
    }
    outcome.notices += Self.notices(ofBlocks: source.blockCount + blocks, "not in the table")
    var rows = AlertFolding.rows(lines, folds: folds, byStatus: showsStatus)
    if !sort.isEmpty {
      let ranked = rows.indices.sorted { left, right in
        SortKey.precedes(keys[rows[left].members[0]], keys[rows[right].members[0]], sort) ?? (left < right)
      }
      rows = ranked.map { rows[$0] }
      if !rows.isEmpty { outcome.emptyFields += reader.emptyFields }
    }
    if let limit, limit < rows.count {
      let shown = rows.prefix(limit).reduce(0) { $0 + $1.count }
      outcome.notices.append(
        "the first \(limit) of \(CountText.count(rows.count, "row")) are shown, "
          + "\(shown) of \(CountText.count(lines.count + left, "alert"))")
      rows = Array(rows.prefix(limit))
    }
    return (rows, lines.map(\.id), places)
  }

  /// A table of chosen fields: rows fold as those of a table with all columns.
  private func writeFieldTable(
    _ fields: [String], _ source: some AlertSource, _ output: @escaping ([UInt8]) throws -> Void
  ) throws -> Outcome {
    var outcome = Outcome()
    let (rows, _, places) = try rows(of: source, &outcome)
    let order = rows.flatMap(\.members).map { places[$0] }
    let reader = AlertFieldReader(fields, ruleLabels, catalog)
    let columns = try columns(of: source, order, reader, &outcome)
    var writer = ListWriter(
      listFormat(.table), (folds ? [ListWriter.Column("n", stays: true)] : []) + Self.listColumns(columns), to: output)
    try writer.begin()
    // The alerts of a row come one after another, so that the values of one row at a time are held.
    var (at, member) = (0, 0)
    var cells = columns.map { _ in AlertRow.Cell(nil) }
    try source.forEachAlert(in: order) { alert in
      try reader.read(alert)
      for (place, cell) in OpenedFields.cells(reader.values, in: columns).enumerated() { cells[place].add(cell.text) }
      member += 1
      guard member == rows[at].count else { return }
      try writer.add(
        (folds ? [.number(member)] : []) + cells.map { $0.text.map(ListWriter.Cell.text) ?? .none })
      cells = columns.map { _ in AlertRow.Cell(nil) }
      (at, member) = (at + 1, 0)
    }
    try writer.end()
    if source.alertCount > 0 { outcome.emptyFields += reader.emptyFields }
    return outcome
  }

  // MARK: Fields

  private func listFormat(_ format: Format) -> ListWriter.Format {
    switch format {
    case .table, .markdown: .table(width: width, usesColour: usesColour)
    case .csv: .csv
    case .ndjson: .ndjson
    case .json: .json
    }
  }

  /// Which fields objects and patterns stand for is known when all alerts have been seen.
  private func columns(
    of source: some AlertSource, _ order: [Int]?, _ reader: AlertFieldReader, _ outcome: inout Outcome
  ) throws -> [(place: Int, path: String, isName: Bool)] {
    var opened = OpenedFields()
    if reader.chosen.mayOpen {
      try source.forEachAlert(in: order) { alert in
        try reader.read(alert)
        opened.add(reader.values)
      }
    }
    let columns = opened.columns(reader.chosen)
    if opened.isCut {
      outcome.notices.append("there are more than \(OpenedFields.most) fields of those names; the others are left out")
    }
    return columns
  }

  private static func listColumns(_ columns: [(place: Int, path: String, isName: Bool)]) -> [ListWriter.Column] {
    columns.map { ListWriter.Column($0.path, stays: ListWriter.staysWhole($0.path)) }
  }

  private func writeFields(
    _ fields: [String], _ source: some AlertSource, _ order: [Int]?, _ format: Format,
    _ output: @escaping ([UInt8]) throws -> Void, _ start: Outcome
  ) throws -> Outcome {
    var outcome = start
    let reader = AlertFieldReader(fields, ruleLabels, catalog)
    let columns = try columns(of: source, order, reader, &outcome)
    var writer = ListWriter(listFormat(format), Self.listColumns(columns), to: output)
    try writer.begin()
    try source.forEachAlert(in: order) { alert in
      try reader.read(alert)
      try writer.add(OpenedFields.cells(reader.values, in: columns))
    }
    try writer.end()
    if source.alertCount > 0 { outcome.emptyFields += reader.emptyFields }
    return outcome
  }

  // MARK: Counts

  private func writeCounts(
    _ source: some AlertSource, _ format: Format, _ output: @escaping ([UInt8]) throws -> Void
  ) throws -> Outcome {
    let fields = by ?? []
    let reader = AlertFieldReader(fields, ruleLabels, catalog)
    var counts = ValueCounts(fields)
    try source.forEachAlert(in: nil) { alert in
      let values = try reader.read(alert)
      counts.add(each: values, at: reader.line.time)
    }
    let written = try ListWriter.write(
      counts, sortedBy: sort, limit: limit, as: listFormat(format), to: output)
    var outcome = Outcome()
    outcome.notices = counts.notices(shown: written) + Self.notices(ofBlocks: source.blockCount, "not counted")
    if source.alertCount > 0 { outcome.emptyFields = reader.emptyFields }
    return outcome
  }

  /// What is said of building blocks that are left out.
  private static func notices(ofBlocks count: Int, _ fate: String) -> [String] {
    guard count > 0 else { return [] }
    return [
      "\(CountText.count(count, "building block")), which serve other alerts, are \(fate); NDJSON and JSON have them"
    ]
  }

  private func writeHistogram(
    _ source: some AlertSource, _ width: Int64, _ format: Format, _ output: @escaping ([UInt8]) throws -> Void
  ) throws -> Outcome {
    let reader = AlertFieldReader([], ruleLabels, catalog)
    var histogram = TimeHistogram(width: width == 0 ? nil : width)
    var outcome = Outcome()
    var timeless = 0
    try source.forEachAlert(in: nil) { alert in
      try reader.read(alert)
      if let time = reader.line.time { histogram.add(time) } else { timeless += 1 }
    }
    if timeless > 0 { outcome.notices.append("\(CountText.count(timeless, "alert")) without a time are not shown") }
    outcome.notices += histogram.notices + Self.notices(ofBlocks: source.blockCount, "not counted")
    try ListWriter.write(histogram, as: listFormat(format), to: output)
    return outcome
  }
}

/// Takes fields, by their own names or by those of a table's columns, out of alerts.
final class AlertFieldReader {
  private let fields: [String]
  let chosen: ChosenFields
  private let harvest: FieldHarvest
  private let leaves: LeafHarvest
  private var isFound: [Bool]
  /// What the alert that was read last has in the fields.
  private(set) var values = ChosenValues.none
  /// What a table says of the alert that was read last.
  private(set) var line: AlertLine

  private let labels: RuleLabels

  init(_ fields: [String], _ labels: RuleLabels, _ catalog: FieldCatalog) {
    self.labels = labels
    self.fields = fields
    chosen = ChosenFields(fields, catalog: catalog, columns: Set(AlertView.columns))
    leaves = LeafHarvest(chosen)
    harvest = FieldHarvest(
      AlertLine.fields + [Self.buildingBlock, Self.groupIndex] + AlertEvents.paths
        + zip(fields, chosen.paths).filter { !AlertView.columns.contains($0.0) }.map(\.1))
    isFound = fields.map { _ in false }
    line = AlertLine { _ in nil }
  }

  /// The values of the fields in an alert.
  @discardableResult
  func read(_ alert: [UInt8]) throws -> [[String]] {
    var found: [LeafHarvest.Leaf] = []
    try harvest.read(alert) { found = leaves.read($0) }
    line = AlertLine(events: events) { harvest.first($0) ?? common($0) }
    line.rule = labels.name(line.rule, id: line.ruleID)
    let own = fields.enumerated().map { place, field in
      AlertView.columns.contains(field) ? column(field) : harvest.all(chosen.paths[place])
    }
    for place in own.indices where !own[place].isEmpty { isFound[place] = true }
    for leaf in found { isFound[leaf.place] = true }
    values = ChosenValues(own, leaves: found, chosen)
    return own
  }

  private static let buildingBlock = "kibana.alert.building_block_type"
  private static let groupIndex = "kibana.alert.group.index"
  /// Whether the alert that was read last is one of those that another is put together of.
  var isPartOfGroup: Bool { harvest.first(Self.groupIndex) != nil }
  /// Whether the alert that was read last serves other alerts.
  var isBuildingBlock: Bool { harvest.first(Self.buildingBlock) != nil }

  /// What the events of an alert on several have in common, by the field that an alert on one event has it in.
  private func common(_ path: String) -> String? {
    guard let paths = AlertEvents.told[path] else { return nil }
    let values = paths.flatMap { harvest.all($0) }
    return isTold(values.count) && values.allSatisfy { $0 == values[0] } ? values.first : nil
  }

  /// Whether so many values are those of all events.
  private func isTold(_ count: Int) -> Bool {
    let times = AlertEvents.times.reduce(0) { $0 + harvest.all($1).count }
    return count == times && (harvest.first(AlertEvents.total).flatMap { Int($0) } ?? times) == times
  }

  /// What the events of an alert on several have.
  private var events: AlertLine.Events {
    var events = AlertLine.Events()
    let times = AlertEvents.times.flatMap { harvest.all($0) }
    guard !times.isEmpty else { return events }
    func all(_ path: String) -> [String] {
      AlertEvents.different((AlertEvents.told[path] ?? []).flatMap { harvest.all($0) })
    }
    events.users = all("user.name")
    events.actions = all("event.action")
    events.origins = all("source.ip")
    events.last = isTold(times.count) ? times.last : nil
    events.isSequence = harvest.first(AlertEvents.sequenceTime) != nil
    return events
  }

  /// Fields that no alert had.
  var emptyFields: [String] { fields.indices.filter { !isFound[$0] }.map { fields[$0] } }

  /// The values of a column: of an alert on several events what each of them did, and from where.
  private func column(_ name: String) -> [String] {
    let value: String? =
      switch name {
      case "id": line.id
      case "time": line.time?.iso8601
      case "severity": line.severity.rawValue
      case "status": line.status
      case "rule": line.rule
      case "who": line.who
      case "what": line.action
      case "outcome": line.outcome
      case "target": line.target
      case "account": line.account
      case "region": line.region
      default: line.origin
      }
    let others = name == "what" ? line.otherActions : name == "from" ? line.otherOrigins : []
    return (value.map { [$0] } ?? []) + others
  }
}
