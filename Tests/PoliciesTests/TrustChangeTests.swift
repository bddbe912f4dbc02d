import Testing

@testable import Policies

@Suite("Changes of trust policies")
struct TrustChangeTests {
  private static let root = #"{"AWS":"arn:aws:iam::444455556666:root"}"#
  private static let externalID = #"{"StringEquals":{"sts:ExternalId":"k7"}}"#

  /// Compares statements of a trust policy.
  private func lines(_ former: [String], _ present: [String]) -> String {
    func policy(_ statements: [String]) -> String {
      #"{"Version":"2012-10-17","Statement":["# + statements.joined(separator: ",") + "]}"
    }
    return Sample.lines(Sample.change(from: policy(former), to: policy(present)))
  }

  @Test("A role that another account is let into")
  func externalAccount() {
    let service = Sample.trust(#"{"Service":"ec2.amazonaws.com"}"#)
    #expect(
      lines([service], [service, Sample.trust(Self.root)]) == """
        + principal: Allow sts:AssumeRole to account 444455556666
        ! external_account: account 444455556666, in another account than 111122223333, may assume the role, without an \
        ExternalId or MFA condition
        ! service_principal: the service ec2.amazonaws.com may assume the role, as before
        = The role ops can now be assumed by account 444455556666 (another account) and the service ec2.amazonaws.com.
        """)
  }

