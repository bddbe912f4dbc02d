import JSON

/// The commands for keys, secrets, repositories, topics, queues and functions.
enum ResourceRestoreCommand {
  static func text(_ target: PolicyTarget, _ former: FormerPolicy) -> String? {
    var options: [String: String] = [:]
    if let region = target.region, !region.isEmpty { options["--region"] = region }
    let id = target.handle ?? target.name
    let policy = former.state == .known ? former.text : nil
    let isNone = former.state == .none
    switch target.type {
    case "key":
      options["--key-id"] = id
      options["--policy-name"] = "default"
      return policy.flatMap { RestoreCommand.command("kms put-key-policy", options, "--policy", $0) }
    case "secret":
      options["--secret-id"] = id
      if isNone { return RestoreCommand.command("secretsmanager delete-resource-policy", options) }
      return policy.flatMap {
        RestoreCommand.command("secretsmanager put-resource-policy", options, "--resource-policy", $0)
      }
    case "repository":
      options["--repository-name"] = target.name
      if isNone { return RestoreCommand.command("ecr delete-repository-policy", options) }
      return policy.flatMap { RestoreCommand.command("ecr set-repository-policy", options, "--policy-text", $0) }
    case "topic":
      options["--topic-arn"] = id
      options["--attribute-name"] = "Policy"
      return policy.flatMap { RestoreCommand.command("sns set-topic-attributes", options, "--attribute-value", $0) }
    case "queue":
      options["--queue-url"] = id
      let attribute = isNone ? "" : policy.flatMap(SafeJSON.text)
      let attributes = attribute.flatMap { PolicyText(.object(["Policy": .string($0)])) }
      return attributes.flatMap { RestoreCommand.command("sqs set-queue-attributes", options, "--attributes", $0) }
    case "function":
      guard isNone, let statement = target.policyName else { return nil }
      let parts = target.name.split(separator: ":", maxSplits: 1).map(String.init)
      options["--function-name"] = parts.first
      if parts.count > 1 { options["--qualifier"] = parts[1] }
      options["--statement-id"] = statement
      return RestoreCommand.command("lambda remove-permission", options)
    default: return nil
    }
  }
}
