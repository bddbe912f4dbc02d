import JSON

/// Why a text is not taken as an alert.
public enum AlertDocumentError: Error, Hashable, Sendable, CustomStringConvertible {
  case notJSON(JSONTextError)
  case notAnAlert
  /// The text is longer than `AlertReader.longestLine` bytes.
  case tooLong

  /// The cause in plain words, to stand after a place.
  public var description: String {
    switch self {
    case .notJSON(let error) where error.fault == .tooMany || error.fault == .outOfMemory: error.fault.explanation
    case .notJSON(let error):
      "broken JSON: \(error.fault.explanation)" + (error.offset.map { " (at byte \($0) of the line)" } ?? "")
    case .notAnAlert: "no alert: it has no kibana.alert.* fields"
    case .tooLong: "longer than \(AlertReader.longestLine) bytes"
    }
  }
}
