import Events
import Query

/// The indicators of one rule as they are found: by field the codes of their values among those of all rules, when, and where the
/// documents are kept.
struct IndicatorSetBuilder: Sendable {
  /// The values of one field of the indicators.
  struct Values: Sendable {
    /// The codes of all indicators, one behind the other, and where each one's end.
    var codes: [UInt32] = []
    var ends: [UInt32] = []

    /// The codes of an indicator.
    func codes(of indicator: Int) -> ArraySlice<UInt32> {
      codes[(indicator == 0 ? 0 : Int(ends[indicator - 1]))..<Int(ends[indicator])]
    }
  }

  let question: IndicatorPlan.Question
  var mapping: IndicatorMapping { question.mapping }
  private(set) var fields: [Values]
  private(set) var kept: [KeptReference] = []
  /// When each document is dated, in milliseconds; empty while none is.
  private(set) var times: [Int64] = []
  /// Which executions see each indicator; empty while all always do.
  private(set) var conditions: [TimeCondition] = []
  /// Documents that were looked at, and those among them that stand in lists that were given.
  private(set) var met = 0
  private(set) var metInLists = 0
  /// What it takes to remember the indicator that was read last.
  private(set) var readBytes = 0

  init(_ question: IndicatorPlan.Question) {
    self.question = question
    fields = question.fields.map { _ in Values() }
  }

  var count: Int { kept.count }

  mutating func note(met documents: Int, in list: String?) {
    met += documents
    if list != nil { metInLists += documents }
  }

  // MARK: Finding

  /// Reads the values of a row, for `append` or `drop` to follow; false where it can match nothing, since it lacks what every group
  /// compares.
  ///
  /// - Parameters:
  ///   - columns: of the rule's fields.
  ///   - terms: of all fields of the plan.
  mutating func read(_ columns: [Column], _ row: Int, _ terms: inout [IndicatorTerms]) -> Bool {
    readBytes = Self.indicatorBytes
    for place in fields.indices {
      let start = fields[place].codes.count
      var distinct = Distinct()
      for code in columns[place].codes(row: row) {
        let known = terms[question.fields[place]].code(of: code, columns[place], &readBytes)
        guard known != 0, distinct.isNew(known, in: fields[place].codes, from: start) else { continue }
        fields[place].codes.append(known)
        readBytes += 8
      }
    }
    return mapping.groups.contains { group in
      group.allSatisfy { $0.isNegated || fields[$0.indicator].codes.count > committed($0.indicator) }
    }
  }

  /// Tells which codes of an indicator have come before: of few by looking through them, of many by a set.
  private struct Distinct {
    private var many: Set<UInt32> = []

    /// - Parameter start: where the indicator's codes begin, of which a new one is the next.
    mutating func isNew(_ code: UInt32, in codes: [UInt32], from start: Int) -> Bool {
      guard codes.count - start >= 32 else { return !codes[start...].contains(code) }
      if many.isEmpty { many = Set(codes[start...]) }
      return many.insert(code).inserted
    }
  }

  /// Bytes for an indicator without its values.
  private static let indicatorBytes = 64

  /// How many codes of a field belong to indicators that are here to stay.
  private func committed(_ place: Int) -> Int { Int(fields[place].ends.last ?? 0) }

  /// Takes over the indicator that was read.
  mutating func append(time: Timestamp, _ reference: KeptReference, _ condition: TimeCondition) {
    for place in fields.indices { fields[place].ends.append(UInt32(fields[place].codes.count)) }
    if times.isEmpty, time != .missing { times = Self.missing(kept.count) }
    if !times.isEmpty || time != .missing { times.append(time.milliseconds) }
    if conditions.isEmpty, condition != .always { conditions = Self.always(kept.count) }
    if !conditions.isEmpty || condition != .always { conditions.append(condition) }
    kept.append(reference)
  }

  private static func missing(_ count: Int) -> [Int64] {
    [Int64](repeating: Timestamp.missing.milliseconds, count: count)
  }

  private static func always(_ count: Int) -> [TimeCondition] { [TimeCondition](repeating: .always, count: count) }

  /// Forgets the indicator that was read.
  mutating func drop() {
    for place in fields.indices { fields[place].codes.removeSubrange(committed(place)...) }
  }

  // MARK: Putting together

  /// What several workers found for one rule.
  ///
  /// - Parameters:
  ///   - parts: of each worker what it found, and by how much its sources are moved.
  ///   - terms: of all fields of the plan.
  init(
    _ question: IndicatorPlan.Question, joining parts: [(found: IndicatorSetBuilder, sources: UInt32)],
    _ terms: [JoinedTerms]
  ) {
    self.init(question)
    for (place, field) in question.fields.enumerated() {
      fields[place].codes.reserveCapacity(parts.reduce(0) { $0 + $1.found.fields[place].codes.count })
      fields[place].ends.reserveCapacity(parts.reduce(0) { $0 + $1.found.count })
      for (part, codes) in zip(parts, terms[field].codes) { join(part.found.fields[place], codes, place) }
    }
    kept.reserveCapacity(parts.reduce(0) { $0 + $1.found.count })
    let areDated = parts.contains { !$0.found.times.isEmpty }
    let areConditional = parts.contains { !$0.found.conditions.isEmpty }
    for (found, sources) in parts {
      kept += found.kept.lazy.map { KeptReference(source: $0.source + sources, number: $0.number) }
      if areDated { times += found.times.isEmpty ? Self.missing(found.count) : found.times }
      if areConditional { conditions += found.conditions.isEmpty ? Self.always(found.count) : found.conditions }
      met += found.met
      metInLists += found.metInLists
    }
  }

  /// Adds the values that a worker found in a field.
  private mutating func join(_ part: Values, _ codes: [UInt32], _ place: Int) {
    var at = 0
    for end in part.ends {
      let start = fields[place].codes.count
      var distinct = Distinct()
      while at < Int(end) {
        // Spellings of one value are one.
        let code = codes[Int(part.codes[at])]
        if distinct.isNew(code, in: fields[place].codes, from: start) { fields[place].codes.append(code) }
        at += 1
      }
      fields[place].ends.append(UInt32(fields[place].codes.count))
    }
  }
}
