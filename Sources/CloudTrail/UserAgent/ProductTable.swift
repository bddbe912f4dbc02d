/// The products by the first byte of their token, so that one pass over a text finds the best of all of them.
struct ProductTable {
  /// A product with the shape of its group; plain data, so that a pass over a text counts no references.
  struct Row {
    let token: StaticString
    let name: StaticString?
    let group: Int
    let stage: ProductGroup.Stage
    let place: ProductGroup.Place
    let separator: ProductGroup.Separator
    let parts: ClosedRange<Int>?
    let needsVersion: Bool
  }

  static let shared = ProductTable(ProductGroup.all)

  /// All rows, those of one first byte together and by group within it.
  private let rows: [Row]
  /// Where the rows of a first byte begin; one more entry than there are bytes.
  private let starts: [Int]

  /// The groups in the order in which they win over each other.
  init(_ groups: [ProductGroup]) {
    var rows: [[Row]] = Array(repeating: [], count: 256)
    for (index, group) in groups.enumerated() {
      for product in group.products {
        rows[Int(product.token.utf8Start[0])].append(
          Row(
            token: product.token, name: product.name, group: index, stage: group.stage, place: group.place,
            separator: group.separator, parts: group.parts, needsVersion: group.needsVersion))
      }
    }
    self.rows = rows.flatMap { $0 }
    starts = rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  }

  /// Calls `body` with all rows, and with where those of each first byte begin among them.
  func withRows<Result>(_ body: (UnsafeBufferPointer<Row>, UnsafeBufferPointer<Int>) -> Result) -> Result {
    rows.withUnsafeBufferPointer { rows in starts.withUnsafeBufferPointer { body(rows, $0) } }
  }
}

extension AgentText {
  /// A product found in the text, whose strings are not made yet.
  struct ProductMatch {
    let stage: ProductGroup.Stage
    let row: ProductTable.Row
    let token: Range<Int>
    let version: Range<Int>?
  }

  /// The product of the earliest group, and of its leftmost token; one pass over the text.
  func bestProduct() -> ProductMatch? {
    ProductTable.shared.withRows { rows, starts in
      var best: ProductMatch?
      var bestGroup = Int.max
      for position in 0..<count {
        let byte = Int(self[position])
        for index in starts[byte]..<starts[byte + 1] {
          guard rows[index].group < bestGroup else { break }
          guard let match = match(rows[index], at: position) else { continue }
          best = match
          bestGroup = rows[index].group
        }
      }
      return best
    }
  }

  private func match(_ row: ProductTable.Row, at position: Int) -> ProductMatch? {
    let length = row.token.utf8CodeUnitCount
    let token = row.token.utf8Start
    guard position + length <= count else { return nil }
    for offset in 1..<max(length, 1) {
      let byte = self[position + offset]
      guard byte == token[offset] || (token[offset] == UInt8(ascii: "#") && Byte.isDigit(byte)) else { return nil }
    }
    switch row.place {
    case .anywhere: break
    case .wordStart: guard isWordStart(position) else { return nil }
    case .start: guard position == 0 else { return nil }
    }
    let version = row.parts.flatMap { self.version(after: position + length, row.separator, $0) }
    guard version != nil || !row.needsVersion else { return nil }
    return ProductMatch(stage: row.stage, row: row, token: position..<position + length, version: version)
  }

  private func version(
    after position: Int, _ separator: ProductGroup.Separator, _ parts: ClosedRange<Int>
  ) -> Range<Int>? {
    let slash = self[position] == UInt8(ascii: "/")
    let space = self[position] == UInt8(ascii: " ")
    switch separator {
    case .slash: return slash ? readVersion(at: position + 1, parts) : nil
    case .space: return space ? readVersion(at: position + 1, parts) : nil
    case .either: return slash || space ? readVersion(at: position + 1, parts) : nil
    case .optional: return readVersion(at: slash || space ? position + 1 : position, parts)
    case .slashAndV:
      guard slash || space else { return nil }
      return readVersion(at: self[position + 1] == UInt8(ascii: "v") ? position + 2 : position + 1, parts)
    }
  }
}
