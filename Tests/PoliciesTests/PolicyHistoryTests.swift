import JSON
import TestSupport
import Testing

@testable import Policies

@Suite("What was before")
struct PolicyHistoryTests {
  private static let managed = PolicyTarget(
    kind: .managed, type: "policy", name: "dev", account: Sample.home, handle: "arn:aws:iam::111122223333:policy/dev")

  private static func text(_ name: String) -> PolicyText? {
    PolicyText(Sample.policy(#"{"Effect":"Allow","Action":"\#(name)"}"#))
  }

  private func history(_ target: PolicyTarget, _ changes: [(Int, PolicySetting.Change)]) -> PolicyHistory {
    var log = PolicyLog()
    for (number, change) in changes {
      log.add([PolicySetting(target: target, change: change)], at: Sample.event(number))
    }
    return PolicyHistory([log])
  }

  @Test("The last setting before an event counts: unknown, known, gone")
  func last() {
    let history = history(
      Sample.role,
      [(2, .set(Self.text("a"))), (4, .set(Self.text("b"))), (6, .deleted(isWithOwner: true)), (8, .set(nil))])
    func former(_ number: Int) -> FormerPolicy { history.former(Sample.role, before: Sample.event(number)) }
    #expect(former(1) == .unknown && former(2) == .unknown)
    #expect(former(3) == .set(Self.text("a"), by: Sample.event(2)))
    #expect(former(4) == former(3))
    #expect(former(5) == .set(Self.text("b"), by: Sample.event(4)))
    #expect(former(7) == .deleted(by: Sample.event(6)))
    #expect(former(9).state == .unknown && former(9).event == Sample.event(8))
    #expect(history.former(Sample.bucket, before: Sample.event(9)) == .unknown)
  }

  @Test("Calls that failed change nothing, and an event met twice counts once")
  func failures() {
    var log = PolicyLog()
    log.add([PolicySetting(target: Sample.role, change: .set(Self.text("a")))], at: Sample.event(1))
    log.add(
      [PolicySetting(target: Sample.role, change: .set(Self.text("b")), failure: "AccessDenied")], at: Sample.event(2))
    #expect(log.count == 1)
    let history = PolicyHistory([log, log])
    #expect(history.former(Sample.role, before: Sample.event(3)) == .set(Self.text("a"), by: Sample.event(1)))
  }

  @Test("Versions of a managed policy: saved, put in force, taken back")
  func versions() throws {
    let steps: [(Int, PolicySetting.Change)] = [
      (1, .created(Self.text("one"), version: "v1")), (2, .version(Self.text("two"), id: "v2", isDefault: false)),
      (3, .defaultVersion("v2")), (4, .version(Self.text("three"), id: "v3", isDefault: true)),
      (5, .defaultVersion("v1")),
      (6, .versionDeleted("v3")), (7, .defaultVersion("v8")),
    ]
    let history = history(Self.managed, steps)
    let expected: [(Int, FormerPolicy)] = [
      (2, .set(Self.text("one"), version: "v1", by: Sample.event(1))),
      (3, .set(Self.text("one"), version: "v1", by: Sample.event(1))),
      (4, .set(Self.text("two"), version: "v2", by: Sample.event(3))),
      (5, .set(Self.text("three"), version: "v3", by: Sample.event(4))),
      (6, .set(Self.text("one"), version: "v1", by: Sample.event(5))),
      (7, .set(Self.text("one"), version: "v1", by: Sample.event(5))),
      (8, .set(nil, version: "v8", by: Sample.event(7))),
    ]
    for (number, former) in expected {
      #expect(history.former(Self.managed, before: Sample.event(number)) == former, "before \(number)")
    }
    func change(_ number: Int) throws -> PolicyChange {
      let setting = PolicySetting(target: Self.managed, change: steps[number - 1].1)
      return try #require(history.changes([setting], at: Sample.event(number)).first)
    }
    #expect(try change(1).former == .none)
    #expect(try Sample.ids(change(2)) == ["not_in_force"])
    #expect(try change(3).document == Self.text("two"))
    #expect(try change(5).restore?.hasSuffix("--version-id v3") == true)
    #expect(try change(6).former.text == Self.text("three"))
    #expect(try change(6).who?.hasPrefix("Nothing in force has changed") == true)
    #expect(try Sample.ids(change(7)) == ["untold"] && change(7).document == nil)
  }

  @Test("Versions of a policy that was deleted say nothing of the next of its name")
  func lives() {
    let history = history(
      Self.managed,
      [
        (1, .created(Self.text("old"), version: "v1")), (2, .version(Self.text("two"), id: "v2", isDefault: true)),
        (3, .deleted(isWithOwner: false)), (4, .created(Self.text("new"), version: "v1")), (5, .defaultVersion("v2")),
        (6, .defaultVersion("v1")),
      ])
    func former(_ number: Int) -> FormerPolicy { history.former(Self.managed, before: Sample.event(number)) }
    #expect(former(4) == .deleted(by: Sample.event(3)))
    #expect(former(6) == .set(nil, version: "v2", by: Sample.event(5)))
    #expect(former(7) == .set(Self.text("new"), version: "v1", by: Sample.event(6)))
    #expect(history.text(ofVersion: "v2", of: Self.managed, before: Sample.event(4)) == nil)
    #expect(history.text(ofVersion: "v2", of: Self.managed, before: Sample.event(3)) == Self.text("two"))
  }

  /// Goes through all that came before, every time.
  private func reference(_ changes: [(PolicyEvent, PolicySetting.Change)], before event: PolicyEvent) -> FormerPolicy {
    var state = FormerPolicy.unknown
    var versions: [String: PolicyText] = [:]
    for (at, change) in changes.sorted(by: { $0.0 < $1.0 }) where at < event {
      switch change {
      case .created(let text, let version):
        versions = [:]
        if let version { versions[version] = text }
        state = .set(text, version: version, by: at)
      case .set(let text): state = .set(text, by: at)
      case .version(let text, let id, let isDefault):
        if let id { versions[id] = text }
        if isDefault { state = .set(text, version: id, by: at) }
      case .defaultVersion(let id): state = .set(versions[id], version: id, by: at)
      case .versionDeleted: break
      case .deleted:
        versions = [:]
        state = .deleted(by: at)
      }
    }
    return state
  }

  @Test(
    "Any order and any split of the events give what going through them gives",
    arguments: [
      UInt64.random(in: 0...UInt64.max), 3,
    ])
  func random(_ seed: UInt64) {
    print("random histories, seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      var changes: [(PolicyEvent, PolicySetting.Change)] = (0..<Int.random(in: 0...14, using: &random)).map { number in
        let text = Bool.random(using: &random) ? Self.text("t\(number)") : nil
        let id = "v\(Int.random(in: 1...3, using: &random))"
        let change: PolicySetting.Change =
          switch Int.random(in: 0...6, using: &random) {
          case 0: .created(text, version: "v1")
          case 1: .set(text)
          case 2, 3: .version(text, id: id, isDefault: Bool.random(using: &random))
          case 4: .defaultVersion(id)
          case 5: .versionDeleted(id)
          default: .deleted(isWithOwner: false)
          }
        return (Sample.event(number, at: Int64.random(in: 0...9, using: &random)), change)
      }
      changes.shuffle(using: &random)
      var logs = [PolicyLog(), PolicyLog(), PolicyLog()]
      for (event, change) in changes {
        let worker = Int.random(in: 0..<logs.count, using: &random)
        logs[worker].add([PolicySetting(target: Self.managed, change: change)], at: event)
      }
      let history = PolicyHistory(logs)
      for number in 0..<15 {
        let event = Sample.event(number, at: Int64.random(in: 0...10, using: &random))
        #expect(
          history.former(Self.managed, before: event) == reference(changes, before: event), "seed \(seed)")
      }
    }
  }

