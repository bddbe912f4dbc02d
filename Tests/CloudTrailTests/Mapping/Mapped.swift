import CloudTrail
import Events
import JSON
import Testing

/// What becomes of one record.
struct Mapped {
  static let context = EventContext(
    readAt: Timestamp(milliseconds: 1_714_600_800_123), namespace: "prod", keepsOriginal: true)

  /// The event as JSON text.
  var text = ""
  /// Each column's values of the one row, as kind and text.
  var columns: [String: Set<Leaf>] = [:]
  var lean: [LeanField: Set<Leaf>] = [:]
  var dataStream = ""

  struct Leaf: Hashable, CustomStringConvertible {
    var kind: ScalarKind
    var text: String
    var description: String { "\(kind) \(text)" }
  }

  init(
    _ record: String, plan: FieldPlan = .all, context: EventContext = Self.context,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = Array(record.utf8)
    let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 64)
    defer { storage.deallocate() }
    storage.initialize(repeating: 0)
    _ = storage.update(fromContentsOf: bytes)
    let scanner = RecordScanner(leanFields: LeanField.allCases, registry: EventRegistry())
    scanner.beginBatch()
    scanner.scan(UnsafeBufferPointer(rebasing: storage[..<bytes.count]), of: TextRegion(file: "f"))
    scanner.finishBatch()
    try #require(
      scanner.batch.rows.count == 1, "\(scanner.problems.problems) \(record.prefix(500))",
      sourceLocation: sourceLocation)
    var output: [UInt8] = []
    try EventJSON(context).append(scanner.batch.rows[0], to: &output)
    text = String(decoding: output, as: UTF8.self)
    let mapper = EventMapper(plan, context: context, flattenedRoots: FieldCatalog.standard.flattenedRoots)
    let batch = mapper.batch(of: scanner.batch, rows: [0])
    for (path, column) in batch.columnByPath {
      let leaves = Self.leaves(batch.columns[column])
      if !leaves.isEmpty { columns[path] = leaves }
    }
    dataStream = Self.leaves(batch.dataStream).first?.text ?? ""
    for (field, column) in zip(scanner.batch.leanFields, scanner.batch.lean) {
      lean[field] = Self.leaves(column)
    }
  }

  private static func leaves(_ column: Column) -> Set<Leaf> {
    Set(column.codes(row: 0).map { Leaf(kind: column.dictionary.kind($0), text: column.dictionary.text($0)) })
  }

  var json: JSONValue {
    get throws { try JSONValue(parsing: text) }
  }

  /// The value at a dotted path of the event.
  func value(_ path: String) throws -> JSONValue? {
    path.split(separator: ".").reduce(try json) { $0?[String($1)] }
  }

  /// The values of the JSON text by dotted path, as kind and text; keys of flattened fields may hold dots themselves.
  func leavesOfJSON() throws -> [String: Set<Leaf>] { try Self.leaves(in: text) }

  static func leaves(in text: String) throws -> [String: Set<Leaf>] {
    let bytes = Array(text.utf8)
    let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 64)
    defer { storage.deallocate() }
    storage.initialize(repeating: 0)
    _ = storage.update(fromContentsOf: bytes)
    let indexer = StructuralIndexer()
    let index = try indexer.index(UnsafeBufferPointer(rebasing: storage[..<bytes.count]))
    var leaves: [String: Set<Leaf>] = [:]
    collect(JSONNode(index, token: 0), "", &leaves)
    return leaves
  }

  private static func collect(_ node: JSONNode, _ path: String, _ leaves: inout [String: Set<Leaf>]) {
    if node.isObject {
      node.forEachMember { key, value in
        var name: [UInt8] = []
        JSONString.appendUnescaped(key, to: &name)
        collect(value, (path.isEmpty ? "" : path + ".") + String(decoding: name, as: UTF8.self), &leaves)
      }
    } else if node.isArray {
      node.forEachElement { collect($0, path, &leaves) }
    } else if let string = node.string {
      leaves[path, default: []].insert(Leaf(kind: .string, text: string))
    } else if !node.isNull {
      let text = String(decoding: node.rawScalar, as: UTF8.self)
      leaves[path, default: []].insert(Leaf(kind: node.isBoolean ? .boolean : .number, text: text))
    }
  }
}
