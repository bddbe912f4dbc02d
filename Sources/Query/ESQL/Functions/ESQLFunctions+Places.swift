import Foundation

extension ESQLFunctions {
  static let places: [FunctionDefinition] = [
    simple("ST_X", [Parameter("point", [.geoPoint, .cartesianPoint])], .double) { values in
      if case .point(let x, _) = values[0] { .double(x) } else { .none }
    },
    simple("ST_Y", [Parameter("point", [.geoPoint, .cartesianPoint])], .double) { values in
      if case .point(_, let y) = values[0] { .double(y) } else { .none }
    },
    FunctionDefinition(
      "ST_DISTANCE",
      [Parameter("geomA", [.geoPoint, .cartesianPoint]), Parameter("geomB", [.geoPoint, .cartesianPoint])]
    ) { call throws(TypeFault) in
      let (left, right) = (call.arguments[0].type, call.arguments[1].type)
      guard left == right || left == .null || right == .null else {
        throw TypeFault(
          "second argument of [ST_DISTANCE] must be [\(left.rawValue)], found type [\(right.rawValue)]", at: call.range)
      }
      let isPlane = left == .cartesianPoint
      return (
        .double,
        ScalarFunction("ST_DISTANCE") { cells in
          guard case .point(let x, let y)? = cells[0].single, case .point(let otherX, let otherY)? = cells[1].single
          else {
            return .none
          }
          return .double(isPlane ? hypot(otherX - x, otherY - y) : metres(x, y, otherX, otherY))
        }
      )
    },
  ]

  /// The way between two places on a sphere, in metres.
  private static func metres(_ x: Double, _ y: Double, _ otherX: Double, _ otherY: Double) -> Double {
    let radians = Double.pi / 180
    let (first, second) = (y * radians, otherY * radians)
    let across = sin((second - first) / 2)
    let along = sin((otherX - x) * radians / 2)
    let half = across * across + cos(first) * cos(second) * along * along
    return 2 * 6_371_008.7714 * asin(min(1, half.squareRoot()))
  }
}
