import Events
import JSON
import Parallel
import Store

/// Events kept until all are known, for sorting and for tables of chosen fields; held in bounds.
public struct EventRows: Sendable {
  struct Row: Sendable {
    var keys: [SortValue]
    var time: Timestamp
    var id: String
    var values: ChosenValues
    var json: [UInt8]

    var size: Int {
      let cells = values.cells.reduce(200) { $0 + $1.shown.utf8.count }
      return json.count
        + values.leaves.reduce(cells) { sum, leaf in leaf.values.reduce(sum + 64) { $0 + $1.utf8.count + 16 } }
    }
  }

  /// Columns of CSV where no fields are chosen.
  public static let csvFields = [
    "@timestamp", "event.action", "event.provider", "event.outcome", "aws.cloudtrail.error_code", "user.name",
    "aws.cloudtrail.user_identity.arn", "aws.cloudtrail.user_identity.type", "cloud.account.id", "cloud.region",
    "source.address", "user_agent.original", "user.target.name", "entity.target.id", "event.id",
  ]

  /// Bytes that a worker keeps at most.
  static let mostBytes = min(256 << 20, ProcessMemory.available / 16)

  private var fields: ChosenFields?
  private var sort: [SortKey] = []
  private var limit: Int?
  private var rows: [Row] = []
  private var bytes = 0
  /// Events for which there was no room.
  public private(set) var left = 0

  public init(fields: ChosenFields? = nil, sort: [SortKey] = [], limit: Int? = nil) {
    self.fields = fields
    self.sort = sort
    self.limit = limit
  }

  /// How many events are kept.
  public var count: Int { rows.count }

  mutating func add(_ row: Row) {
    let size = row.size
    guard bytes + size <= Self.mostBytes else { return left += 1 }
    bytes += size
    rows.append(row)
    // With a limit, no more than twice as many are ever held.
    if let limit, rows.count >= max(2 * limit, limit + 1024) { trim(to: limit) }
  }

  mutating func merge(_ other: EventRows) {
    if fields == nil, sort.isEmpty, limit == nil, rows.isEmpty {
      (fields, sort, limit) = (other.fields, other.sort, other.limit)
    }
    left += other.left
    for row in other.rows { add(row) }
  }

  private mutating func trim(to limit: Int) {
    rows = Array(sorted().prefix(limit))
    bytes = rows.reduce(0) { $0 + $1.size }
  }

  /// By the keys, then by time, then by id: the same whatever the order of reading.
  private func sorted() -> [Row] {
    rows.sorted { left, right in
      SortKey.precedes(left.keys, right.keys, sort) ?? ((left.time, left.id) < (right.time, right.id))
    }
  }

  /// Writes the events in their order: as whole events where no fields were chosen and the format is NDJSON.
  ///
  /// - Returns: how many were written, and whether there were more fields than a list has.
  public func write(
    as format: ListWriter.Format, to output: @escaping ([UInt8]) throws -> Void
  ) throws -> (rows: Int, isCut: Bool) {
    let rows = sorted().prefix(limit ?? .max)
    guard let fields else {
      for row in rows { try output(row.json + [UInt8(ascii: "\n")]) }
      return (rows.count, false)
    }
    // Only what is shown has columns.
    var opened = OpenedFields()
    for row in rows { opened.add(row.values) }
    let columns = opened.columns(fields)
    var writer = ListWriter(
      format, columns.map { ListWriter.Column($0.path, stays: ListWriter.staysWhole($0.path)) }, to: output)
    try writer.begin()
    for row in rows { try writer.add(OpenedFields.cells(row.values, in: columns)) }
    try writer.end()
    return (rows.count, opened.isCut)
  }
}
