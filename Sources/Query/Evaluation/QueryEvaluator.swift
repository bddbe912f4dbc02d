import Events

/// Answers the queries of a set over batches, one batch after another. One worker's own.
public final class QueryEvaluator {
  public let queries: QuerySet
  private(set) var batch: EventBatch?
  /// What each node gave over the current batch, once it has been asked for.
  private var nodeAnswers: [RowSet?]
  /// The same for each condition.
  private var answers: [RowSet?]
  /// The rows of each code, for columns of the plan on which several conditions are evaluated.
  private var rowLists: [CodeRows?]
  var inner: [Int: QueryEvaluator] = [:]
  private var runners: [Int: ConditionRunner] = [:]
  /// What failed in the current batch, by leaf.
  private(set) var faulty: [Int: [RowFault]] = [:]
  private var marks: [Bool] = []
  /// The columns of the current batch, once a condition on several fields has been asked for.
  private var columnOrder: [(path: String, column: Int)] = []
  /// By column.
  private var heldPieces: [Int: HeldPieces] = [:]
  /// The values that conditions were found to take.
  private var met: [MetValues.Key: MetValues] = [:]
  /// For each column of the plan the conditions that ask for one keyword.
  private let equalConditions: [EqualConditions?]

  public init(_ queries: QuerySet) {
    self.queries = queries
    nodeAnswers = [RowSet?](repeating: nil, count: queries.nodes.nodes.count)
    answers = [RowSet?](repeating: nil, count: queries.leaves.count)
    equalConditions = queries.plan.paths.indices.map { queries.equalConditions[$0] }
    rowLists = []
  }

  /// Makes a batch the one that is asked about; it must have been built with the set's plan.
  public func begin(_ batch: EventBatch) {
    self.batch = batch
    for at in nodeAnswers.indices { nodeAnswers[at] = nil }
    for at in answers.indices { answers[at] = nil }
    if !faulty.isEmpty { faulty = [:] }
    rowLists = [CodeRows?](repeating: nil, count: batch.columns.count)
    columnOrder.removeAll(keepingCapacity: true)
    heldPieces.removeAll(keepingCapacity: true)
  }

  /// Lets go of the current batch, so that its room can be used again.
  public func end() {
    batch = nil
    for evaluator in inner.values { evaluator.end() }
  }

  /// What failed within conditions so far, such as a division by zero.
  public var notes: EvaluationNotes {
    runners.values.reduce(into: inner.values.reduce(into: EvaluationNotes()) { $0.merge($1.notes) }) {
      $0.merge($1.notes)
    }
  }

  /// The rows of the current batch that satisfy a query.
  public func rows(_ query: BoundQuery) -> RowSet {
    guard let batch, batch.rowCount > 0 else { return .none }
    return evaluate(query.node)
  }

  func evaluate(_ place: Int) -> RowSet {
    if let known = nodeAnswers[place] { return known }
    let answer = answer(node: place)
    nodeAnswers[place] = answer
    return answer
  }

  private func answer(node place: Int) -> RowSet {
    let node = queries.nodes.nodes[place]
    switch node.kind {
    case .all: return .all
    case .nothing: return .none
    case .leaf:
      let leaf = Int(node.leaf)
      if let known = answers[leaf] { return known }
      let answer = answer(leaf)
      answers[leaf] = answer
      return answer
    case .and:
      var rows = RowSet.all
      for at in node.parts {
        rows.intersect(evaluate(part(at)))
        if rows.isEmpty { break }
      }
      return rows
    case .or:
      var rows = RowSet.none
      for at in node.parts {
        rows.unite(evaluate(part(at)))
        if case .all = rows { break }
      }
      return rows
    case .not:
      var rows = evaluate(part(node.parts.lowerBound))
      rows.invert()
      return rows
    }
  }

  private func part(_ at: Int32) -> Int { Int(queries.nodes.parts[Int(at)]) }

