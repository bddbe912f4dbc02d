import Synchronization

/// What is made of a catalog's names when something is first asked of it: most runs name no field that is not known.
/// Copies of a catalog share it.
final class LazyNames: Sendable {
  private let made = Mutex<(paths: FieldPaths?, index: FieldNameIndex?, parts: FieldPathParts?)>((nil, nil, nil))

  func paths(_ all: () -> [String]) -> FieldPaths {
    made.withLock { made in
      let paths = made.paths ?? FieldPaths(all())
      made.paths = paths
      return paths
    }
  }

  func index(_ all: () -> [String]) -> FieldNameIndex {
    made.withLock { made in
      let index = made.index ?? FieldNameIndex(FieldPaths(all()).sorted)
      made.index = index
      return index
    }
  }

  func parts(_ all: () -> [String]) -> FieldPathParts {
    let paths = paths(all)
    return made.withLock { made in
      let parts = made.parts ?? FieldPathParts(paths: paths.sorted)
      made.parts = parts
      return parts
    }
  }
}
