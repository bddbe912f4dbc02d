/// What the paths of a catalog's fields begin and end with: for patterns that were misspelt.
struct FieldPathParts: Sendable {
  /// By how many names they consist of; of beginnings also those that are objects alone.
  private var starts = Parts()
  private var objects = Parts()
  private var ends = Parts()

  private struct Parts: Sendable {
    private var names: [String] = []
    private var near: [NearNames] = []

    mutating func add(_ names: Set<String>, depth: Int) {
      while near.count <= depth { near.append(NearNames()) }
      for name in names {
        near[depth].add(Array(name.utf8), place: self.names.count)
        self.names.append(name)
      }
    }

    /// The nearest part of `depth` names: of equally near ones the shorter, then the first in the alphabet.
    func nearest(_ letters: [UInt8], depth: Int, atMost bound: Int) -> String? {
      guard near.indices.contains(depth) else { return nil }
      var best: (distance: Int, name: String)?
      near[depth].forEach(near: letters, atMost: bound) { place, distance in
        let name = names[place]
        if best.map({ (distance, name.utf8.count, name) < ($0.distance, $0.name.utf8.count, $0.name) }) ?? true {
          best = (distance, name)
        }
      }
      return best?.name
    }
  }

  init(paths: [String]) {
    var (starts, objects, ends): ([Set<String>], [Set<String>], [Set<String>]) = ([], [], [])
    for path in paths {
      let bytes = path.utf8
      let dots = bytes.indices.filter { bytes[$0] == UInt8(ascii: ".") }
      while starts.count <= dots.count + 1 {
        starts.append([])
        objects.append([])
        ends.append([])
      }
      for (count, dot) in dots.enumerated() {
        starts[count + 1].insert(String(path[..<dot]))
        objects[count + 1].insert(String(path[..<dot]))
        ends[dots.count - count].insert(String(path[bytes.index(after: dot)...]))
      }
      starts[dots.count + 1].insert(path)
      ends[dots.count + 1].insert(path)
    }
    for depth in starts.indices {
      self.starts.add(starts[depth], depth: depth)
      self.objects.add(objects[depth], depth: depth)
      self.ends.add(ends[depth], depth: depth)
    }
  }

  /// What a path may begin with; only with an object where `isObject`.
  func start(near letters: [UInt8], depth: Int, isObject: Bool, atMost bound: Int) -> String? {
    (isObject ? objects : starts).nearest(letters, depth: depth, atMost: bound)
  }

  /// What a path may end with.
  func end(near letters: [UInt8], depth: Int, atMost bound: Int) -> String? {
    ends.nearest(letters, depth: depth, atMost: bound)
  }
}
