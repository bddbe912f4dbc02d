import JSON
import Testing

@testable import CloudTrail

/// The text form that Java gives a map, held equal to a hash map written out.
struct JavaTextTests {
  private static func with<Result>(_ text: String, _ body: (JSONNode) throws -> Result) throws -> Result {
    let bytes = Array(text.utf8)
    let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 64)
    defer { storage.deallocate() }
    storage.initialize(repeating: 0)
    _ = storage.update(fromContentsOf: bytes)
    let indexer = StructuralIndexer()
    let index = try indexer.index(UnsafeBufferPointer(rebasing: storage[..<bytes.count]))
    return try withExtendedLifetime(indexer) { try body(JSONNode(index, token: 0)) }
  }

  private static func javaText(_ text: String) throws -> String {
    try with(text) {
      var output = ByteText(capacity: 1)
      JavaText.append($0, to: &output)
      return String(decoding: output.bytes, as: UTF8.self)
    }
  }

  @Test(
    "Known texts",
    arguments: [
      (
        "{\"roleName\":\"ops\",\"tags\":[{\"key\":\"a\",\"value\":\"b\"}],\"durationSeconds\":3600}",
        "{durationSeconds=3600, roleName=ops, tags=[{value=b, key=a}]}"
      ),
      (
        "{\"roleName\":\"r\",\"policyName\":\"p\",\"policyDocument\":\"d\"}",
        "{policyDocument=d, policyName=p, roleName=r}"
      ),
      ("{\"userName\":\"u\",\"policyArn\":\"a\"}", "{policyArn=a, userName=u}"),
      (
        "{\"attributeType\":1,\"snapshotId\":2,\"createVolumePermission\":3}",
        "{snapshotId=2, attributeType=1, createVolumePermission=3}"
      ),
      ("{\"bucketName\":1,\"Host\":2,\"acl\":3,\"x-amz-acl\":4}", "{bucketName=1, x-amz-acl=4, Host=2, acl=3}"),
      // Equal hashes keep the order of insertion.
      ("{\"Aa\":1,\"BB\":2}", "{Aa=1, BB=2}"), ("{\"BB\":2,\"Aa\":1}", "{BB=2, Aa=1}"),
      // Hashes are those of UTF-16 units, escaped or not.
      ("{\"é\":1,\"漢\":2,\"😀\":3,\"a\":4}", "{a=4, 漢=2, 😀=3, é=1}"),
      ("{\"\\u00e9\":1,\"\\u6f22\":2,\"\\ud83d\\ude00\":3,\"\\u0061\":4}", "{a=4, 漢=2, 😀=3, é=1}"),
      // The thirteenth key doubles the table.
      (
        "{" + (0..<14).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}",
        "{k0=0, k1=1, k2=2, k3=3, k4=4, k5=5, k11=11, k6=6, k10=10, k7=7, k13=13, k8=8, k12=12, k9=9}"
      ),
      ("{\"a\":\"none\",\"b\":\"-\",\"c\":\"\\u002d\",\"d\":\"None\",\"e\":\"--\"}", "{d=None, e=--}"),
      ("{\"a\":[],\"b\":{\"c\":null},\"d\":\"\",\"e\":[null,1,[\"\"]],\"f\":false}", "{e=[1], f=false}"),
      ("[\"x y\",true,{\"a\":\"=,}\"}]", "[x y, true, {a==,}}]"), ("\"a\\nb\\\"\"", "a\nb\""),
      (
        "[1,-0,12345678901234567890,1.0,1.50,0.001,0.0001,1e3,1E7,9999999.5,12345678.9,1e22,-2.5e-7,0.0,-0.0]",
        """
        [1, -0, 12345678901234567890, 1.0, 1.5, 0.001, 1.0E-4, 1000.0, 1.0E7, 9999999.5, 1.23456789E7,\
         1.0E22, -2.5E-7, 0.0, -0.0]
        """
      ),
    ])
  func known(json: String, text: String) throws { #expect(try Self.javaText(json) == text) }

  @Test("A table that has grown stays as it is when empty values are dropped")
  func grown() throws {
    let members = (0..<14).map { number -> String in
      let value = number % 3 == 0 ? "\"-\"" : String(number)
      return "\"k\(number)\":\(value)"
    }
    let text = try Self.javaText("{" + members.joined(separator: ",") + "}")
    #expect(text == "{k1=1, k2=2, k4=4, k5=5, k11=11, k10=10, k7=7, k13=13, k8=8}")
  }

  @Test(
    "Random objects print as a hash map written out prints them", arguments: [UInt64.random(in: 0...UInt64.max), 9])
  func random(seed: UInt64) throws {
    var maker = RandomObjects(seed: seed)
    for _ in 0..<400 {
      let text = maker.object(depth: 3)
      let expected = try Self.with(text) { Self.slow($0) ?? "" }
      // An object without any value prints nothing of use: mappers leave it out before.
      guard !expected.isEmpty else { continue }
      #expect(try Self.javaText(text) == expected, "seed \(seed): \(text)")
    }
  }

  @Test(
    "Objects of many members print as a hash map written out prints them", arguments: [24, 25, 31, 32, 33, 64, 500])
  func many(count: Int) throws {
    let members = (0..<count).map { number in
      "\"key\(number * 7)\":" + (number % 5 == 0 ? "\"none\"" : "{\"a\":\(number),\"b\":[{\"c\":\"\"}]}")
    }
    let text = "{\"outer\":{" + members.joined(separator: ",") + "},\"last\":1}"
    #expect(try Self.javaText(text) == Self.with(text) { Self.slow($0) })
  }

  /// nil for a value that is empty.
  private static func slow(_ node: JSONNode) -> String? {
    if node.isObject {
      var map = SlowHashMap()
      node.forEachMember { key, value in
        var name: [UInt8] = []
        JSONString.appendUnescaped(key, to: &name)
        map.insert(String(decoding: name, as: UTF8.self), slow(value))
      }
      // Empty values are dropped from the table as it is.
      let pairs = map.pairs.compactMap { pair in pair.value.map { "\(pair.key)=\($0)" } }
      return pairs.isEmpty ? nil : "{" + pairs.joined(separator: ", ") + "}"
    }
    if node.isArray {
      var parts: [String] = []
      node.forEachElement { if let text = slow($0) { parts.append(text) } }
      return parts.isEmpty ? nil : "[" + parts.joined(separator: ", ") + "]"
    }
    if node.isNull { return nil }
    if node.isString { return node.string.flatMap { ["", "-", "none"].contains($0) ? nil : $0 } }
    return String(decoding: node.rawScalar, as: UTF8.self)
  }

  /// A table of buckets that grows as it is filled, one key after the other.
  private struct SlowHashMap {
    typealias Pair = (key: String, hash: Int32, value: String?)
    var buckets = [[Pair]](repeating: [], count: 16)
    var count = 0

    var pairs: [Pair] { buckets.flatMap(\.self) }

    mutating func insert(_ key: String, _ value: String?) {
      var hash: Int32 = 0
      for unit in key.utf16 { hash = 31 &* hash &+ Int32(unit) }
      hash ^= Int32(bitPattern: UInt32(bitPattern: hash) >> 16)
      put((key, hash, value))
      count += 1
      guard count > buckets.count / 4 * 3 else { return }
      let old = pairs
      buckets = [[Pair]](repeating: [], count: buckets.count * 2)
      for pair in old { put(pair) }
    }

    private mutating func put(_ pair: Pair) {
      buckets[Int(UInt32(bitPattern: pair.hash) % UInt32(buckets.count))].append(pair)
    }
  }

  @Test("The length of a text is counted as Java counts it")
  func length() {
    for text in ["", "abc", "é", "漢字", "😀x", "e\u{301}"] {
      #expect(Array(text.utf8).withUnsafeBufferPointer { JavaText.length($0) } == text.utf16.count)
    }
  }
}
