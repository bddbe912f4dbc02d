import Events

/// `JSON_STRING`, which makes an object of keys and values.
///
/// Source: Elasticsearch's `JsonString`, of version 9.6.
extension ESQLFunctions {
  static let objects: [FunctionDefinition] = [
    FunctionDefinition("JSON_STRING", [text("key"), Parameter("value", ordered)], repeatsLast: true) {
      call throws(TypeFault) in
      let types = call.arguments.map(\.type)
      guard types.count % 2 == 0 else {
        throw TypeFault(
          "function [\(call.name)] expects an even number of arguments (at least one key/value pair) but got "
            + "[\(types.count)]", at: call.range)
      }
      for place in stride(from: 0, to: types.count, by: 2) where !types[place].isString && types[place] != .null {
        throw TypeFault(
          "argument [\(place + 1)] of [\(call.name)] must be [string], found type [\(types[place].rawValue)]",
          at: call.arguments[place].range)
      }
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
