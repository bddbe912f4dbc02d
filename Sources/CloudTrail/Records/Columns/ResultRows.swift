import JSON

/// Rows of results of CloudTrail Lake that hold events by their columns, `[{"eventTime":"…"},{"eventName":"…"},…]`, put together again.
///
/// All values are text, as the same query's download as CSV has them: structures in Athena's form, which is read by the same rules.
struct ResultRows {
  /// What was learnt of the structures of a file's rows.
  private var values = AthenaValues()
  private var file = ""

  /// A row that says less is none of an event.
  private static let needed: Set<String> = ["eventTime", "eventName", "eventSource"]
  private static let mostColumns = 1000

  /// The record that a row holds, as JSON, and what is wrong with its values; nil where the row says too little to be an event.
  mutating func record(of row: JSONNode, in file: String) -> (json: [UInt8], faults: [AthenaValues.Fault])? {
    if file != self.file { (self.file, values) = (file, AthenaValues()) }
    var columns: [(column: RecordColumn, text: [UInt8])] = []
    var names: Set<String> = []
    row.forEachElement { cell in
      cell.forEachMember { name, value in
        guard value.isString, columns.count < Self.mostColumns,
          let column = RecordColumn(column: String(decoding: name, as: UTF8.self).lowercased()),
          names.insert(column.key).inserted
        else { return }
        var text: [UInt8] = []
        JSONString.appendUnescaped(value.rawString, to: &text)
        // What a record does not have is empty in a table.
        guard !text.isEmpty else { return }
        columns.append((column, text))
      }
    }
    guard Self.needed.isSubset(of: columns.map(\.column.key)) else { return nil }
    var json: [UInt8] = [UInt8(ascii: "{")]
    var faults: [AthenaValues.Fault] = []
    for (column, text) in columns {
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      JSONString.appendQuoted(column.key, to: &json)
      json.append(UInt8(ascii: ":"))
      if let fault = values.append(text, as: column, to: &json) { faults.append(fault) }
    }
    json.append(UInt8(ascii: "}"))
    return (json, faults)
  }
}
