import Foundation

extension ESQLFunctions {
  private static let mv = Parameter("field", anyValue)

  /// A function of a cell as it is, which keeps the type.
  private static func keeping(
    _ name: String, _ types: DataTypes = anyValue, _ body: @escaping @Sendable ([Value]) -> Cell
  ) -> FunctionDefinition {
    FunctionDefinition(name, [Parameter("field", types)]) { call in
      (call.arguments[0].type.withoutText, ScalarFunction(name, several: .whole) { body($0[0].values) })
    }
  }

  /// A function of two cells as sets, null being the empty one.
  private static func sets(
    _ name: String, _ result: DataType?, _ body: @escaping @Sendable ([Value], [Value]) -> Cell
  ) -> FunctionDefinition {
    FunctionDefinition(name, [Parameter("field1", anyValue), Parameter("field2", anyValue)]) { call throws(TypeFault) in
      let (left, right) = (call.arguments[0].type, call.arguments[1].type)
      guard left == right || left == .null || right == .null || left.isString && right.isString else {
        throw TypeFault(
          "second argument of [\(name)] must be [\(left.rawValue)], found type [\(right.rawValue)]", at: call.range)
      }
      let type = left == .null ? right : left
      return (
        result ?? type.withoutText,
        ScalarFunction(name, spreadsNull: false, several: .whole) { body($0[0].values, $0[1].values) }
      )
    }
  }

  private static let numeric: DataTypes = [.integer, .long, .unsignedLong, .double]

