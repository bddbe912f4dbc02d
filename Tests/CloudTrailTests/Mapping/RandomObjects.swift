import TestSupport

/// Makes random JSON objects of the kind that records hold, without a key twice in one object.
struct RandomObjects {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func any<Element>(_ choices: [Element]) -> Element { choices.randomElement(using: &random)! }

  mutating func chance(_ part: Int, in whole: Int) -> Bool { Int.random(in: 0..<whole, using: &random) < part }

  private static let keys = [
    "roleName", "userName", "newUserName", "groupName", "policyArn", "bucketName", "instanceId", "keyId", "key",
    "value", "tags",
    "items", "Aa", "BB", "é", "\\u00e9x", "a.b", "x-amz-acl", "Host", "policyDocument", "name", "type", "id", "arn",
    "user", "group",
    "userId", "groupId", "ConsoleLogin", "MFAUsed", "MobileVersion", "LoginTo", "😀", "\\\"q\\\"",
  ]

  mutating func string() -> String {
    any([
      "\"\"", "\"al\"", "\"ops\"", "\"No\"", "\"a \\\"b\\\"\"", "\"\\u00e9\"", "\"é\"", "\"x\\ny\"", "\"10.0.0.1\"",
      "\"😀\"", "\"a=b, c\"",
      "\"-\"", "\"none\"", "\"\\u002d\"", "\"no\\u006ee\"", "\"a@b\"",
    ])
  }

  mutating func scalar() -> String {
    chance(1, in: 2) ? string() : any(["null", "true", "false", "0", "1", "-5", "3600", "12345678901234567890"])
  }

  mutating func value(depth: Int) -> String {
    guard depth > 0, chance(1, in: 2) else { return scalar() }
    if chance(1, in: 2) { return object(depth: depth - 1) }
    return "[" + (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth - 1) }.joined(separator: ",")
      + "]"
  }

  mutating func object(depth: Int) -> String {
    let keys = Self.keys.shuffled(using: &random).prefix(any([0, 1, 2, 3, 5, 12, 13, 14, 30]))
    return "{" + keys.map { "\"\($0)\":" + value(depth: depth - 1) }.joined(separator: ",") + "}"
  }
}
