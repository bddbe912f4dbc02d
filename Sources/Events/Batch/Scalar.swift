/// What kind of JSON value a scalar was, which an alert gives back as it came.
public enum ScalarKind: UInt8, Sendable, BitwiseCopyable {
  case string = 1
  case number = 2
  case boolean = 3
}

/// One value of a field: its kind and its bytes (a string unescaped, a number or boolean as written), borrowed.
public struct Scalar: BitwiseCopyable {
  public var kind: ScalarKind
  public var bytes: UnsafeBufferPointer<UInt8>

  @inlinable
  public init(_ kind: ScalarKind, _ bytes: UnsafeBufferPointer<UInt8>) {
    self.kind = kind
    self.bytes = bytes
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }
}
