import Synchronization

/// Lists of paths of columns, one for all segments that have the same columns in the same order: those of one folder mostly differ by a
/// few, and an open folder has hundreds.
///
/// Two lists are the same where all their bytes are. One is here as long as a segment has it.
public final class SharedPaths: Sendable {
  /// A class, since optimized code that the address sanitizer looks at read a weak reference in a dictionary's value where none was.
  private final class Entry {
    private(set) weak var paths: ColumnPaths?
    /// Whose entry it is, once that is going.
    let id: ObjectIdentifier

    init(_ paths: ColumnPaths) {
      self.paths = paths
      id = ObjectIdentifier(paths)
    }
  }

  private struct State {
    var entries: [UInt64: Entry] = [:]
    var newest: Entry?
  }

  /// Nothing may be let go of under the lock: what goes takes its entry away.
  private let state = Mutex(State())

  public init() {}

  /// How many lists segments have now.
  var count: Int { state.withLock { $0.entries.count } }

  /// The list of the paths that stand in a directory, which is the one that another segment has where there is one.
  ///
  /// - Parameter reader: what the directory is read by, for faults: paths that are no text, or of which two are equal.
  func list(_ directory: [UnsafeRawBufferPointer], _ reader: ByteReader) throws(SegmentFault) -> ColumnPaths {
    let key = Self.key(directory)
    let (known, newest) = state.withLock { ($0.entries[key]?.paths, $0.newest?.paths) }
    if let known, known.are(directory) { return known }
    let made = try ColumnPaths(directory, key: key, sharing: self, texts: newest, reader)
    let kept = state.withLock { state in
      // Another thread may have been quicker. Of two lists with one key the second is of its segment alone.
      if let other = state.entries[key]?.paths { return other }
      let entry = Entry(made)
      state.entries[key] = entry
      state.newest = entry
      return made
    }
    return kept.are(directory) ? kept : made
  }

  /// Takes away what is known of a list that nobody has any more.
  func forget(_ paths: ColumnPaths) {
    state.withLock { state in
      if state.entries[paths.key]?.id == ObjectIdentifier(paths) { state.entries[paths.key] = nil }
    }
  }

  /// A hash of the bytes. Lists that somebody makes collide are not shared, which is all that comes of it.
  private static func key(_ directory: [UnsafeRawBufferPointer]) -> UInt64 {
    directory.reduce(0) { key, path in
      key &* 31 &+ ValueFilter.hash(path.assumingMemoryBound(to: UInt8.self))
    }
  }
}
