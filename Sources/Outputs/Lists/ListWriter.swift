import Events
import JSON
import Store

/// Writes rows of values as a table, CSV, NDJSON or a JSON array.
public struct ListWriter {
  public enum Format: Sendable, Equatable {
    case table(width: Int?, usesColour: Bool)
    case csv
    case ndjson
    case json
  }

  /// One value of a row.
  public enum Cell: Sendable, Equatable {
    case none
    /// A field that the row does not have, and that others have.
    case absent
    case text(String)
    case number(Int)
    /// Drawn in a table alone.
    case bar(String)
    /// Several values of one field.
    case list([String])

    public init(values: [String]) {
      self = values.isEmpty ? .none : values.count == 1 ? .text(values[0]) : .list(values)
    }

    /// True where there is no value.
    var isEmpty: Bool { self == .none || self == .absent }

    /// The value as it is shown; nil where there is none.
    public var text: String? { isEmpty ? nil : shown }

    var shown: String {
      switch self {
      case .none, .absent: "-"
      case .text(let text): text
      case .number(let number): String(number)
      case .bar(let bar): bar
      case .list(let values): values.joined(separator: ", ")
      }
    }

    var json: JSONValue? {
      switch self {
      case .none: .null
      case .text(let text): .string(text)
      case .number(let number): .integer(Int64(number))
      case .bar, .absent: nil
      case .list(let values): .array(values.map { .string($0) })
      }
    }

    var cell: String? {
      switch self {
      case .none, .absent: ""
      case .text(let text): CSVText.cell(text)
      case .number(let number): String(number)
      case .bar: nil
      case .list(let values): CSVText.cell(values.joined(separator: "; "))
      }
    }
  }

  /// A column: its name, and whether its values are never cut (times, counts, addresses, ids).
  public struct Column: Sendable {
    public var name: String
    public var stays: Bool

    public init(_ name: String, stays: Bool = false) {
      self.name = name
      self.stays = stays
    }
  }

  private let format: Format
  private let columns: [Column]
  private let output: ([UInt8]) throws -> Void
  private var pending: [UInt8] = []
  private var sample: [[Cell]] = []
  private var table: TextTable?
  private var rows = 0

  public init(_ format: Format, _ columns: [Column], to output: @escaping ([UInt8]) throws -> Void) {
    self.format = format
    self.columns = columns
    self.output = output
  }

  /// Writes what comes before the first row.
  public mutating func begin() throws {
    switch format {
    case .csv: pending += CSVText.line(columns.map { CSVText.header($0.name) })
    case .json: pending.append(UInt8(ascii: "["))
    case .table, .ndjson: break
    }
  }

  /// Writes a row with a cell for each column.
  public mutating func add(_ cells: [Cell]) throws {
    switch format {
    case .table:
      guard let table else {
        sample.append(cells)
        if sample.count == Self.sampleRows { layOut() }
        return
      }
      pending += Array((table.row(cells.map(\.shown)) + "\n").utf8)
    case .csv: pending += Self.csvLine(cells)
    case .ndjson: pending += Self.ndjsonLine(columns.map(\.name), cells)
    case .json:
      pending += Array((rows == 0 ? "\n" : ",\n").utf8)
      pending += Self.object(columns.map(\.name), cells)
    }
    rows += 1
    if pending.count > 1 << 18 { try flush() }
  }

  /// A row as CSV.
  static func csvLine(_ cells: [Cell]) -> [UInt8] { CSVText.line(cells.compactMap(\.cell)) }

  /// A row as an object on a line.
  static func ndjsonLine(_ names: [String], _ cells: [Cell]) -> [UInt8] {
    object(names, cells) + [UInt8(ascii: "\n")]
  }

  private static func object(_ names: [String], _ cells: [Cell]) -> [UInt8] {
    var text: [UInt8] = [UInt8(ascii: "{")]
    for (name, cell) in zip(names, cells) {
      guard let value = cell.json else { continue }
      if text.count > 1 { text.append(UInt8(ascii: ",")) }
      JSONString.appendQuoted(name, to: &text)
      text.append(UInt8(ascii: ":"))
      text += Array(value.text.utf8)
    }
    return text + [UInt8(ascii: "}")]
  }