  private func answer(_ leaf: Int) -> RowSet {
    guard let batch else { return .none }
    let selector = queries.leaves[leaf].selector
    switch selector {
    case .column(let column, let matcher):
      if case .equal = matcher, let conditions = equalConditions[column],
        conditions.isWorthwhile(for: batch.columns[column])
      {
        answer(conditions, column, batch)
        return answers[leaf] ?? .none
      }
      return rows(of: batch.columns[column], place: column, MetValues.Key(leaf, column), matcher)
    case .index(let names, let column):
      var rows = rows(of: batch.dataStream, place: nil, MetValues.Key(leaf, -1), .index(names))
      if let column {
        rows.unite(self.rows(of: batch.columns[column], place: column, MetValues.Key(leaf, column), .index(names)))
      }
      return rows
    case .object, .matching, .any: return fieldsRows(leaf) ?? .none
    case .condition(let place):
      let runner = runners[place] ?? ConditionRunner(queries.conditions[place])
      runners[place] = runner
      let rows = runner.rows(batch)
      if !runner.faults.isEmpty { faulty[leaf] = runner.faults }
      return rows
    case .nested(let path, let nested):
      guard let objects = batch.nested[path], !objects.parents.isEmpty else { return .none }
      let evaluator = inner[leaf] ?? QueryEvaluator(nested.set)
      inner[leaf] = evaluator
      evaluator.begin(objects.batch)
      var rows = Bitmap(count: batch.rowCount)
      evaluator.rows(nested.query).forEach(rowCount: objects.batch.rowCount) { rows.insert(Int(objects.parents[$0])) }
      let faults = evaluator.faults(of: nested.query)
      if !faults.isEmpty {
        faulty[leaf] = faults.map { RowFault(row: Int(objects.parents[$0.row]), fault: $0.fault) }
      }
      return rows.isEmpty ? .none : .some(rows)
    }
  }

  /// Answers all conditions on a column that ask for one keyword.
  private func answer(_ conditions: EqualConditions, _ place: Int, _ batch: EventBatch) {
    for leaf in conditions.all { answers[leaf] = RowSet.none }
    let dictionary = batch.columns[place].dictionary
    guard dictionary.count > 0 else { return }
    for code in 1...UInt32(dictionary.count) {
      let met = dictionary.withValue(code, conditions.met)
      guard let first = met.first else { continue }
      // Values of several kinds may have one text.
      var rows = (answers[first] ?? .none).bitmap(rowCount: batch.rowCount)
      if rowLists[place] == nil { rowLists[place] = CodeRows(batch.columns[place]) }
      rowLists[place]!.insert(rowsOf: code, into: &rows)
      for leaf in met { answers[leaf] = rows.isEmpty ? RowSet.none : .some(rows) }
    }
  }

  /// The rows for which a condition holds in some of several fields, multi-fields among them; nil where it is about one.
  /// Where the condition is left open, dates are passed over.
  func fieldsRows(_ leaf: Int) -> RowSet? {
    guard let batch, queries.leaves[leaf].selector.isOfSeveralFields else { return nil }
    let isOpen = queries.openLeaves.contains(leaf)
    var rows = RowSet.none
    forEachField(of: leaf) { path, column, way in
      if case .all = rows { return }
      if isOpen, way.type.holdsTimes { return }
      guard mayHold(way.matcher, path, column) else { return }
      rows.unite(self.rows(of: batch.columns[column], place: nil, MetValues.Key(leaf, column, way.type), way.matcher))
    }
    return rows
  }

  /// Calls `body` with the path, the column and the way to read it of each field, and multi-field, that a condition on several
  /// fields looks at, in the order of columns, in which stored ones are read most cheaply.
  func forEachField(of leaf: Int, _ body: (String, Int, FieldWays.Way) -> Void) {
    guard let batch else { return }
    if columnOrder.isEmpty {
      columnOrder = batch.columnByPath.map { (path: $0.key, column: $0.value) }.sorted { $0.column < $1.column }
    }
    for (path, column) in columnOrder {
      for way in queries.ways(leaf, path) { body(path, column, way) }
    }
  }

