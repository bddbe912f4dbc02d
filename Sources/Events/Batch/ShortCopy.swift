import Foundation

/// Copies short bytes, of which keys and most values are, without a call.
public enum ShortCopy {
  /// Copies `count` bytes to memory that is others'.
  @inlinable @inline(__always)
  public static func copy(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, _ count: Int) {
    let (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
    // Words that overlap.
    func word(_ offset: Int) {
      to.storeBytes(
        of: from.loadUnaligned(fromByteOffset: offset, as: UInt64.self), toByteOffset: offset, as: UInt64.self)
    }
    func half(_ offset: Int) {
      to.storeBytes(
        of: from.loadUnaligned(fromByteOffset: offset, as: UInt32.self), toByteOffset: offset, as: UInt32.self)
    }
    switch count {
    case 8...16:
      word(0)
      word(count - 8)
    case 17...32:
      word(0)
      word(8)
      word(count - 16)
      word(count - 8)
    case 4...7:
      half(0)
      half(count - 4)
    case 1...3:
      target[0] = source[0]
      target[count / 2] = source[count / 2]
      target[count - 1] = source[count - 1]
    case ...0: return
    default: memcpy(to, from, count)
    }
  }
}
