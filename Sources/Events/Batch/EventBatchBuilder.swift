import JSON

/// Fills an `EventBatch` row by row. One worker's own.
///
/// What it knows of paths and values stays from batch to batch, as far as it is likely to come again.
public final class EventBatchBuilder {
  public let plan: FieldPlan
  /// Changes when columns and places stand for other paths than before.
  public private(set) var pathsGeneration = 0
  /// Changes when codes that `place` gave out stand for nothing any longer.
  public private(set) var codesGeneration = 0

  private var tree = PathTree()
  private var columns = ColumnWriters()
  private var columnByPath: [String: Int] = [:]
  private var streams = ColumnWriter()
  private var row = -1
  /// True once the batch has a row: what the last one borrowed is used again from then on.
  private var isBegun = true
  /// Values added to the batch.
  private var entryCount = 0
  private var cut: BatchCut = []
  /// A path longer than this is not known, and is not kept.
  private let longestPath: Int
  private let hasPatterns: Bool
  private let flattenedRoots: Set<String>
  /// What may be on the way to a path of the plan, where nothing else is asked for: other places are not kept.
  private var names = ValueDictionary()
  private var path: [UInt8] = []
  private var key: [UInt8] = []
  private var nestedFields: [NestedField] = []

  private struct NestedField {
    let path: String
    /// What fills the batch of its objects, and of each of them the row that it is of.
    let builder: EventBatchBuilder
    var parents: [UInt32] = []
  }

  /// - Parameter flattenedRoots: the paths of flattened fields, whose columns have the values of all their leaves.
  public init(_ plan: FieldPlan, flattenedRoots: some Sequence<String> = EmptyCollection()) {
    self.plan = plan
    self.flattenedRoots = Set(flattenedRoots)
    longestPath = plan.paths.reduce(BatchLimits.pathBytes) { max($0, $1.utf8.count) }
    hasPatterns = plan.everything || !plan.patterns.isEmpty
    for path in plan.paths + plan.nested.keys + plan.aliases.map(\.target) {
      // A key may hold dots, so that any part of the path up to a dot may be a place.
      for (at, byte) in path.utf8.enumerated() where byte == UInt8(ascii: ".") { note(name: path.utf8.prefix(at)) }
      note(name: path.utf8[...])
    }
    for (path, inner) in plan.nested {
      nestedFields.append(
        NestedField(path: path, builder: EventBatchBuilder(inner, flattenedRoots: flattenedRoots)))
    }
    addPlannedColumns()
  }

  /// Those of the plan's paths come first, each at its place.
  private func addPlannedColumns() {
    for path in plan.paths { addColumn(path) }
    for (name, target) in plan.aliases {
      for path in [name, target] where columnByPath[path] == nil { addColumn(path) }
    }
  }

  private func note(name: Substring.UTF8View) {
    Array(name).withUnsafeBufferPointer { _ = names.insert(Scalar(.string, $0)) }
  }

  private func addColumn(_ path: String) {
    columnByPath[path] = columns.count
    columns.add(keepsRepeats: plan.keepsRepeats?(path) ?? false)
  }

  // MARK: Rows

  /// Starts the next row.
  public func beginRow(dataStream: String) {
    beginRow()
    var name = dataStream
    name.withUTF8 { streams.append(Scalar(.string, $0), row: row) }
  }

  /// The last row's data stream, by its code in the column of the batch; 0 where it belongs to none.
  public var dataStreamCode: UInt32 { streams.code(ofLast: row) }

  /// Starts the next row, which belongs to no data stream.
  public func beginRow() {
    if !isBegun { begin() }
    row += 1
  }

  private func begin() {
    isBegun = true
    let forgets = columns.dictionaryBytes > BatchLimits.dictionaryBytes
    var areCodesValid = streams.begin(forgets: forgets)
    for at in 0..<columns.count where !columns[at].begin(forgets: forgets) { areCodesValid = false }
    if !areCodesValid { codesGeneration += 1 }
  }

  /// What had to be left out since the last time that this was asked.
  public func takeCut() -> BatchCut {
    defer { cut = [] }
    return cut
  }

  /// True when the batch should be ended before it grows further.
  public var isFull: Bool { entryCount > BatchLimits.entries || isCrowded }

  /// True when so much is known for what events name that the next event may not find room for its own.
  private var isCrowded: Bool {
    columns.count > plan.paths.count + BatchLimits.columns / 4 || tree.count > BatchLimits.places / 2
      || tree.keyBytes > BatchLimits.keyBytes / 2
  }

