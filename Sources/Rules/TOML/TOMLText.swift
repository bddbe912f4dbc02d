import JSON

/// The text of a TOML file as JSON values.
package enum TOMLText {
  /// What is wrong with a text, and where.
  package struct Failure: Error {
    package var message: String
    package var position: SourcePosition
  }

  package static func parse(_ source: SourceText) throws(Failure) -> [String: JSONValue] {
    guard String(validating: source.bytes, as: UTF8.self) != nil else {
      throw Failure(
        message: "The file is not valid UTF-8; save it as UTF-8.",
        position: source.position(at: invalidOffset(source.bytes)))
    }
    do {
      return try TOMLParser.parse(source.bytes)
    } catch {
      throw Failure(
        message: "The TOML cannot be read: \(error.message).", position: source.position(at: error.offset))
    }
  }

  /// Where each table of an array of tables at the top has its header, in order.
  package static func headers(of name: String, in source: SourceText) -> [SourcePosition] {
    var places: [SourcePosition] = []
    var reached = 0
    var position = SourcePosition(line: 1, column: 1)
    var scanner = TOMLScanner(source.bytes)
    _ = scanner.visitEntries { entry in
      guard entry.path.count == 2, entry.path[0] == .key(name), entry.path[1] == .index(places.count) else {
        return true
      }
      position = source.position(at: entry.place.key, from: reached, startingAt: position)
      reached = entry.place.key
      places.append(position)
      return true
    }
    return places
  }

  /// Where the first byte stands that is no UTF-8.
  private static func invalidOffset(_ bytes: [UInt8]) -> Int {
    var low = 0
    var high = bytes.count
    // A cut may go through a character, so a prefix counts as valid when leaving out up to three bytes makes it so.
    while low < high {
      let middle = (low + high + 1) / 2
      if validCount(bytes, middle) != nil { low = middle } else { high = middle - 1 }
    }
    return validCount(bytes, low) ?? low
  }

  /// The length of the prefix, less up to three bytes, that is valid; nil when none is.
  private static func validCount(_ bytes: [UInt8], _ count: Int) -> Int? {
    for cut in 0...min(3, count) where String(validating: bytes[..<(count - cut)], as: UTF8.self) != nil {
      return count - cut
    }
    return nil
  }
}
