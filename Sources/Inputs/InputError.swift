import Foundation

/// Trouble with a source of bytes, in words for a person.
enum InputError: Error {
  case unreadable(String)
  case tornCompression(String)
  case tornArchive(String)
  case bomb(String)

  static func fromErrno(_ doing: String) -> InputError {
    .unreadable("\(doing): \(String(cString: strerror(errno)))")
  }
}

/// The bounds on what is read.
public enum InputLimits {
  /// Bytes behind an archive's last member that are read, so that damage there is found.
  static let archiveTailBytes = 64 << 20
  /// Files are handed out together until they hold this many bytes, or are this many; fewer where there is little input.
  static let unitBytes = 1 << 20
  static let unitFiles = 512
  /// Text may be this many times as long as its compressed form, once it is longer than `ratioFreeBytes`. For an archive,
  /// all that is in it counts, in archives within it too.
  public static let ratio = 200
  public static let ratioFreeBytes = 8 << 20
  /// Entries of an archive, those of archives within it counted in.
  public static let archiveEntries = 1_000_000
  /// How many archives may be within one another.
  public static let archiveLevels = 3
  /// What is shown of an entry's name.
  static let shownNameBytes = 1024
}
