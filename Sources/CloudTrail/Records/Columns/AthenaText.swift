import JSON

/// A structure, a map or a list as Athena writes it, being read.
struct AthenaText {
  /// The members of one structure, and which one it is.
  struct Structure: Equatable {
    var path: String
    var names: [String]
    /// Of each member whether a structure or a list is its value; nil where it has none.
    var nests: [Bool?]
  }

  let text: [UInt8]
  let key: String
  private(set) var at = 0
  private(set) var output: [UInt8] = []
  private(set) var structures: [Structure] = []

  /// Levels of structures within a value.
  private static let depth = 16
  /// Structures of a value that are held to those of other rows.
  private static let mostStructures = 1000
  /// Members of a structure.
  private static let mostMembers = 256

  init(text: [UInt8], key: String) { (self.text, self.key) = (text, key) }

  static func append(_ text: [UInt8], to output: inout [UInt8]) {
    text.withUnsafeBufferPointer { JSONString.appendQuoted($0, to: &output) }
  }

  /// Reads the structure or list that starts here; false where there is none that can be told apart.
  mutating func value(path: String, depth: Int) -> Bool {
    guard depth < Self.depth, at < text.count else { return false }
    switch text[at] {
    case UInt8(ascii: "{"): return structure(path: path, depth: depth)
    case UInt8(ascii: "["): return list(path: path, depth: depth)
    default: return false
    }
  }

  private mutating func structure(path: String, depth: Int) -> Bool {
    output.append(UInt8(ascii: "{"))
    at += 1
    var names: [String] = []
    var nests: [Bool?] = []
    while at < text.count {
      if text[at] == UInt8(ascii: "}") {
        at += 1
        output.append(UInt8(ascii: "}"))
        // The names of a map are whatever they are; a structure has some.
        if Self.isMap(path) { return true }
        guard !names.isEmpty, structures.count < Self.mostStructures else { return false }
        structures.append(Structure(path: path, names: names, nests: nests))
        return true
      }
      if !names.isEmpty {
        guard take(", ") else { return false }
      }
      guard let end = text[at...].prefix(257).firstIndex(of: UInt8(ascii: "=")) else { return false }
      let name = String(decoding: text[at..<end], as: UTF8.self)
      guard names.count < Self.mostMembers, !names.contains(name) else { return false }
      names.append(name)
      at = end + 1
      let start = output.count
      if output.last != UInt8(ascii: "{") { output.append(UInt8(ascii: ",")) }
      JSONString.appendQuoted(key == "resources" && name == "arn" ? "ARN" : Self.keys[name] ?? name, to: &output)
      output.append(UInt8(ascii: ":"))
      if at < text.count, text[at] == UInt8(ascii: "{") || text[at] == UInt8(ascii: "[") {
        guard value(path: "\(path).\(name)", depth: depth + 1) else { return false }
        nests.append(true)
        continue
      }
      let from = at
      while at < text.count, !isClose(at, UInt8(ascii: "}")), !isNextMember(at) { at += 1 }
      let value = text[from..<at]
      // A member without a value is none.
      if value.elementsEqual("null".utf8) {
        output.removeSubrange(start...)
        nests.append(nil)
      } else {
        Self.append(Array(value), to: &output)
        nests.append(false)
      }
    }
    return false
  }

  private mutating func list(path: String, depth: Int) -> Bool {
    output.append(UInt8(ascii: "["))
    at += 1
    var isFirst = true
    var holdsStructures: Bool?
    while at < text.count {
      if text[at] == UInt8(ascii: "]") {
        at += 1
        output.append(UInt8(ascii: "]"))
        return true
      }
      if !isFirst {
        guard take(", ") else { return false }
        output.append(UInt8(ascii: ","))
      }
      isFirst = false
      let isStructure = at < text.count && (text[at] == UInt8(ascii: "{") || text[at] == UInt8(ascii: "["))
      // What follows a structure and is none was part of a value that holds a bracket.
      guard (holdsStructures ?? isStructure) == isStructure else { return false }
      holdsStructures = isStructure
      if isStructure {
        guard value(path: path, depth: depth + 1) else { return false }
      } else {
        let from = at
        while at < text.count, !isClose(at, UInt8(ascii: "]")), !isNextElement(at) { at += 1 }
        Self.append(Array(text[from..<at]), to: &output)
      }
    }
    return false
  }

  /// True of what has members of any name: request and response as CloudTrail Lake writes them, and maps within structures.
  private static func isMap(_ path: String) -> Bool {
    !structured.contains { path.hasPrefix($0) } || path.hasSuffix(".webidfederationdata")
      || path.hasSuffix(".webidfederationdata.attributes") || path.hasSuffix("tags")
  }

  /// The columns that are structures in every table.
  private static let structured = ["userIdentity", "resources", "tlsDetails", "addendum"]

  private mutating func take(_ words: StaticString) -> Bool {
    let count = words.utf8CodeUnitCount
    guard at + count <= text.count,
      text[at..<at + count].elementsEqual(UnsafeBufferPointer(start: words.utf8Start, count: count))
    else { return false }
    at += count
    return true
  }

  /// True where a bracket stands that closes something: behind it all ends, or another bracket or a comma comes.
  private func isClose(_ place: Int, _ bracket: UInt8) -> Bool {
    guard text[place] == bracket else { return false }
    let next = place + 1
    return next == text.count || text[next] == UInt8(ascii: "}") || text[next] == UInt8(ascii: "]")
      || isNextElement(next)
  }

  private func isNextElement(_ place: Int) -> Bool {
    text[place] == UInt8(ascii: ",") && place + 1 < text.count && text[place + 1] == 0x20
  }

  /// True where `, name=` stands.
  private func isNextMember(_ place: Int) -> Bool {
    guard isNextElement(place) else { return false }
    var end = place + 2
    while end < text.count, end - place < 80, Self.isName(text[end]) { end += 1 }
    return end > place + 2 && end < text.count && text[end] == UInt8(ascii: "=")
  }

  private static func isName(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "/") || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
  }

  /// Keys within records by the lower-case names that tables give them.
  private static let keys: [String: String] = {
    var keys: [String: String] = [:]
    for key in [
      "type", "principalId", "arn", "accountId", "accessKeyId", "userName", "invokedBy", "sessionContext", "attributes",
      "mfaAuthenticated", "creationDate", "sessionIssuer", "ec2RoleDelivery", "webIdFederationData",
      "federatedProvider",
      "sourceIdentity", "identityProvider", "credentialId", "onBehalfOf", "userId", "identityStoreArn", "inScopeOf",
      "issuerType", "credentialsIssuedTo", "sourceArn", "sourceAccount", "signInSessionArn", "assumedRoot",
      "invokedByDelegate", "tlsVersion", "cipherSuite", "clientProvidedHostHeader", "keyExchange", "reason",
      "updatedFields", "originalRequestID", "originalEventID",
    ] {
      keys[key.lowercased()] = key
    }
    return keys
  }()
}
