import Foundation

/// Trouble with a source of bytes, in words for a person.
enum InputError: Error {
  case unreadable(String)
  case tornCompression(String)
  case bomb(String)

  static func fromErrno(_ doing: String) -> InputError {
    .unreadable("\(doing): \(String(cString: strerror(errno)))")
  }
}

/// The bounds on what is read.
public enum InputLimits {
  /// A file whose text is no longer is decompressed and scanned in one go.
  static let wholeTextBytes = 64 << 20
  /// Longer text is cut into pieces of this size, at record boundaries.
  static let pieceBytes = 8 << 20
  /// Compressed bytes from which a file is read as a stream that several workers share.
  static let streamedBytes = 8 << 20
  /// Text may be this many times as long as its compressed form, once it is longer than `ratioFreeBytes`.
  public static let ratio = 200
  public static let ratioFreeBytes = 8 << 20
  /// The text that a worker gathers from several files before it hands it on.
  static let batchTextBytes = 16 << 20
}
