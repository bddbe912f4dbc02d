import CloudTrail

/// What the columns of a CSV text are: one that holds whole records, or one for each member of them.
struct CSVLayout: Equatable {
  enum Form: Equatable {
    /// A column whose cells are records in JSON.
    case records(column: Int)
    /// The member of a record that each column holds; nil for what is no part of it.
    case members([RecordColumn?])
  }

  var separator: UInt8
  var columns: Int
  var form: Form

  /// Reads what a text starts with; nil when it is no CSV that holds records.
  init?(_ head: UnsafeBufferPointer<UInt8>) {
    var head = head
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { head = UnsafeBufferPointer(rebasing: head[3...]) }
    for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
      guard case .row(let header, let end) = CSVRow.read(head, from: 0, separator: separator, isAtEnd: false),
        header.cells.count <= Self.mostColumns
      else { continue }
      let names = header.cells.map { cell in
        String(decoding: head[cell.range], as: UTF8.self).lowercased()
      }
      guard let form = Self.form(names, { Self.startsWithRecord($0, head, end, separator) }) else { continue }
      self.separator = separator
      columns = names.count
      self.form = form
      return
    }
    return nil
  }

  /// True where records are put together from columns.
  var isOfMembers: Bool {
    if case .members = form { true } else { false }
  }

  static let mostColumns = 1000

  private static func form(_ names: [String], _ holdsRecords: (Int) -> Bool) -> Form? {
    for name in ["eventjson", "cloudtrailevent", "_raw", "@message", "message"] {
      guard let column = names.firstIndex(of: name) else { continue }
      // Others than these have columns of the more common names.
      if name == "eventjson" || name == "cloudtrailevent" || holdsRecords(column) { return .records(column: column) }
    }
    guard Set(["eventtime", "eventname", "eventsource"]).isSubset(of: names) else { return nil }
    return .members(names.map(RecordColumn.init))
  }

  /// True when the first row's cell in a column starts as an object does, or there is no row to look at.
  private static func startsWithRecord(
    _ column: Int, _ head: UnsafeBufferPointer<UInt8>, _ start: Int, _ separator: UInt8
  ) -> Bool {
    switch CSVRow.read(head, from: start, separator: separator, isAtEnd: true) {
    case .row(let row, _):
      guard column < row.cells.count else { return false }
      return head[row.cells[column].range].first { $0 != 0x20 } == UInt8(ascii: "{")
    // The row goes on behind what is looked at.
    default: return true
    }
  }
}
