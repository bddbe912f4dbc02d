/// Why records could not be generated, in words for the person who asked.
public enum GenerationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An option lies outside its bounds; the text names the option and the bounds.
  case badOption(String)
  /// The output path exists and is not a directory.
  case notADirectory(path: String)
  /// The output directory holds files, and no manifest says that a generator wrote them.
  case foreignDirectory(path: String)
  /// The output directory holds an earlier run, and `replace` was not set.
  case alreadyGenerated(path: String)
  /// The manifest of an earlier run names a file that no generator writes.
  case damagedManifest(path: String, line: Int)
  /// A file or directory could not be read, written or removed.
  case fileFailure(path: String, reason: String)

  public var description: String {
    switch self {
    case .badOption(let reason):
      reason
    case .notADirectory(let path):
      "\(path) is not a directory"
    case .foreignDirectory(let path):
      "\(path) is not empty and holds nothing that was generated; choose an empty or a new directory"
    case .alreadyGenerated(let path):
      "\(path) holds the files of an earlier run; choose another directory, or have them replaced (--replace)"
    case .damagedManifest(let path, let line):
      "\(path), line \(line): names a file that a generator run does not write, so nothing was removed after it"
    case .fileFailure(let path, let reason):
      "\(path): \(reason)"
    }
  }
}
