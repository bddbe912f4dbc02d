import Testing

@testable import Policies

@Suite("Lost conditions")
struct LostConditionTests {
  /// The flags of lost conditions between policies of these statements.
  private func lost(_ former: [String], _ present: [String], of target: PolicyTarget = Sample.role) -> [String] {
    func policy(_ statements: [String]) -> String { #"{"Statement":["# + statements.joined(separator: ",") + "]}" }
    return Sample.change(of: target, from: policy(former), to: policy(present)).flags
      .filter { $0.id.rawValue.hasPrefix("lost_") }.map { "\($0.id.rawValue): \($0.text)" }
  }

  @Test(
    "Each kind of condition has its flag",
    arguments: [
      (#"{"StringEquals":{"STS:externalid":"k7"}}"#, "lost_external_id: an ExternalId is no longer asked of account"),
      (#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, "lost_mfa: MFA is no longer asked of account"),
      (
        #"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#,
        "lost_source_account: a source account or ARN is no longer asked of account"
      ),
      (
        #"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}}"#,
        "lost_source_account: a source account or ARN is no longer asked of account"
      ),
      (
        #"{"StringEquals":{"aws:PrincipalOrgID":"o-a1"}}"#,
        "lost_organization: membership of an organization is no longer asked of account"
      ),
      (
        #"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/ci"}}"#,
        "lost_caller: a certain caller is no longer asked of account"
      ),
      (
        #"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#,
        "lost_network: a certain network is no longer asked of account"
      ),
    ])
  func kinds(_ condition: String, _ flag: String) {
    let account = #"{"AWS":"444455556666"}"#
    let tied = Sample.trust(account, if: condition)
    #expect(lost([tied], [Sample.trust(account)]) == ["\(flag) 444455556666"])
    #expect(lost([Sample.trust(account)], [tied]) == [])
    #expect(lost([tied], [tied.replacing("sts:AssumeRole", with: "sts:*")]) == [])
  }

  private static let mfa = #"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#

  @Test(
    "A condition that anybody can pass is as good as lost",
    arguments: [
      #"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#, #"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#,
      #"{"Bool":{"aws:MultiFactorAuthPresent":["true","false"]}}"#, #"{"Null":{"aws:MultiFactorAuthPresent":"false"}}"#,
    ])
  func weak(_ condition: String) {
    let account = #"{"AWS":"444455556666"}"#
    #expect(
      lost([Sample.trust(account, if: Self.mfa)], [Sample.trust(account, if: condition)])
        == ["lost_mfa: MFA is no longer asked of account 444455556666"])
  }

  @Test("It is told by what is asked of whom, not by how statements are cut")
  func statements() {
    let one = #"{"AWS":"444455556666"}"#
    let both = #"{"AWS":["444455556666","777788889999"]}"#
    let two = #"{"AWS":"777788889999"}"#
    // Split into two statements, nothing is lost.
    #expect(
      lost([Sample.trust(both, if: Self.mfa)], [Sample.trust(one, if: Self.mfa), Sample.trust(two, if: Self.mfa)]) == []
    )
    // One of the two is let in without.
    #expect(
      lost([Sample.trust(both, if: Self.mfa)], [Sample.trust(one, if: Self.mfa), Sample.trust(two)])
        == ["lost_mfa: MFA is no longer asked of account 777788889999"])
    // Everyone is let in without, the one among them.
    #expect(
      lost([Sample.trust(one, if: Self.mfa)], [Sample.trust(one, if: Self.mfa), Sample.trust(#""*""#)])
        == ["lost_mfa: MFA is no longer asked of account 444455556666"])
    // The account as a whole stands for its users.
    #expect(
      lost([Sample.trust(#"{"AWS":"arn:aws:iam::444455556666:user/bob"}"#, if: Self.mfa)], [Sample.trust(one)])
        == ["lost_mfa: MFA is no longer asked of arn:aws:iam::444455556666:user/bob"])
    // Who is gone, and who was not asked before, has lost nothing.
    #expect(lost([Sample.trust(one, if: Self.mfa)], [Sample.trust(two)]) == [])
    #expect(lost([Sample.trust(one, if: Self.mfa), Sample.trust(one)], [Sample.trust(one)]) == [])
    #expect(lost([Sample.trust(one, if: Self.mfa), Sample.trust(#""*""#)], [Sample.trust(one)]) == [])
  }

  @Test("Other actions and other resources have nothing to do with it")
  func reach() {
    func statement(_ action: String, _ resource: String, _ condition: String?) -> String {
      let tail = condition.map { #","Condition":\#($0)"# } ?? ""
      return #"{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"\#(tail)}"#
    }
    func lost(_ action: String, _ resource: String) -> [String] {
      let asked = statement("ec2:StopInstances", "arn:aws:ec2:*:*:instance/a*", Self.mfa)
      return self.lost([asked], [asked, statement(action, resource, nil)], of: Sample.inline)
    }
    let flag = ["lost_mfa: MFA is no longer asked"]
    #expect(lost("ec2:StopInstances", "arn:aws:ec2:*:*:instance/a*") == flag)
    #expect(lost("ec2:Stop*", "*") == flag)
    #expect(lost("EC2:stopinstances", "arn:aws:ec2:*:*:instance/abc") == flag)
    #expect(lost("ec2:StartInstances", "*") == [])
    #expect(lost("ec2:StopInstances", "arn:aws:ec2:*:*:instance/b") == [])
  }
}
