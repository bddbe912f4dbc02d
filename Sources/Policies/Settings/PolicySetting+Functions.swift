import JSON

/// Functions have their policy set statement by statement; each statement is a target of its own, named by its id.
extension PolicySetting {
  static let functionReaders: [PolicyAction: @Sendable (PolicyCall) -> [PolicySetting]] = {
    var readers: [String: @Sendable (PolicyCall) -> [PolicySetting]] = [:]
    // The dates are API versions, which Lambda puts behind the names.
    for version in ["", "20150331", "20150331v2"] {
      readers["AddPermission\(version)"] = { call in
        guard let target = function(call) else { return [] }
        return [
          call.setting(target, .created(PolicyText(call.response?["statement"]) ?? statement(call), version: nil))
        ]
      }
      readers["RemovePermission\(version)"] = { call in
        function(call).map { [call.setting($0, .deleted(isWithOwner: false))] } ?? []
      }
    }
    return keyed(readers, "lambda.amazonaws.com")
  }()

  private static func function(_ call: PolicyCall) -> PolicyTarget? {
    guard let name = call.text("functionName"), let statement = call.text("statementId") else { return nil }
    // A name may be an ARN, `account:function:name`, or the name, each with a version or alias behind it.
    var parts = name.split(separator: ":")[...]
    if let word = parts.lastIndex(of: "function") { parts = parts[(word + 1)...] }
    let short = parts.first.map(String.init) ?? name
    let qualifier = parts.dropFirst().first.map(String.init) ?? call.text("qualifier")
    return PolicyTarget(
      kind: .resource, type: "function", name: qualifier.map { "\(short):\($0)" } ?? short, account: call.account,
      region: ARN(name).map { String($0.region) } ?? call.region, policyName: statement)
  }

  /// The statement that a request asks for, when the answer does not show it.
  private static func statement(_ call: PolicyCall) -> PolicyText? {
    guard let principal = call.text("principal"), let action = call.text("action") else { return nil }
    var statement: [String: JSONValue] = ["Effect": "Allow", "Action": .string(action)]
    if let id = call.text("statementId") { statement["Sid"] = .string(id) }
    statement["Principal"] =
      principal.contains(".amazonaws.") ? ["Service": .string(principal)] : ["AWS": .string(principal)]
    var conditions: [String: JSONValue] = [:]
    if let arn = call.text("sourceArn") { conditions["ArnLike"] = ["AWS:SourceArn": .string(arn)] }
    var equals: [String: JSONValue] = [:]
    if let account = call.text("sourceAccount") { equals["AWS:SourceAccount"] = .string(account) }
    if let organization = call.text("principalOrgID") { equals["aws:PrincipalOrgID"] = .string(organization) }
    if !equals.isEmpty { conditions["StringEquals"] = .object(equals) }
    if !conditions.isEmpty { statement["Condition"] = .object(conditions) }
    return PolicyText(.object(statement))
  }
}