  /// False where no value of a column passes, as its bytes tell before they are taken apart, or the few values that hold what
  /// is looked for: a short word stands by chance in the middle of some keys and tokens.
  private func mayHold(_ matcher: ValueMatcher, _ path: String, _ place: Int) -> Bool {
    guard let column = batch?.columns[place], let pieces = matcher.pieces(of: column.kind) else { return true }
    if pieces.isEmpty { return false }
    if heldPieces[place] == nil {
      // What all conditions look for, so that a stored column is read once.
      var all: Set<SoughtBytes> = []
      for leaf in queries.leavesOfSeveralFields {
        for way in queries.ways(leaf, path) { all.formUnion(way.matcher.pieces(of: column.kind) ?? []) }
      }
      let sought = Array(all)
      guard let held = column.mayHold(sought) else {
        heldPieces[place] = .unknown
        return true
      }
      heldPieces[place] = .known(Set(zip(sought, held).lazy.filter(\.1).map(\.0)))
    }
    guard case .known(let held) = heldPieces[place] else { return true }
    let standing = pieces.filter(held.contains)
    return !standing.isEmpty && column.mayPass(holding: standing, matcher.matches)
  }

  /// What is known of the pieces of values that conditions on several fields look for.
  private enum HeldPieces {
    /// It is as cheap to look at the values.
    case unknown
    /// Those that may stand in a value.
    case known(Set<SoughtBytes>)
  }

  /// The rows of a column with a value that passes: each distinct value is looked at once, then spread over the codes.
  private func rows(of column: Column, place: Int?, _ key: MetValues.Key, _ matcher: ValueMatcher) -> RowSet {
    guard !column.isEmpty, let batch else { return .none }
    if case .never = matcher { return .none }
    var codes: [UInt32] = []
    if case .equal(let text) = matcher {
      // A keyword holds numbers and booleans by their text.
      text.withUnsafeBufferPointer { bytes in
        for kind in [ScalarKind.string, .number, .boolean] {
          column.dictionary.forEachCode(of: Scalar(kind, bytes)) { codes.append($0) }
        }
      }
    } else {
      if met.count > Self.mostRemembered { met.removeAll() }
      codes = met[key, default: MetValues()].codes(in: column.dictionary, matcher)
    }
    guard !codes.isEmpty else { return .none }
    var rows = Bitmap(count: batch.rowCount)
    if let place, codes.count <= 16 {
      if rowLists[place] == nil { rowLists[place] = CodeRows(column) }
      for code in codes { rowLists[place]!.insert(rowsOf: code, into: &rows) }
    } else {
      marks = [Bool](repeating: false, count: column.dictionary.count + 1)
      for code in codes { marks[Int(code)] = true }
      column.mark(marks, in: &rows)
    }
    return rows.isEmpty ? .none : .some(rows)
  }

  /// Pairs of a condition and a column of which it is remembered which values meet it.
  private static let mostRemembered = 1 << 16
}

/// The values of a dictionary that meet a condition, as far as they have been looked at: a dictionary that stays from batch
/// to batch is looked at once.
private struct MetValues {
  struct Key: Hashable {
    var leaf: Int
    var column: Int
    /// How the condition reads the values, where it looks at several fields.
    var type: FieldType?

    init(_ leaf: Int, _ column: Int, _ type: FieldType? = nil) {
      (self.leaf, self.column, self.type) = (leaf, column, type)
    }
  }

  private var generation: UInt64 = 0
  private var seen: UInt32 = 0
  private var codes: [UInt32] = []

  mutating func codes(in dictionary: ValueDictionary, _ matcher: ValueMatcher) -> [UInt32] {
    if generation != dictionary.generation { (generation, seen, codes) = (dictionary.generation, 0, []) }
    let count = UInt32(dictionary.count)
    while seen < count {
      seen += 1
      if dictionary.withValue(seen, matcher.matches) { codes.append(seen) }
    }
    return codes
  }
}

/// The rows of each code of a column, so that a condition on few codes touches only their rows.
private struct CodeRows {
  private var starts: [UInt32]
  private var rows: [UInt32]

  init(_ column: Column) {
    var starts = [UInt32](repeating: 0, count: column.dictionary.count + 2)
    column.forEachEntry { _, code in starts[Int(code) + 1] += 1 }
    for at in 1..<starts.count { starts[at] += starts[at - 1] }
    var next = starts
    var rows = [UInt32](repeating: 0, count: column.entryCount)
    column.forEachEntry { row, code in
      rows[Int(next[Int(code)])] = UInt32(row)
      next[Int(code)] += 1
    }
    self.starts = starts
    self.rows = rows
  }

  func insert(rowsOf code: UInt32, into bitmap: inout Bitmap) {
    for at in starts[Int(code)]..<starts[Int(code) + 1] { bitmap.insert(Int(rows[Int(at)])) }
  }
}
