import Events

/// The fields that a list shows, as they were asked for: single ones, and objects (`user`) and patterns (`user.*`), which
/// stand for the fields that events have there.
public struct ChosenFields: Sendable {
  public let names: [String]
  /// Where the values of each name stand: a multi-field has those of its field.
  public let paths: [String]
  /// Which names may stand for several fields: all but those that are known to hold a value of their own.
  let isOpen: [Bool]
  /// Which names never hold a value of their own: objects that are known, and patterns.
  let isHollow: [Bool]

  /// - Parameter columns: names that are no fields of events, and stand for one value each.
  public init(_ names: [String], catalog: FieldCatalog = .standard, columns: Set<String> = []) {
    self.names = names
    let fields = names.map { columns.contains($0) ? nil : catalog.resolve($0) }
    paths = zip(names, fields).map { $1?.isKnown == true ? $1?.sourcePath ?? $0 : $0 }
    isHollow = zip(names, fields).map { name, field in
      guard let field else { return false }
      return name.contains("*") || field.type == .object || field.type == .nested
    }
    isOpen = zip(fields, isHollow).map { field, isHollow in
      guard let field else { return false }
      return isHollow || !field.isKnown || field.flattenedRoot != nil
    }
  }

  /// True when some name may stand for several fields.
  public var mayOpen: Bool { isOpen.contains(true) }

  /// The places of names that may stand for several fields.
  var open: [Int] { isOpen.indices.filter { isOpen[$0] } }
}
