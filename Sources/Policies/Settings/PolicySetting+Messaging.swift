import JSON

/// Policies of topics and queues, which are one attribute among others.
extension PolicySetting {
  static let topicReaders = keyed(
    [
      "SetTopicAttributes": { call in
        guard call.text("attributeName") == "Policy" else { return [] }
        return topic(call, .set(call.policy("attributeValue")))
      },
      "CreateTopic": { call in
        // Making a topic that is there already succeeds, so it is not known to be new.
        guard let policy = attribute(call) else { return [] }
        return topic(call, .set(PolicyText(policy)))
      },
      "AddPermission": { call in topic(call, .set(nil)) },
      "RemovePermission": { call in topic(call, .set(nil)) },
      "DeleteTopic": { call in topic(call, .deleted(isWithOwner: true)) },
    ], "sns.amazonaws.com")

  static let queueReaders = keyed(
    [
      "SetQueueAttributes": { call in
        guard let policy = attribute(call) else { return [] }
        // An empty policy takes the policy away.
        return queue(call, policy == "" ? .deleted(isWithOwner: false) : .set(PolicyText(policy)))
      },
      "CreateQueue": { call in
        guard let policy = attribute(call) else { return [] }
        return queue(call, .set(PolicyText(policy)))
      },
      "AddPermission": { call in queue(call, .set(nil)) },
      "RemovePermission": { call in queue(call, .set(nil)) },
      "DeleteQueue": { call in queue(call, .deleted(isWithOwner: true)) },
    ], "sqs.amazonaws.com")

  private static func attribute(_ call: PolicyCall) -> JSONValue? {
    // SQS's older protocol, with which CloudTrail still records calls, names the list `attribute`.
    for name in ["attributes", "attribute"] {
      guard case .object(let members)? = call.request?[name] else { continue }
      var attributes = MemberReader(members)
      if let policy = attributes.take("Policy") { return policy }
    }
    return nil
  }

  private static func topic(_ call: PolicyCall, _ change: Change) -> [PolicySetting] {
    // Where no answer is recorded, a topic that is made has the name that was asked for.
    guard let id = call.text("topicArn") ?? call.response?["topicArn"]?.stringValue ?? call.text("name") else {
      return []
    }
    return [call.setting(resource(call, "topic", id), change)]
  }

  private static func queue(_ call: PolicyCall, _ change: Change) -> [PolicySetting] {
    let url = call.text("queueUrl") ?? call.response?["queueUrl"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    guard let name = url.map({ $0.split(separator: "/").last.map(String.init) ?? $0 }) ?? call.text("queueName") else {
      return []
    }
    let target = PolicyTarget(
      kind: .resource, type: "queue", name: name, account: call.account, region: call.region, handle: url)
    return [call.setting(target, change)]
  }
}
