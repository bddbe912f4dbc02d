/// The fields that objects and patterns turned out to stand for: the columns of a list.
public struct OpenedFields: Sendable {
  /// Fields that the names of a list are opened into at most.
  public static let most = 1000

  private struct Place: Hashable, Comparable {
    var place: Int
    var path: String
    static func < (left: Place, right: Place) -> Bool { (left.place, left.path) < (right.place, right.path) }
  }

  private var opened: Set<Place> = []
  private var filled: Set<Int> = []
  /// There were more fields than are shown.
  public private(set) var isCut = false

  public init() {}

  public mutating func add(_ values: ChosenValues) {
    for place in values.cells.indices where !values.cells[place].isEmpty { filled.insert(place) }
    for leaf in values.leaves { opened.insert(Place(place: leaf.place, path: leaf.path)) }
    // Which are kept does not depend on which came first.
    if opened.count > 2 * Self.most { trim() }
  }

  private mutating func trim() {
    guard opened.count > Self.most else { return }
    isCut = true
    opened = Set(opened.sorted().prefix(Self.most))
  }

  /// The columns in the order of the names; those of one name by their own.
  public mutating func columns(_ fields: ChosenFields) -> [(place: Int, path: String, isName: Bool)] {
    trim()
    let byPlace = Dictionary(grouping: opened, by: \.place)
    return fields.names.indices.flatMap { place -> [(place: Int, path: String, isName: Bool)] in
      let mine = (byPlace[place] ?? []).map(\.path).sorted()
      let hasOwn = mine.isEmpty || filled.contains(place)
      return (hasOwn ? [(place, fields.names[place], true)] : []) + mine.map { (place, $0, false) }
    }
  }

  /// The cells of such columns.
  public static func cells(
    _ values: ChosenValues, in columns: [(place: Int, path: String, isName: Bool)]
  ) -> [ListWriter.Cell] {
    guard !values.leaves.isEmpty else { return columns.map { $0.isName ? values.cells[$0.place] : .absent } }
    var leaves: [String: [String]] = [:]
    for leaf in values.leaves { leaves[leaf.path] = leaf.values }
    return columns.map { column in
      column.isName
        ? values.cells[column.place] : leaves[column.path].map(ListWriter.Cell.init(values:)) ?? .absent
    }
  }
}