  @Test("The entry of an alert has the agreed members, and none that is empty")
  func json() throws {
    let former = Sample.policy(Sample.trust(#"{"AWS":"111122223333"}"#))
    let present = Sample.policy(Sample.trust(#"{"AWS":"444455556666"}"#))
    #expect(
      Sample.change(from: former, to: present).json == [
        "kind": "trust", "target": ["type": "role", "name": "ops", "account": "111122223333"], "change": "set",
        "former": "known", "former_event": ["id": "e1", "time": "2026-01-01T00:00:00Z"],
        "added": [["what": "principal", "text": "Allow sts:AssumeRole to account 444455556666"]],
        "removed": [["what": "principal", "text": "Allow sts:AssumeRole to account 111122223333"]],
        "flags": [
          [
            "id": "external_account",
            "text":
              "account 444455556666, in another account than 111122223333, may assume the role, without an ExternalId or MFA condition",
          ]
        ],
        "who": "The role ops can now be assumed by account 444455556666 (another account).",
        "restore": .string("aws iam update-assume-role-policy --role-name ops --policy-document '\(former)'"),
        "document": .string(present), "former_document": .string(former),
      ])
    let unknown = PolicyChange(PolicySetting(target: Sample.inline, change: .set(nil)), former: .unknown)
    #expect(
      unknown.json == [
        "kind": "inline", "target": ["type": "user", "name": "alice", "account": "111122223333", "policy": "own"],
        "change": "set", "former": "unknown",
        "flags": [["id": "untold", "text": "the event does not tell the policy"]],
      ])
  }
}
