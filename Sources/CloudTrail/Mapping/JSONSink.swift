import Events
import JSON

/// Collects the fields of one mapped record as JSON text and writes them nested.
struct JSONSink: EventSink {
  /// The JSON texts of each field's values so far.
  private var values: [[[UInt8]]] = EventField.allCases.map { _ in [] }

  mutating func removeAll() {
    for at in values.indices { values[at].removeAll(keepingCapacity: true) }
  }

  func wants(_ field: EventField) -> Bool { true }

  func wants(_ group: FieldGroup) -> Bool { true }

  mutating func add(_ field: EventField, _ value: Scalar) {
    var text: [UInt8] = []
    text.reserveCapacity(value.bytes.count + 2)
    if value.kind == .string {
      JSONString.appendQuoted(value.bytes, to: &text)
    } else {
      text.append(contentsOf: value.bytes)
    }
    let at = Int(field.rawValue)
    if !values[at].contains(text) { values[at].append(text) }
  }

  mutating func addFlattened(_ field: EventField, _ object: JSONNode) {
    var text: [UInt8] = []
    JSONText.appendWithoutEmpty(object, to: &text)
    values[Int(field.rawValue)].append(text)
  }

  mutating func addResource(arn: Scalar?, accountID: Scalar?, type: Scalar?) {
    var text: [UInt8] = [UInt8(ascii: "{")]
    for (name, value) in [("account_id", accountID), ("arn", arn), ("type", type)] {
      guard let value else { continue }
      if text.count > 1 { text.append(UInt8(ascii: ",")) }
      JSONString.appendQuoted(name, to: &text)
      text.append(UInt8(ascii: ":"))
      JSONString.appendQuoted(value.bytes, to: &text)
    }
    text.append(UInt8(ascii: "}"))
    values[Int(EventField.resources.rawValue)].append(text)
  }

  // MARK: Writing

  /// The tree of all field paths, members in alphabetical order.
  private struct Branch: Sendable {
    var name: [UInt8]
    var field: Int?
    var branches: [Branch] = []
  }

  private static let tree: Branch = {
    func branch(_ name: String, _ entries: [(path: ArraySlice<Substring>, field: Int)]) -> Branch {
      var quoted: [UInt8] = []
      JSONString.appendQuoted(name, to: &quoted)
      quoted.append(UInt8(ascii: ":"))
      let groups = Dictionary(grouping: entries.filter { !$0.path.isEmpty }) { String($0.path.first!) }
      return Branch(
        name: quoted, field: entries.first { $0.path.isEmpty }?.field,
        branches: groups.sorted { $0.key < $1.key }.map { group in
          branch(group.key, group.value.map { ($0.path.dropFirst(), $0.field) })
        })
    }
    let entries = EventField.allCases.compactMap { field -> (path: ArraySlice<Substring>, field: Int)? in
      switch field {
      // Written as whole objects under `aws.cloudtrail.resources`.
      case .resourceARN, .resourceAccountID, .resourceType: nil
      default: (field.path.split(separator: ".")[...], Int(field.rawValue))
      }
    }
    return branch("", entries)
  }()

  func write(to output: inout [UInt8]) {
    _ = writeMembers(Self.tree, to: &output)
  }

  /// Writes a branch's members as an object; writes nothing and says so when none has a value.
  private func writeMembers(_ branch: Branch, to output: inout [UInt8]) -> Bool {
    let start = output.count
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    for member in branch.branches {
      let before = output.count
      if !isFirst { output.append(UInt8(ascii: ",")) }
      output.append(contentsOf: member.name)
      if writeValue(member, to: &output) {
        isFirst = false
      } else {
        output.removeSubrange(before...)
      }
    }
    guard !isFirst else {
      output.removeSubrange(start...)
      return false
    }
    output.append(UInt8(ascii: "}"))
    return true
  }

  private func writeValue(_ branch: Branch, to output: inout [UInt8]) -> Bool {
    guard let field = branch.field else { return writeMembers(branch, to: &output) }
    let texts = values[field]
    guard let first = texts.first else { return false }
    if texts.count == 1, !Self.alwaysArrays.contains(field) {
      output.append(contentsOf: first)
      return true
    }
    output.append(UInt8(ascii: "["))
    for (place, text) in texts.enumerated() {
      if place > 0 { output.append(UInt8(ascii: ",")) }
      output.append(contentsOf: text)
    }
    output.append(UInt8(ascii: "]"))
    return true
  }

  /// Fields that ECS defines as arrays, or that hold objects, are arrays with one value too.
  private static let alwaysArrays: Set<Int> = Set(
    [EventField.eventCategory, .eventType, .relatedEntity, .relatedUser, .resources].map { Int($0.rawValue) })
}
