/// `event.category` and `event.type` by action, whatever its source; every other action is of type `info` and has no
/// category.
struct ActionCategories: Sendable {
  var category: StaticString?
  var types: [StaticString]

  static let other = ActionCategories(category: nil, types: ["info"])

  static func of(_ action: String) -> ActionCategories { table[action] ?? other }

  private static let table: [String: ActionCategories] = {
    var table: [String: ActionCategories] = [:]
    func add(_ category: StaticString, _ types: [StaticString], _ actions: String) {
      for action in actions.split(separator: " ") {
        table[String(action)] = ActionCategories(category: category, types: types)
      }
    }
    add(
      "iam", ["group", "change"],
      "AddUserToGroup AttachGroupPolicy DeleteGroupPolicy DetachGroupPolicy PutGroupPolicy RemoveUserFromGroup UpdateGroup"
    )
    add(
      "iam", ["user", "change"],
      """
      AttachUserPolicy ChangePassword CreateAccessKey CreateVirtualMFADevice DeactivateMFADevice DeleteAccessKey \
      DeleteSSHPublicKey DeleteUserPermissionsBoundary DeleteUserPolicy DeleteVirtualMFADevice DetachUserPolicy \
      EnableMFADevice PutUserPermissionsBoundary PutUserPolicy TagUser UntagUser UpdateAccessKey UpdateLoginProfile \
      UpdateSSHPublicKey UpdateUser
      """)
    add("iam", ["group", "creation"], "CreateGroup")
    add("iam", ["group", "deletion"], "DeleteGroup")
    add("iam", ["user", "creation"], "CreateUser")
    add("iam", ["user", "deletion"], "DeleteUser")
    add(
      "iam", ["group", "info"],
      "GetGroup GetGroupPolicy ListAttachedGroupPolicies ListGroupPolicies ListGroups ListGroupsForUser")
    add(
      "iam", ["user", "info"],
      "GetUser GetUserPolicy ListAttachedUserPolicies ListUserPolicies ListUsers ListUserTags")
    add("iam", ["admin", "creation"], "CreateKeyPair")
    add(
      "iam", ["admin", "change"],
      "SetDefaultPolicyVersion SetSecurityTokenServicePreferences UpdateAccountPasswordPolicy UpdateRole")
    add("iam", ["info"], "GetPolicy ListAttachedRolePolicies ListRoles")
    add("iam", ["creation"], "CreatePolicy")
    add("iam", ["change"], "AttachRolePolicy")
    add("authentication", ["info"], "AssumeRole ConsoleLogin GetCallerIdentity")
    add(
      "session", ["start"],
      "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel StartSession")
    add("session", ["end"], "TerminateSession")
    add("process", ["start"], "SendCommand")
    add("file", ["info"], "GetObject HeadObject ListBuckets ListObjects")
    add("file", ["change"], "PutObject")
    add("file", ["creation"], "CreateBucket CreateDocument")
    add("file", ["deletion"], "DeleteBucket DeleteObject")
    add(
      "network", ["info"],
      """
      DescribeLoadBalancers DescribeNetworkAcls DescribeNetworkInterfaces DescribeSecurityGroups DescribeVpcs
      """)
    add("network", ["access"], "AuthorizeSecurityGroupIngress")
    add("host", ["info"], "DescribeInstances DescribeVolumes ListInstanceAssociations")
    add("database", ["info"], "DescribeDBInstances ListTables")
    add("package", ["info"], "ListFunctions")
    add("api", ["info"], "Converse DescribeRegions Publish")
    add("configuration", ["info"], "DescribeTrails")
    add("configuration", ["creation"], "CreateTopic")
    add("configuration", ["change"], "Subscribe")
    add("configuration", ["deletion"], "DeleteTrail")
    return table
  }()
}
