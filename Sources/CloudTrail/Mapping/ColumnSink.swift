import Events
import JSON

/// Puts the fields of mapped records into the columns of a batch.
public struct ColumnSink: EventSink {
  let builder: EventBatchBuilder
  /// The column of each `EventField`; -1 for one that has none.
  private let columns: [Int]
  /// Whether each field is wanted at all, and the wanted fields of the groups that the current record needs.
  private let wanted: [Bool]
  private var wantedNow: [Bool]
  private let groupsOfFields: [FieldGroup]
  /// The groups that the current record needs.
  public private(set) var groups = FieldGroup.all
  private var path: [UInt8] = []

  public init(_ builder: EventBatchBuilder) {
    self.builder = builder
    columns = EventField.allCases.map { builder.column($0.path) }
    wanted = EventField.allCases.map { field in
      switch field {
      case .flattenedDigest, .flattenedInsightDetails, .flattenedRequestParameters, .flattenedResponseElements,
        .flattenedAdditionalEventData, .flattenedServiceEventDetails, .resources:
        builder.plan.wants(field.path) || builder.plan.wantsBelow(field.path)
      default: builder.column(field.path) >= 0
      }
    }
    wantedNow = wanted
    groupsOfFields = EventField.allCases.map(\.group)
  }

  public func wants(_ field: EventField) -> Bool { wantedNow[Int(field.rawValue)] }

  public func wants(_ group: FieldGroup) -> Bool { groups.contains(group) }

  /// Says which groups the next record needs.
  mutating func begin(_ groups: FieldGroup) {
    guard groups != self.groups else { return }
    self.groups = groups
    for at in wanted.indices { wantedNow[at] = wanted[at] && groups.isSuperset(of: groupsOfFields[at]) }
  }

  public mutating func add(_ field: EventField, _ value: Scalar) {
    let at = Int(field.rawValue)
    if wantedNow[at], columns[at] >= 0 { builder.append(value, column: columns[at]) }
  }

  public mutating func addFlattened(_ field: EventField, _ object: JSONNode) {
    guard wants(field) else { return }
    path.removeAll(keepingCapacity: true)
    path.append(contentsOf: field.path.utf8)
    FlattenedLeaves.append(object, path: &path, root: columns[Int(field.rawValue)], to: builder)
  }

  public mutating func addResource(arn: Scalar?, accountID: Scalar?, type: Scalar?) {
    let values: [(EventField, Scalar?)] = [(.resourceARN, arn), (.resourceAccountID, accountID), (.resourceType, type)]
    for (field, value) in values {
      if let value { add(field, value) }
    }
    builder.appendNested(EventField.resources.path) { nested in
      for (field, value) in values {
        let column = nested.column(field.path)
        if let value, column >= 0 { nested.append(value, column: column) }
      }
    }
  }
}
