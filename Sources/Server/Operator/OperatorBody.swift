import JSON

/// The object that a request brings, whose members become options of a command.
final class OperatorBody {
  private let members: [String: JSONValue]
  private var asked: Set<String> = []

  /// Nothing at all stands for an empty object.
  init(_ request: ServerRequest) throws(OperatorFault) {
    guard request.query.isEmpty else {
      throw OperatorFault(
        400, "the parameter \(request.query[0].name.prefix(80)) is not known: the body says what is asked for")
    }
    guard !request.body.isEmpty else {
      members = [:]
      return
    }
    if MediaType.refusal(of: request) != nil { throw OperatorFault(406, "the body is to be application/json") }
    guard let json = try? JSONValue(parsing: request.body[...]), let members = json.objectValue else {
      throw OperatorFault(400, "the body is no JSON object")
    }
    if let key = Self.repeated(request.body) {
      throw OperatorFault(400, "\(key.prefix(80)): it stands in the body more than once")
    }
    self.members = members
  }

  /// A member that an object has twice, of which one would be passed over in silence.
  private static func repeated(_ body: [UInt8]) -> String? {
    guard let document = try? JSONDocument(body[...]) else { return nil }
    var (known, repeated): (Set<String>, String?) = ([], nil)
    document.root.forEachMember { raw, _ in
      var key: [UInt8] = []
      JSONString.appendUnescaped(raw, to: &key)
      let name = String(decoding: key, as: UTF8.self)
      if !known.insert(name).inserted { repeated = repeated ?? name }
    }
    return repeated
  }

  /// The id in the path.
  static func id(_ request: ServerRequest) throws(OperatorFault) -> String {
    let id = request.parameters["id"] ?? ""
    try check(id, "id", most: 1024)
    return id
  }

  private static func check(_ text: String, _ key: String, most: Int) throws(OperatorFault) {
    guard !text.isEmpty, text.utf8.count <= most, !text.utf8.contains(0) else {
      throw OperatorFault(400, "\(key): it is a text of 1 to \(most) bytes, none of them zero")
    }
  }

  func has(_ key: String) -> Bool { members[key].map { $0 != .null } ?? false }

  private func value(_ key: String) -> JSONValue? {
    asked.insert(key)
    return members[key].flatMap { $0 == .null ? nil : $0 }
  }

  /// A text; nil where there is none.
  func text(_ key: String, most: Int = 16 << 10) throws(OperatorFault) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.stringValue else { throw OperatorFault(400, "\(key): it should be a text") }
    try Self.check(text, key, most: most)
    return text
  }

  /// A text, or an object or list as the text that it is in JSON.
  func textOrJSON(_ key: String, most: Int) throws(OperatorFault) -> String? {
    guard let value = value(key), value.stringValue == nil else { return try text(key, most: most) }
    let text = value.text
    try Self.check(text, key, most: most)
    return text
  }

  func flag(_ key: String) throws(OperatorFault) -> Bool {
    guard let value = value(key) else { return false }
    guard let flag = value.boolValue else { throw OperatorFault(400, "\(key): it is true or false") }
    return flag
  }

  func number(_ key: String, _ range: ClosedRange<Int>) throws(OperatorFault) -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.integerValue.flatMap({ Int(exactly: $0) }), range.contains(number) else {
      throw OperatorFault(400, "\(key): it is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A list of texts, or one.
  func texts(_ key: String, most: Int = 100) throws(OperatorFault) -> [String] {
    guard let value = value(key) else { return [] }
    guard let list = value.arrayValue else { return try text(key).map { [$0] } ?? [] }
    guard list.count <= most else { throw OperatorFault(400, "\(key): it has more than \(most) elements") }
    var texts: [String] = []
    for element in list {
      guard let text = element.stringValue else { throw OperatorFault(400, "\(key): it should be a list of texts") }
      try Self.check(text, key, most: 16 << 10)
      texts.append(text)
    }
    return texts
  }

  /// An option with the text of a key, in one word, so that no text is taken for another option.
  func option(_ key: String, _ option: String, isRequired: Bool = false) throws(OperatorFault) -> [String] {
    guard let text = try text(key) else {
      if isRequired { throw OperatorFault(400, "\(key): it is missing") }
      return []
    }
    return ["\(option)=\(text)"]
  }

  /// An option for each text of a list.
  func options(_ key: String, _ option: String) throws(OperatorFault) -> [String] {
    try texts(key).map { "\(option)=\($0)" }
  }

  /// An option with the texts of a list, with commas between them.
  func joined(_ key: String, _ option: String) throws(OperatorFault) -> [String] {
    let joined = try texts(key).joined(separator: ",")
    // The system takes no argument of 128 KiB.
    guard joined.utf8.count <= SearchRequest.longestQuery else {
      throw OperatorFault(400, "\(key): its texts have more than \(SearchRequest.longestQuery) bytes together")
    }
    return joined.isEmpty ? [] : ["\(option)=\(joined)"]
  }

  /// Throws where there is a key that nobody has asked for; to be called last.
  func finish() throws(OperatorFault) {
    if let unknown = members.keys.filter({ !asked.contains($0) }).sorted().first {
      throw OperatorFault(400, "\(unknown.prefix(80)): there is no such key")
    }
  }
}

/// What stands behind the question mark of a request.
struct OperatorQuery {
  private let request: ServerRequest

  /// Throws where there is a parameter that is none of these.
  init(_ request: ServerRequest, _ known: Set<String>) throws(OperatorFault) {
    for (name, value) in request.query {
      guard known.contains(name) else {
        throw OperatorFault(
          400,
          "the parameter \(name.prefix(80)) is not known"
            + (known.isEmpty ? "" : "; there are \(known.sorted().joined(separator: ", "))"))
      }
      guard !value.isEmpty, value.utf8.count <= 16 << 10 else {
        throw OperatorFault(400, "\(name): it is a text of 1 to \(16 << 10) bytes")
      }
    }
    self.request = request
  }

  func has(_ name: String) -> Bool { request.parameter(name) != nil }

  /// An option for each time that a parameter is there.
  func options(_ name: String, _ option: String) -> [String] {
    request.query.filter { $0.name == name }.map { "\(option)=\($0.value)" }
  }

  func number(_ name: String, _ range: ClosedRange<Int>) throws(OperatorFault) -> Int? {
    guard let text = request.parameter(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw OperatorFault(400, "\(name): it is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
