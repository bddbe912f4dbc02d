import JSON
import TestSupport
import Testing

/// Our walk over the index is held equal to simdjson's own second stage.
struct JSONWalkerTests {
  private let indexer = StructuralIndexer()

  private func accepts(_ text: String) -> Bool { TextBuffer(text).walk(indexer) == nil }

  private func domAccepts(_ text: String) -> Bool { indexer.parse(TextBuffer(text).text) }

  @Test(
    "Spoiled texts are accepted and refused as simdjson's DOM does", arguments: [UInt64.random(in: 0...UInt64.max), 11])
  func spoiled(seed: UInt64) throws {
    var maker = RandomJSON(seed: seed)
    var refused = 0
    for _ in 0..<6000 {
      let text = maker.value()
      let whole = TextBuffer(text)
      #expect(whole.walk(indexer) == nil && indexer.parse(whole.text), "seed \(seed): \(text)")
      let bytes = maker.spoiled(text)
      let buffer = TextBuffer(bytes)
      let fault = buffer.walk(indexer)
      let accepted = indexer.parse(buffer.text)
      if accepted != (fault == nil), !Self.isAllowed(bytes, fault) {
        Issue.record(
          """
          seed \(seed): simdjson accepts: \(accepted), we say \(fault as Any): \(String(decoding: bytes, as: UTF8.self))
          """
        )
      }
      refused += accepted ? 0 : 1
    }
    #expect(!stands(seed) || refused > 2000)
  }

  /// Accepted by us alone, and meant to be: a number of any size, half of a surrogate pair.
  private static func isAllowed(_ bytes: [UInt8], _ fault: JSONFault?) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return fault == nil && (text.contains(#/[0-9.]{15,}|[eE][+-]?[0-9]{3,}/#) || text.contains(#/\\u[dD][89a-fA-F]/#))
  }

  @Test(
    "Numbers may be of any size",
    arguments: [
      "123456789012345678901234567890", "-99999999999999999999", "1e999", "[1e400, 2]", "{\"a\": 18446744073709551616}",
    ])
  func largeNumbers(text: String) { #expect(accepts(text)) }

  @Test(
    "An escaped surrogate may stand alone",
    arguments: ["\"\\ud800\"", "[\"\\udc00x\"]", "\"\\ud83d\\u0041\"", "\"\\ud83d\""])
  func loneSurrogates(text: String) {
    #expect(accepts(text))
    #expect(!domAccepts(text) || text.contains("dc00"))
  }

  @Test("Nesting is bounded, also that of closed and of broken text")
  func depth() {
    func nested(_ depth: Int, _ open: String, _ close: String, _ inner: String = "1") -> String {
      String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }
    let limit = JSONLimits.depth
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
      let levels = open.count == 6 ? limit / 2 : limit
      #expect(accepts(nested(levels, open, close)))
      #expect(TextBuffer(nested(levels + 1, open, close)).walk(indexer) == .tooDeep)
      #expect(TextBuffer(String(repeating: open, count: 200_000)).walk(indexer) == .tooDeep)
      #expect(TextBuffer(nested(200_000, open, close)).walk(indexer) == .tooDeep)
    }
    // What opens and closes at once adds no level.
    #expect(accepts(nested(limit, "[", "]", "{}")))
    #expect(accepts("[" + String(repeating: "[],", count: 10_000) + "{}]"))
  }

  @Test("A string is bounded, a text of many strings is not")
  func strings() {
    let limit = JSONLimits.stringBytes
    let longest = "\"" + String(repeating: "x", count: limit) + "\""
    #expect(accepts(longest))
    #expect(accepts(longest + String(repeating: " ", count: 1000)))
    #expect(accepts("[\(longest),\(longest)]"))
    #expect(TextBuffer("\"" + String(repeating: "x", count: limit + 1) + "\"").walk(indexer) == .stringTooLong)
    #expect(TextBuffer("{\"" + String(repeating: "x", count: limit + 1) + "\":1}").walk(indexer) == .stringTooLong)
    #expect(
      TextBuffer("{\"a\":\"" + String(repeating: "\\n", count: limit / 2 + 1) + "\"}").walk(indexer) == .stringTooLong)
  }

  @Test("The fault and its place are told")
  func faults() throws {
    let cases: [(String, JSONFault, Int?)] = [
      ("", .empty, nil), (" \n", .empty, nil), ("\"a", .unclosedString, nil),
      ("\"a\u{1}\"", .bareControlCharacter, nil),
      ("[1,\"\\x\"]", .badEscape, 3), ("[1,\"\\u12g4\"]", .badEscape, 3), ("[01]", .badNumber, 1),
      ("[1, -]", .badNumber, 4),
      ("[1.]", .badNumber, 1), ("[tru]", .badLiteral, 1), ("[nulll]", .badLiteral, 1), ("[1", .unexpectedEnd, 2),
      ("{\"a\":1", .unexpectedEnd, 6), ("[1 2]", .unexpectedCharacter, 3), ("{1:2}", .unexpectedCharacter, 1),
      ("{\"a\" 1}", .unexpectedCharacter, 5), ("[1,]", .unexpectedCharacter, 3), ("[1}", .unexpectedCharacter, 2),
      ("{\"a\":1]", .unexpectedCharacter, 6), ("x", .unexpectedCharacter, 0), ("{\"a\":1,}", .unexpectedCharacter, 7),
    ]
    for (text, fault, offset) in cases {
      let buffer = TextBuffer(text)
      guard let index = try? indexer.index(buffer.text) else {
        #expect(buffer.walk(indexer) == fault && offset == nil, "\(text)")
        continue
      }
      var walker = JSONWalker(index)
      #expect(walker.skip(0) == JSONWalker.failed, "\(text)")
      #expect(walker.fault == fault, "\(text)")
      #expect(walker.faultOffset == offset, "\(text)")
    }
    #expect(TextBuffer([0x22, 0xFF, 0x22]).walk(indexer) == .notUTF8)
    #expect(TextBuffer([0x22, 0xED, 0xA0, 0x80, 0x22]).walk(indexer) == .notUTF8)
  }

  @Test("Every cut of a text is refused, without reading beyond it")
  func cuts() {
    let text = Array("{\"a\":[1,-2.5e3,true,{\"b\\n\":\"\\u00e9\\ud83d\\ude00\"}],\"c\":null,\"d\":\"\\\\\"}".utf8)
    #expect(TextBuffer(text).walk(indexer) == nil)
    for end in 0..<text.count { #expect(TextBuffer(Array(text[..<end])).walk(indexer) != nil, "\(end)") }
  }
}
