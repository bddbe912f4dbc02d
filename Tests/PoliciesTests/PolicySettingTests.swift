import JSON
import Testing

@testable import Policies

@Suite("What calls set")
struct PolicySettingTests {
  private static let allow = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
  private static let text = PolicyText(allow)
  private static let arn = "arn:aws:iam::111122223333:policy/team/dev"
  private static let managed = PolicyTarget(
    kind: .managed, type: "policy", name: "dev", account: Sample.home, handle: arn)

  private func only(_ settings: [PolicySetting]) throws -> PolicySetting {
    #expect(settings.count == 1)
    return try #require(settings.first)
  }

  @Test("Roles: creation, change and deletion of the trust policy")
  func roles() throws {
    let created = try only(
      Sample.settings(
        "iam", "CreateRole", ["roleName": "ops", "path": "/", "assumeRolePolicyDocument": .string(Self.allow)],
        ["role": ["roleName": "ops", "arn": "arn:aws:iam::111122223333:role/ops"]]))
    #expect(created == PolicySetting(target: Sample.role, change: .created(Self.text, version: nil)))
    let set = try only(
      Sample.settings("iam", "UpdateAssumeRolePolicy", ["roleName": "ops", "policyDocument": .string(Self.allow)]))
    #expect(set == PolicySetting(target: Sample.role, change: .set(Self.text)))
    let gone = try only(Sample.settings("iam", "DeleteRole", ["roleName": "ops"]))
    #expect(gone == PolicySetting(target: Sample.role, change: .deleted(isWithOwner: true)))
  }

  @Test("The percent-encoded policy of an answer serves where the request has none")
  func encoded() throws {
    let encoded = "%7B%22Statement%22%3A%5B%5D%7D"
    let created = try only(
      Sample.settings(
        "iam", "CreateRole", ["roleName": "ops"], ["role": ["assumeRolePolicyDocument": .string(encoded)]]))
    #expect(created.change == .created(PolicyText(#"{"Statement":[]}"#), version: nil))
    #expect(PolicyText("%7B%2")?.text == "{%2")
    #expect(PolicyText("100%25")?.text == "100%25")
  }

  @Test("Managed policies: versions, which is in force, deletion")
  func managedPolicies() throws {
    let created = try only(
      Sample.settings(
        "iam", "CreatePolicy", ["policyName": "dev", "path": "/team/", "policyDocument": .string(Self.allow)],
        ["policy": ["arn": .string(Self.arn), "defaultVersionId": "v1"]]))
    #expect(created == PolicySetting(target: Self.managed, change: .created(Self.text, version: "v1")))
    #expect(created.target.handle == Self.arn)
    for isDefault in [true, false] {
      let version = try only(
        Sample.settings(
          "iam", "CreatePolicyVersion",
          ["policyArn": .string(Self.arn), "policyDocument": .string(Self.allow), "setAsDefault": .bool(isDefault)],
          ["policyVersion": ["versionId": "v2", "isDefaultVersion": .bool(isDefault)]]))
      #expect(version.change == .version(Self.text, id: "v2", isDefault: isDefault))
      #expect(version.target == Self.managed)
    }
    let request: JSONValue = ["policyArn": .string(Self.arn), "versionId": "v1"]
    #expect(try only(Sample.settings("iam", "SetDefaultPolicyVersion", request)).change == .defaultVersion("v1"))
    #expect(try only(Sample.settings("iam", "DeletePolicyVersion", request)).change == .versionDeleted("v1"))
    #expect(try only(Sample.settings("iam", "DeletePolicy", request)).change == .deleted(isWithOwner: false))
  }

  @Test("Without an answer the ARN of a new policy follows from account, path and region")
  func composedARN() {
    func arn(_ region: String?) -> String? {
      PolicySetting.settings(
        provider: "iam.amazonaws.com", action: "CreatePolicy", account: Sample.home, region: region,
        request: ["policyName": "dev", "path": "/team/"], response: nil, error: "AccessDenied"
      ).first?.target.handle
    }
    #expect(arn("eu-west-1") == Self.arn)
    #expect(arn("us-gov-west-1") == "arn:aws-us-gov:iam::111122223333:policy/team/dev")
    #expect(arn("cn-north-1") == "arn:aws-cn:iam::111122223333:policy/team/dev")
  }

