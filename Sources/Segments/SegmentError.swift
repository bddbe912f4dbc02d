import Foundation
import Parallel

/// Why a segment could not be written or read, and where.
public struct SegmentError: Error, Equatable, CustomStringConvertible, Sendable {
  public enum Kind: Equatable, Sendable {
    /// The system refused; the number is that of `errno`.
    case io(Int32)
    /// What the file holds contradicts the format or its checksums.
    case damaged
    /// The file is of a later version of the format.
    case newer(version: UInt32)
    /// What was to be written is beyond a bound of the format.
    case tooLarge
  }

  public var kind: Kind
  /// The file.
  public var path: String
  /// What was being done, as "reading a segment".
  public var doing: String
  /// What was found.
  public var cause: String
  /// The part of the file, as "source block 3".
  public var block: String?
  /// Where that part starts, in bytes from the start of the file.
  public var offset: Int?

  init(_ fault: SegmentFault, doing: String, path: String) {
    kind = fault.kind
    self.path = path
    self.doing = doing
    cause = fault.cause
    block = fault.block?.description
    offset = fault.block?.offset
  }

  public var description: String {
    var text = "\(doing) \(path): \(cause)"
    if let block { text += " (\(block)\(offset.map { ", at byte \($0)" } ?? ""))" }
    return text + ". " + advice
  }

  private var advice: String {
    switch kind {
    case .io(ENOSPC), .io(EDQUOT): "Make room on the file system and try again."
    case .io(ENOENT): "See whether it was moved, and put it back."
    case .io: "See to the permissions and the health of the file system."
    case .damaged: "Put the file back from a copy, or read its events in again."
    case .newer: "Use the version of martlet that wrote it, or a later one."
    case .tooLarge: "Write fewer events into one segment, or leave out what is too long."
    }
  }
}

/// A fault within a segment, before it is known to whom it is told.
struct SegmentFault: Error {
  var kind = SegmentError.Kind.damaged
  var cause: String
  var block: BlockPlace?

  /// What the system refused just now.
  static func system(_ what: String) -> SegmentFault {
    let code = errno
    return SegmentFault(kind: .io(code), cause: "\(what): \(SystemError.words(code))")
  }

  static func tooLarge(_ cause: String) -> SegmentFault { SegmentFault(kind: .tooLarge, cause: cause) }
}
