import Foundation

/// The order of texts by their bytes.
enum TextOrder {
  /// Below 0 where a text comes before another, 0 where they are equal.
  @inline(__always)
  private static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
    guard let one = left.baseAddress, let other = right.baseAddress else { return left.count - right.count }
    let order = memcmp(one, other, min(left.count, right.count))
    return order == 0 ? left.count - right.count : Int(order)
  }

  /// So many are each put into their place from behind: most are few, and many of them in order already.
  private static let few = 24

  /// Brings texts into order, each once.
  static func sort(_ texts: inout [UnsafeBufferPointer<UInt8>]) {
    guard texts.count > 1 else { return }
    if texts.count > few { texts.sort { compare($0, $1) < 0 } }
    let kept = texts.withUnsafeMutableBufferPointer { texts in
      var kept = 1
      next: for at in 1..<texts.count {
        let text = texts[at]
        var place = kept
        while place > 0 {
          let order = compare(texts[place - 1], text)
          if order == 0 { continue next }
          if order < 0 { break }
          place -= 1
        }
        var gap = kept
        while gap > place {
          texts[gap] = texts[gap - 1]
          gap -= 1
        }
        texts[place] = text
        kept += 1
      }
      return kept
    }
    texts.removeLast(texts.count - kept)
  }
}
