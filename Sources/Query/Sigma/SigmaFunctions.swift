import Events

/// Comparisons of two fields.
enum SigmaFunctions {
  /// Some value of a field agrees with some value of another.
  static func condition(
    _ field: String, _ other: String, _ agreement: SigmaExpression.Agreement, isCased: Bool
  ) -> Predicate {
    let name = agreement.rawValue + (isCased ? "Cased" : "")
    let arguments = [field, other].map { Expression(.field($0, isOptional: true), 0..<0) }
    let expression = Expression(.call(name, arguments, ignoresCase: false), 0..<0)
    return .holds(RowCondition(expression, text: "sigma \(name)(\(field), \(other))", language: .sigma))
  }

  static let registry = FunctionRegistry(
    [SigmaExpression.Agreement.equal, .contains, .startsWith, .endsWith].flatMap { agreement in
      [false, true].map { isCased in
        FunctionDefinition(
          agreement.rawValue + (isCased ? "Cased" : ""),
          [FunctionDefinition.Parameter("field", .any), FunctionDefinition.Parameter("other", .any)]
        ) { call throws(TypeFault) in
          let areDates = call.arguments.map { $0.type == .date }
          return (
            .boolean,
            ScalarFunction("reference") { cells in
              guard let one = cells[0].single?.plainText(isDate: areDates[0]),
                let other = cells[1].single?.plainText(isDate: areDates[1])
              else { return .none }
              let left = Array((isCased ? one : CaseFolding.folded(one)).utf8)
              let right = Array((isCased ? other : CaseFolding.folded(other)).utf8)
              return .boolean(holds(agreement, left, right))
            }
          )
        }
      }
    })

  private static func holds(_ agreement: SigmaExpression.Agreement, _ left: [UInt8], _ right: [UInt8]) -> Bool {
    switch agreement {
    case .equal: return left == right
    case .startsWith: return left.starts(with: right)
    case .endsWith: return left.reversed().starts(with: right.reversed())
    case .contains:
      guard right.count <= left.count else { return false }
      return (0...(left.count - right.count)).contains { left[$0...].starts(with: right) }
    }
  }
}

extension Value {
  /// The value as a text; a date as one is commonly written, which is not always as it came.
  fileprivate func plainText(isDate: Bool) -> String? {
    switch self {
    case .whole(let number) where isDate:
      Timestamp(milliseconds: number).iso8601.replacing(".000Z", with: "Z")
    case .text(let text): text
    case .boolean(let flag): flag ? "true" : "false"
    case .whole(let number): String(number)
    case .unsigned(let number): String(number)
    case .double(let number): Number("\(number)")?.term ?? "\(number)"
    case .address(let address): address.text
    case .version(let version): version.text
    case .point, .span: nil
    }
  }
}
