/// A way to write many alerts as one file.
public enum AlertFormat: String, CaseIterable, Sendable {
  /// One array of the alerts as they are, an alert a line.
  case json
  /// A header and a row an alert, by RFC 4180; see `CSVWriter`.
  case csv
  /// A summary table and a section an alert.
  case markdown

  /// Writes all alerts, which are handed in once or, for Markdown, twice in the same order, so that none has to be kept.
  ///
  /// - Parameters:
  ///   - alerts: Calls its argument with each alert.
  ///   - output: Takes UTF-8 in pieces of some kilobytes.
  public func write(
    alerts: ((AlertDocument) throws -> Void) throws -> Void, to output: @escaping ([UInt8]) throws -> Void
  ) throws {
    var pending: [UInt8] = []
    func add(_ piece: [UInt8]) throws {
      pending += piece
      guard pending.count > 1 << 18 else { return }
      try output(pending)
      pending.removeAll(keepingCapacity: true)
    }
    switch self {
    case .json:
      var writer = JSONArrayWriter()
      try add(writer.begin())
      try alerts { try add(writer.add($0)) }
      try add(writer.end())
    case .csv:
      try add(CSVWriter.header)
      try alerts { try add(CSVWriter.row($0)) }
    case .markdown:
      var writer = MarkdownWriter()
      try add(writer.begin())
      try alerts { try add(writer.row($0)) }
      try add(writer.beginSections())
      try alerts { try add(writer.section($0)) }
    }
    try output(pending)
  }
}
