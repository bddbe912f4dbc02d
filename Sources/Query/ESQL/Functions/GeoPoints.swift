/// Points of fields of the type `geo_point`, which stand in events in several shapes: as texts, as arrays of numbers, and as objects
/// whose members are columns of their own.
enum GeoPoints {
  /// The columns that make a field's points, behind its path: texts and arrays, latitudes, longitudes, the coordinates of GeoJSON,
  /// and hashes.
  static let parts = ["", ".lat", ".lon", ".coordinates", ".geohash"]

  /// Takes the cells of the columns of `parts`; gives the points, as they stand in the event.
  static let function = ScalarFunction("geo_point", spreadsNull: false, several: .whole) { cells in
    guard cells.count == parts.count else { return .none }
    var points: [Value] = []
    for value in cells[0].values { if case .text(let text) = value, let point = point(text) { points.append(point) } }
    points += pairs(cells[0].values.compactMap(number))
    let (latitudes, longitudes) = (cells[1].values.compactMap(coordinate), cells[2].values.compactMap(coordinate))
    // Of what is not whole nothing can be told apart.
    if latitudes.count == longitudes.count {
      points += zip(latitudes, longitudes).compactMap { point(latitude: $0, longitude: $1) }
    }
    points += pairs(cells[3].values.compactMap(number))
    for value in cells[4].values { if let hash = value.textValue, let point = decoded(hash) { points.append(point) } }
    return Cell(points)
  }

  private static func number(_ value: Value) -> Double? {
    if case .text = value { nil } else { value.doubleValue }
  }

  /// A member of an object, which may be a text too.
  private static func coordinate(_ value: Value) -> Double? {
    value.doubleValue ?? value.textValue.flatMap(JavaNumber.double)
  }

  /// A point; nil for a place that there is not.
  private static func point(latitude: Double, longitude: Double) -> Value? {
    guard abs(latitude) <= 90, abs(longitude) <= 180 else { return nil }
    return .point(x: longitude, y: latitude)
  }

  /// The points of arrays of numbers, which have the longitude first and may have a height.
  private static func pairs(_ numbers: [Double]) -> [Value] {
    if numbers.count == 3 { return point(latitude: numbers[1], longitude: numbers[0]).map { [$0] } ?? [] }
    guard numbers.count.isMultiple(of: 2) else { return [] }
    return stride(from: 0, to: numbers.count, by: 2).compactMap {
      point(latitude: numbers[$0 + 1], longitude: numbers[$0])
    }
  }

  /// A point as a text has it: `lat,lon`, `POINT (lon lat)`, or a hash.
  private static func point(_ text: String) -> Value? {
    if text.contains(",") {
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { JavaNumber.double(String($0)) }
      guard parts.count == 2 || parts.count == 3, let latitude = parts[0], let longitude = parts[1] else { return nil }
      return point(latitude: latitude, longitude: longitude)
    }
    if text.contains("(") {
      return ESQLConversion.point(text).flatMap { point(latitude: $0.y, longitude: $0.x) }
    }
    return decoded(text)
  }

  private static let letters = Array("0123456789bcdefghjkmnpqrstuvwxyz".utf8)

  /// The south-western corner of the field that a geohash names; nil for a text that is none.
  private static func decoded(_ hash: String) -> Value? {
    guard 1...12 ~= hash.utf8.count else { return nil }
    var (south, west) = (-90.0, -180.0)
    var (height, width) = (180.0, 360.0)
    var isAcross = true
    for letter in hash.lowercased().utf8 {
      guard let place = letters.firstIndex(of: letter) else { return nil }
      for bit in [16, 8, 4, 2, 1] {
        if isAcross {
          width /= 2
          if place & bit != 0 { west += width }
        } else {
          height /= 2
          if place & bit != 0 { south += height }
        }
        isAcross.toggle()
      }
    }
    return .point(x: west, y: south)
  }
}
