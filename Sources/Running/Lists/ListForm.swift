import CloudTrail
import Events
import Foundation
import JSON
import Outputs

/// What is known of a list: its name, its file, and how a line of it is a document.
///
/// A document is in the index that the list is named after, under an id that says where it stands, unless it is a hit of
/// Elasticsearch that says so itself.
struct ListForm: Sendable {
  let name: String
  let path: String
  /// The fields that the first row of CSV names; nil for lines of JSON.
  let columns: [String]?
  /// Each as the beginning of a member.
  private let keys: [[UInt8]]
  /// What every hit begins with, up to the number of its line.
  private let head: [UInt8]
  private let idHead: String

  init(list name: String, path: String, columns: [String]?) {
    self.name = name
    self.path = path
    self.columns = columns
    func quoted(_ text: String) -> [UInt8] {
      var bytes: [UInt8] = []
      JSONString.appendQuoted(text, to: &bytes)
      return bytes
    }
    keys = (columns ?? []).map { quoted($0) + [UInt8(ascii: ":")] }
    idHead = "\(path.split(separator: "/").last ?? ""):"
    head = Array("{\"_index\":".utf8) + quoted(name) + Array(",\"_id\":".utf8) + quoted(idHead).dropLast()
  }

  /// The identity of the document that a row of CSV is; nil of JSON, where a line may say it itself.
  func id(ofRow line: Int) -> EventID? { columns == nil ? nil : EventID(named: idHead + String(line), in: name) }

  /// The identity of the document on a line; nil where it is a hit that says so itself.
  func id(_ text: UnsafeBufferPointer<UInt8>, line: Int) -> EventID? {
    isHit(text) ? nil : EventID(named: idHead + String(line), in: name)
  }

  /// Where a member of that name may stand, a line is a hit already.
  static let hit = SoughtText(DocumentColumns.wordOfHits)

  private func isHit(_ text: UnsafeBufferPointer<UInt8>) -> Bool { columns == nil && Self.hit.stands(in: text) }

  /// The region of hits, put together for a reader of records.
  func region(recordsBefore: Int = 0) -> TextRegion {
    var region = TextRegion(file: path, recordsBefore: recordsBefore)
    region.hasOffsets = false
    region.isOfDocuments = true
    return region
  }

  /// Appends the hit that a line is, and a line end.
  func appendHit(_ text: UnsafeBufferPointer<UInt8>, line: Int, to output: inout [UInt8]) {
    guard columns != nil else {
      guard !isHit(text) else {
        output.append(contentsOf: text)
        output.append(0x0A)
        return
      }
      begin(line, &output)
      output.append(contentsOf: text)
      output += "}\n".utf8
      return
    }
    var reader = CSVReader(text, line: line)
    if reader.next() { appendHit(reader, to: &output) }
  }

  /// Appends the hit that a row is, and a line end.
  func appendHit(_ row: CSVReader, to output: inout [UInt8]) {
    begin(row.line, &output)
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    for (place, key) in keys.prefix(row.cells.count).enumerated() {
      row.withCell(place) { cell in
        guard !cell.isEmpty else { return }
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        output += key
        // What is no UTF-8 is told by signs that stand for it.
        JSONString.appendQuoted(String(decoding: cell, as: UTF8.self), to: &output)
      }
    }
    output += "}}\n".utf8
  }

  /// Appends the beginning of a hit, before its source.
  private func begin(_ line: Int, _ output: inout [UInt8]) {
    output += head
    output += String(line).utf8
    output += "\",\"_source\":".utf8
  }
}

/// A text that is looked for in others, by a byte of it that is rare.
struct SoughtText {
  private let bytes: [UInt8]
  private let rare: Int

  init(_ text: String) {
    bytes = Array(text.utf8)
    rare = bytes.firstIndex { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: "k") } ?? 0
  }

  func stands(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = text.baseAddress, text.count >= bytes.count else { return false }
    // Where that byte may stand.
    var at = rare
    let end = text.count - bytes.count + rare + 1
    while at < end, let found = memchr(start + at, Int32(bytes[rare]), end - at) {
      let place = UnsafeRawPointer(found) - UnsafeRawPointer(start)
      if memcmp(start + place - rare, bytes, bytes.count) == 0 { return true }
      at = place + 1
    }
    return false
  }
}
