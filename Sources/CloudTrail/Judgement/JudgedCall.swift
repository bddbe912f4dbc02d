import Events
import JSON
import Policies

/// An API call, as far as what it does to policies, trails and networks is judged from it: the
/// fields `martlet.*`, which are ours.
///
/// They are worked out from the request itself, so that neither its length nor the order of its keys decides what a rule sees.
struct JudgedCall {
  private let provider: String
  private let action: String
  private let account: String?
  private let region: String?
  private let request: JSONValue?
  private let response: JSONValue?

  static let fields: [EventField] = [
    .policyTarget, .policyOutsideAccounts, .policyOutsideAccess, .policyAnyone, .policyPrincipals, .policyReach,
    .policyRiskScore,
    .trailManagementEvents, .networkOpenPorts,
  ]

  private static let selectors = PolicyAction(provider: "cloudtrail.amazonaws.com", action: "PutEventSelectors")

  /// True of the calls that are judged.
  static func isJudged(_ provider: String, _ action: String) -> Bool {
    let call = PolicyAction(provider: provider, action: action)
    return call == selectors || OpenedPorts.actions.contains(call) || PolicyGuests.actions.contains(call)
  }

  /// Nil for a CloudTrail record that is none of the calls that are judged.
  init?(record: JSONNode) {
    guard let provider = record.member("eventSource")?.string, let action = record.member("eventName")?.string,
      Self.isJudged(provider, action)
    else { return nil }
    self.provider = provider
    self.action = action
    account = record.member("recipientAccountId")?.string ?? record.member("userIdentity")?.member("accountId")?.string
    region = record.member("awsRegion")?.string
    request = record.member("requestParameters").map { JSONValue($0) }
    response = record.member("responseElements").map { JSONValue($0) }
  }

  /// Nil for an event in ECS that is none of the calls that are judged, or that holds fields of ours already.
  init?(ecs event: JSONNode) {
    guard let provider = event.node(at: EventField.eventProvider.path)?.string,
      let action = event.node(at: EventField.eventAction.path)?.string, Self.isJudged(provider, action),
      event.node(at: "martlet") == nil
    else { return nil }
    self.provider = provider
    self.action = action
    account =
      event.node(at: EventField.recipientAccountID.path)?.string
      ?? event.node(at: EventField.cloudAccountID.path)?.string
    region = event.node(at: EventField.cloudRegion.path)?.string
    request = event.node(at: EventField.flattenedRequestParameters.path).map { JSONValue($0) }
    response = event.node(at: EventField.flattenedResponseElements.path).map { JSONValue($0) }
  }

  /// The risk of what lets strangers in without a condition: Elastic's score of high severity.
  private static let riskOfStrangers = "73"

  /// Calls `body` with each field and value.
  func forEachField(_ body: (EventField, Scalar) -> Void) {
    forEachText { field, text in
      var text = text
      text.withUTF8 { body(field, Scalar(field == .policyRiskScore ? .number : .string, $0)) }
    }
  }

  private func forEachText(_ body: (EventField, String) -> Void) {
    if PolicyAction(provider: provider, action: action) == Self.selectors {
      if let coverage = request.flatMap(ManagementEventCoverage.init(request:)) {
        body(.trailManagementEvents, coverage.rawValue)
      }
      return
    }
    if OpenedPorts.actions.contains(PolicyAction(provider: provider, action: action)) {
      for port in request.map(OpenedPorts.of) ?? [] { body(.networkOpenPorts, port) }
      return
    }
    let reach = PolicyReach.of(
      provider: provider, action: action, account: account, region: region, request: request, response: response)
    for part in PolicyReach.allCases where reach.contains(part) { body(.policyReach, part.rawValue) }
    guard
      let guests = PolicyGuests.of(
        provider: provider, action: action, account: account, region: region, request: request, response: response)
    else { return }
    body(.policyTarget, guests.target)
    for account in guests.accounts { body(.policyOutsideAccounts, account) }
    for access in PolicyGuests.Access.allCases where guests.access.contains(access) {
      body(.policyOutsideAccess, access.rawValue)
    }
    for anyone in PolicyGuests.Anyone.allCases where guests.anyone.contains(anyone) {
      body(.policyAnyone, anyone.rawValue)
    }
    if guests.access.contains(.unconditioned) || guests.anyone.contains(.open) {
      body(.policyRiskScore, Self.riskOfStrangers)
    }
    for kind in PolicyGuests.Kind.allCases where guests.kinds.contains(kind) { body(.policyPrincipals, kind.rawValue) }
  }
}

extension JSONNode {
  /// The first value at a path of names, however they are nested or joined by points; nil where there is none but null.
  fileprivate func node(at path: String) -> JSONNode? { node(at: path[...]) }

  private func node(at path: Substring) -> JSONNode? {
    if path.isEmpty { return isNull ? nil : self }
    var found: JSONNode?
    forEachMember { key, value in
      guard found == nil else { return }
      let name = String(decoding: key, as: UTF8.self)
      if path == name {
        found = value.node(at: "")
      } else if path.hasPrefix(name), path.dropFirst(name.count).first == "." {
        found = value.node(at: path.dropFirst(name.count + 1))
      }
    }
    return found
  }
}
