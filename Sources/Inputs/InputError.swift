import Foundation
import Parallel

/// Trouble with a source of bytes, in words for a person.
enum InputError: Error {
  case unreadable(String)
  case tornCompression(String)
  case tornArchive(String)
  /// Packed in a way that is known by name and not read.
  case unopened(String)
  case bomb(String)

  static func fromErrno(_ doing: String) -> InputError {
    .unreadable("\(doing): \(SystemError.words())")
  }
}

/// The bounds on what is read.
public enum InputLimits {
  /// Bytes behind an archive's last member that are read, so that damage there is found.
  static let archiveTailBytes = 64 << 20
  /// Files are handed out together until they hold this many bytes, or are this many; fewer where there is little input.
  static let unitBytes = 1 << 20
  static let unitFiles = 512
  /// Text in which no record is found may be this many times as long as what it was made of, once it is longer than
  /// `barrenBytes`. Whoever makes a call decides how well its record is compressed, so records are never counted.
  public static let ratio = 200
  /// Longer than a piece and a record, in UTF-16 or with its quotes doubled.
  public static let barrenBytes = 32 << 20
  /// Bytes of a file that may have been taken before they are needed.
  static let aheadBytes = 1 << 18
  /// What members of an archive without records may come to together, and what may be passed over in it unread, once it
  /// is more than `ratio` times the archive. What is in archives within it counts too.
  static let barrenArchiveBytes = 256 << 20
  static let skippedArchiveBytes = 4 << 30
  /// A compressed file whose text is no longer is decompressed in one go, if it is at most `ratio` times as long.
  static let quickTextBytes = 8 << 20
  /// Entries of an archive, those of archives within it counted in.
  public static let archiveEntries = 1_000_000
  /// How many archives may be within one another.
  public static let archiveLevels = 3
  /// What is shown of an entry's name.
  static let shownNameBytes = 1024
}
