import CloudTrail
import Events
import Parallel

/// The texts of the records that may become alerts.
struct KeptRecords: IndicatorTexts {
  private struct Place: Sendable {
    var place: KeptBytes.Place
    var time: Timestamp
    var id: EventID
    var length: UInt32
    var kind: RecordKind
  }

  private var places: [Place] = []
  private var texts = KeptBytes()

  /// What is remembered of each beside its text, in bytes, which are up to twice as many while room is made for more.
  static let placeBytes = MemoryLayout<Place>.stride

  /// Keeps a record and returns its number.
  mutating func keep(_ row: RecordRow) throws -> UInt32 {
    places.append(
      Place(place: try texts.append(row.text), time: row.time, id: row.id, length: UInt32(row.length), kind: row.kind))
    return UInt32(places.count - 1)
  }

  func length(of number: UInt32) -> Int { Int(places[Int(number)].length) }

  func id(of number: UInt32) -> EventID { places[Int(number)].id }

  /// Calls `body` with a kept record, as a row whose text is borrowed for the call and has zeros behind it.
  func withRow<Result>(_ number: UInt32, _ body: (RecordRow) throws -> Result) throws -> Result {
    let place = places[Int(number)]
    var text = try texts.bytes(place.place, count: Int(place.length))
    text.append(contentsOf: repeatElement(0, count: 64))
    return try text.withUnsafeBufferPointer {
      try body(
        RecordRow(
          start: $0.baseAddress!, length: Int(place.length), kind: place.kind, time: place.time, id: place.id))
    }
  }
}
