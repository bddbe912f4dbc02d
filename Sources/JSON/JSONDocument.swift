/// A checked text of one JSON value, kept so that its parts can be copied out and found again.
///
/// Not for events: it copies the text and serves one task.
public final class JSONDocument {
  private let indexer = StructuralIndexer()
  private let storage: UnsafeMutableBufferPointer<UInt8>
  private let index: StructuralIndex

  /// Checks bytes that hold one JSON value and white space; throws `JSONTextError`.
  public init(_ bytes: ArraySlice<UInt8>) throws(JSONTextError) {
    // The index wants readable zero bytes behind the text.
    let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 64)
    let end = storage.initialize(fromContentsOf: bytes)
    storage[end...].initialize(repeating: 0)
    do {
      index = try Self.check(UnsafeBufferPointer(rebasing: storage[..<end]), indexer)
    } catch {
      storage.deallocate()
      throw error
    }
    self.storage = storage
  }

  deinit { storage.deallocate() }

  private static func check(
    _ text: UnsafeBufferPointer<UInt8>, _ indexer: StructuralIndexer
  ) throws(JSONTextError) -> StructuralIndex {
    let index: StructuralIndex
    do {
      index = try indexer.index(text)
    } catch {
      throw JSONTextError(fault: error, offset: nil)
    }
    var walker = JSONWalker(index)
    let end = walker.skip(0)
    guard end != JSONWalker.failed else { throw JSONTextError(fault: walker.fault, offset: walker.faultOffset) }
    guard end == index.count else { throw JSONTextError(fault: .unexpectedCharacter, offset: index.offset(end)) }
    return index
  }

  /// The whole value; throws `JSONTextError` when it holds more than `JSONLimits.tokens`.
  public func value() throws(JSONTextError) -> JSONValue {
    guard index.count <= JSONLimits.tokens else { throw JSONTextError(fault: .tooMany, offset: nil) }
    return JSONValue(JSONNode(index, token: 0))
  }

  /// The value at the document's root, valid while the document lives.
  public var root: JSONNode { JSONNode(index, token: 0) }
}
