import JSON
import Testing

@testable import Policies

/// Calls, documents and comparisons in short.
enum Sample {
  static let home = "111122223333"
  static let other = "444455556666"

  /// A policy with these statements.
  static func policy(_ statements: String...) -> String {
    #"{"Version":"2012-10-17","Statement":["# + statements.joined(separator: ",") + "]}"
  }

  /// A statement of a trust policy.
  static func trust(_ principal: String, if condition: String? = nil, _ action: String = "sts:AssumeRole") -> String {
    let tail = condition.map { #","Condition":\#($0)"# } ?? ""
    return #"{"Effect":"Allow","Principal":\#(principal),"Action":"\#(action)"\#(tail)}"#
  }

  static func settings(
    _ provider: String, _ action: String, _ request: JSONValue?, _ response: JSONValue? = nil, error: String? = nil
  ) -> [PolicySetting] {
    PolicySetting.settings(
      provider: provider + ".amazonaws.com", action: action, account: home, region: "eu-west-1", request: request,
      response: response, error: error)
  }

  static let role = PolicyTarget(kind: .trust, type: "role", name: "ops", account: home)
  static let bucket = PolicyTarget(kind: .bucket, type: "bucket", name: "files", account: home)
  static let inline = PolicyTarget(kind: .inline, type: "user", name: "alice", account: home, policyName: "own")

  static func event(_ number: Int, at instant: Int64? = nil) -> PolicyEvent {
    PolicyEvent(id: "e\(number)", instant: instant ?? Int64(number), time: "2026-01-01T00:00:00Z")
  }

  /// The change of a policy from one text to another; no former text means that there was none.
  static func change(of target: PolicyTarget = role, from former: String?, to present: String?) -> PolicyChange {
    let before = former.map { FormerPolicy.set(PolicyText($0), by: event(1)) } ?? .none
    let change: PolicySetting.Change = present.map { .set(PolicyText($0)) } ?? .deleted(isWithOwner: false)
    return PolicyChange(PolicySetting(target: target, change: change), former: before)
  }

  /// A change in lines: what was added (+) and removed (-), the flags (!), the sentence (=).
  static func lines(_ change: PolicyChange) -> String {
    var lines = change.added.map { "+ \($0.what.rawValue): \($0.text)" }
    lines += change.removed.map { "- \($0.what.rawValue): \($0.text)" }
    lines += change.flags.map { "! \($0.id.rawValue): \($0.text)" }
    if let who = change.who { lines.append("= \(who)") }
    return lines.joined(separator: "\n")
  }

  static func ids(_ change: PolicyChange) -> [String] { change.flags.map(\.id.rawValue) }
}
