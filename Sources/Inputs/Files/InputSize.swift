/// How much there is to read.
public enum InputSize {
  /// The bytes of all files under some paths, as they lie on disk; nil when one of them is standard input.
  public static func bytes(of paths: [String]) -> Int? {
    guard !paths.contains("-") else { return nil }
    var walker = PathWalker(paths)
    var bytes = 0
    while !Task.isCancelled, let entry = walker.next() { bytes += entry.size }
    return bytes
  }
}
