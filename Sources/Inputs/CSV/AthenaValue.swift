import JSON

/// Values as Athena and CloudTrail Lake write them into CSV, made JSON again.
enum AthenaValue {
  /// Levels of structures within a value.
  private static let depth = 16

  /// Appends a cell's value as JSON, as the member of a record that it holds.
  static func append(_ cell: [UInt8], as member: CSVMember, to output: inout [UInt8]) {
    switch member.kind {
    case .boolean where cell.elementsEqual("true".utf8) || cell.elementsEqual("false".utf8):
      output.append(contentsOf: cell)
    case .structure:
      if cell.elementsEqual("null".utf8) {
        output.append(contentsOf: cell)
      } else if let first = cell.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
        let json = json(of: cell, in: member.key)
      {
        output.append(contentsOf: json)
      } else {
        appendText(cell, to: &output)
      }
    default: appendText(cell, to: &output)
    }
  }

  private static func appendText(_ text: [UInt8], to output: inout [UInt8]) {
    text.withUnsafeBufferPointer { JSONString.appendQuoted($0, to: &output) }
  }

  /// The JSON of a value that is JSON already, or a structure, a map or a list as Athena writes them
  /// (`{type=IAMUser, sessioncontext={attributes={…}}}`, `[{arn=…}]`); nil for anything else.
  ///
  /// Athena writes values as they are, so where one holds `, name=` of a name that structures have, it is cut there.
  static func json(of text: [UInt8], in key: String) -> [UInt8]? {
    // A structure has a name where JSON has a quote.
    let next = text.dropFirst().first { $0 > 0x20 }
    let mayBeJSON = text.first == UInt8(ascii: "[") || next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
    if mayBeJSON, (try? JSONDocument(text[...])) != nil { return text }
    var parser = Parser(text: text, isResources: key == "resources")
    guard parser.value(depth: 0), parser.at == text.count else { return nil }
    return parser.output
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

  private struct Parser {
    let text: [UInt8]
    let isResources: Bool
    var at = 0
    var output: [UInt8] = []

    mutating func value(depth: Int) -> Bool {
      guard depth < AthenaValue.depth, at < text.count else { return false }
      switch text[at] {
      case UInt8(ascii: "{"): return structure(depth: depth)
      case UInt8(ascii: "["): return list(depth: depth)
      default: return false
      }
    }

    private mutating func structure(depth: Int) -> Bool {
      output.append(UInt8(ascii: "{"))
      at += 1
      var isFirst = true
      while at < text.count {
        if text[at] == UInt8(ascii: "}") {
          at += 1
          output.append(UInt8(ascii: "}"))
          return true
        }
        if !isFirst {
          guard take(", ") else { return false }
        }
        guard let end = text[at...].firstIndex(of: UInt8(ascii: "=")), end - at <= 256 else { return false }
        let name = String(decoding: text[at..<end], as: UTF8.self)
        at = end + 1
        let start = output.count
        if output.last != UInt8(ascii: "{") { output.append(UInt8(ascii: ",")) }
        let key = isResources && name == "arn" ? "ARN" : AthenaValue.keys[name] ?? name
        JSONString.appendQuoted(key, to: &output)
        output.append(UInt8(ascii: ":"))
        isFirst = false
        if at < text.count, text[at] == UInt8(ascii: "{") || text[at] == UInt8(ascii: "[") {
          guard value(depth: depth + 1) else { return false }
          continue
        }
        let from = at
        while at < text.count, text[at] != UInt8(ascii: "}"), !isNextMember(at) { at += 1 }
        let value = text[from..<at]
        // A member without a value is none.
        if value.elementsEqual("null".utf8) {
          output.removeSubrange(start...)
        } else {
          AthenaValue.appendText(Array(value), to: &output)
        }
      }
      return false
    }

    private mutating func list(depth: Int) -> Bool {
      output.append(UInt8(ascii: "["))
      at += 1
      var isFirst = true
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
        if at < text.count, text[at] == UInt8(ascii: "{") || text[at] == UInt8(ascii: "[") {
          guard value(depth: depth + 1) else { return false }
        } else {
          let from = at
          while at < text.count, text[at] != UInt8(ascii: "]"), !isNextElement(at) { at += 1 }
          let value = text[from..<at]
          AthenaValue.appendText(Array(value), to: &output)
        }
      }
      return false
    }

    private mutating func take(_ words: StaticString) -> Bool {
      let count = words.utf8CodeUnitCount
      guard at + count <= text.count,
        text[at..<at + count].elementsEqual(UnsafeBufferPointer(start: words.utf8Start, count: count))
      else { return false }
      at += count
      return true
    }

    private func isNextElement(_ place: Int) -> Bool {
      text[place] == UInt8(ascii: ",") && place + 1 < text.count && text[place + 1] == 0x20
    }

    /// True where `, name=` stands.
    private func isNextMember(_ place: Int) -> Bool {
      guard text[place] == UInt8(ascii: ","), place + 2 < text.count, text[place + 1] == 0x20 else { return false }
      var end = place + 2
      while end < text.count, end - place < 80, Self.isName(text[end]) { end += 1 }
      return end > place + 2 && end < text.count && text[end] == UInt8(ascii: "=")
    }

    private static func isName(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: "/") || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
    }
  }
}