  /// Whether values of a field are never cut: times, ids and addresses.
  public static func staysWhole(_ field: String) -> Bool {
    ["id", "time", "severity", "outcome", "account", "region", "from", "@timestamp"].contains(field)
      || field.hasSuffix(".id") || field.hasSuffix(".ip") || field.hasSuffix(".address") || field.hasSuffix("uuid")
      || field.hasSuffix(".region")
  }

  /// Writes what is left.
  public mutating func end() throws {
    switch format {
    case .table: if table == nil, !sample.isEmpty { layOut() }
    case .json: pending += Array((rows == 0 ? "]\n" : "\n]\n").utf8)
    case .csv, .ndjson: break
    }
    try flush()
  }

  /// The first rows decide the layout.
  private static let sampleRows = 500

  private mutating func layOut() {
    guard case .table(let width, let usesColour) = format else { return }
    let layout = TextTable(
      columns.enumerated().map { place, column in
        .init(column.name.uppercased(), limit: 80, yields: column.stays ? 0 : place + 1)
      }, sample: sample.map { $0.map(\.shown) }, width: width, usesColour: usesColour)
    table = layout
    pending += Array((layout.header + "\n").utf8)
    for row in sample { pending += Array((layout.row(row.map(\.shown)) + "\n").utf8) }
    sample = []
  }

  private mutating func flush() throws {
    try output(pending)
    pending.removeAll(keepingCapacity: true)
  }
}

extension ListWriter {
  /// Writes counted values: a row a combination with its count, and when it was first and last seen.
  ///
  /// - Returns: how many rows were written.
  public static func write(
    _ counts: ValueCounts, sortedBy keys: [SortKey] = [], limit: Int? = nil, as format: Format,
    to output: @escaping ([UInt8]) throws -> Void
  ) throws -> Int {
    var writer = ListWriter(
      format,
      counts.fields.map { Column($0, stays: staysWhole($0)) }
        + ["count", "first", "last"].map { Column($0, stays: true) }, to: output)
    try writer.begin()
    let rows = counts.sorted(by: keys).prefix(limit ?? .max)
    for (values, group) in rows {
      try writer.add(
        values.map { $0.map(Cell.text) ?? .none } + [
          .number(group.count), group.first.map { .text($0.iso8601) } ?? .none,
          group.last.map { .text($0.iso8601) } ?? .none,
        ])
    }
    try writer.end()
    return rows.count
  }

  /// Writes a histogram: a row a span of time, with a bar in tables, where empty spans between are told too.
  public static func write(
    _ histogram: TimeHistogram, as format: Format, to output: @escaping ([UInt8]) throws -> Void
  ) throws {
    let (width, bars) = histogram.bars()
    var isTable = false
    if case .table = format { isTable = true }
    var writer = ListWriter(
      format, [Column("time", stays: true), Column("count", stays: true)] + (isTable ? [Column("", stays: true)] : []),
      to: output)
    try writer.begin()
    let most = bars.map(\.count).max() ?? 1
    func drawn(_ count: Int) -> Cell {
      .bar(String(repeating: "█", count: count == 0 ? 0 : max(1, Int(Double(count) / Double(most) * 50))))
    }
    func row(_ time: String, _ count: Cell, _ bar: Cell) -> [Cell] {
      [.text(time), count] + (isTable ? [bar] : [])
    }
    var previous: Timestamp?
    for bar in bars {
      if isTable, let previous {
        let empty = (bar.start.milliseconds - previous.milliseconds) / (width * 1000) - 1
        if empty > 3 {
          try writer.add(row("…", .number(0), .bar("\(empty) spans without any")))
        } else {
          for number in 0..<max(0, empty) {
            let start = Timestamp(milliseconds: previous.milliseconds + (number + 1) * width * 1000)
            try writer.add(row(start.iso8601, .number(0), .bar("")))
          }
        }
      }
      try writer.add(row(bar.start.iso8601, .number(bar.count), drawn(bar.count)))
      previous = bar.start
    }
    try writer.end()
  }
}
