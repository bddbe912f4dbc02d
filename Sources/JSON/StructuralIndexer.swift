import CSimdjson

/// Runs simdjson's first stage; holds its buffers, so one indexer serves one task.
public final class StructuralIndexer {
  /// Text beyond this size is not indexed at once: it is cut at record boundaries before.
  public static let maximumTextBytes = 1 << 30

  private let handle: OpaquePointer

  /// Changes with every use of the buffers: an index is valid as long as this is what it was when the index had been made.
  public private(set) var generation = 0

  public init() {
    guard let handle = martlet_json_create() else { fatalError("out of memory for a JSON parser") }
    self.handle = handle
  }

  deinit { martlet_json_destroy(handle) }

  /// Indexes a text that is readable for at least one zero byte beyond its end; the result is valid until the next call.
  public func index(_ text: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> StructuralIndex {
    generation &+= 1
    guard let bytes = text.baseAddress, text.count > 0 else { throw .empty }
    var positions: UnsafePointer<UInt32>?
    var count = 0
    let code = martlet_json_index(handle, bytes, text.count, &positions, &count)
    guard code == 0, let positions else { throw fault(code, bytes: text) }
    return StructuralIndex(bytes: bytes, positions: positions, count: count)
  }

  /// A full DOM parse by simdjson, for measuring and for holding our own walk to it; false when the text is refused.
  public func parse(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    generation &+= 1
    guard let bytes = text.baseAddress else { return false }
    return martlet_json_parse(handle, bytes, text.count) == 0
  }

  /// Gives memory back after an unusually large text.
  public func trim(to capacity: Int) {
    generation &+= 1
    martlet_json_trim(handle, capacity)
  }

  private func fault(_ code: Int32, bytes: UnsafeBufferPointer<UInt8>) -> JSONFault {
    if martlet_json_is_utf8_error(code) != 0 { return .notUTF8 }
    if martlet_json_is_unclosed_string(code) != 0 { return .unclosedString }
    if martlet_json_is_bare_control(code) != 0 { return .bareControlCharacter }
    if martlet_json_is_memory_error(code) != 0 { return .outOfMemory }
    if bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return .empty }
    return .unexpectedCharacter
  }
}
