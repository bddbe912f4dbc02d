import Events

/// The rows that satisfy a condition, with the two commonest answers written small.
public enum RowSet {
  case none
  case all
  case some(Bitmap)

  public var isEmpty: Bool { if case .none = self { true } else { false } }

  public func contains(_ row: Int) -> Bool {
    switch self {
    case .none: false
    case .all: true
    case .some(let rows): rows.contains(row)
    }
  }

  /// How many rows of a batch of `rowCount` rows are in the set.
  public func cardinality(rowCount: Int) -> Int {
    switch self {
    case .none: 0
    case .all: rowCount
    case .some(let rows): rows.cardinality
    }
  }

  /// Calls `body` with each row, ascending, of a batch of `rowCount` rows.
  public func forEach(rowCount: Int, _ body: (Int) throws -> Void) rethrows {
    switch self {
    case .none: break
    case .all: for row in 0..<rowCount { try body(row) }
    case .some(let rows): try rows.forEach(body)
    }
  }

  /// The set as a bitmap of `rowCount` rows.
  public func bitmap(rowCount: Int) -> Bitmap {
    switch self {
    case .none: Bitmap(count: rowCount)
    case .all: Bitmap(count: rowCount, all: true)
    case .some(let rows): rows
    }
  }

  public mutating func intersect(_ other: RowSet) {
    switch (self, other) {
    case (.none, _), (_, .all): break
    case (_, .none): self = .none
    case (.all, _): self = other
    case (.some(var rows), .some(let more)):
      self = .none
      rows.formIntersection(more)
      self = rows.isEmpty ? .none : .some(rows)
    }
  }

  public mutating func unite(_ other: RowSet) {
    switch (self, other) {
    case (.all, _), (_, .none): break
    case (_, .all): self = .all
    case (.none, _): self = other
    case (.some(var rows), .some(let more)):
      self = .none
      rows.formUnion(more)
      self = .some(rows)
    }
  }

  /// Turns the set into the rows that were not in it.
  public mutating func invert() {
    switch self {
    case .none: self = .all
    case .all: self = .none
    case .some(var rows):
      self = .none
      rows.invert()
      self = rows.isEmpty ? .none : .some(rows)
    }
  }
}
