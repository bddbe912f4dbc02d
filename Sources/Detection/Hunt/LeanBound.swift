import CloudTrail
import Events
import Query

/// Weakens a query to what can be told of a CloudTrail record before it is mapped: true wherever the query might be.
struct LeanBound {
  let catalog: FieldCatalog

  /// What is at hand beside the constants.
  enum Stage {
    /// Top-level members.
    case lean
    /// The principal as well.
    case identity
  }

  private static let identityPaths = Set(IdentityMapper.fields.map(\.path))

  /// Fields that have one of a few values in every CloudTrail event.
  private let constants: [String: [String]]
  private let dataStream: String

  init(catalog: FieldCatalog, context: EventContext) {
    self.catalog = catalog
    dataStream = context.dataStream
    constants = [
      "event.dataset": [EventContext.dataset], "event.module": ["aws"], "event.kind": ["event", "pipeline_error"],
      "cloud.provider": ["aws"], "data_stream.dataset": [EventContext.dataset], "data_stream.type": ["logs"],
      "data_stream.namespace": [context.namespace],
    ]
  }

  /// A query that reads only what is at hand at a stage and holds wherever the given one does.
  func upper(_ predicate: Predicate, _ stage: Stage) -> Predicate { bound(predicate, stage, upper: true).simplified() }

  /// `upper`: the result holds wherever the predicate does; else the predicate holds wherever the result does.
  private func bound(_ predicate: Predicate, _ stage: Stage, upper: Bool) -> Predicate {
    switch predicate {
    case .all, .nothing: return predicate
    case .and(let parts): return .and(parts.map { bound($0, stage, upper: upper) })
    case .or(let parts): return .or(parts.map { bound($0, stage, upper: upper) })
    case .not(let part): return .not(bound(part, stage, upper: !upper))
    case .exists(.named(let path)) where DocumentNames.contains(path): return .all
    case .test(.named(DocumentNames.index), let test):
      // Records say nothing of an index: it is their data stream.
      guard let names = IndexNameTest(test) else { return upper ? .all : .nothing }
      return names.matches(dataStream) ? .all : .nothing
    case .exists(.named(let path)), .test(.named(let path), _):
      let source = catalog.resolve(path).sourcePath
      if LeanField.named(source) != nil { return predicate }
      if stage == .identity, Self.identityPaths.contains(source) {
        return upper ? withOthers(predicate, path: path, source) : predicate
      }
      if let constants = constants[source] {
        let held = constants.filter { holds(predicate, path: path, value: $0) }
        return (upper ? !held.isEmpty : held.count == constants.count) ? .all : .nothing
      }
      return upper ? .all : .nothing
    case .exists, .test, .nested, .holds: return upper ? .all : .nothing
    }
  }

  /// A condition on a field of the principal that other parts of the record fill where the principal does not: true wherever
  /// it holds for what they fill in. What the principal says counts first, so the condition by itself is never too weak.
  private func withOthers(_ predicate: Predicate, path: String, _ source: String) -> Predicate {
    switch source {
    case EventField.cloudAccountID.path:
      let other = EventField.recipientAccountID.path
      let onOther: Predicate =
        switch predicate {
        case .test(_, let test) where catalog.resolve(path).type == catalog.resolve(other).type:
          .test(.named(other), test)
        default: .exists(.named(other))
        }
      return .or([predicate, onOther, .test(.named(EventField.trailEventType.path), .phrase("AwsAggregatedEvent"))])
    case EventField.userName.path, EventField.userEmail.path:
      return .or([predicate, .test(.named(EventField.eventAction.path), .phrase("UserAuthentication"))])
    default: return predicate
    }
  }

  private func holds(_ predicate: Predicate, path: String, value: String) -> Bool {
    guard case .test(_, let test) = predicate else { return true }
    // What depends on the time was taken out before.
    return test.holds(for: value, type: catalog.resolve(path).type, now: Timestamp(milliseconds: 0))
  }
}
