import Events
import Foundation
import TestSupport
import Testing

/// The one spelling of an address.
struct IPAddressTests {
  @Test(
    "Every spelling of an address is written the same way",
    arguments: [
      ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("::FFFF:a00:1", "10.0.0.1"), ("::", "::"),
      ("2001:db8:0::1", "2001:db8::1"), ("2001:0DB8::0001", "2001:db8::1"), ("1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"),
      ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"), ("::1", "::1"), ("fe80::", "fe80::"),
      ("::1.2.3.4", "::102:304"),
    ])
  func text(spelling: String, text: String) throws {
    #expect(try #require(IPAddress(spelling)).text == text)
  }

  @Test("An address that is written out is read as the same one", arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func roundTrip(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      func half() -> UInt64 {
        (0..<4).reduce(0) { sum, _ in
          sum << 16 | (Bool.random(using: &random) ? 0 : UInt64.random(in: 0...0xFFFF, using: &random))
        }
      }
      let address = IPAddress(high: half(), low: half())
      try #require(IPAddress(address.text) == address, "\(address.text)")
    }
  }

  @Test(
    "Texts that look like IPv4 are read as the system reads them, and are plain where they are written as Elasticsearch writes them",
    arguments: [UInt64.random(in: 0...UInt64.max), 5])
  func plain(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var read = 0
    for _ in 0..<20_000 {
      var text = (0..<(Int.random(in: 0...9, using: &random) == 0 ? Int.random(in: 1...5, using: &random) : 4)).map {
        _ in
        [
          "0", "1", "9", "10", "99", "127", "255", "256", "00", "01", "1000", "",
          "\(UInt8.random(in: 0...255, using: &random))",
        ]
        .randomElement(using: &random)!
      }.joined(separator: ".")
      if Int.random(in: 0...9, using: &random) == 0 {
        let odd = [" ", ".", "x", "/8", "\u{0}", "-"].randomElement(using: &random)!
        text = Bool.random(using: &random) ? odd + text : text + odd
      }
      var address = in_addr()
      let isAddress = !text.utf8.contains(0) && inet_pton(AF_INET, text, &address) == 1
      let bits = Array(text.utf8).withUnsafeBufferPointer { IPAddress.plainBits($0) }
      try #require(bits == (isAddress ? UInt32(bigEndian: address.s_addr) : nil), "seed \(seed): \(text)")
      let whole = IPAddress(text)
      try #require(whole?.bitsOfIPv4 == bits && (whole == nil || whole?.text == text), "seed \(seed): \(text)")
      if isAddress { read += 1 }
    }
    #expect(!stands(seed) || read > 1000)
  }
}
