import Outputs
import Testing

struct ShortPrincipalTests {
  private func text(_ type: String?, arn: String? = nil, _ more: [String: String] = [:]) -> String? {
    var values = more
    values["aws.cloudtrail.user_identity.type"] = type
    values["aws.cloudtrail.user_identity.arn"] = arn
    return ShortPrincipal.text { values[$0] }
  }

  @Test("A user, a role's session and the root user are told in few words")
  func arns() {
    #expect(text("IAMUser", arn: "arn:aws:iam::111122223333:user/dana") == "user/dana")
    #expect(text("IAMUser", arn: "arn:aws-cn:iam::111122223333:user/division/team/dana") == "user/dana")
    #expect(text("AssumedRole", arn: "arn:aws:sts::111122223333:assumed-role/ops/dana") == "role/ops via dana")
    #expect(text("AssumedRole", arn: "arn:aws:sts::111122223333:assumed-role/ops/ops") == "role/ops")
    #expect(text("Role", arn: "arn:aws:iam::111122223333:role/path/ops") == "role/ops")
    #expect(text("Root", arn: "arn:aws:iam::111122223333:root") == "root")
    #expect(text("FederatedUser", arn: "arn:aws:sts::111122223333:federated-user/kim") == "federated-user/kim")
  }

  @Test("A role's session is told with who opened it, where that is known")
  func opened() {
    let opener = ["martlet.session.opened_by.name": "dana"]
    let session = "arn:aws:sts::111122223333:assumed-role/ops/botocore-session-1"
    #expect(text("AssumedRole", arn: session, opener) == "role/ops via dana")
    #expect(text("IAMUser", arn: "arn:aws:iam::111122223333:user/erin", opener) == "user/erin")
    let federated = "arn:aws:sts::111122223333:federated-user/"
    #expect(text("FederatedUser", arn: federated + "kim", opener) == "federated-user/kim via dana")
    #expect(text("FederatedUser", arn: federated + "dana", opener) == "federated-user/dana")
  }

  @Test("Root of a session that somebody opened is told with who did")
  func root() {
    let arn = "arn:aws:iam::111122223333:root"
    let opener = ["martlet.session.opened_by.name": "dana"]
    let caller = ["martlet.session.chain.by.arn": "arn:aws:sts::444455556666:assumed-role/admins/kim"]
    #expect(text("Root", arn: arn, opener) == "root via dana")
    #expect(text("AssumedRoot", arn: arn, opener) == "root via dana")
    #expect(text("Root", opener) == "root via dana")
    // Who stands at the beginning says more than who called, which says more than nobody.
    #expect(text("Root", arn: arn, opener.merging(caller) { $1 }) == "root via dana")
    #expect(text("Root", arn: arn, caller) == "root via kim")
    #expect(text("Root", arn: arn, ["martlet.session.opened_by.name": ""]) == "root")
    #expect(text("Root", arn: arn, ["martlet.session.opened_by.name": "root"]) == "root")
  }

  @Test("Of a session that an AWS service opened, its own name says more")
  func openedByService() {
    let opener = [
      "martlet.session.opened_by.name": "ec2.amazonaws.com", "martlet.session.opened_by.type": "AWSService",
    ]
    #expect(
      text("AssumedRole", arn: "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0", opener)
        == "role/web via i-0123456789abcdef0")
  }

  @Test("Who has no ARN is told by name, service or account")
  func others() {
    #expect(text("IAMUser", ["user.name": "bob"]) == "user/bob")
    #expect(text("Root") == "root")
    #expect(
      text("AWSService", ["aws.cloudtrail.user_identity.invoked_by": "ec2.amazonaws.com"])
        == "service/ec2.amazonaws.com")
    #expect(
      text("AWSAccount", ["cloud.account.id": "999988887777", "user.id": "AIDAEXAMPLE"]) == "account/999988887777")
    #expect(text("IdentityCenterUser", ["user.name": "dana"]) == "identity-center/dana")
    #expect(text("Unheard", ["user.name": "dana"]) == "dana")
    #expect(text(nil, ["user.name": "dana"]) == "dana")
    #expect(text("Unheard") == "Unheard")
    #expect(text(nil) == nil)
  }

  @Test("What only looks like an ARN is a name like others")
  func hostile() {
    for arn in [
      "", "arn", "arn:aws:iam::1:", "arn:aws:iam::1:user/", "arn:aws:s3:::bucket/key", ":::::/", "arn:aws:iam::1:///",
    ] {
      #expect(text("IAMUser", arn: arn, ["user.name": "bob"]) == "user/bob")
    }
  }
}
