import Testing

@testable import Policies

@Suite("Changes of permissions")
struct PermissionChangeTests {
  private static let managed = PolicyTarget(
    kind: .managed, type: "policy", name: "dev", account: Sample.home, handle: "arn:aws:iam::111122223333:policy/dev")

  private func statement(_ action: String, on resource: String = "*", _ rest: String = "", _ effect: String = "Allow")
    -> String
  {
    #"{"Effect":"\#(effect)","Action":\#(action),"Resource":"\#(resource)"\#(rest)}"#
  }

  private func lines(_ target: PolicyTarget, _ former: String?, _ present: String?) -> String {
    Sample.lines(Sample.change(of: target, from: former, to: present))
  }

  @Test("A user who becomes an administrator by an inline policy")
  func admin() {
    #expect(
      lines(Sample.inline, nil, Sample.policy(statement(#""*""#))) == """
        + action: Allow every action on everything
        ! admin: every action on every resource is allowed
        = The inline policy own of the user alice now allows every action on everything.
        """)
  }

  @Test("An action and a resource more, and a denial less")
  func managed() {
    let deny = statement(#""iam:*""#, on: "*", "", "Deny")
    let former = Sample.policy(statement(#"["s3:GetObject"]"#, on: "arn:aws:s3:::a/*"), deny)
    let present = Sample.policy(
      #"{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}"#
    )
    #expect(
      lines(Self.managed, former, present) == """
        + action: Allow s3:PutObject on arn:aws:s3:::a/* and arn:aws:s3:::b/*
        + resource: Allow s3:GetObject and s3:PutObject on arn:aws:s3:::b/*
        - action: Deny iam:* on everything
        ! lost_deny: a denial no longer holds as before: Deny iam:* on everything
        = To whomever it is attached, the managed policy dev now allows s3:GetObject and s3:PutObject on \
        arn:aws:s3:::a/* and arn:aws:s3:::b/*.
        """)
  }

  @Test("Statements that have little in common are told as two, and of several partners the likest is taken")
  func pairs() {
    let run = #"{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*","Condition":{"Null":{"a:b":"true"}}}"#
    #expect(
      lines(Self.managed, Sample.policy(run), Sample.policy(statement(#""s3:GetObject""#, on: "arn:aws:s3:::a/*")))
        .hasPrefix(
          """
          + action: Allow s3:GetObject on arn:aws:s3:::a/*
          - action: Allow ec2:RunInstances on everything if a:b is absent
          =
          """))
    let former = statement(#"["s3:GetObject","s3:ListBucket"]"#, on: "b")
    let near = statement(#"["s3:GetObject","s3:ListBucket"]"#, on: "c")
    let far = statement(#"["s3:DeleteObject","s3:GetObject"]"#, on: "d")
    #expect(
      lines(Self.managed, Sample.policy(former), Sample.policy(far, near)).hasPrefix(
        """
        + statement: Allow s3:DeleteObject and s3:GetObject on d
        + resource: Allow s3:GetObject and s3:ListBucket on c
        - resource: Allow s3:GetObject and s3:ListBucket on b
        """))
  }

  @Test("The same words in an Allow and in a Deny read differently")
  func effects() {
    let allow = lines(Self.managed, Sample.policy(statement(#""ec2:*""#)), Sample.policy())
    let deny = lines(Self.managed, Sample.policy(statement(#""ec2:*""#, on: "*", "", "Deny")), Sample.policy())
    #expect(allow.hasPrefix("- action: Allow ec2:* on everything\n= "))
    #expect(deny.hasPrefix("- action: Deny ec2:* on everything\n! lost_deny"))
    // Turning a denial into a grant is one of each.
    let turned = lines(
      Self.managed, Sample.policy(statement(#""ec2:*""#, on: "*", "", "Deny")), Sample.policy(statement(#""ec2:*""#)))
    #expect(turned.contains("+ action: Allow ec2:* on everything\n- action: Deny ec2:* on everything\n"))
  }

  @Test(
    "What is worth a flag in what is allowed",
    arguments: [
      (#""Action":"*","Resource":"*""#, ["admin"]),
      (#""Action":["*"],"Resource":["x","*"]"#, ["admin"]),
      (#""Action":"*","Resource":"arn:aws:s3:::a""#, ["wildcard_action"]),
      (#""Action":"iam:*","Resource":"*""#, ["wildcard_action"]),
      (#""Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*""#, ["pass_role"]),
      (#""Action":"iam:Pass*","Resource":"*""#, ["pass_role"]),
      (#""NotAction":"iam:*","Resource":"*""#, ["not_action"]),
      (#""Action":"s3:GetObject","NotResource":"arn:aws:s3:::a/*""#, ["not_resource"]),
      (#""Action":"s3:Get*","Resource":"*""#, []),
    ])
  func reach(_ members: String, _ ids: [String]) {
    for target in [Self.managed, Sample.inline] {
      let allowed = Sample.change(of: target, from: nil, to: #"{"Statement":{"Effect":"Allow",\#(members)}}"#)
      #expect(Sample.ids(allowed) == ids)
    }
    let denied = Sample.change(of: Self.managed, from: nil, to: #"{"Statement":{"Effect":"Deny",\#(members)}}"#)
    #expect(Sample.ids(denied) == [])
  }

  @Test("MFA that an inline policy no longer asks for")
  func lostMFA() {
    let mfa = #","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#
    let text = lines(
      Sample.inline, Sample.policy(statement(#""ec2:StopInstances""#, on: "*", mfa)),
      Sample.policy(statement(#""ec2:StopInstances""#)))
    #expect(
      text == """
        - condition: only if aws:MultiFactorAuthAge is less than 3600, for: Allow ec2:StopInstances on everything
        ! lost_mfa: MFA is no longer asked
        = The inline policy own of the user alice now allows ec2:StopInstances on everything.
        """)
  }

  @Test("A denial that a new exception or condition makes smaller")
  func weakened() {
    let former = #"{"Effect":"Deny","NotAction":"sts:*","Resource":"*"}"#
    let present = #"{"Effect":"Deny","NotAction":["sts:*","iam:*"],"Resource":"*"}"#
    #expect(
      lines(Self.managed, Sample.policy(former), Sample.policy(present)).hasPrefix(
        """
        + action: Deny every action except iam:* on everything
        ! lost_deny: a denial no longer holds as before: Deny every action except sts:* on everything
        """))
    #expect(!lines(Self.managed, Sample.policy(present), Sample.policy(former)).contains("lost_deny"))
  }

  @Test("A bucket that is opened to the world and to another account")
  func bucket() {
    let tls =
      #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::files/*","#
      + #""Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#
    let world = #"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::files/*"}"#
    let bob =
      #"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:user/bob"},"Action":"s3:*","#
      + #""Resource":"arn:aws:s3:::files"}"#
    #expect(
      lines(Sample.bucket, Sample.policy(tls), Sample.policy(world, bob)) == """
        + principal: Allow s3:* on arn:aws:s3:::files to arn:aws:iam::444455556666:user/bob
        + principal: Allow s3:GetObject on arn:aws:s3:::files/* to anyone
        - principal: Deny s3:* on arn:aws:s3:::files/* to anyone if aws:SecureTransport is false
        ! public_bucket: anyone, even without signing in, is allowed s3:GetObject
        ! external_account: arn:aws:iam::444455556666:user/bob, in another account than 111122223333, is allowed s3:*
        ! lost_deny: a denial no longer holds as before: Deny s3:* on arn:aws:s3:::files/* to anyone if \
        aws:SecureTransport is false
        ! wildcard_action: every action of s3 is allowed on arn:aws:s3:::files
        = The policy of the bucket files now allows s3:* on arn:aws:s3:::files to arn:aws:iam::444455556666:user/bob \
        (another account); s3:GetObject on arn:aws:s3:::files/* to anyone.
        """)
    #expect(
      lines(Sample.bucket, Sample.policy(world), nil) == """
        - principal: Allow s3:GetObject on arn:aws:s3:::files/* to anyone
        = The policy of the bucket files is gone: who is allowed what is up to the policies of the callers and to access \
        control lists.
        """)
  }

  @Test(
    "A grant to everyone is public unless a condition ties it to somebody",
    arguments: [
      (#"{"StringEquals":{"aws:PrincipalOrgID":"o-a1"}}"#, false),
      (#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#, true),
      (#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1/*"}}"#, false),
      (#"{"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-a1/*"}}"#, true),
      (#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1"}}"#, true),
      (#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1"}}"#, true),
      (#"{"IpAddress":{"aws:SourceIp":["192.0.2.0/24"]}}"#, false),
      (#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, true),
      (#"{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","0.0.0.0/1"]}}"#, true),
      (#"{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, true), (#"{"IpAddress":{"aws:SourceIp":"::/0"}}"#, true),
      (#"{"StringEquals":{"AWS:SourceVPCE":"vpce-1"}}"#, false), (#"{"Bool":{"aws:SecureTransport":"true"}}"#, true),
      (#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}"#, true),
      (#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#, false),
      (#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#, true),
      (#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::logs"}}"#, false),
      (#"{"Null":{"aws:PrincipalOrgID":"false"}}"#, true),
      (#"{"StringEquals":{"sts:ExternalId":"k7"}}"#, true),
    ])
  func narrowing(_ condition: String, _ isPublic: Bool) {
    let change = Sample.change(
      of: Sample.bucket, from: nil,
      to: Sample.policy(#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Condition":\#(condition)}"#))
    #expect(Sample.ids(change) == [isPublic ? "public_bucket" : "any_principal_narrowed"])
  }

  @Test("A denial to all but an organization makes a grant to everyone a narrow one, if it takes in all of it")
  func fence() {
    func ids(_ denial: String) -> [String] {
      let world = #"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::files/*"}"#
      return Sample.ids(Sample.change(of: Sample.bucket, from: nil, to: Sample.policy(world, denial)))
    }
    func deny(_ members: String) -> String { #"{"Effect":"Deny","Principal":"*",\#(members)}"# }
    let unless = #""Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1"}}"#
    #expect(ids(deny(#""Action":"s3:*","Resource":"*",\#(unless)"#)) == ["any_principal_narrowed"])
    #expect(ids(deny(#""Action":"s3:Put*","Resource":"*",\#(unless)"#)) == ["public_bucket"])
    #expect(ids(deny(#""Action":"s3:*","Resource":"arn:aws:s3:::files/a/*",\#(unless)"#)) == ["public_bucket"])
    let both = #""Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1"},"Bool":{"aws:SecureTransport":"false"}}"#
    #expect(ids(deny(#""Action":"s3:*","Resource":"*",\#(both)"#)) == ["public_bucket"])
  }

  @Test("An account that only a condition names is another account all the same")
  func callerCondition() {
    let change = Sample.change(
      of: Sample.bucket, from: nil,
      to: Sample.policy(
        #"{"Effect":"Allow","Principal":"*","Action":"s3:*","Condition":{"StringEquals":{"aws:PrincipalAccount":"#
          + #"["444455556666","111122223333"]}}}"#))
    #expect(
      change.flags.first?.text
        == "account 444455556666, in another account than 111122223333, is allowed s3:* by a condition")
  }

  @Test("That an account may do everything with its own key is no flag; that others may is")
  func key() {
    let target = PolicyTarget(kind: .resource, type: "key", name: "0a1b", account: Sample.home, region: "eu-west-1")
    func ids(_ principal: String) -> [String] {
      Sample.ids(
        Sample.change(
          of: target, from: nil,
          to: Sample.policy(#"{"Effect":"Allow","Principal":{"AWS":"\#(principal)"},"Action":"kms:*","Resource":"*"}"#))
      )
    }
    #expect(ids("arn:aws:iam::111122223333:root") == [])
    #expect(ids("444455556666") == ["external_account", "wildcard_action"])
    #expect(ids("*") == ["any_principal", "wildcard_action"])
  }
}
