import CloudTrail
import Events
import Query

/// Gathers what the principals of alerts did. One worker's own.
public final class ContextCollector: RecordConsumer {
  private let plan: ContextPlan
  private let identityMapper: IdentityMapper
  private let mapper: EventMapper
  private let principalColumns: [Int]
  private let facetColumns: [(facet: ActivityFacet, column: Int)]
  private let outcomeColumn: Int
  private var log = ActivityLog()
  private var memory: MemoryShare
  /// There is no memory for more.
  private var isFull = false

  public init(_ plan: ContextPlan, context: EventContext, catalog: FieldCatalog = .standard) {
    self.plan = plan
    memory = MemoryShare(plan.memory)
    identityMapper = IdentityMapper(paths: Principal.fields, context: context)
    var fields = FieldPlan(paths: Principal.fields)
    principalColumns = Array(Principal.fields.indices)
    facetColumns = ActivityFacet.allCases.flatMap { facet in facet.fields.map { (facet, fields.insert($0)) } }
    outcomeColumn = fields.insert("event.outcome")
    mapper = EventMapper(fields, context: context, flattenedRoots: catalog.flattenedRoots)
  }

  public var leanFields: [LeanField] { [.action] }

  /// About what an event takes beside its values.
  private static let entryBytes = 128
  private static let groups: FieldGroup = ActivityFacet.allCases.flatMap(\.fields).reduce([.plain, .identity]) {
    $0.union(.needed(for: $1))
  }

  public func consume(_ batch: RecordBatch) {
    // An alert tells of what was done, and is not done once more.
    let inTime = batch.rows.indices.filter {
      plan.span.contains(batch.rows[$0].time.milliseconds) && !batch.rows[$0].isAlert
    }
    guard !inTime.isEmpty else { return }
    // Who it was is cheap to read of CloudTrail's records; of others nothing is known yet.
    let identities = principals(identityMapper.columns(of: batch, rows: inTime), rowCount: inTime.count)
    // A sign-in may name its user outside of the identity.
    let signIns = Self.signIns(batch)
    let chosen = zip(inTime, identities).filter { row, principal in
      batch.rows[row].kind == .ecs || principal != nil || signIns?.contains(row) == true
    }.map(\.0)
    let groups = [FieldGroup](repeating: Self.groups, count: chosen.count)
    mapper.forEachBatch(of: batch, rows: chosen, groups: groups) { note(batch, $0, $1) }
  }

  /// The records of the one action whose user's name may stand outside of the identity; nil where there are none.
  private static func signIns(_ batch: RecordBatch) -> Bitmap? {
    guard let place = batch.leanFields.firstIndex(of: .action) else { return nil }
    let column = batch.lean[place]
    let wanted =
      [false]
      + (1..<max(1, column.dictionary.count + 1)).map { code in
        column.dictionary.withValue(UInt32(code)) { $0.bytes.elementsEqual("UserAuthentication".utf8) }
      }
    guard wanted.contains(true) else { return nil }
    var rows = Bitmap(count: batch.rows.count)
    column.mark(wanted, in: &rows)
    return rows
  }

  private func note(_ batch: RecordBatch, _ events: EventBatch, _ rows: [Int]) {
    let principals = principals(principalColumns.map { events.columns[$0] }, rowCount: rows.count)
    for (row, principal) in principals.enumerated() {
      guard let principal else { continue }
      guard !isFull else {
        log.left += 1
        continue
      }
      var bytes = Self.entryBytes
      var part = log.parts.removeValue(forKey: principal) ?? ActivityLog.Part()
      var seen: Set<ActivityValue> = []
      for (facet, column) in facetColumns {
        for code in events.columns[column].distinctCodes(row: row) {
          let number = events.columns[column].dictionary.withValue(code) { value in
            let known = log.dictionaries[facet.rawValue].byteCount
            let code = log.dictionaries[facet.rawValue].insert(Scalar(.string, value.bytes))
            bytes += 16 + 2 * (log.dictionaries[facet.rawValue].byteCount - known)
            return code
          }
          let value = ActivityValue(facet: facet, code: number)
          // Only several fields of a facet may hold one value twice.
          if facet.fields.count == 1 || seen.insert(value).inserted { part.values.append(value) }
        }
      }
      let isFailure = events.columns[outcomeColumn].codes(row: row).contains { code in
        events.columns[outcomeColumn].dictionary.text(code) == "failure"
      }
      let record = batch.rows[rows[row]]
      part.entries.append(
        ActivityLog.Entry(
          time: record.time.milliseconds, id: record.id, isFailure: isFailure, valuesEnd: part.values.count))
      log.parts[principal] = part
      if !memory.take(bytes) { isFull = true }
    }
  }

  /// Which of those looked for each row belongs to; each distinct value is looked up once.
  private func principals(_ columns: [Column], rowCount: Int) -> [Principal?] {
    let known = zip(Principal.fields, columns).map { field, column in
      [nil]
        + (1..<max(1, column.dictionary.count + 1)).map { code -> Principal? in
          let principal = Principal(field: field, value: column.dictionary.text(UInt32(code)))
          return plan.wanted.contains(principal) ? principal : nil
        }
    }
    return (0..<rowCount).map { row in
      // The first field that the event has decides.
      for (place, column) in columns.enumerated() {
        if let code = column.codes(row: row).first { return known[place][Int(code)] }
      }
      return nil
    }
  }

  public func finish() -> ContextFindings { ContextFindings(activity: log) }
}