  /// Ends the batch and starts a new one. What the batch holds stays as it is for as long as somebody has it; once nobody
  /// does, its room is used again.
  public func finish() -> EventBatch {
    let rowCount = row + 1
    var nested: [String: NestedRows] = [:]
    for (at, field) in nestedFields.enumerated() {
      nested[field.path] = NestedRows(parents: field.parents, batch: field.builder.finish())
      nestedFields[at].parents = []
    }
    var finished = (0..<columns.count).map { columns[$0].column(rowCount: rowCount) }
    for (name, target) in plan.aliases {
      guard let own = columnByPath[name], let theirs = columnByPath[target] else { continue }
      finished[own] = finished[own].joined(with: finished[theirs])
    }
    let batch = EventBatch(
      rowCount: rowCount, dataStream: streams.column(rowCount: rowCount), columns: finished, columnByPath: columnByPath,
      nested: nested)
    row = -1
    entryCount = 0
    isBegun = false
    if isCrowded { forgetPaths() }
    return batch
  }

  private func forgetPaths() {
    tree.removeAll()
    columns = ColumnWriters()
    columnByPath = [:]
    addPlannedColumns()
    pathsGeneration += 1
    codesGeneration += 1
  }

  // MARK: Places

  // What a place has instead of a column, and the numbers of places that are not kept.
  private static let unwanted: Int32 = -1
  private static let pathTooLong: Int32 = -2
  private static let tooMany: Int32 = -3

  /// The place of a member of an object.
  ///
  /// - Parameters:
  ///   - key: as it is written in JSON.
  ///   - previous: the place of the member before, or `parent` before the first; is set to the member's.
  @inline(__always)
  public func child(
    of parent: PathNode, _ key: UnsafeBufferPointer<UInt8>, after previous: inout PathNode
  ) -> PathNode {
    guard !parent.isNowhere else { return parent }
    if let known = tree.child(of: parent, key, after: &previous, isRaw: true) { return known }
    return learn(parent, key, after: &previous)
  }

  @inline(never)
  private func learn(
    _ parent: PathNode, _ rawKey: UnsafeBufferPointer<UInt8>, after previous: inout PathNode
  ) -> PathNode {
    guard JSONString.hasEscapes(rawKey) else { return child(of: parent, named: rawKey, after: &previous) }
    key.removeAll(keepingCapacity: true)
    JSONString.appendUnescaped(rawKey, to: &key)
    return key.withUnsafeBufferPointer { child(of: parent, named: $0, after: &previous) }
  }

  /// The place of a member of an object by its key without escapes.
  public func child(
    of parent: PathNode, named key: UnsafeBufferPointer<UInt8>, after previous: inout PathNode
  ) -> PathNode {
    guard !parent.isNowhere else { return parent }
    if let known = tree.child(of: parent, key, after: &previous, isRaw: false) { return known }
    return insert(key, below: parent)
  }

  /// The place of a path by itself.
  public func place(_ path: String) -> PathNode {
    var path = path
    var previous = PathNode.root
    return path.withUTF8 { child(of: .root, named: $0, after: &previous) }
  }

  /// Adds a place that is not known, if anything may be wanted there.
  private func insert(_ key: UnsafeBufferPointer<UInt8>, below parent: PathNode) -> PathNode {
    guard tree.pathCount(of: key, below: parent) <= longestPath else {
      return PathNode(number: hasPatterns ? Self.pathTooLong : Self.unwanted)
    }
    path.removeAll(keepingCapacity: true)
    tree.appendPath(of: parent, to: &path)
    if parent != .root { path.append(UInt8(ascii: ".")) }
    path.append(contentsOf: key)
    let isNamed = path.withUnsafeBufferPointer { names.code(of: Scalar(.string, $0)) != 0 }
    guard isNamed || hasPatterns else { return .nowhere }
    guard isNamed || tree.count < BatchLimits.places && tree.keyBytes < BatchLimits.keyBytes else {
      return PathNode(number: Self.tooMany)
    }
    let name = String(decoding: path, as: UTF8.self)
    var roles: PathRoles = []
    if flattenedRoots.contains(name) { roles.insert(.flattened) }
    if plan.nested[name] != nil { roles.insert(.nested) }
    if plan.nullValues[name] != nil { roles.insert(.hasNullValue) }
    return tree.insert(key, below: parent, column: column(named: name), roles: roles)
  }

  private func column(named name: String) -> Int32 {
    if let known = columnByPath[name] { return Int32(known) }
    guard hasPatterns, plan.wants(name) else { return Self.unwanted }
    guard columns.count < plan.paths.count + BatchLimits.columns else { return Self.tooMany }
    addColumn(name)
    return Int32(columns.count - 1)
  }

