import CloudTrail
import Events
import Parallel

/// The texts of the records that may become alerts. Up to a bound they stay in memory, beyond it they go to a temporary
/// file that is unlinked at once.
struct KeptRecords: EventTexts {
  struct Place: Sendable {
    var offset: Int
    var length: Int
    /// The chunk of memory that the text lies in; nil where it lies in the file.
    var chunk: Int?
    var kind: RecordKind
    var time: Timestamp
    var id: EventID
  }

  /// Bytes of one worker's records that stay in memory.
  static let memoryBytes = min(48 << 20, ProcessMemory.available / 48)

  private var places: [Place] = []
  /// Texts one behind the other. What is full is never moved: one long array would be copied again and again as it grows.
  private var chunks: [[UInt8]] = []
  private static let chunkBytes = 1 << 20
  /// Bytes of all chunks.
  private var chunkedBytes = 0
  private var file: SpillFile?

  /// Keeps a record and returns its number.
  mutating func keep(_ row: RecordRow) throws -> UInt32 {
    var place = Place(offset: 0, length: row.length, chunk: nil, kind: row.kind, time: row.time, id: row.id)
    if chunkedBytes + row.length > Self.memoryBytes {
      let spill = try file ?? SpillFile()
      file = spill
      place.offset = try spill.append(row.text)
    } else {
      if chunks.isEmpty || chunks[chunks.count - 1].count + row.length > Self.chunkBytes {
        chunks.append([])
        chunks[chunks.count - 1].reserveCapacity(max(Self.chunkBytes, row.length))
      }
      place.chunk = chunks.count - 1
      place.offset = chunks[chunks.count - 1].count
      chunks[chunks.count - 1].append(contentsOf: row.text)
      chunkedBytes += row.length
    }
    places.append(place)
    return UInt32(places.count - 1)
  }

  func length(of number: UInt32) -> Int { places[Int(number)].length }

  /// Calls `body` with a kept record, as a row whose text is borrowed for the call and has zeros behind it.
  func withRow<Result>(_ number: UInt32, _ body: (RecordRow) throws -> Result) throws -> Result {
    let place = places[Int(number)]
    var text: [UInt8]
    if let chunk = place.chunk {
      text = Array(chunks[chunk][place.offset..<place.offset + place.length])
    } else {
      text = try file?.read(place.offset, place.length) ?? []
    }
    text.append(contentsOf: repeatElement(0, count: 64))
    return try text.withUnsafeBufferPointer {
      try body(
        RecordRow(
          start: $0.baseAddress!, length: place.length, kind: place.kind, time: place.time, id: place.id))
    }
  }
}