  @Test("A lost ExternalId")
  func lostExternalID() {
    #expect(
      lines([Sample.trust(Self.root, if: Self.externalID)], [Sample.trust(Self.root)]) == """
        - condition: only if sts:ExternalId is "k7", for: Allow sts:AssumeRole to account 444455556666
        ! external_account: account 444455556666, in another account than 111122223333, may assume the role, without an \
        ExternalId or MFA condition
        ! lost_external_id: an ExternalId is no longer asked of account 444455556666
        = The role ops can now be assumed by account 444455556666 (another account).
        """)
  }

  @Test("A role for everyone, whoever else is named")
  func anyone() {
    #expect(
      lines([Sample.trust(Self.root)], [Sample.trust(#"{"AWS":["*","444455556666"]}"#)]) == """
        + principal: Allow sts:AssumeRole to anyone
        ! any_principal: anyone, in any AWS account, may assume the role
        ! external_account: account 444455556666, in another account than 111122223333, may assume the role, without an \
        ExternalId or MFA condition, as before
        = The role ops can now be assumed by anyone in any AWS account.
        """)
  }

  @Test("Everyone of an organization, unless without MFA")
  func organization() {
    let member = Sample.trust(#""*""#, if: #"{"StringEquals":{"aws:PrincipalOrgID":"o-a1"}}"#)
    let noMFA =
      #"{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"#
      + #""false"}}}"#
    #expect(
      lines([member, noMFA], [member]) == """
        - principal: Deny sts:* to anyone if aws:MultiFactorAuthPresent, where present, is false
        ! lost_deny: a denial no longer holds as before: Deny sts:* to anyone if aws:MultiFactorAuthPresent, where \
        present, is false
        ! any_principal_narrowed: anyone may assume the role, but only if aws:PrincipalOrgID is "o-a1", as before
        = The role ops can now be assumed by anyone in any AWS account if aws:PrincipalOrgID is "o-a1".
        """)
    #expect(
      lines([member], [member, noMFA]) == """
        + principal: Deny sts:* to anyone if aws:MultiFactorAuthPresent, where present, is false
        ! any_principal_narrowed: anyone may assume the role, but only if aws:PrincipalOrgID is "o-a1", as before
        = The role ops can now be assumed by anyone in any AWS account if aws:PrincipalOrgID is "o-a1"; but not by \
        anyone if aws:MultiFactorAuthPresent, where present, is false.
        """)
  }

  @Test("NotPrincipal lets everyone in but the one who is named")
  func notPrincipal() {
    let all = #"{"Effect":"Allow","NotPrincipal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}"#
    #expect(
      lines([Sample.trust(Self.root)], [all]) == """
        + principal: Allow sts:AssumeRole to everyone except account 444455556666
        - principal: Allow sts:AssumeRole to account 444455556666
        ! not_principal: everyone except account 444455556666, in every account, may assume the role
        = The role ops can now be assumed by everyone, in every AWS account, except account 444455556666 (another account).
        """)
    let deny = #"{"Effect":"Deny","NotPrincipal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}"#
    #expect(
      lines([Sample.trust(#""*""#)], [Sample.trust(#""*""#), deny]) == """
        + principal: Deny sts:AssumeRole to everyone except account 444455556666
        ! not_principal_deny: everyone except account 444455556666 is denied sts:AssumeRole
        ! any_principal: anyone, in any AWS account, may assume the role, as before
        = The role ops can now be assumed by anyone in any AWS account; but by nobody except account 444455556666 \
        (another account).
        """)
  }

  @Test("Tokens of an identity provider lose their subject")
  func subject() {
    let provider = #"{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.example.com"}"#
    let audience = #""StringEquals":{"token.example.com:aud":"sts.amazonaws.com"}"#
    let subject = #""StringLike":{"token.example.com:sub":"repo:team/app:*"}"#
    let action = "sts:AssumeRoleWithWebIdentity"
    #expect(
      lines(
        [Sample.trust(provider, if: "{\(audience),\(subject)}", action)],
        [Sample.trust(provider, if: "{\(audience)}", action)]) == """
          - condition: only if token.example.com:sub is like "repo:team/app:*", for: Allow sts:AssumeRoleWithWebIdentity \
          to the identity provider arn:aws:iam::111122223333:oidc-provider/token.example.com
          ! lost_subject: a certain subject of the token is no longer asked of the identity provider \
          arn:aws:iam::111122223333:oidc-provider/token.example.com
          ! federated_principal: the identity provider arn:aws:iam::111122223333:oidc-provider/token.example.com may \
          assume the role, whatever the subject of its token
          = The role ops can now be assumed by the identity provider \
          arn:aws:iam::111122223333:oidc-provider/token.example.com if token.example.com:aud is "sts.amazonaws.com".
          """)
  }

  @Test("Principals with different conditions are told apart, and actions that do not assume are left out")
  func groups() {
    let own = Sample.trust(#"{"AWS":"111122223333"}"#)
    let tag = Sample.trust(#"{"AWS":"777788889999"}"#, "sts:TagSession")
    let service = Sample.trust(
      #"{"Service":"lambda.amazonaws.com"}"#, if: #"{"StringEquals":{"aws:SourceAccount":["111122223333"]}}"#)
    #expect(
      lines([own], [Sample.trust(Self.root, if: Self.externalID), tag, service, own]) == """
        + principal: Allow sts:AssumeRole to account 444455556666 if sts:ExternalId is "k7"
        + principal: Allow sts:AssumeRole to the service lambda.amazonaws.com if aws:SourceAccount is "111122223333"
        + principal: Allow sts:TagSession to account 777788889999
        ! external_account: account 444455556666, in another account than 111122223333, may assume the role
        ! external_account: account 777788889999, in another account than 111122223333, is allowed sts:TagSession, \
        without an ExternalId or MFA condition
        ! service_principal: the service lambda.amazonaws.com may assume the role
        = The role ops can now be assumed by account 111122223333 (this account); by account 444455556666 (another \
        account) if sts:ExternalId is "k7"; by the service lambda.amazonaws.com if aws:SourceAccount is "111122223333".
        """)
  }

  @Test("An action, a principal and a condition within one statement")
  func oneStatement() {
    let former =
      #"{"Sid":"A","Effect":"Allow","Principal":{"AWS":["444455556666","777788889999"]},"Action":"sts:AssumeRole","#
      + #""Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#
    let present =
      #"{"Sid":"A","Effect":"Allow","Principal":{"AWS":["444455556666","arn:aws:iam::111122223333:user/bob"]},"#
      + #""Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"sts:ExternalId":["b","a"]}}}"#
    #expect(
      lines([former], [present]) == """
        + principal: Allow sts:AssumeRole and sts:TagSession to arn:aws:iam::111122223333:user/bob if sts:ExternalId is \
        "a" or "b"
        + condition: only if sts:ExternalId is "a" or "b", for: Allow sts:AssumeRole and sts:TagSession to \
        account 444455556666 and arn:aws:iam::111122223333:user/bob
        + action: Allow sts:TagSession to account 444455556666 and arn:aws:iam::111122223333:user/bob if sts:ExternalId \
        is "a" or "b"
        - principal: Allow sts:AssumeRole to account 777788889999 if aws:MultiFactorAuthPresent is true
        - condition: only if aws:MultiFactorAuthPresent is true, for: Allow sts:AssumeRole to account 444455556666 and \
        account 777788889999
        ! lost_mfa: MFA is no longer asked of account 444455556666
        ! external_account: account 444455556666, in another account than 111122223333, may assume the role, as before
        = The role ops can now be assumed by account 444455556666 (another account) and \
        arn:aws:iam::111122223333:user/bob if sts:ExternalId is "a" or "b".
        """)
  }

  @Test("A policy that says the same in other words is unchanged, and nothing needs to be restored")
  func unchanged() {
    let change = Sample.change(
      from: Sample.policy(Sample.trust(#"{"AWS":"111122223333"}"#)),
      to: Sample.policy(#"{"Sid":"x","# + Sample.trust(#"{"AWS":["arn:aws:iam::111122223333:root"]}"#).dropFirst()))
    #expect(
      Sample.lines(change) == """
        ! unchanged: the policy says what it said before
        = The role ops can now be assumed by account 111122223333 (this account).
        """)
    #expect(change.restore == nil)
  }

  @Test("Nobody: no statement, no principal, an action that does not assume, a Deny for everyone")
  func nobody() {
    func who(_ statements: String...) -> String? {
      Sample.change(from: nil, to: #"{"Statement":["# + statements.joined(separator: ",") + "]}").who
    }
    let nobody = "Nobody can assume the role ops now."
    #expect(who() == nobody)
    #expect(who(Sample.trust(#"{"AWS":[]}"#)) == nobody)
    #expect(who(Sample.trust(#""*""#, "sts:TagSession")) == nobody)
    #expect(
      who(Sample.trust(#""*""#), #"{"Effect":"Deny","Principal":"*","Action":"*"}"#)
        == "Nobody can assume the role ops now: a Deny holds for everyone.")
    #expect(who(Sample.trust(#""*""#, "sts:Assume*"))?.contains("by anyone in any AWS account") == true)
    #expect(
      who(#"{"Effect":"Allow","Principal":"*","NotAction":"sts:Tag*"}"#)?.contains("by anyone in any AWS account")
        == true)
    #expect(who(#"{"Effect":"Allow","Principal":"*","NotAction":"sts:*"}"#) == nobody)
  }

  @Test("A new role: everything is added, and nothing was before")
  func created() throws {
    let setting = PolicySetting(
      target: Sample.role, change: .created(PolicyText(Sample.policy(Sample.trust(Self.root))), version: nil))
    let change = PolicyChange(setting, former: .none)
    #expect(
      Sample.lines(change) == """
        + principal: Allow sts:AssumeRole to account 444455556666
        ! external_account: account 444455556666, in another account than 111122223333, may assume the role, without an \
        ExternalId or MFA condition
        = The role ops can now be assumed by account 444455556666 (another account).
        """)
  }

  @Test("With nothing known of before, flags and the sentence are there, and no difference is claimed")
  func unknown() {
    let setting = PolicySetting(
      target: Sample.role, change: .set(PolicyText(Sample.policy(Sample.trust(Self.root)))))
    let change = PolicyChange(setting, former: .unknown)
    #expect(change.added.isEmpty && change.removed.isEmpty && change.restore == nil)
    #expect(Sample.ids(change) == ["external_account"] && change.who != nil)
    #expect(change.json["former"] == "unknown")
  }

  @Test("What cannot be read is shown as it is, with the cause")
  func unreadable() {
    let good = Sample.policy(Sample.trust(Self.root))
    let change = Sample.change(from: good, to: "{\"Version\": oops")
    #expect(Sample.lines(change) == "! unreadable: the policy cannot be read: it is not JSON")
    #expect(change.document?.text == "{\"Version\": oops")
    #expect(change.restore?.contains("444455556666") == true)
    let back = Sample.change(from: "HIDDEN_DUE_TO_SECURITY_REASONS", to: good)
    #expect(Sample.ids(back) == ["former_unreadable", "external_account"])
    #expect(back.added.isEmpty && back.restore == nil)
  }

  @Test("A call that failed is told as what it would have done")
  func failed() {
    let setting = PolicySetting(
      target: Sample.role, change: .set(PolicyText(Sample.policy(Sample.trust(#""*""#)))), failure: "AccessDenied")
    let change = PolicyChange(setting, former: .set(PolicyText(Sample.policy()), by: Sample.event(1)))
    #expect(
      Sample.lines(change) == """
        + principal: Allow sts:AssumeRole to anyone
        ! failed_call: the call failed (AccessDenied) and changed nothing
        ! any_principal: anyone, in any AWS account, may assume the role
        = Had the call succeeded: the role ops can now be assumed by anyone in any AWS account.
        """)
    #expect(change.restore == nil)
  }
}