  static let several: [FunctionDefinition] = [
    FunctionDefinition("MV_COUNT", [mv]) { _ in
      (.integer, ScalarFunction("MV_COUNT", several: .whole) { .whole($0[0].values.count) })
    },
    keeping("MV_FIRST") { Cell($0.first) }, keeping("MV_LAST") { Cell($0.last) },
    keeping("MV_MIN", ordered) { Cell($0.min { ($0.order($1) ?? 0) < 0 }) },
    keeping("MV_MAX", ordered) { Cell($0.max { ($0.order($1) ?? 0) < 0 }) },
    keeping("MV_DEDUPE") { values in
      var seen: Set<Value> = []
      return Cell(values.filter { seen.insert($0).inserted })
    },
    FunctionDefinition("MV_SUM", [Parameter("number", numeric)]) { call in
      let type = call.arguments[0].type
      return (
        type,
        ScalarFunction("MV_SUM", several: .whole) { cells throws(EvaluationFault) in
          let values = cells[0].values
          if type == .double {
            return .one(try Arithmetic.finite(CompensatedSum.of(values.lazy.compactMap(\.doubleValue))))
          }
          guard var sum = values.first else { return .none }
          for value in values.dropFirst() { sum = try Arithmetic.value(.add, sum, value, as: type) }
          return .one(sum)
        }
      )
    },
    FunctionDefinition("MV_AVG", [Parameter("number", numeric)]) { _ in
      (
        .double,
        ScalarFunction("MV_AVG", several: .whole) { cells in
          let values = cells[0].values.compactMap(\.doubleValue)
          return values.isEmpty ? .none : .double(CompensatedSum.of(values) / Double(values.count))
        }
      )
    },
    FunctionDefinition("MV_MEDIAN", [Parameter("number", numeric)]) { call in
      let type = call.arguments[0].type
      return (
        type,
        ScalarFunction("MV_MEDIAN", several: .whole) { cells in
          median(cells[0].values)
        }
      )
    },
    FunctionDefinition("MV_MEDIAN_ABSOLUTE_DEVIATION", [Parameter("number", numeric)]) { call in
      let type = call.arguments[0].type
      return (
        type,
        ScalarFunction("MV_MEDIAN_ABSOLUTE_DEVIATION", several: .whole) { cells in
          guard let middle = median(cells[0].values).single else { return .none }
          return median(cells[0].values.map { distance($0, middle) })
        }
      )
    },
    FunctionDefinition(
      "MV_PERCENTILE",
      [Parameter("number", [.integer, .long, .double]), Parameter("percentile", [.integer, .long, .double])]
    ) { call in
      let type = call.arguments[0].type
      return (
        type,
        ScalarFunction("MV_PERCENTILE", several: .whole) { cells throws(EvaluationFault) in
          guard let percent = cells[1].single?.doubleValue else { return .none }
          guard 0...100 ~= percent else {
            throw EvaluationFault("Percentile parameter must be a number between 0 and 100, found [\(percent)]")
          }
          let values = cells[0].values.compactMap(\.doubleValue).sorted()
          guard let result = interpolated(values, percent) else { return .none }
          return type == .double ? .double(result) : .whole(Int64(exactly: result.rounded(.towardZero)) ?? 0)
        }
      )
    },
    FunctionDefinition(
      "MV_PSERIES_WEIGHTED_SUM", [Parameter("number", [.double]), Parameter("p", [.double], isConstant: true)]
    ) { call in
      (
        call.arguments[1].type == .null ? .null : call.arguments[0].type,
        ScalarFunction("MV_PSERIES_WEIGHTED_SUM", several: .whole) { cells throws(EvaluationFault) in
          guard let power = cells[1].single?.doubleValue else { return .none }
          let terms = cells[0].values.enumerated().lazy.map { ($1.doubleValue ?? 0) / pow(Double($0 + 1), power) }
          let sum = CompensatedSum.of(terms)
          guard sum.isFinite else { throw EvaluationFault("java.lang.ArithmeticException", "double overflow") }
          return .double(sum)
        }
      )
    },
    FunctionDefinition("MV_CONCAT", [text("string"), text("delim")]) { _ in
      (
        .keyword,
        ScalarFunction("MV_CONCAT", several: .whole) { cells throws(EvaluationFault) in
          guard let delimiter = cells[1].single?.textValue else { throw .severalValues }
          let texts = cells[0].values.map(\.string)
          try checkSize(
            texts.reduce(max(0, texts.count - 1) * delimiter.utf8.count) { $0 + $1.utf8.count }, "concatenating")
          return .text(texts.joined(separator: delimiter))
        }
      )
    },
    FunctionDefinition(
      "MV_SORT", [Parameter("field", ordered), Parameter("order", .strings, isOptional: true, isConstant: true)]
    ) {
      call throws(TypeFault) in
      let order = call.arguments.count > 1 ? call.arguments[1].constant?.single?.textValue ?? "" : "ASC"
      guard ["ASC", "DESC"].contains(order.uppercased()) else {
        throw TypeFault(
          "Invalid order value in [MV_SORT], expected one of [ASC, DESC] but got [\(order)]", at: call.range)
      }
      let isDescending = order.uppercased() == "DESC"
      return (
        call.arguments[0].type.withoutText,
        ScalarFunction("MV_SORT", several: .whole) { cells in
          Cell(cells[0].values.sorted { isDescending ? ($1.order($0) ?? 0) < 0 : ($0.order($1) ?? 0) < 0 })
        }
      )
    },
    FunctionDefinition("MV_SLICE", [mv, whole("start"), whole("end", isOptional: true)]) { call throws(TypeFault) in
      // Constants that cannot be places are wrong whatever the values are.
      if let start = call.arguments[1].constant?.single?.wholeValue, call.arguments.count > 2,
        let end = call.arguments[2].constant?.single?.wholeValue
      {
        do throws(EvaluationFault) {
          try checkPlaces(start, end)
        } catch {
          throw TypeFault(error.message, at: call.range)
        }
      }
      return (
        call.arguments[0].type.withoutText,
        ScalarFunction("MV_SLICE", several: .whole) { cells throws(EvaluationFault) in
          let values = cells[0].values
          guard let start = cells[1].single?.wholeValue else { throw .severalValues }
          let end = cells.count > 2 ? cells[2].single?.wholeValue ?? start : start
          try checkPlaces(start, end)
          let first = start < 0 ? Int64(values.count) + start : start
          let last = end < 0 ? Int64(values.count) + end : end
          let (low, high) = (max(0, first), min(Int64(values.count) - 1, last))
          return low <= high ? Cell(Array(values[Int(low)...Int(high)])) : .none
        }
      )
    },
    FunctionDefinition("MV_APPEND", [Parameter("field1", anyValue), Parameter("field2", anyValue)]) {
      call throws(TypeFault) in
      let type = try common(call)
      let types = call.arguments.map(\.type)
      return (
        type.withoutText,
        ScalarFunction("MV_APPEND", several: .whole) { cells throws(EvaluationFault) in
          let values = cells.flatMap(\.values)
          try checkSize(values.reduce(0) { $0 + $1.textSize }, values: values.count, "appending")
          return Cell(
            cells[0].widened(from: types[0], to: type).values + cells[1].widened(from: types[1], to: type).values)
        }
      )
    },
    sets("MV_CONTAINS", .boolean) { left, right in
      let known = Set(left)
      return .boolean(right.allSatisfy(known.contains))
    },
    sets("MV_INTERSECTS", .boolean) { left, right in
      let known = Set(left)
      return .boolean(right.contains(where: known.contains))
    },
    sets("MV_INTERSECTION", nil) { left, right in
      let known = Set(right)
      var seen: Set<Value> = []
      return Cell(left.filter { known.contains($0) && seen.insert($0).inserted })
    },
    sets("MV_UNION", nil) { left, right in
      var seen: Set<Value> = []
      return Cell((left + right).filter { seen.insert($0).inserted })
    },
    sets("MV_DIFFERENCE", nil) { left, right in
      var seen = Set(right)
      return Cell(left.filter { seen.insert($0).inserted })
    },
    FunctionDefinition("MV_ZIP", [text("string1"), text("string2"), text("delim", isOptional: true)]) { _ in
      (
        .keyword,
        ScalarFunction("MV_ZIP", spreadsNull: false, several: .whole) { cells throws(EvaluationFault) in
          let (left, right) = (cells[0].values, cells[1].values)
          let delimiter = cells.count > 2 ? cells[2].single?.textValue : ","
          guard let delimiter else { return .none }
          try checkSize(
            (left + right).reduce(min(left.count, right.count) * delimiter.utf8.count) { $0 + $1.textSize },
            values: max(left.count, right.count), "zipping")
          return Cell(
            (0..<max(left.count, right.count)).map { at -> Value in
              if at >= left.count { return right[at] }
              if at >= right.count { return left[at] }
              return .text(left[at].string + delimiter + right[at].string)
            })
        }
      )
    },
  ]

