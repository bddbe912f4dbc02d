/// The paths of a catalog's fields, for finding what a misspelt one was meant to be.
struct FieldNameIndex: Sendable {
  private let paths: [String]
  /// Paths as spelling compares them, all of them and by what stands behind their last point.
  private let folded: [[UInt8]]
  private var near = NearNames()
  private var byEnd: [ArraySlice<UInt8>: [Int]] = [:]

  init(_ paths: [String]) {
    self.paths = paths
    folded = paths.map(Self.folded)
    for (place, letters) in folded.enumerated() {
      near.add(letters, place: place)
      byEnd[Self.end(of: letters), default: []].append(place)
    }
  }

  /// The fields whose names are closest to one that is not known, the closest first.
  func suggestions(for name: String, limit: Int) -> [String] {
    // A name much longer than any field resembles none.
    guard limit > 0, name.utf8.count <= 4 * (near.longest + 3) else { return [] }
    let wanted = Self.folded(name)
    guard !wanted.isEmpty, wanted.count <= near.longest + 3 else { return [] }
    let bound = wanted.count < 6 ? 1 : wanted.count < 16 ? 2 : 3
    var found: [(distance: Int, path: String)] = []
    near.forEach(near: wanted, atMost: bound) { place, distance in
      if paths[place] != name { found.append((distance, paths[place])) }
    }
    // A field that ends in the whole name.
    for place in byEnd[Self.end(of: wanted)] ?? [] {
      let known = folded[place]
      guard known.count > wanted.count, known[known.count - wanted.count - 1] == UInt8(ascii: "."),
        known[(known.count - wanted.count)...].elementsEqual(wanted), paths[place] != name,
        EditDistance.between(wanted, known, atMost: bound) == nil
      else { continue }
      found.append((bound + 1, paths[place]))
    }
    found.sort { ($0.distance, $0.path.utf8.count, $0.path) < ($1.distance, $1.path.utf8.count, $1.path) }
    return found.prefix(limit).map(\.path)
  }

  /// What follows the last point.
  private static func end(of letters: [UInt8]) -> ArraySlice<UInt8> {
    letters[(letters.lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? 0)...]
  }

  /// A name without underscores and without capital letters.
  private static func folded(_ name: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(name.utf8.count)
    for byte in name.utf8 where byte != UInt8(ascii: "_") {
      let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      bytes.append(isUpper ? byte | 0x20 : byte)
    }
    return bytes
  }
}