  /// What the object at a place is, beside the holder of its members.
  public func roles(of place: PathNode) -> PathRoles { place.isNowhere ? [] : tree.roles(of: place) }

  /// The full path of a place.
  public func path(of place: PathNode) -> String {
    var path: [UInt8] = []
    tree.appendPath(of: place, to: &path)
    return String(decoding: path, as: UTF8.self)
  }

  /// The column of a place, or a negative number. It stays until `pathsGeneration` changes.
  @inline(__always)
  public func column(of place: PathNode) -> Int { Int(place.isNowhere ? place.number : tree.column(of: place)) }

  /// The column of a path, or a negative number when it is not wanted. It stays until `pathsGeneration` changes.
  public func column(_ path: String) -> Int { column(of: place(path)) }

  // MARK: Values

  /// Adds a value to the current row, unless the row has it in the column already.
  @inline(__always)
  public func append(_ value: Scalar, column: Int) {
    entryCount += 1
    columns[column].append(value, row: row, once: true)
  }

  /// Adds a value to the current row where it is wanted, once more where the row has it already and the field keeps that; where
  /// it should be and cannot, that is noted.
  @inline(__always)
  public func append(_ value: Scalar, at place: PathNode) {
    let column = column(of: place)
    guard column >= 0 else { return note(column) }
    entryCount += 1
    columns[column].append(value, row: row)
  }

  /// Adds a text to the current row where it is wanted.
  public func append(_ text: String, at place: PathNode) {
    var text = text
    text.withUTF8 { append(Scalar(.string, $0), at: place) }
  }

  /// Adds a value to the current row at a place, and in the column `root` of all leaves beside it where that is no
  /// negative number.
  public func append(_ value: Scalar, at place: PathNode, root: Int) {
    let column = column(of: place)
    if column >= 0 {
      entryCount += 1
      columns[column].append(value, row: row)
    } else {
      note(column)
    }
    if root >= 0, root != column { append(value, column: root) }
  }

  /// Notes that a value at a place without a column is left out.
  @inline(never)
  private func note(_ column: Int) {
    switch Int32(column) {
    case Self.pathTooLong: cut.insert(.paths)
    case Self.tooMany: cut.insert(.columns)
    default: break
    }
  }

  /// Adds a value to the current row, and returns its code in the column, which stays until `codesGeneration` changes.
  public func place(_ value: Scalar, column: Int) -> UInt32 {
    entryCount += 1
    return columns[column].place(value, row: row)
  }

  /// Adds values to the current row by their columns and codes.
  public func append(codes: UnsafeBufferPointer<(column: Int32, code: UInt32)>) {
    entryCount += codes.count
    for (column, code) in codes { columns[Int(column)].append(code: code, row: row, once: true) }
  }

  /// The number of the nested field with a path, for `appendNested`; nil where it is not wanted.
  public func nestedField(_ path: String) -> Int? { nestedFields.firstIndex { $0.path == path } }

  /// Adds a row for an object under a nested field, and lets `fill` put in its values, below the place of the field.
  public func appendNested(_ field: Int, _ fill: (EventBatchBuilder, PathNode) -> Void) {
    nestedFields[field].parents.append(UInt32(row))
    let builder = nestedFields[field].builder
    builder.beginRow()
    fill(builder, builder.place(nestedFields[field].path))
    cut.formUnion(builder.takeCut())
  }
}

/// The writers of a builder's columns, side by side in memory of their own.
private struct ColumnWriters: ~Copyable {
  private var writers: UnsafeMutablePointer<ColumnWriter> = .allocate(capacity: 0)
  private(set) var count = 0
  private var capacity = 0

  deinit {
    writers.deinitialize(count: count)
    writers.deallocate()
  }

  mutating func add(keepsRepeats: Bool) {
    if count == capacity {
      capacity = max(16, capacity * 2)
      let more = UnsafeMutablePointer<ColumnWriter>.allocate(capacity: capacity)
      more.moveInitialize(from: writers, count: count)
      writers.deallocate()
      writers = more
    }
    (writers + count).initialize(to: ColumnWriter(keepsRepeats: keepsRepeats))
    count += 1
  }

  subscript(column: Int) -> ColumnWriter {
    @inline(__always) unsafeAddress { UnsafePointer(writers + column) }
    @inline(__always) nonmutating unsafeMutableAddress { writers + column }
  }

  /// Bytes that the dictionaries take.
  var dictionaryBytes: Int { (0..<count).reduce(0) { $0 + (writers + $1).pointee.dictionaryBytes } }
}
