import CloudTrail
import Events
import JSON
import Policies
import Query

/// Reads out of events what they did to policies. One worker's own.
final class PolicyReader {
  private let indexer = StructuralIndexer()

  /// What one event did.
  struct Reading {
    var event: PolicyEvent
    var settings: [PolicySetting]
  }

  /// True of events that may set a policy, whether they succeeded or not.
  static let query = Predicate.or(
    Dictionary(grouping: PolicySetting.actions, by: \.provider).sorted { $0.key < $1.key }.map { provider, actions in
      .and([
        .test(.named(EventField.eventProvider.path), .phrase(provider)),
        .or(actions.sorted().map { .test(.named(EventField.eventAction.path), .phrase($0.action)) }),
      ])
    })

  /// Nil for a record that sets no policy, and for an alert, which only tells of one that does. The record's text has been
  /// accepted before, and has zeros behind it. Throws where memory does not suffice.
  func read(_ row: RecordRow) throws(EventTextError) -> Reading? {
    // What has no time comes neither before nor after anything.
    guard row.kind != .digest, row.ownTime != nil else { return nil }
    let record: JSONNode
    do {
      record = JSONNode(try indexer.index(row.text), token: 0)
    } catch {
      throw EventTextError(id: row.id, fault: error)
    }
    if row.kind == .ecs, AlertReading.isAlert(ECSReader.event(of: record)) { return nil }
    let call = row.kind == .ecs ? Call(ecs: ECSReader.event(of: record)) : Call(record: record)
    let settings = PolicySetting.settings(
      provider: call.provider, action: call.action, account: call.account, region: call.region,
      request: call.request.map { JSONValue($0) }, response: call.response.map { JSONValue($0) }, error: call.error)
    guard !settings.isEmpty else { return nil }
    return Reading(
      event: PolicyEvent(id: call.id ?? row.id.text, instant: row.time.milliseconds, time: row.time.iso8601),
      settings: settings)
  }

  /// The parts of an event that matter.
  private struct Call {
    var provider: String
    var action: String
    var account: String?
    var region: String?
    var error: String?
    var id: String?
    var request: JSONNode?
    var response: JSONNode?

    /// A CloudTrail record.
    init(record: JSONNode) {
      func text(_ key: StaticString) -> String? { record.member(key)?.string }
      provider = text("eventSource") ?? ""
      action = text("eventName") ?? ""
      account = text("recipientAccountId") ?? record.member("userIdentity")?.member("accountId")?.string
      region = text("awsRegion")
      error = text("errorCode") ?? text("errorMessage")
      id = text("eventID")
      request = record.member("requestParameters")
      response = record.member("responseElements")
    }

    /// An event in ECS.
    init(ecs event: JSONNode) {
      let fields = EventFields(event)
      provider = fields.first(EventField.eventProvider.path) ?? ""
      action = fields.first(EventField.eventAction.path) ?? ""
      account =
        fields.first(EventField.recipientAccountID.path) ?? fields.first(EventField.cloudAccountID.path)
      region = fields.first(EventField.cloudRegion.path)
      error = fields.first(EventField.errorCode.path) ?? fields.first(EventField.errorMessage.path)
      id = fields.first(EventField.eventID.path)
      request = fields.object(EventField.flattenedRequestParameters.path)
      response = fields.object(EventField.flattenedResponseElements.path)
    }
  }
}
