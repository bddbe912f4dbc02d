import JSON

/// A null, an empty list or the like in a rule that was read, which says the same as what is written in its place: kept, so
/// that a rule is written as it was.
public struct WrittenForm: Hashable, Sendable {
  /// Its place, as exports have it.
  public var path: RuleKeyPath
  public var value: JSONValue
  /// What an export of the rule would hold in that place without it; nil for nothing.
  public var usual: JSONValue?

  public init(path: RuleKeyPath, value: JSONValue, usual: JSONValue?) {
    self.path = path
    self.value = value
    self.usual = usual
  }

  /// The forms in the members of a rule that was read that an export of it would not have by itself.
  ///
  /// Where both say something in two ways (one text, a list of one), the export's way is as good, and is kept by none.
  static func forms(of members: [String: JSONValue], in rule: Rule) -> [WrittenForm] {
    // Most rules of files have none, and working out what an export says takes as long as reading the rule.
    guard members.values.contains(where: mayBeForm) else { return [] }
    var members = members
    // Files nest what exports have at the top; both are read into the same.
    if rule.newTerms != nil { members["new_terms"] = nil }
    guard let written = try? RuleFields.members(rule, .export) else { return [] }
    var forms: [WrittenForm] = []
    compare(members, written, RuleKeyPath(), &forms)
    return forms.sorted { $0.path.description < $1.path.description }
  }

  /// True where a value is, or holds, one that may say no more than leaving it out would.
  private static func mayBeForm(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .bool(false), .string(""): true
    case .array(let elements): elements.isEmpty || elements.contains(where: mayBeForm)
    case .object(let members): members.isEmpty || members.values.contains(where: mayBeForm)
    case .bool, .integer, .double, .number, .string: false
    }
  }

  private static func compare(
    _ members: [String: JSONValue], _ written: [String: JSONValue], _ path: RuleKeyPath, _ forms: inout [WrittenForm]
  ) {
    for (key, value) in members { compare(value, written[key], path.appending(key), &forms) }
  }

  private static func compare(
    _ value: JSONValue, _ written: JSONValue?, _ path: RuleKeyPath, _ forms: inout [WrittenForm]
  ) {
    guard value != written else { return }
    switch (value, written) {
    case (.object(let members), .object(let others)?) where !members.isEmpty: compare(members, others, path, &forms)
    case (.array(let elements), .array(let others)?) where elements.count == others.count:
      for (at, pair) in zip(elements, others).enumerated() { compare(pair.0, pair.1, path.appending(at), &forms) }
    case (_, nil), (.null, _), (_, .array([])?):
      forms.append(WrittenForm(path: path, value: value, usual: written))
    case (.object(let members), _) where members.isEmpty:
      forms.append(WrittenForm(path: path, value: value, usual: written))
    default: break
    }
  }

  /// Puts the form in its place in what is written, unless the rule says something else there by now.
  func put(into members: inout [String: JSONValue]) {
    members = Self.put(value, at: path.steps[...], into: .object(members), usual)?.objectValue ?? members
  }

  private static func put(
    _ value: JSONValue, at steps: ArraySlice<RuleKeyPath.Step>, into target: JSONValue?, _ usual: JSONValue?
  ) -> JSONValue? {
    switch (steps.first, target) {
    case (nil, nil): return value
    case (nil, let known?): return known == usual ? value : nil
    case (.key(let key)?, .object(var members)?):
      guard let changed = put(value, at: steps.dropFirst(), into: members[key], usual) else { return nil }
      members[key] = changed
      return .object(members)
    case (.index(let index)?, .array(var elements)?):
      guard elements.indices.contains(index),
        let changed = put(value, at: steps.dropFirst(), into: elements[index], usual)
      else { return nil }
      elements[index] = changed
      return .array(elements)
    default: return nil
    }
  }
}
