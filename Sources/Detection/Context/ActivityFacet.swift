/// What is counted of a principal's activity.
enum ActivityFacet: Int, CaseIterable, Sendable {
  case services, actions, resources, addresses, agents, accessKeys, errors

  /// The member of `martlet.context.activity` that holds the counts.
  var name: String {
    switch self {
    case .services: "services"
    case .actions: "actions"
    case .resources: "resources"
    case .addresses: "addresses"
    case .agents: "user_agents"
    case .accessKeys: "access_keys"
    case .errors: "errors"
    }
  }

  /// The fields whose values are counted, each distinct value of an event once.
  var fields: [String] {
    switch self {
    case .services: ["event.provider"]
    case .actions: ["event.action"]
    case .resources: ["aws.cloudtrail.resources.arn", "target.entity.id", "entity.target.id"]
    case .addresses: ["source.address"]
    case .agents: ["user_agent.original"]
    case .accessKeys: ["aws.cloudtrail.user_identity.access_key_id"]
    case .errors: ["aws.cloudtrail.error_code"]
    }
  }
}

/// A value that was counted, by its code in the dictionary of its facet.
struct ActivityValue: Hashable, Sendable {
  var facet: ActivityFacet
  var code: UInt32
}
