import JSON
import TestSupport
import Testing

@testable import Policies

@Suite("Hostile policies")
struct HostilePolicyTests {
  private static let example =
    #"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"AWS":["444455556666","#
    + #""arn:aws:iam::111122223333:role/a"],"Service":"ec2.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"#
    + #""Condition":{"StringEquals":{"sts:ExternalId":["a","b"]},"Bool":{"aws:MultiFactorAuthPresent":true}}},"#
    + #"{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"NotAction":"iam:*","NotResource":["*"]},"#
    + #"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]}]}"#

  private static let targets = [
    Sample.role, Sample.bucket, Sample.inline,
    PolicyTarget(kind: .managed, type: "policy", name: "p", account: nil, handle: "arn:aws:iam::1:policy/p"),
    PolicyTarget(
      kind: .resource, type: "queue", name: "q", account: Sample.home, region: "eu-west-1", handle: "https://q"),
  ]

  @Test("Mutated policies never crash, and every side is bounded", arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func mutations(_ seed: UInt64) {
    print("random mutations of policies, seed \(seed)")
    var random = SeededRandom(seed: seed)
    let pieces = [
      "[", "]", "{", "}", "\"", ",", ":", "null", "1e999", "-0", "true", "\\u0000", "\\ud800", "é", "*", "arn:",
      "::::::",
      "Statement", "NotAction", #""Effect":"Deny","#, #""Principal":"*","#, "[]", "{}", "%7B", "\u{1B}", "'",
    ].map { Array($0.utf8) }
    var read = 0
    for _ in 0..<2000 {
      var bytes = Array(Self.example.utf8)
      for _ in 0...Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 1...30, using: &random))
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes.removeSubrange(at..<end)
        case 1: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 2: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
        default: bytes.replaceSubrange(at..<at, with: pieces.randomElement(using: &random) ?? [])
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let target = Self.targets.randomElement(using: &random) ?? Sample.role
      for change in [
        Sample.change(of: target, from: Self.example, to: text),
        Sample.change(of: target, from: text, to: Self.example),
        Sample.change(of: target, from: text, to: nil),
      ] {
        if change.who != nil { read += 1 }
        #expect(change.added.count <= 51 && change.removed.count <= 51, "seed \(seed)")
        #expect(change.json.text.utf8.count < 100_000, "seed \(seed)")
      }
    }
    #expect(!stands(seed) || read > 2000)
  }

  @Test("A policy longer than any that AWS takes is shown cut, with a flag and without a command")
  func long() {
    let long = Sample.policy(
      Sample.trust(
        #"{"AWS":["#
          + (0..<9000).map { #""\#(100_000_000_000 + $0)""# }
          .joined(separator: ",") + "]}"))
    let change = Sample.change(from: nil, to: long)
    #expect(Sample.lines(change) == "! unreadable: the policy cannot be read: it is longer than 64 KiB")
    #expect(change.document?.text.utf8.count == PolicyText.limit)
    #expect(Sample.change(from: long, to: Sample.policy()).restore == nil)
    // A character that the cut would split becomes a mark for it.
    #expect(PolicyText(String(repeating: "a", count: PolicyText.limit - 1) + "é")?.isCut == true)
  }

  @Test("Thousands of principals are counted, not listed")
  func manyPrincipals() {
    let accounts = (0..<3000).map { #""\#(200_000_000_000 + $0)""# }.joined(separator: ",")
    let change = Sample.change(from: Sample.policy(), to: Sample.policy(Sample.trust(#"{"AWS":[\#(accounts)]}"#)))
    let first = (0..<8).map { "account \(200_000_000_000 + $0)" }.joined(separator: ", ")
    #expect(change.added.map(\.text) == ["Allow sts:AssumeRole to \(first) and 2992 more"])
    #expect(change.flags.count == 6 && change.flags.last?.text == "2995 more like this")
    #expect(
      change.who
        == "The role ops can now be assumed by "
        + (0..<8).map { "account \(200_000_000_000 + $0) (another account)" }.joined(separator: ", ")
        + " and 2992 more.")
  }

  @Test("Thousands of statements are compared in a moment")
  func manyStatements() {
    func policy(_ first: Int) -> String {
      Sample.policy(
        (first..<first + 700).map {
          #"{"Effect":"Allow","Principal":{"AWS":"\#(300_000_000_000 + $0)"},"Action":"s3:*","Resource":"*"}"#
        }.joined(separator: ","))
    }
    let spent = processorTime {
      let change = Sample.change(of: Sample.bucket, from: policy(0), to: policy(350))
      #expect(change.added.count == 51 && change.added.last?.text == "and 300 more")
      #expect(change.removed.count == 51)
    }
    // A debug build that looks over every access to memory; a comparison of all with all would take many minutes.
    #expect(spent < 60)
  }

  @Test("Patterns made to be slow are compared in a moment")
  func slowPatterns() {
    func policy(_ condition: String, _ resource: (Int) -> String) -> String {
      let statements = (0..<8).map { number in
        let resources = (0..<60).map { #""\#(resource(number * 60 + $0))""# }.joined(separator: ",")
        return #"{"Effect":"Allow","Action":["a:*\#(number)","*"],"Resource":[\#(resources)]\#(condition)}"#
      }
      return Sample.policy(statements.joined(separator: ","))
    }
    let mfa = #","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#
    let long = String(repeating: "a*", count: 50)
    let former = policy(mfa) { long + "b\($0)" }
    let present = policy("") { String(repeating: "a", count: 100) + "\($0)*" }
    let spent = processorTime {
      #expect(Sample.change(of: Sample.inline, from: former, to: present).who != nil)
    }
    #expect(spent < 60)
    let stars = String(repeating: "*a", count: 20_000)
    #expect(Wildcard.matches(String(repeating: "a", count: 60_000), pattern: stars + "b"))
  }

  @Test("Deep nesting is refused")
  func deep() {
    let deep = String(repeating: #"{"Statement":["#, count: 4000)
    #expect(Sample.ids(Sample.change(from: nil, to: deep)) == ["unreadable"])
    let closed = String(repeating: "[", count: 4000) + String(repeating: "]", count: 4000)
    #expect(Sample.ids(Sample.change(from: nil, to: #"{"Statement":\#(closed)}"#)) == ["unreadable"])
  }

  @Test("Long values are cut in texts")
  func longValues() {
    let name = String(repeating: "n", count: 5000)
    let change = Sample.change(
      from: nil,
      to: Sample.policy(
        Sample.trust(
          #"{"AWS":"arn:aws:iam::444455556666:user/\#(name)"}"#, if: #"{"StringLike":{"aws:userid":"\#(name)"}}"#)))
    for element in change.added { #expect(element.text.count < 500) }
    for flag in change.flags { #expect(flag.text.count < 500) }
    #expect((change.who?.count ?? 0) < 600)
  }

  @Test("The order in which a policy was written changes no text", arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func order(_ seed: UInt64) throws {
    print("random orders of policies, seed \(seed)")
    var random = SeededRandom(seed: seed)
    /// Shuffles lists, and repeats some of what is in them.
    func shuffled(_ value: JSONValue) -> JSONValue {
      switch value {
      case .array(let elements):
        var elements = elements.map(shuffled)
        if let one = elements.randomElement(using: &random), Bool.random(using: &random) { elements.append(one) }
        return .array(elements.shuffled(using: &random))
      case .object(let members):
        return .object(members.mapValues(shuffled))
      default: return value
      }
    }
    func statement() -> JSONValue {
      let actions = ["s3:GetObject", "s3:PutObject", "s3:*", "sts:AssumeRole"].shuffled(using: &random).prefix(2)
      let accounts = [Sample.home, Sample.other, "777788889999", "*"].shuffled(using: &random).prefix(2)
      var statement: [String: JSONValue] = [
        "Effect": Bool.random(using: &random) ? "Allow" : "Deny", "Action": .array(actions.map(JSONValue.string)),
        "Principal": ["AWS": .array(accounts.map(JSONValue.string))],
        "Resource": .array(["a", "b"].map(JSONValue.string)),
      ]
      if Bool.random(using: &random) {
        statement["Condition"] = ["StringEquals": ["sts:ExternalId": ["x", "y"], "aws:PrincipalOrgID": ["o-1"]]]
      }
      return .object(statement)
    }
    for _ in 0..<200 {
      let policies = (0..<2).map { _ -> JSONValue in
        ["Statement": .array((0..<Int.random(in: 0...4, using: &random)).map { _ in statement() })]
      }
      for target in [Sample.role, Sample.bucket] {
        let plain = Sample.change(of: target, from: policies[0].text, to: policies[1].text)
        let other = Sample.change(of: target, from: shuffled(policies[0]).text, to: shuffled(policies[1]).text)
        #expect(Sample.lines(plain) == Sample.lines(other), "seed \(seed)")
        let same = Sample.change(of: target, from: policies[0].text, to: shuffled(policies[0]).text)
        #expect(same.added.isEmpty && same.removed.isEmpty && Sample.ids(same).contains("unchanged"), "seed \(seed)")
      }
    }
  }
}
