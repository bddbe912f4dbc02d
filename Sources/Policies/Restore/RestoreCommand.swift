/// The command that would make a policy what it was before a change.
enum RestoreCommand {
  /// Nil when the former policy is not known, cannot be written, or nothing needs to be undone.
  static func text(_ setting: PolicySetting, former: FormerPolicy, versionText: PolicyText?) -> String? {
    guard setting.failure == nil else { return nil }
    if case .deleted(let isWithOwner) = setting.change {
      // A bucket or a queue that is gone takes no policy; a role is made anew with one.
      if former.state == .none || (isWithOwner && setting.target.kind != .trust) { return nil }
    }
    switch setting.target.kind {
    case .trust: return trust(setting, former)
    case .managed: return managed(setting, former, versionText)
    case .inline: return inline(setting.target, former)
    case .bucket: return bucket(setting.target, former)
    case .resource: return ResourceRestoreCommand.text(setting.target, former)
    }
  }

  private static func trust(_ setting: PolicySetting, _ former: FormerPolicy) -> String? {
    let role = setting.target.name
    switch (former.state, setting.change) {
    case (.known, .deleted):
      return command("iam create-role", ["--role-name": role], "--assume-role-policy-document", former.text)
    case (.known, _):
      return command("iam update-assume-role-policy", ["--role-name": role], "--policy-document", former.text)
    case (.none, .created): return command("iam delete-role", ["--role-name": role])
    case (.none, _), (.unknown, _): return nil
    }
  }

  private static func managed(
    _ setting: PolicySetting, _ former: FormerPolicy, _ versionText: PolicyText?
  ) -> String? {
    guard let arn = setting.target.handle else { return nil }
    switch setting.change {
    case .created: return former.state == .none ? command("iam delete-policy", ["--policy-arn": arn]) : nil
    case .version(_, let id?, isDefault: false):
      return command("iam delete-policy-version", ["--policy-arn": arn, "--version-id": id])
    case .version(_, nil, isDefault: false): return nil
    case .versionDeleted:
      return command("iam create-policy-version", ["--policy-arn": arn], "--policy-document", versionText)
    case .version, .defaultVersion, .set:
      if let version = former.version {
        return command("iam set-default-policy-version", ["--policy-arn": arn, "--version-id": version])
      }
      guard former.state == .known else { return nil }
      var created = AWSCommand("iam create-policy-version", ["--policy-arn": arn])
      created.add("--policy-document", policy: former.text)
      created.add("--set-as-default")
      return created.text
    case .deleted:
      guard former.state == .known else { return nil }
      var options = ["--policy-name": setting.target.name]
      // The path stands between the first slash and the last.
      if let resource = ARN(arn)?.resource, let start = resource.firstIndex(of: "/"),
        let end = resource.lastIndex(of: "/"), start < end
      {
        options["--path"] = String(resource[start...end])
      }
      return command("iam create-policy", options, "--policy-document", former.text)
    }
  }

  private static func inline(_ target: PolicyTarget, _ former: FormerPolicy) -> String? {
    let options = ["--\(target.type)-name": target.name, "--policy-name": target.policyName ?? ""]
    switch former.state {
    case .known: return command("iam put-\(target.type)-policy", options, "--policy-document", former.text)
    case .none: return command("iam delete-\(target.type)-policy", options)
    case .unknown: return nil
    }
  }

  private static func bucket(_ target: PolicyTarget, _ former: FormerPolicy) -> String? {
    let options = ["--bucket": target.name]
    switch former.state {
    case .known: return command("s3api put-bucket-policy", options, "--policy", former.text)
    case .none: return command("s3api delete-bucket-policy", options)
    case .unknown: return nil
    }
  }

  /// A command with options in the order of their names, the policy last.
  static func command(
    _ name: String, _ options: [String: String], _ policyOption: String? = nil, _ policy: PolicyText? = nil
  ) -> String? {
    var command = AWSCommand(name, options)
    if let policyOption { command.add(policyOption, policy: policy) }
    return command.text
  }
}
