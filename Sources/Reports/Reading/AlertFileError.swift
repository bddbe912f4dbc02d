import Foundation

/// Why a file of saved alerts cannot be read at all.
public enum AlertFileError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(String, reason: String)
  case compressed(String)
  case tooLong(String)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .compressed(let file):
      "\(file) is compressed; decompress it first, as in: gzip -dc FILE | martlet show ID -"
    case .tooLong(let file):
      "\(file) is no NDJSON, and longer than \(AlertReader.longestText >> 20) MiB; have one alert a line"
    }
  }
}
