import Events
import JSON

/// A table beside the events, for `LOOKUP JOIN` and `ENRICH`.
public struct ESQLTable: Sendable {
  public struct Column: Sendable {
    public var name: String
    public var type: DataType
  }

  /// At least one.
  public let columns: [Column]
  /// The column by which `ENRICH` looks rows up that names none of the table's: the first as it is written.
  let first: Int
  /// A row has a cell for each column.
  let rows: [[Cell]]

  /// The most rows and columns.
  public static let mostRows = 5_000_000
  public static let mostColumns = 1000

  /// Why a file is no table.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public var line: Int
    public var message: String

    public init(line: Int, message: String) { (self.line, self.message) = (line, message) }

    public var description: String { "line \(line): \(message)" }
  }

  public var rowCount: Int { rows.count }

  /// Reads lines of JSON objects, whose leaves by dotted name are columns; their types are those of their values, and of
  /// the catalog where it knows the name. Throws where a line is none.
  public init(ndjson lines: some Sequence<ArraySlice<UInt8>>, catalog: FieldCatalog) throws(Fault) {
    var names: [String] = []
    var places: [String: Int] = [:]
    var rows: [[Int: [JSONValue]]] = []
    var first: String?
    var number = 0
    for line in lines {
      number += 1
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      let value: JSONValue
      do {
        value = try JSONValue(parsing: line)
      } catch {
        throw Fault(line: number, message: "this is no JSON: \(error)")
      }
      guard case .object = value else { throw Fault(line: number, message: "this is no JSON object") }
      guard rows.count < Self.mostRows else {
        throw Fault(line: number, message: "there are more than \(Self.mostRows) rows")
      }
      if first == nil { first = Self.firstLeaf(of: line) }
      var row: [Int: [JSONValue]] = [:]
      var leaves: [(String, JSONValue)] = []
      Self.flatten(value, "", &leaves)
      for (name, leaf) in leaves.sorted(by: { $0.0 < $1.0 }) {
        if places[name] == nil {
          guard names.count < Self.mostColumns else {
            throw Fault(line: number, message: "there are more than \(Self.mostColumns) columns")
          }
          places[name] = names.count
          names.append(name)
        }
        row[places[name] ?? 0, default: []].append(leaf)
      }
      rows.append(row)
    }
    guard !names.isEmpty else { throw Fault(line: max(1, number), message: "the table has no column") }
    self.init(
      names,
      rows.map { row in names.indices.map { (row[$0] ?? []).compactMap(Self.text) } },
      kinds: names.indices.map { column in
        rows.reduce(into: Set<String>()) { kinds, row in
          for value in row[column] ?? [] { kinds.insert(Self.kind(value)) }
        }
      }, first: first.flatMap { places[$0] } ?? 0, catalog)
  }

  /// Reads a table of texts whose first row names the columns; throws where a row has more cells than that.
  public init(csv records: [[String]], catalog: FieldCatalog) throws(Fault) {
    guard let names = records.first, !names.isEmpty, names.count <= Self.mostColumns,
      records.count <= Self.mostRows, Set(names).count == names.count
    else { throw Fault(line: 1, message: "the first line must name the columns, each once") }
    var rows: [[[String]]] = []
    for (place, record) in records.enumerated().dropFirst() {
      guard record.count <= names.count else {
        throw Fault(line: place + 1, message: "there are \(record.count) cells for \(names.count) columns")
      }
      rows.append(names.indices.map { $0 < record.count && !record[$0].isEmpty ? [record[$0]] : [] })
    }
    let kinds = names.indices.map { column -> Set<String> in
      rows.reduce(into: []) { kinds, row in for text in row[column] { kinds.insert(Self.kind(text)) } }
    }
    self.init(names, rows, kinds: kinds, first: 0, catalog)
  }

  private init(
    _ names: [String], _ texts: [[[String]]], kinds: [Set<String>], first: Int, _ catalog: FieldCatalog
  ) {
    self.first = first
    let types = names.indices.map { column -> DataType in
      // A column whose values all are of one kind has its type; else they are keywords.
      switch kinds[column] {
      case ["long"]: return .long
      case ["double"], ["long", "double"]: return .double
      case ["boolean"]: return .boolean
      default: break
      }
      guard let known = catalog.type(of: names[column]).flatMap(DataType.init(column:)), known == .ip || known.isTime
      else {
        return .keyword
      }
      // An address or a date where all values are; networks stay texts, to be matched as ranges.
      let fits = texts.allSatisfy { row in
        row[column].allSatisfy { (try? ESQLConversion.literal($0, as: known)) != nil }
      }
      return fits ? known : .keyword
    }
    columns = zip(names, types).map { Column(name: $0, type: $1) }
    rows = texts.map { row in
      names.indices.map { column in
        Cell(row[column].compactMap { try? ESQLConversion.value(.text($0), from: .keyword, to: types[column]) })
      }
    }
  }

  /// The rows that a test leaves.
  func keeping(_ isKept: ([Cell]) -> Bool) -> ESQLTable {
    ESQLTable(columns: columns, first: first, rows: rows.filter(isKept))
  }

  private init(columns: [Column], first: Int, rows: [[Cell]]) {
    (self.columns, self.first, self.rows) = (columns, first, rows)
  }

  /// The dotted name of the first leaf of an object as it is written; nil where there is none.
  private static func firstLeaf(of line: ArraySlice<UInt8>) -> String? {
    guard let document = try? JSONDocument(line) else { return nil }
    func leaf(_ node: JSONNode, _ path: String) -> String? {
      guard node.isObject || node.isArray else { return path }
      var found: String?
      node.forEachMember { key, value in
        guard found == nil else { return }
        let quoted = [UInt8(ascii: "\"")] + key + [UInt8(ascii: "\"")]
        let name = (try? JSONValue(parsing: quoted[...]))?.stringValue ?? String(decoding: key, as: UTF8.self)
        found = leaf(value, path.isEmpty ? name : path + "." + name)
      }
      node.forEachElement { element in if found == nil { found = leaf(element, path) } }
      return found
    }
    return withExtendedLifetime(document) { leaf(document.root, "") }
  }

  private static func flatten(_ value: JSONValue, _ path: String, _ leaves: inout [(String, JSONValue)]) {
    switch value {
    case .object(let members):
      for (key, member) in members { flatten(member, path.isEmpty ? key : path + "." + key, &leaves) }
    case .array(let items): for item in items { flatten(item, path, &leaves) }
    case .null: leaves.append((path, .null))
    default: leaves.append((path, value))
    }
  }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .null, .object, .array: nil
    default: value.integerValue.map(String.init) ?? value.doubleValue.map { "\($0)" }
    }
  }

  private static func kind(_ value: JSONValue) -> String {
    switch value {
    case .string, .object, .array: "text"
    case .bool: "boolean"
    case .null: "long"
    default: value.integerValue != nil ? "long" : "double"
    }
  }

  private static func kind(_ text: String) -> String {
    if let number = Int64(text), String(number) == text { return "long" }
    if text == "true" || text == "false" { return "boolean" }
    if text.contains("."), JavaNumber.double(text) != nil,
      text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || $0 == 0x2E || $0 == 0x2D })
    {
      return "double"
    }
    return "text"
  }
}
