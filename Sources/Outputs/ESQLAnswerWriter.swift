import JSON
import Query

/// Writes the rows that a query in ES|QL gives.
public enum ESQLAnswerWriter {
  public enum Format: Sendable {
    /// One object: columns, values, warnings.
    case json
    case csv
    /// An object a row; nulls are left out.
    case ndjson
    case table(width: Int?, usesColour: Bool)
  }

  public static func write(_ answer: ESQLAnswer, as format: Format, _ write: @escaping ([UInt8]) throws -> Void) throws
  {
    switch format {
    case .json: try write(Array((json(answer) + "\n").utf8))
    case .ndjson:
      for row in answer.rows {
        let members = zip(answer.columns, zip(answer.types, row)).compactMap { column, cell in
          cell.1.isNull ? nil : quoted(column.name) + ":" + json(cell.1, cell.0)
        }
        try write(Array(("{" + members.joined(separator: ",") + "}\n").utf8))
      }
    case .csv: try list(answer, .csv, write)
    case .table(let width, let usesColour): try list(answer, .table(width: width, usesColour: usesColour), write)
    }
  }

  private static func list(
    _ answer: ESQLAnswer, _ format: ListWriter.Format, _ write: @escaping ([UInt8]) throws -> Void
  ) throws {
    var writer = ListWriter(format, answer.columns.map { ListWriter.Column($0.name) }, to: write)
    try writer.begin()
    for row in answer.rows {
      try writer.add(
        zip(answer.types, row).map { type, cell in
          ListWriter.Cell(values: cell.values.map { ESQLAnswer.text($0, type) })
        })
    }
    try writer.end()
  }

  /// `{"columns":[{"name","type"}],"values":[[…]],"warnings":[…]}`
  static func json(_ answer: ESQLAnswer) -> String {
    let columns = answer.columns.map { "{\"name\":\(quoted($0.name)),\"type\":\(quoted($0.type))}" }
    let rows = answer.rows.map { row in
      "[" + zip(answer.types, row).map { json($1, $0) }.joined(separator: ",") + "]"
    }
    return "{\"columns\":[\(columns.joined(separator: ","))],\"values\":[\(rows.joined(separator: ","))],"
      + "\"warnings\":[\(answer.warnings.map(quoted).joined(separator: ","))]}"
  }

  private static func json(_ cell: Cell, _ type: DataType) -> String {
    let values = cell.values.map { json($0, type) }
    switch values.count {
    case 0: return "null"
    case 1: return values[0]
    default: return "[" + values.joined(separator: ",") + "]"
    }
  }

  private static func json(_ value: Value, _ type: DataType) -> String {
    switch value {
    case .boolean(let flag): flag ? "true" : "false"
    case .whole(let number) where !type.isTime: String(number)
    case .unsigned(let number): String(number)
    case .double(let number): number.isFinite ? shortest(number) : "null"
    default: quoted(ESQLAnswer.text(value, type))
    }
  }

  private static func shortest(_ number: Double) -> String {
    ESQLAnswer.text(.double(number), .double)
  }

  private static func quoted(_ text: String) -> String {
    var quoted: [UInt8] = []
    JSONString.appendQuoted(text, to: &quoted)
    return String(decoding: quoted, as: UTF8.self)
  }
}
