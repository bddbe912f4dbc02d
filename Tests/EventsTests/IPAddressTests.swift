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
}
