import CloudTrail
import Detection
import Events
import Parallel

/// The documents of a list that may be told in alerts, as their lines stand in its file.
struct ListTexts: IndicatorTexts {
  private struct Place: Sendable {
    var place: KeptBytes.Place
    var length: UInt32
    var line: UInt32
  }

  private let form: ListForm
  private var texts = KeptBytes()
  private var places: [Place] = []

  /// What it takes to keep a line beside its text, in bytes, with room for more.
  static let placeBytes = 2 * MemoryLayout<Place>.stride
  /// The highest number of a line that can be kept.
  static let lastLine = Int(UInt32.max)

  init(_ form: ListForm) { self.form = form }

  /// Keeps a line, or a row of CSV, and returns its number.
  mutating func keep(_ text: UnsafeBufferPointer<UInt8>, line: Int) throws -> UInt32 {
    places.append(Place(place: try texts.append(text), length: UInt32(text.count), line: UInt32(line)))
    return UInt32(places.count - 1)
  }

  func length(of number: UInt32) -> Int { Int(places[Int(number)].length) }

  func id(of number: UInt32) throws -> EventID {
    let place = places[Int(number)]
    if let id = form.id(ofRow: Int(place.line)) { return id }
    let line = try texts.bytes(place.place, count: Int(place.length))
    return try line.withUnsafeBufferPointer { form.id($0, line: Int(place.line)) } ?? withRow(number) { $0.id }
  }

  func withRow<Result>(_ number: UInt32, _ body: (RecordRow) throws -> Result) throws -> Result {
    let place = places[Int(number)]
    let line = try texts.bytes(place.place, count: Int(place.length))
    var hit: [UInt8] = []
    line.withUnsafeBufferPointer { form.appendHit($0, line: Int(place.line), to: &hit) }
    let count = hit.count
    hit.append(contentsOf: repeatElement(0, count: ListPiece.padding))
    return try hit.withUnsafeBufferPointer { hit in
      let scanner = RecordScanner(leanFields: [], registry: EventRegistry(remembers: false))
      scanner.beginBatch()
      scanner.scan(UnsafeBufferPointer(rebasing: hit[..<count]), of: form.region())
      guard let row = scanner.batch.rows.first else { throw Unread(path: form.path, line: Int(place.line)) }
      return try withExtendedLifetime(scanner) { try body(row) }
    }
  }

  /// A line that was a document is none.
  struct Unread: Error, CustomStringConvertible {
    var path: String
    var line: Int
    var description: String { "the indicator of line \(line) of \(path) cannot be read again" }
  }
}
