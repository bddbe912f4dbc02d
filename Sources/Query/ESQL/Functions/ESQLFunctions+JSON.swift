import Events

/// `JSON_STRING`, which makes an object of keys and values.
///
/// Source: Elasticsearch's `JsonString`, of version 9.6.
extension ESQLFunctions {
  private static let written: DataTypes = [.boolean, .integer, .long, .double, .keyword, .text, .ip, .version, .date]

  static let objects: [FunctionDefinition] = [
    FunctionDefinition("JSON_STRING", [text("key"), Parameter("value", written)], repeatsLast: true) { call in
      let types = call.arguments.map(\.type)
      return (
        .keyword,
        ScalarFunction("JSON_STRING", spreadsNull: false, several: .whole) { cells throws(EvaluationFault) in
          // Signs that are escaped come to these.
          try checkSize(cells.lazy.flatMap(\.values).reduce(0) { $0 + $1.textSize }, "writing")
          var object = "{"
          for place in stride(from: 0, to: cells.count, by: 2) {
            if cells[place].isNull { return .none }
            guard let key = cells[place].single?.textValue else {
              throw EvaluationFault("java.lang.IllegalArgumentException", "json_string keys must be single-valued")
            }
            if place > 0 { object += "," }
            object += quoted(key) + ":" + json(cells[place + 1], types[place + 1])
            try checkSize(object.utf8.count, "writing")
          }
          return .text(object + "}")
        }
      )
    }
  ]

  private static func json(_ cell: Cell, _ type: DataType) -> String {
    let values = cell.values.map { value in
      let text = ESQLConversion.text(value, type)
      return type.isNumeric || type == .boolean ? text : quoted(text)
    }
    switch values.count {
    case 0: return "null"
    case 1: return values[0]
    default: return "[" + values.joined(separator: ",") + "]"
    }
  }

  /// A text as Jackson writes it: other control characters have their number in capitals.
  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else { return "\"" + text + "\"" }
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{8}": output += "\\b"
      case "\u{C}": output += "\\f"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16, uppercase: true)
        output += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }
}
