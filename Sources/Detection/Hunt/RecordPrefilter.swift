import CloudTrail
import Events
import Query

/// Tells which records of a batch rules may match before any is mapped: by lean fields, then by who it was, then by what
/// stands in the text. One worker's own.
///
/// Each question is a weakened form of a rule's own, so that what it rules out the rule does not match.
final class RecordPrefilter {
  private let plan: HuntPlan
  private let leanEvaluator: QueryEvaluator
  private let identityEvaluator: QueryEvaluator
  private let identityMapper: IdentityMapper
  /// What each rule that reads CloudTrail asks of the lean fields.
  private let leanOfRule: [(rule: Int, query: BoundQuery)]
  /// The rules that may still match some record of the batch, ascending.
  private(set) var candidates: [Int] = []
  /// The CloudTrail records of the batch that each rule may still match.
  private(set) var rows: [RowSet]

  init(_ plan: HuntPlan) {
    self.plan = plan
    leanEvaluator = QueryEvaluator(plan.leanQueries)
    identityEvaluator = QueryEvaluator(plan.identityQueries)
    identityMapper = IdentityMapper(
      paths: plan.identityQueries.plan.paths.filter { LeanField.named($0) == nil }, context: plan.context)
    leanOfRule = plan.rules.enumerated().filter(\.element.readsCloudTrail).map { ($0, $1.lean) }
    rows = [RowSet](repeating: .none, count: plan.rules.count)
  }

  /// Makes a batch the one that is asked about, until `end`.
  func begin(_ batch: RecordBatch) {
    leanEvaluator.begin(
      EventBatch(columns: batch.lean, paths: plan.leanFields.map(\.field.path), rowCount: batch.rows.count))
  }

  func end() { leanEvaluator.end() }

  /// Records that may set a policy.
  func settingPolicies() -> RowSet { leanEvaluator.rows(plan.settingPolicies.lean) }

  /// Finds the records that each rule may match.
  func narrow(_ batch: RecordBatch) {
    for at in candidates { rows[at] = .none }
    candidates.removeAll(keepingCapacity: true)
    for (at, query) in leanOfRule {
      let found = leanEvaluator.rows(query)
      guard !found.isEmpty else { continue }
      candidates.append(at)
      rows[at] = found
    }
    askByIdentity(batch)
    lookIntoText(batch)
    candidates.removeAll { rows[$0].isEmpty }
  }

  /// Narrows the rows of rules that also ask who it was: reading the principal is cheaper than mapping a whole record.
  private func askByIdentity(_ batch: RecordBatch) {
    let asking = candidates.filter { plan.rules[$0].byIdentity != nil }
    var asked = RowSet.none
    for at in asking { asked.unite(rows[at]) }
    guard !asked.isEmpty else { return }
    var chosen: [Int] = []
    asked.forEach(rowCount: batch.rows.count) { chosen.append($0) }
    let principals = identityMapper.columns(of: batch, rows: chosen)
    var next = 0
    let columns = plan.identityQueries.plan.paths.map { path in
      if let lean = plan.leanFields.firstIndex(where: { $0.field.path == path }) {
        return batch.lean[lean].selecting(chosen)
      }
      next += 1
      return principals[next - 1]
    }
    identityEvaluator.begin(
      EventBatch(columns: columns, paths: plan.identityQueries.plan.paths, rowCount: chosen.count))
    defer { identityEvaluator.end() }
    for at in asking {
      guard let query = plan.rules[at].byIdentity else { continue }
      var found = Bitmap(count: batch.rows.count)
      identityEvaluator.rows(query).forEach(rowCount: chosen.count) { found.insert(chosen[$0]) }
      // Of these it is not known who it was.
      for place in identityMapper.unread { found.insert(chosen[place]) }
      rows[at].intersect(found.isEmpty ? .none : .some(found))
    }
  }

  /// Narrows the rows of rules that name values of the request or the response to records whose text holds them.
  private func lookIntoText(_ batch: RecordBatch) {
    let looking = candidates.filter { plan.rules[$0].looksIntoText }
    narrow(batch, looking.filter { plan.rules[$0].raw.isInRequest }, \.requestText)
    narrow(batch, looking.filter { !plan.rules[$0].raw.isInRequest }, \.parametersText)
  }

  /// Narrows the rows of rules to those where a part of the record's text holds what they name.
  private func narrow(
    _ batch: RecordBatch, _ rules: [Int], _ text: (RecordRow) -> UnsafeBufferPointer<UInt8>
  ) {
    guard !rules.isEmpty else { return }
    // What is known of a row's text: whether it is escaped.
    var isEscaped = [Bool?](repeating: nil, count: batch.rows.count)
    batch.rows.withUnsafeBufferPointer { records in
      for at in rules {
        let condition = plan.rules[at].raw
        var found = Bitmap(count: records.count)
        rows[at].forEach(rowCount: records.count) { row in
          if condition.holds(in: records.baseAddress! + row) { return found.insert(row) }
          guard records[row].mayBeEscaped else { return }
          if isEscaped[row] == nil { isEscaped[row] = RawCondition.isEscaped(text(records[row])) }
          if isEscaped[row] == true { found.insert(row) }
        }
        rows[at].intersect(found.isEmpty ? .none : .some(found))
      }
    }
  }
}
