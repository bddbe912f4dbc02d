import JSON

/// What an event or an alert has in chosen fields.
public struct ChosenValues: Sendable {
  /// A cell for each name.
  var cells: [ListWriter.Cell]
  /// What else stands below objects and in fields that match patterns.
  var leaves: [LeafHarvest.Leaf]

  /// - Parameters:
  ///   - values: those of each name itself.
  ///   - leaves: those of the fields that names stand for.
  public init(_ values: [[String]], leaves: [LeafHarvest.Leaf], _ fields: ChosenFields) {
    self.leaves = leaves
    cells = zip(values, fields.isHollow).map { values, isHollow in
      values.isEmpty && isHollow ? ListWriter.Cell.absent : ListWriter.Cell(values: values)
    }
  }

  /// What an event has where nothing is chosen.
  public static let none = ChosenValues([], leaves: [], ChosenFields([]))

  /// The names that have some value.
  func met(_ fields: ChosenFields) -> Set<String> {
    var met = Set(cells.indices.filter { !cells[$0].isEmpty }.map { fields.names[$0] })
    for leaf in leaves { met.insert(fields.names[leaf.place]) }
    return met
  }

  /// The values by name: a null for a single field that has none, and of several fields those that have some.
  func members(_ fields: ChosenFields) -> (names: [String], cells: [ListWriter.Cell]) {
    var (names, shown): ([String], [ListWriter.Cell]) = ([], [])
    for place in cells.indices {
      let mine = leaves.filter { $0.place == place }
      if !cells[place].isEmpty || mine.isEmpty && !fields.isHollow[place] {
        names.append(fields.names[place])
        shown.append(cells[place])
      }
      names += mine.map(\.path)
      shown += mine.map { ListWriter.Cell(values: $0.values) }
    }
    return (names, shown)
  }
}

/// Reads chosen fields out of events. One task's own.
final class ChosenReader {
  private let fields: ChosenFields
  private let harvest: FieldHarvest
  private let leaves: LeafHarvest

  init(_ fields: ChosenFields) {
    self.fields = fields
    harvest = FieldHarvest(fields.paths)
    leaves = LeafHarvest(fields)
  }

  func read(_ event: JSONNode) -> ChosenValues {
    ChosenValues(harvest.read(event), leaves: leaves.read(event), fields)
  }
}
