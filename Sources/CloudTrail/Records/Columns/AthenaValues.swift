import JSON

/// Values as Athena and CloudTrail Lake write them into tables, made JSON again. One table's own: it knows what its rows had.
///
/// Athena writes structures as `{type=IAMUser, username=kim}` with their values as they are, so a value that holds `, name=`
/// cannot be told from two members by itself. But it writes all members of a structure in every row, in the order of the
/// table's definition, also those that are null: a structure that has a member twice, or others than in the other rows, is
/// one that cannot be told apart. It is kept as text, and told. Beyond telling are a value that imitates whole elements of a
/// list, all their members in order, and one in a map, whose names may be any.
public struct AthenaValues: Sendable {
  /// A value that is kept as text, or that was read wrongly in rows before.
  public struct Fault: Equatable, Sendable {
    public var detail: String
    /// In how many rows.
    public var rows = 1
  }

  private struct Shape: Sendable {
    var names: [String]
    var nests: [Bool?]
    var rows = 0
  }

  /// The members of structures by the column and the members that they are in.
  private var shapes: [String: Shape] = [:]
  /// A table has a few dozen of them.
  private static let mostShapes = 1000

  public init() {}

  /// Appends a cell's value as JSON, as the member of a record that it holds.
  ///
  /// - Returns: what is wrong with it; its text is what was appended then.
  public mutating func append(_ cell: [UInt8], as member: RecordColumn, to output: inout [UInt8]) -> Fault? {
    switch member.kind {
    case .boolean where cell.elementsEqual("true".utf8) || cell.elementsEqual("false".utf8):
      output.append(contentsOf: cell)
    case .structure where cell.elementsEqual("null".utf8):
      output.append(contentsOf: cell)
    case .structure where cell.first == UInt8(ascii: "{") || cell.first == UInt8(ascii: "["):
      guard let (json, structures) = Self.json(of: cell, in: member.key) else {
        AthenaText.append(cell, to: &output)
        return Fault(
          detail: "the value of \(member.key) is neither JSON nor a structure that can be told apart; kept as text")
      }
      let (fault, isSound) = compare(structures, member.key)
      if isSound { output.append(contentsOf: json) } else { AthenaText.append(cell, to: &output) }
      return fault
    default: AthenaText.append(cell, to: &output)
    }
    return nil
  }

  /// Holds the structures of a value to those of the rows before.
  private mutating func compare(
    _ structures: [AthenaText.Structure], _ column: String
  ) -> (fault: Fault?, isSound: Bool) {
    var next = shapes
    var fault: Fault?
    var counted: Set<String> = []
    func refuse(_ detail: String) -> (Fault?, Bool) { (Fault(detail: detail + "; kept as text"), false) }
    for structure in structures {
      let isFirst = counted.insert(structure.path).inserted
      if let known = next[structure.path], known.names == structure.names {
        // What is text in other rows may begin like a structure.
        guard zip(known.nests, structure.nests).allSatisfy({ $0 == nil || $1 == nil || $0 == $1 }) else {
          return refuse("a value in \(column) is text in one row and a structure in another")
        }
      } else if let known = next[structure.path] {
        // More members than other rows have, or than others of its list: some of them are parts of a value.
        guard isFirst, Self.holds(known.names, structure.names) else {
          return refuse("a value in \(column) holds what looks like a member's name")
        }
        fault = Fault(
          detail: "a value in \(column) of rows before holds what looks like a member's name; it was read as a member",
          rows: known.rows)
        next[structure.path] = nil
      } else if next.count >= Self.mostShapes {
        return refuse("\(column) holds structures of more than \(Self.mostShapes) kinds")
      }
      var shape = next[structure.path] ?? Shape(names: structure.names, nests: structure.nests)
      for (at, nests) in structure.nests.enumerated() where nests != nil { shape.nests[at] = nests }
      if isFirst { shape.rows += 1 }
      next[structure.path] = shape
    }
    shapes = next
    return (fault, true)
  }

  /// True when some names stand among others in the same order.
  private static func holds(_ all: [String], _ some: [String]) -> Bool {
    var rest = some[...]
    for name in all where name == rest.first { rest = rest.dropFirst() }
    return rest.isEmpty
  }

  /// The JSON of a value that is JSON already, or a structure, a map or a list as Athena writes them
  /// (`{type=IAMUser, sessioncontext={attributes={…}}}`, `[{arn=…}]`), and the structures in it; nil for anything else.
  static func json(of text: [UInt8], in key: String) -> (json: [UInt8], structures: [AthenaText.Structure])? {
    // A structure has a name where JSON has a quote.
    let next = text.dropFirst().first { $0 > 0x20 }
    let mayBeJSON = text.first == UInt8(ascii: "[") || next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
    if mayBeJSON, (try? JSONDocument(text[...])) != nil { return (text, []) }
    var parser = AthenaText(text: text, key: key)
    guard parser.value(path: key, depth: 0), parser.at == text.count else { return nil }
    return (parser.output, parser.structures)
  }
}
