import Events
import JSON

/// Puts the fields of mapped records into the columns of a batch.
public struct ColumnSink: EventSink {
  let builder: EventBatchBuilder
  private let layout: Layout
  /// The fields that are wanted in the groups that the current record needs.
  private var wantedNow: EventFieldSet
  /// The groups that the current record needs.
  public private(set) var groups = FieldGroup.all
  /// The codes that values known by numbers have in their columns.
  private let placements = Placements()

  /// Which columns and places fields have, and what is wanted. Apart, since a sink is handed on for every value, and copied where it is
  /// large.
  private final class Layout {
    /// The column of each `EventField`; -1 for one that has none.
    let columns: [Int]
    /// The fields that are wanted at all.
    let wanted: EventFieldSet
    /// Whether something may be wanted that no `EventField` is.
    let wantsOthers: Bool
    /// The places of the fields that are objects, of what holds elements that no field is for.
    let places: [PathNode]
    let otherPlaces: [PathNode]
    /// The nested field of the resources, where it is wanted.
    let nestedResources: Int?
    /// Which columns and places these are.
    let pathsGeneration: Int
    /// True when a field that events in ECS are enriched with has a column.
    let wantsEnrichment: Bool
    /// True when a field that is judged from a call has a column.
    let wantsJudged: Bool

    init(_ builder: EventBatchBuilder) {
      pathsGeneration = builder.pathsGeneration
      places = EventField.allCases.map { builder.place($0.path) }
      nestedResources = builder.nestedField(EventField.resources.path)
      otherPlaces = OtherParent.allCases.map { builder.place($0.path) }
      columns = places.map { builder.column(of: $0) }
      wanted = EventFieldSet(
        EventField.allCases.filter { [columns] field in
          switch field {
          case .flattenedDigest, .flattenedInsightDetails, .flattenedRequestParameters, .flattenedResponseElements,
            .flattenedAdditionalEventData, .flattenedServiceEventDetails, .resources:
            builder.plan.wants(field.path) || builder.plan.wantsBelow(field.path)
          default: columns[Int(field.rawValue)] >= 0
          }
        })
      let plan = builder.plan
      wantsOthers =
        plan.everything || !plan.patterns.isEmpty || !plan.nested.isEmpty
        || plan.paths.contains { FieldGroup.needed(for: $0).contains(.other) }
      wantsEnrichment = (Enrichment.agentFields + Enrichment.placeFields).contains { [columns] in
        columns[Int($0.rawValue)] >= 0
      }
      wantsJudged = JudgedCall.fields.contains { [columns] in columns[Int($0.rawValue)] >= 0 }
    }
  }

  public init(_ builder: EventBatchBuilder) {
    self.builder = builder
    layout = Layout(builder)
    wantedNow = layout.wanted
  }

  var pathsGeneration: Int { layout.pathsGeneration }
  var wantsEnrichment: Bool { layout.wantsEnrichment }
  var wantsJudged: Bool { layout.wantsJudged }

  /// The column of a field; -1 for one that has none.
  func column(of field: EventField) -> Int { layout.columns[Int(field.rawValue)] }

  public func wants(_ field: EventField) -> Bool { wantedNow.contains(field) }

  public func wants(anyOf fields: EventFieldSet) -> Bool { !wantedNow.isDisjoint(with: fields) }

  public func wants(_ group: FieldGroup) -> Bool {
    groups.contains(group) && (group != .other || layout.wantsOthers)
  }

  /// Says which groups the next record needs.
  mutating func begin(_ groups: FieldGroup) {
    guard groups != self.groups else { return }
    self.groups = groups
    wantedNow = EventFieldSet(
      EventField.allCases.filter { layout.wanted.contains($0) && groups.isSuperset(of: $0.group) })
  }

  public mutating func add(_ field: EventField, _ value: Scalar) {
    guard wantedNow.contains(field) else { return }
    let column = layout.columns[Int(field.rawValue)]
    if column >= 0 { builder.append(value, column: column) }
  }

  private final class Placements {
    var places = -1
    var generation = -1
    /// By number: where the codes stand in `codes`; a range before the first for those that are not known yet.
    var ranges: [Range<Int32>] = []
    var codes: [(column: Int32, code: UInt32)] = []

    func begin(_ places: Int, _ generation: Int) {
      guard places != self.places || generation != self.generation else { return }
      (self.places, self.generation) = (places, generation)
      ranges.removeAll(keepingCapacity: true)
      codes.removeAll(keepingCapacity: true)
    }
  }

  public mutating func add(_ known: KnownFields) {
    guard groups == .all else {
      for value in known.values { add(value.field, value.value) }
      return
    }
    placements.begin(builder.codesGeneration, known.generation)
    let missing = known.number + 1 - placements.ranges.count
    if missing > 0 { placements.ranges.append(contentsOf: repeatElement(-1..<0, count: missing)) }
    let range = placements.ranges[known.number]
    if range.lowerBound >= 0 {
      return placements.codes.withUnsafeBufferPointer {
        builder.append(
          codes: UnsafeBufferPointer(rebasing: $0[Int(range.lowerBound)..<Int(range.upperBound)]))
      }
    }
    let start = placements.codes.count
    for value in known.values {
      let column = layout.columns[Int(value.field.rawValue)]
      guard layout.wanted.contains(value.field), column >= 0 else { continue }
      placements.codes.append((Int32(column), builder.place(value.value, column: column)))
    }
    placements.ranges[known.number] = Int32(start)..<Int32(placements.codes.count)
  }

  public mutating func addFlattened(
    _ field: EventField, _ object: JSONNode, leavingOut key: StaticString?, mayBeEscaped: Bool
  ) {
    guard wants(field) else { return }
    FlattenedLeaves.append(
      object, at: layout.places[Int(field.rawValue)], root: layout.columns[Int(field.rawValue)], leavingOut: key,
      mayBeEscaped: mayBeEscaped, to: builder)
  }

  public mutating func addResource(_ resource: JSONNode, mayBeEscaped: Bool) {
    guard wants(.resources) else { return }
    append(resource, at: layout.places[Int(EventField.resources.rawValue)], mayBeEscaped, to: builder)
    guard let nestedResources = layout.nestedResources else { return }
    builder.appendNested(nestedResources) { nested, place in
      append(resource, at: place, mayBeEscaped, to: nested)
    }
  }

  private func append(
    _ resource: JSONNode, at place: PathNode, _ mayBeEscaped: Bool, to builder: EventBatchBuilder
  ) {
    var previous = place
    resource.forEachMember { key, value in
      guard !ResourceName.isTaken(key, in: resource) else { return }
      let member = builder.child(of: place, ResourceName.name(of: key), after: &previous)
      FlattenedLeaves.append(value, at: member, root: -1, mayBeEscaped: mayBeEscaped, to: builder)
    }
  }

  public mutating func addOther(_ parent: OtherParent, _ name: [UInt8], _ value: JSONNode) {
    let above = layout.otherPlaces[parent.rawValue]
    var previous = above
    let place = name.withUnsafeBufferPointer { builder.child(of: above, named: $0, after: &previous) }
    FlattenedLeaves.append(value, at: place, root: -1, mayBeEscaped: true, to: builder)
  }
}