  @Test(
    "Inline policies of users, roles and groups", arguments: [("User", "user"), ("Role", "role"), ("Group", "group")])
  func inline(_ owner: String, _ type: String) throws {
    let request: JSONValue = [
      "\(type)Name": "alice", "policyName": "own", "policyDocument": .string(Self.allow),
    ]
    let target = PolicyTarget(kind: .inline, type: type, name: "alice", account: Sample.home, policyName: "own")
    let put = try only(Sample.settings("iam", "Put\(owner)Policy", request))
    #expect(put == PolicySetting(target: target, change: .set(Self.text)))
    let gone = try only(Sample.settings("iam", "Delete\(owner)Policy", request))
    #expect(gone == PolicySetting(target: target, change: .deleted(isWithOwner: false)))
  }

  @Test("The policy of a bucket is an object in the event, and is written as people write policies")
  func buckets() throws {
    let put = try only(
      Sample.settings(
        "s3", "PutBucketPolicy",
        [
          "bucketName": "files", "Host": "files.s3.eu-west-1.amazonaws.com", "policy": "",
          "bucketPolicy": [
            "Statement": [["Action": "s3:*", "Principal": "*", "Effect": "Deny", "Sid": "x"]], "Version": "2012-10-17",
          ],
        ]))
    let written =
      #"{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Deny","Principal":"*","Action":"s3:*"}]}"#
    #expect(put == PolicySetting(target: Sample.bucket, change: .set(PolicyText(written))))
    let gone = try only(Sample.settings("s3", "DeleteBucketPolicy", ["bucketName": "files"]))
    #expect(gone.change == .deleted(isWithOwner: false))
    #expect(
      try only(Sample.settings("s3", "DeleteBucket", ["bucketName": "files"])).change == .deleted(isWithOwner: true))
  }

  @Test("Keys, secrets, repositories, topics and queues")
  func resources() throws {
    let policy = JSONValue.string(Self.allow)
    let key = try only(
      Sample.settings(
        "kms", "PutKeyPolicy",
        ["keyId": "arn:aws:kms:us-east-1:111122223333:key/0a1b", "policyName": "default", "policy": policy]))
    #expect(
      key.target
        == PolicyTarget(
          kind: .resource, type: "key", name: "0a1b", account: Sample.home, region: "us-east-1"))
    let made = try only(
      Sample.settings("kms", "CreateKey", ["policy": policy], ["keyMetadata": ["keyId": "0a1b"]]))
    #expect(made.change == .created(Self.text, version: nil))
    #expect(Sample.settings("kms", "CreateKey", ["origin": "AWS_KMS"], ["keyMetadata": ["keyId": "0a1b"]]).isEmpty)
    let secret = try only(
      Sample.settings(
        "secretsmanager", "PutResourcePolicy",
        ["secretId": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/main-AbC123", "resourcePolicy": policy]))
    #expect(secret.target.name == "db/main")
    let image = try only(
      Sample.settings("ecr", "SetRepositoryPolicy", ["repositoryName": "app", "policyText": policy, "force": false]))
    #expect(image.target.type == "repository" && image.change == .set(Self.text))
    let topic: JSONValue = [
      "topicArn": "arn:aws:sns:eu-west-1:111122223333:news", "attributeName": "Policy", "attributeValue": policy,
    ]
    #expect(try only(Sample.settings("sns", "SetTopicAttributes", topic)).target.name == "news")
    #expect(
      Sample.settings(
        "sns", "SetTopicAttributes",
        ["topicArn": "arn:aws:sns:eu-west-1:1:news", "attributeName": "DisplayName", "attributeValue": "x"]
      ).isEmpty)
    let url = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
    let queue = try only(
      Sample.settings("sqs", "SetQueueAttributes", ["queueUrl": .string(url), "attributes": ["Policy": policy]]))
    #expect(queue.target.name == "jobs" && queue.change == .set(Self.text))
    let emptied = try only(
      Sample.settings("sqs", "SetQueueAttributes", ["queueUrl": .string(url), "attributes": ["Policy": ""]]))
    #expect(emptied.target == queue.target && emptied.change == .deleted(isWithOwner: false))
    #expect(
      Sample.settings("sqs", "SetQueueAttributes", ["queueUrl": .string(url), "attributes": ["DelaySeconds": "5"]])
        .isEmpty)
  }

  @Test("Permissions of queues and topics that are told one by one leave the policy untold")
  func messaging() throws {
    let topic: JSONValue = ["topicArn": "arn:aws:sns:eu-west-1:111122223333:news", "label": "x"]
    let queue: JSONValue = ["queueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs", "label": "x"]
    for (service, request) in [("sns", topic), ("sqs", queue)] {
      for action in ["AddPermission", "RemovePermission"] {
        #expect(try only(Sample.settings(service, action, request)).change == .set(nil))
      }
    }
    #expect(try only(Sample.settings("sns", "DeleteTopic", topic)).change == .deleted(isWithOwner: true))
    #expect(try only(Sample.settings("sqs", "DeleteQueue", queue)).change == .deleted(isWithOwner: true))
    let made = try only(
      Sample.settings(
        "sqs", "CreateQueue", ["queueName": "jobs", "attributes": ["Policy": .string(Self.allow)]], queue))
    #expect(made.target.name == "jobs" && made.change == .set(Self.text))
    #expect(Sample.settings("sqs", "CreateQueue", ["queueName": "jobs", "attributes": [:]], queue).isEmpty)
    let named = try only(
      Sample.settings("sns", "CreateTopic", ["name": "news", "attributes": ["Policy": .string(Self.allow)]], topic))
    #expect(named.target.name == "news" && named.change == .set(Self.text))
  }

  @Test("Each statement of a function is by itself, from the answer or else from the request")
  func functions() throws {
    let request: JSONValue = [
      "functionName": "arn:aws:lambda:eu-west-1:111122223333:function:resize", "statementId": "open",
      "principal": "s3.amazonaws.com", "action": "lambda:InvokeFunction", "sourceAccount": "111122223333",
    ]
    let statement = #"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"x"}"#
    let answered = try only(
      Sample.settings("lambda", "AddPermission20150331v2", request, ["statement": .string(statement)]))
    #expect(answered.change == .created(PolicyText(statement), version: nil))
    #expect(
      answered.target
        == PolicyTarget(
          kind: .resource, type: "function", name: "resize", account: Sample.home, region: "eu-west-1",
          policyName: "open"))
    let asked = try only(Sample.settings("lambda", "AddPermission20150331v2", request, error: "AccessDenied"))
    #expect(asked.failure == "AccessDenied")
    #expect(
      PolicyChange(asked, former: .unknown).who
        == #"Had the call succeeded: the statement open of the function resize now allows lambda:InvokeFunction "#
        + #"to the service s3.amazonaws.com if AWS:SourceAccount is "111122223333"."#)
    let short = try only(
      Sample.settings("lambda", "RemovePermission20150331v2", ["functionName": "resize:live", "statementId": "open"]))
    #expect(short.target.name == "resize:live")
  }

  @Test("Other calls, and calls without the name of what they change, set nothing")
  func nothing() {
    #expect(Sample.settings("iam", "GetRole", ["roleName": "ops"]).isEmpty)
    #expect(Sample.settings("sts", "CreateRole", ["roleName": "ops"]).isEmpty)
    for action in PolicySetting.actions {
      for request: JSONValue? in [nil, .null, [:], [1], "x", ["roleName": ["a"], "bucketName": 7, "policyArn": ""]] {
        #expect(
          PolicySetting.settings(
            provider: action.provider, action: action.action, account: nil, region: nil, request: request,
            response: request
          ).isEmpty, "\(action)")
      }
    }
  }

  @Test("The list of calls names every call that sets a policy, and no reading one")
  func actions() {
    #expect(PolicySetting.actions.count == 44)
    #expect(
      PolicySetting.actions.contains(PolicyAction(provider: "iam.amazonaws.com", action: "UpdateAssumeRolePolicy")))
    #expect(!PolicySetting.actions.contains { $0.action.hasPrefix("Get") || $0.action.hasPrefix("List") })
  }

  @Test("Names of IAM are one target in any case; buckets are not")
  func identity() {
    func target(_ kind: PolicyKind, _ name: String) -> PolicyTarget {
      PolicyTarget(kind: kind, type: "x", name: name, account: Sample.home)
    }
    #expect(target(.trust, "Ops") == target(.trust, "ops"))
    #expect(target(.bucket, "Ops") != target(.bucket, "ops"))
    #expect(Set([target(.trust, "Ops"), target(.trust, "OPS")]).count == 1)
    #expect(target(.trust, "ops") != PolicyTarget(kind: .trust, type: "x", name: "ops", account: Sample.other))
  }
}
