import Foundation
import JSON
import TestSupport
import Testing

struct JSONNodeTests {
  @Test("Stepping over a text finds what Foundation finds", arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func traversal(seed: UInt64) throws {
    var maker = RandomJSON(seed: seed)
    let indexer = StructuralIndexer()
    var compared = 0
    for _ in 0..<1500 {
      let text = maker.value()
      let buffer = TextBuffer(text)
      let node = JSONNode(try indexer.index(buffer.text), token: 0)
      let ours = try #require(Self.object(node))
      // Foundation reads texts in which the same key stands twice by its first or its last: not compared.
      guard !Self.repeatsKey(node) else { continue }
      let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
      #expect((ours as? NSObject) == (theirs as? NSObject), "seed \(seed): \(text)")
      compared += 1
    }
    #expect(!stands(seed) || compared > 800)
  }

  private static func object(_ node: JSONNode) -> Any? {
    if node.isObject {
      var members: [String: Any] = [:]
      node.forEachMember { key, value in
        var name: [UInt8] = []
        JSONString.appendUnescaped(key, to: &name)
        members[String(decoding: name, as: UTF8.self)] = object(value)
      }
      return members
    }
    if node.isArray {
      var elements: [Any] = []
      node.forEachElement { elements.append(object($0) as Any) }
      return elements
    }
    if node.isString { return node.string }
    if node.isNull { return NSNull() }
    if node.isBoolean { return node.isTrue }
    let text = String(decoding: node.rawScalar, as: UTF8.self)
    return Int64(text).map { NSNumber(value: $0) } ?? Double(text).map { NSNumber(value: $0) }
  }

  private static func repeatsKey(_ node: JSONNode) -> Bool {
    var names: Set<String> = []
    var repeats = false
    node.forEachMember { key, value in
      var name: [UInt8] = []
      JSONString.appendUnescaped(key, to: &name)
      if !names.insert(String(decoding: name, as: UTF8.self)).inserted || repeatsKey(value) { repeats = true }
    }
    node.forEachElement { repeats = repeats || repeatsKey($0) }
    return repeats
  }

  private func with<Result>(_ text: String, _ body: (JSONNode) throws -> Result) throws -> Result {
    let indexer = StructuralIndexer()
    let buffer = TextBuffer(text)
    let result = try body(JSONNode(try indexer.index(buffer.text), token: 0))
    withExtendedLifetime((indexer, buffer)) {}
    return result
  }

  private func text(_ bytes: UnsafeBufferPointer<UInt8>?) -> String? {
    bytes.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("A member is found by its key, the first of several, and its source text is exact")
  func members() throws {
    try with(" {\"a\" : [1, {\"b\": \"x\"} ] , \"a\": 2, \"s\" : \"q\\\"r\" ,\"n\":-1.50 , \"e\":{} } ") { node in
      #expect(text(node.member("a")?.sourceText) == "[1, {\"b\": \"x\"} ]")
      #expect(text(node.member("s")?.sourceText) == "\"q\\\"r\"")
      #expect(node.member("s")?.string == "q\"r")
      #expect(text(node.member("n")?.sourceText) == "-1.50")
      #expect(text(node.member("e")?.sourceText) == "{}")
      #expect(node.member("b") == nil)
      #expect(node.member("n")?.member("x") == nil)
      #expect(node.member("n")?.string == nil)
    }
    try with("[]") { node in
      #expect(node.member("a") == nil)
      node.forEachElement { _ in Issue.record("an empty array has no elements") }
    }
  }

  @Test(
    "Null, empty texts and what holds nothing else are empty",
    arguments: [
      ("null", true), ("\"\"", true), ("{}", true), ("[]", true), ("[null,\"\",{},[[]]]", true),
      ("{\"a\":{\"b\":[null]}}", true),
      ("0", false), ("false", false), ("\" \"", false), ("[null,0]", false), ("{\"a\":{\"b\":[false]}}", false),
      ("{\"a\":null,\"b\":\"x\"}", false),
    ])
  func emptiness(text: String, isEmpty: Bool) throws {
    try with(text) { #expect($0.isEmptyValue == isEmpty) }
  }

  @Test("A copy keeps every token and drops white space, or what is empty too")
  func copies() throws {
    try with(" { \"a\" : [ 1.50 , null , \"x \\n\" ] , \"b\" : { \"c\" : \"\" } , \"d\" : [ ] , \"e\" : false } ") {
      node in
      var compact: [UInt8] = []
      JSONText.appendCompact(node, to: &compact)
      #expect(
        String(decoding: compact, as: UTF8.self)
          == "{\"a\":[1.50,null,\"x \\n\"],\"b\":{\"c\":\"\"},\"d\":[],\"e\":false}")
      var kept: [UInt8] = []
      JSONText.appendWithoutEmpty(node, to: &kept)
      #expect(String(decoding: kept, as: UTF8.self) == "{\"a\":[1.50,\"x \\n\"],\"e\":false}")
    }
  }
}
