import JSON
import Policies
import Testing

@Suite("Whom a call lets in")
struct PolicyGuestsTests {
  private static let home = "111122223333"

  private func guests(_ service: String, _ action: String, _ request: JSONValue) throws -> PolicyGuests {
    try #require(
      PolicyGuests.of(
        provider: service + ".amazonaws.com", action: action, account: Self.home, region: "us-east-1",
        request: request, response: nil))
  }

  private func bucket(_ principal: String, condition: String = "", effect: String = "Allow") throws -> PolicyGuests {
    let policy = """
      {"Statement":{"Effect":"\(effect)","Principal":\(principal),"Action":"s3:*","Resource":"*"\(condition)}}
      """
    return try guests("s3", "PutBucketPolicy", ["bucketName": "b", "bucketPolicy": .string(policy)])
  }

  private static let organization = #","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#

  @Test("Other accounts are told, one's own is not, and each is told once and in order")
  func accounts() throws {
    let outside = try bucket(
      #"{"AWS":["999988887777","arn:aws:iam::444455556666:role/x","arn:aws:iam::999988887777:root"]}"#)
    #expect(outside.accounts == ["444455556666", "999988887777"])
    #expect(outside.access == [.unconditioned])
    #expect(outside.anyone == [])
    #expect(outside.kinds == [.otherAccount])
    #expect(outside.target == "bucket")
    let own = try bucket(#"{"AWS":["arn:aws:iam::111122223333:user/a","111122223333"]}"#)
    #expect(own.accounts == [] && own.access == [] && own.kinds == [.ownAccount])
    #expect(try bucket(#"{"AWS":"999988887777"}"#, effect: "Deny").kinds == [])
  }

  @Test("A condition that ties the grant is told; one that anybody meets is none")
  func conditions() throws {
    #expect(try bucket(#"{"AWS":"999988887777"}"#, condition: Self.organization).access == [.conditioned])
    let open = #","Condition":{"StringLike":{"aws:PrincipalOrgID":"*"}}"#
    #expect(try bucket(#"{"AWS":"999988887777"}"#, condition: open).access == [.unconditioned])
    let trust = #"""
      {"Statement":{"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"sts:AssumeRole",
      "Condition":{"StringEquals":{"sts:ExternalId":"x"}}}}
      """#
    let role = try guests("iam", "UpdateAssumeRolePolicy", ["roleName": "r", "policyDocument": .string(trust)])
    #expect(role.accounts == ["999988887777"] && role.access == [.conditioned] && role.target == "role")
  }

  @Test("Everybody is told, open or narrowed, and accounts that a condition names")
  func anyone() throws {
    #expect(try bucket(#""*""#).anyone == [.open])
    #expect(try bucket(#""*""#, condition: Self.organization).anyone == [.narrowed])
    let account = #","Condition":{"StringEquals":{"aws:PrincipalAccount":"999988887777"}}"#
    let named = try bucket(#"{"AWS":"*"}"#, condition: account)
    #expect(named.anyone == [.narrowed] && named.accounts == ["999988887777"] && named.access == [.unconditioned])
    let allBut = #"{"Statement":{"Effect":"Allow","NotPrincipal":{"AWS":"999988887777"},"Action":"*","Resource":"*"}}"#
    #expect(
      try guests("s3", "PutBucketPolicy", ["bucketName": "b", "bucketPolicy": .string(allBut)]).anyone == [.open])
  }

  @Test("Services and identity providers are kinds of their own")
  func kinds() throws {
    let provider = #"{"Federated":"arn:aws:iam::111122223333:saml-provider/x"}"#
    #expect(try bucket(#"{"Service":"ec2.amazonaws.com"}"#).kinds == [.service])
    #expect(try bucket(provider).kinds == [.federated])
    #expect(try bucket(#"{"AWS":"AROAEXAMPLE"}"#).kinds == [.other])
  }

  private static let stranger = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
  private static let logs = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"

  @Test("A canonical user is an account by another name, and the delivery of logs a service")
  func canonicalUsers() throws {
    let outside = try bucket(#"{"CanonicalUser":"\#(Self.stranger)"}"#)
    #expect(outside.accounts == [Self.stranger] && outside.kinds == [.otherAccount])
    #expect(outside.access == [.unconditioned])
    let tied = try bucket(#"{"CanonicalUser":["\#(Self.stranger)"]}"#, condition: Self.organization)
    #expect(tied.access == [.conditioned])
    let logs = try bucket(#"{"CanonicalUser":"\#(Self.logs)"}"#)
    #expect(logs.accounts == [] && logs.kinds == [.service])
  }

  @Test("Access lists let in by id, by group, by e-mail and by name, in the body and in headers, and never their owner")
  func accessLists() throws {
    let group = "http://acs.amazonaws.com/groups/"
    func list(_ grants: JSONValue) throws -> PolicyGuests {
      try guests(
        "s3", "PutBucketAcl",
        [
          "bucketName": "b",
          "AccessControlPolicy": ["Owner": ["ID": "own"], "AccessControlList": ["Grant": grants]],
        ])
    }
    func to(_ grantee: JSONValue) -> JSONValue { ["Grantee": grantee, "Permission": "READ"] }
    let own = to(["xsi:type": "CanonicalUser", "ID": "own"])
    #expect(try list([own]).kinds == [] && list(own).accounts == [])
    let outside = try list([own, to(["xsi:type": "CanonicalUser", "ID": .string(Self.stranger)])])
    #expect(outside.accounts == [Self.stranger] && outside.access == [.unconditioned] && outside.target == "bucket")
    #expect(try list(to(["EmailAddress": "eve@example.com"])).accounts == ["eve@example.com"])
    for all in ["global/AllUsers", "global/AuthenticatedUsers"] {
      let everyone = try list([own, to(["URI": .string(group + all)])])
      #expect(everyone.anyone == [.open] && everyone.kinds == [.anyone] && everyone.accounts == [])
    }
    #expect(try list(to(["URI": .string(group + "s3/LogDelivery")])).kinds == [.service])
    #expect(try list(to(["ID": .string(Self.logs)])).kinds == [.service])

    func header(_ name: String, _ value: JSONValue, action: String = "PutObjectAcl") throws -> PolicyGuests {
      try guests("s3", action, ["bucketName": "b", "key": "k", name: value])
    }
    for permission in ["full-control", "read", "read-acp", "write", "write-acp"] {
      let name = "x-amz-grant-" + permission
      let all = "uri=\"\(group)global/AllUsers\", id=\"\(Self.stranger)\""
      let both = try header(name, [.string(all)])
      #expect(both.anyone == [.open] && both.accounts == [Self.stranger] && both.target == "object", "\(name)")
      #expect(try header(name, .string("emailAddress=eve@example.com,id=" + Self.logs)).accounts == ["eve@example.com"])
    }
    for canned in ["public-read", "public-read-write", "authenticated-read"] {
      for action in ["PutBucketAcl", "PutObjectAcl", "CreateBucket"] {
        #expect(try header("x-amz-acl", [.string(canned)], action: action).anyone == [.open], "\(canned)")
      }
    }
    for canned in ["private", "bucket-owner-read", "bucket-owner-full-control", ""] {
      #expect(try header("x-amz-acl", [.string(canned)]).kinds == [], "\(canned)")
    }
    #expect(try header("x-amz-acl", "log-delivery-write").kinds == [.service])
    #expect(try header("x-amz-grant-read", ["nonsense", "=", "id=", "x=y"]).kinds == [])
  }

  @Test(
    "Policies of access points, public repositories, replicas and new topics, queues and keys are read from the request"
  )
  func policiesInRequests() throws {
    let policy: JSONValue = #"{"Statement":{"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"*"}}"#
    let body = try JSONValue(parsing: policy.stringValue ?? "")
    let requests: [(String, String, JSONValue, String)] = [
      ("s3", "PutAccessPointPolicy", ["name": "p", "policy": policy], "access point"),
      ("s3", "PutAccessPointPolicy", ["name": "p", "PutAccessPointPolicyRequest": ["Policy": body]], "access point"),
      (
        "s3", "PutMultiRegionAccessPointPolicy",
        ["PutMultiRegionAccessPointPolicyRequest": ["ClientToken": "t", "Details": ["Name": "p", "Policy": policy]]],
        "access point"
      ),
      ("ecr-public", "SetRepositoryPolicy", ["repositoryName": "r", "policyText": policy], "public repository"),
      ("kms", "ReplicateKey", ["keyId": "mrk-1", "replicaRegion": "eu-west-1", "policy": policy], "key"),
      ("kms", "CreateKey", ["policy": policy], "key"),
      ("sns", "CreateTopic", ["name": "t", "attributes": ["Policy": policy]], "topic"),
      ("sqs", "CreateQueue", ["queueName": "q", "attributes": ["Policy": policy]], "queue"),
      ("sqs", "CreateQueue", ["queueName": "q", "attribute": ["Policy": policy]], "queue"),
    ]
    for (service, action, request, target) in requests {
      let found = try guests(service, action, request)
      #expect(found.accounts == ["999988887777"] && found.target == target, "\(action): \(request)")
    }
    let replica = try #require(
      PolicySetting.settings(
        provider: "kms.amazonaws.com", action: "ReplicateKey", account: Self.home, region: "us-east-1",
        request: [
          "keyId": "arn:aws:kms:us-east-1:111122223333:key/mrk-1", "replicaRegion": "eu-west-1", "policy": policy,
        ], response: nil
      ).first)
    #expect(replica.target.name == "mrk-1" && replica.target.region == "eu-west-1")
  }

  @Test("Permissions and shares by account are read too")
  func shares() throws {
    #expect(try guests("sns", "AddPermission", ["aWSAccountIds": ["999988887777"]]).accounts == ["999988887777"])
    #expect(try guests("sqs", "AddPermission", ["aWSAccountIds": [.string(Self.home)]]).accounts == [])
    let grant = try guests("kms", "CreateGrant", ["granteePrincipal": "arn:aws:iam::999988887777:role/x"])
    #expect(grant.accounts == ["999988887777"] && grant.target == "key")
    let organization = "arn:aws:organizations::999988887777:organization/o-abc"
    #expect(try guests("ram", "CreateResourceShare", ["principals": [.string(organization)]]).accounts == [])
    #expect(try guests("events", "PutPermission", ["principal": "*"]).anyone == [.open])
    #expect(
      try guests("events", "PutPermission", ["principal": "*", "condition": ["type": "x"]]).anyone == [.narrowed])
    let layer: JSONValue = ["principal": "*", "organizationId": "o-abc"]
    #expect(try guests("lambda", "AddLayerVersionPermission20181031", layer).anyone == [.narrowed])
    let add: JSONValue = ["add": ["items": [["userId": "999988887777"], ["group": "all"]]]]
    let snapshot = try guests("ec2", "ModifySnapshotAttribute", ["createVolumePermission": add])
    #expect(snapshot.accounts == ["999988887777"] && snapshot.anyone == [.open])
    let restore: JSONValue = ["attributeName": "restore", "valuesToAdd": ["all", "999988887777"]]
    #expect(try guests("rds", "ModifyDBSnapshotAttribute", restore).accounts == ["999988887777"])
    let vault: JSONValue = ["policy": #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}"#]
    #expect(try guests("backup", "PutBackupVaultAccessPolicy", vault).anyone == [.open])
  }

  @Test("What is no policy, and what is broken, has no guests")
  func nothing() {
    func none(_ action: String, _ request: JSONValue?) -> Bool {
      PolicyGuests.of(
        provider: "s3.amazonaws.com", action: action, account: Self.home, region: nil, request: request, response: nil)
        == nil
    }
    #expect(none("PutObject", ["bucketName": "b"]))
    #expect(none("PutBucketPolicy", nil))
    #expect(none("PutBucketPolicy", ["bucketName": "b", "bucketPolicy": "{"]))
    #expect(none("PutBucketPolicy", ["bucketName": "b", "bucketPolicy": [1, 2]]))
  }

  @Test("Blanks are no way past the bound on policies")
  func blanks() throws {
    let policy = #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}"#
    let padded = policy + String(repeating: " ", count: PolicyText.limit + 1)
    #expect(
      try guests("s3", "PutBucketPolicy", ["bucketName": "b", "bucketPolicy": .string(padded)]).anyone == [.open])
    #expect(PolicyText(String(repeating: "x", count: PolicyText.limit + 1))?.isCut == true)
  }

  @Test("Policies that reach everything or all of IAM are told")
  func reach() {
    func reach(_ statement: String, _ action: String = "PutUserPolicy", _ more: JSONValue = [:]) -> Set<PolicyReach> {
      var request: [String: JSONValue] = [
        "userName": "u", "policyName": "p", "policyArn": "arn:aws:iam::111122223333:policy/p",
        "policyDocument": .string("{\"Statement\":[{\(statement)}]}"),
      ]
      for (key, value) in more.objectValue ?? [:] { request[key] = value }
      return PolicyReach.of(
        provider: "iam.amazonaws.com", action: action, account: Self.home, region: nil, request: .object(request),
        response: nil)
    }
    #expect(reach(#""Effect":"Allow","Action":"*","Resource":"*""#) == [.everything])
    #expect(reach(#""Effect":"Allow","Action":["s3:Get*","*:*"],"Resource":["*"]"#) == [.everything])
    #expect(reach(#""Effect":"Allow","Action":"IAM:*","Resource":"*""#) == [.iam])
    #expect(reach(#""Effect":"Allow","NotAction":"s3:*","Resource":"*""#) == [.everything])
    #expect(reach(#""Effect":"Allow","NotAction":"iam:*","Resource":"*""#) == [])
    #expect(reach(#""Effect":"Deny","Action":"*","Resource":"*""#) == [])
    #expect(reach(#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b""#) == [])
    #expect(reach(#""Effect":"Allow","Action":"s3:*","Resource":"*""#) == [])
    let all = #""Effect":"Allow","Action":"*","Resource":"*""#
    #expect(reach(all, "CreatePolicyVersion", ["setAsDefault": true]) == [.everything])
    #expect(reach(all, "CreatePolicyVersion", ["setAsDefault": false]) == [])
  }
}