  /// Two places of `MV_SLICE`: the first is not behind the last, and both are counted from one end.
  private static func checkPlaces(_ start: Int64, _ end: Int64) throws(EvaluationFault) {
    let fault = "org.elasticsearch.xpack.esql.core.InvalidArgumentException"
    guard start <= end else { throw EvaluationFault(fault, "Start offset is greater than end offset") }
    guard start >= 0 || end < 0 else { throw EvaluationFault(fault, "Start and end offset have different signs") }
  }

  /// The middle of some numbers; of two in the middle the mean, truncated for whole ones.
  private static func median(_ numbers: [Value]) -> Cell {
    let values = numbers.sorted { ($0.order($1) ?? 0) < 0 }
    guard !values.isEmpty else { return .none }
    switch (values[(values.count - 1) / 2], values[values.count / 2]) {
    case (.whole(let low), .whole(let high)):
      // The mean of two without a sum that might not fit.
      return .whole(low / 2 + high / 2 + (low % 2 + high % 2) / 2)
    case (.unsigned(let low), .unsigned(let high)):
      return .one(.unsigned(low / 2 + high / 2 + (low % 2 + high % 2) / 2))
    case (let low, let high): return .double(((low.doubleValue ?? 0) + (high.doubleValue ?? 0)) / 2)
    }
  }

  private static func distance(_ value: Value, _ other: Value) -> Value {
    switch (value, other) {
    case (.whole(let one), .whole(let two)):
      .whole(Int64(clamping: (one > two ? Int128(one) - Int128(two) : Int128(two) - Int128(one))))
    case (.unsigned(let one), .unsigned(let two)): .unsigned(max(one, two) - min(one, two))
    default: .double(abs((value.doubleValue ?? 0) - (other.doubleValue ?? 0)))
    }
  }

  /// The value at a percentile of sorted numbers, between two of them by proportion.
  static func interpolated(_ values: [Double], _ percent: Double) -> Double? {
    guard let last = values.last else { return nil }
    let place = percent / 100 * Double(values.count - 1)
    let low = Int(place.rounded(.down))
    guard low + 1 < values.count else { return last }
    return values[low] + (values[low + 1] - values[low]) * (place - Double(low))
  }
}
