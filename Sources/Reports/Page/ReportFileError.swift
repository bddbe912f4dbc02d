/// Why a report cannot be written to a place.
public struct ReportFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String

  public var description: String { "no report can be written to \(path): \(reason)" }
}
