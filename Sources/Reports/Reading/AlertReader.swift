import Foundation
import JSON
import Parallel

/// Reads saved alerts: NDJSON, the array that a hunt prints as JSON, and answers of Elasticsearch to a search.
///
/// NDJSON is read line by line, so a file may be of any size; anything else is held whole, up to `longestText` bytes.
public struct AlertReader {
  /// Bytes of a line at most; a longer one is reported and passed over.
  public static let longestLine = 16 << 20
  /// Bytes at most of a text that is no NDJSON: it is held as a whole, with the places of its tokens.
  public static let longestText = min(512 << 20, ProcessMemory.available / 10)

  private let path: String
  private let needle: [UInt8]
  private let indexer = StructuralIndexer()

  /// A reader of a file, of standard input where the path is `-`. Where `text` is given, only alerts that contain it
  /// are handed on, unescaped as it is.
  public init(path: String, containing text: String = "") {
    self.path = path
    needle = Array(text.utf8)
  }

  /// Hands on each alert, and each place that cannot be used. Throws `AlertFileError` when the file cannot be read.
  public func read(
    problem: (AlertLineProblem) -> Void = { _ in }, alert: (AlertDocument) throws -> Void
  ) throws {
    let chunks = try AlertFile(path: path)
    var pending = AlertLines()
    var isFirst = true
    while let chunk = try chunks.next() {
      if isFirst, let chunk = chunk.first(where: { !Self.isSpace($0) }).map({ _ in chunk }) {
        isFirst = false
        if AlertLines.isNoNDJSON(chunk) { return try readWhole(chunk, chunks, problem, alert) }
      }
      try pending.add(chunk) { line, number in try use(line, number, problem, alert) }
    }
    try pending.finish { line, number in try use(line, number, problem, alert) }
  }

  private func readWhole(
    _ start: [UInt8], _ chunks: AlertFile, _ problem: (AlertLineProblem) -> Void,
    _ alert: (AlertDocument) throws -> Void
  ) throws {
    var text = start
    while let chunk = try chunks.next() {
      guard text.count + chunk.count <= Self.longestText else { throw AlertFileError.tooLong(path) }
      text += chunk
    }
    try AlertLines.forEachValue(in: text) { range, line in try use(text[range], line, problem, alert) }
  }

  /// Uses one JSON text; nil stands for a line that was too long to keep.
  private func use(
    _ text: ArraySlice<UInt8>?, _ line: Int, _ problem: (AlertLineProblem) -> Void,
    _ alert: (AlertDocument) throws -> Void
  ) throws {
    func report(_ cause: AlertDocumentError) {
      problem(AlertLineProblem(file: path, line: line, cause: cause))
    }
    guard let text else { return report(.tooLong) }
    guard text.contains(where: { !Self.isSpace($0) }) else { return }
    let document: JSONDocument
    do {
      document = try JSONDocument(text)
    } catch {
      return report(.notJSON(error))
    }
    try Self.forEachDocument(document.root) { node in
      let bytes = node.sourceText
      if !needle.isEmpty, bytes.contains(Self.field), !bytes.contains(needle) { return }
      do {
        try alert(AlertDocument(node))
      } catch let error as AlertDocumentError {
        report(error)
      }
    }
  }

  private static let field = Array("kibana".utf8)

  /// The documents in a value: itself, the elements of a list, or the hits of an answer.
  private static func forEachDocument(_ node: JSONNode, _ body: (JSONNode) throws -> Void) rethrows {
    if node.isArray { return try node.forEachElement(body) }
    if let hits = node.member("hits"), let inner = hits.member("hits"), inner.isArray {
      return try inner.forEachElement(body)
    }
    try body(node)
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func contains(_ needle: [UInt8]) -> Bool {
    guard let baseAddress, let first = needle.first else { return true }
    var at = 0
    while at + needle.count <= count, let found = memchr(baseAddress + at, Int32(first), count - at) {
      at = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - baseAddress
      guard at + needle.count <= count else { return false }
      if memcmp(baseAddress + at, needle, needle.count) == 0 { return true }
      at += 1
    }
    return false
  }
}
