import Testing

@testable import Transfers

@Suite("How long a server asks to be left alone")
struct HTTPDateTests {
  /// 2026-01-31T10:00:00Z
  private let now: Int64 = 1_769_853_600

  @Test("A moment is read in each of the three forms that HTTP has")
  func forms() {
    for text in [
      "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ] {
      #expect(HTTPDate.seconds(text, near: now) == 784_111_777, "\(text)")
    }
    #expect(HTTPDate.seconds("Saturday, 31-Jan-26 10:00:01 GMT", near: now) == now + 1)
    for wrong in [
      "", "soon", "31 Jan 2026", "Sat, 31 Jan 2026 10:15:00", "Sat, 31 Foo 2026 10:15:00 GMT",
      "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 2026 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
      "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, -6 Nov 1994 08:49:37 GMT x",
      String(repeating: "9", count: 100_000),
    ] {
      #expect(HTTPDate.seconds(wrong, near: now) == nil, "\(wrong.prefix(60))")
    }
  }

  @Test(
    "A field that holds a moment is read whatever its name's case, and one that holds none is as one that is not there")
  func field() {
    let headers = HTTPHeaders(dictionaryLiteral: ("last-modified", "Sat, 31 Jan 2026 10:00:01 GMT"), ("Date", "today"))
    #expect(headers.date("Last-Modified", near: now) == now + 1)
    #expect(headers.date("Date", near: now) == nil && headers.date("Expires", near: now) == nil)
  }

  @Test("It is so many seconds, or until a moment, and never longer than is borne")
  func retryAfter() {
    for (text, seconds) in [
      ("120", 120), ("0", 0), ("99999999999999999999999", 3600), ("Sat, 31 Jan 2026 10:01:40 GMT", 100),
      ("Wed, 21 Oct 2099 07:28:00 GMT", 3600), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
    ] {
      #expect(
        HTTPHeaders(dictionaryLiteral: ("retry-after", text)).retryAfter(at: now, most: 3600) == .seconds(seconds))
    }
    for text in ["", "-1", "1.5", "soon"] {
      #expect(HTTPHeaders(dictionaryLiteral: ("Retry-After", text)).retryAfter(at: now, most: 3600) == nil)
    }
    #expect(HTTPHeaders().retryAfter(at: now, most: 3600) == nil)
  }
}
