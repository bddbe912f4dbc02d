import JSON

/// Guesses a record's next key from the one before: records of one trail have their members in one order, a few of them
/// left out here and there. A guess that holds costs three comparisons of words, one that fails a look into the table.
struct RecordKeyPredictor: ~Copyable {
  /// What a name looks like in a text.
  private struct Shape {
    /// More than any text has for a name that is never guessed.
    var length = Int.max
    /// Where the name's second and last words start.
    var middle = 0
    var last = 0
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    /// The bytes of a word that belong to a name shorter than it.
    var mask = UInt64.max

    init(_ name: StaticString) {
      // Three words, which may overlap, are all of a name of up to 24 bytes.
      guard name.utf8CodeUnitCount <= 24 else { return }
      length = name.utf8CodeUnitCount
      if length < 8 {
        mask = (1 << UInt64(length * 8)) - 1
      } else {
        last = length - 8
        middle = min(8, last)
      }
      // The name has no bytes of its own behind it that could be read with it.
      let copy = Array(UnsafeBufferPointer(start: name.utf8Start, count: length)) + [UInt8](repeating: 0, count: 8)
      copy.withUnsafeBufferPointer {
        let start = $0.baseAddress!
        words = (
          RecordKeyPredictor.word(start), RecordKeyPredictor.word(start + middle), RecordKeyPredictor.word(start + last)
        )
      }
    }
  }

  private static let count = RecordKey.allCases.count
  /// Stands for the key before the first.
  static let start = count

  /// By key.
  private let shapes: UnsafeMutablePointer<Shape>
  /// What followed each key the last time, and what came first.
  private let followers: UnsafeMutablePointer<RecordKey>

  init() {
    shapes = .allocate(capacity: Self.count)
    for (at, key) in RecordKey.allCases.enumerated() { (shapes + at).initialize(to: Shape(key.name)) }
    followers = .allocate(capacity: Self.count + 1)
    followers.initialize(repeating: .eventVersion, count: Self.count + 1)
  }

  deinit {
    shapes.deallocate()
    followers.deallocate()
  }

  /// The key at `token`, with its colon behind it, if it is the one that is guessed; nil says nothing about the text.
  @inline(__always)
  func key(_ index: StructuralIndex, _ token: Int, after previous: Int) -> RecordKey? {
    let key = followers[previous]
    let shape = shapes + Int(key.rawValue)
    let quote = index.offset(token)
    let length = shape.pointee.length
    guard index.offset(token + 1) - quote - 2 == length else { return nil }
    let start = index.bytes + quote + 1
    let words = shape.pointee.words
    let differences =
      (Self.word(start) ^ words.0) | (Self.word(start + shape.pointee.middle) ^ words.1)
      | (Self.word(start + shape.pointee.last) ^ words.2)
    guard differences & shape.pointee.mask == 0, start[-1] == UInt8(ascii: "\""), start[length] == UInt8(ascii: "\""),
      start[length + 1] == UInt8(ascii: ":")
    else { return nil }
    return key
  }

  /// Remembers what followed a key.
  @inline(__always)
  func learn(_ key: RecordKey, after previous: Int) { followers[previous] = key }

  @inline(__always)
  private static func word(_ start: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
  }
}
