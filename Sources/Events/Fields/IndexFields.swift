/// Which fields each of several indices maps.
///
/// Most indices of a mapping are alike, as those behind one data stream are: each field is kept once, and each choice of fields.
struct IndexFields: Hashable, Sendable {
  /// Indices that map the same fields.
  private struct Layout: Hashable, Sendable {
    var indices: [String]
    /// Places among `all`, in the order in which they were read.
    var fields: [Int32]
  }

  private var all: [FieldMapping.Field] = []
  private var places: [FieldMapping.Field: Int32] = [:]
  private var layouts: [Layout] = []
  private var layoutPlaces: [[Int32]: Int] = [:]
  private var current: [Int32] = []

  /// Notes a field of the index that is read.
  mutating func add(_ field: FieldMapping.Field) {
    if let place = places[field] {
      current.append(place)
      return
    }
    let place = Int32(clamping: all.count)
    all.append(field)
    places[field] = place
    current.append(place)
  }

  /// Notes that an index has been read, and gives it the fields that were added since the one before.
  mutating func end(_ index: String) {
    if let place = layoutPlaces[current] {
      layouts[place].indices.append(index)
    } else {
      layoutPlaces[current] = layouts.count
      layouts.append(Layout(indices: [index], fields: current))
    }
    current = []
  }

  /// Forgets what only reading needs.
  mutating func close() {
    places = [:]
    layoutPlaces = [:]
    current = []
  }

  /// The indices that a pattern selects, by their names or by those of their data streams; nil where it selects none, or all.
  func chosen(by pattern: IndexPattern) -> Set<String>? {
    let names = layouts.flatMap(\.indices)
    let chosen = names.filter { pattern.matches($0) || pattern.matches(BackingIndex.dataStream(of: $0)) }
    return chosen.isEmpty || chosen.count == names.count ? nil : Set(chosen)
  }

  /// The same of some of the indices.
  func narrowed(to chosen: Set<String>) -> IndexFields {
    var narrow = self
    for place in layouts.indices { narrow.layouts[place].indices.removeAll { !chosen.contains($0) } }
    narrow.layouts.removeAll { $0.indices.isEmpty }
    return narrow
  }

  /// The fields of each of some indices, by name.
  func fields(of chosen: Set<String>) -> [(index: String, fields: [FieldMapping.Field])] {
    layouts.flatMap { layout in
      layout.indices.filter(chosen.contains).map { ($0, layout.fields.map { all[Int($0)] }) }
    }
    .sorted { $0.index < $1.index }
  }
}
