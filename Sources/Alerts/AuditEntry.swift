import Events
import Hashing
import JSON

/// A change of state, as the audit log tells it.
public struct AuditEntry: Equatable, Sendable {
  /// From 1, without a gap.
  public var number: Int64
  /// An event in ECS, as JSON.
  public var text: String
  /// The SHA-256 of the hash before it (32 zeros before the first) and the text: whoever changes, adds or takes away an entry changes
  /// all hashes that follow.
  public var hash: SHA256Digest

  /// The data stream in which entries are events.
  public static let dataStream = OwnStreams.audit
  /// The hash before the first entry.
  static let origin = [UInt8](repeating: 0, count: 32)
  /// What the first entry of a log tells that goes on behind one that was lost.
  static let beginning = "alerts-begun-anew"

  /// The hash before a text that is the first of a log: of one that goes on behind another, the hash of the last that is known of it.
  static func origin(of text: String) -> [UInt8] {
    guard let document = try? JSONValue(parsing: text), document["event"]?["action"]?.stringValue == beginning,
      let hash = document["martlet"]?["audit"]?["before"]?.stringValue.map({ Array($0.utf8) }), hash.count == 64
    else { return origin }
    let bytes = stride(from: 0, to: 64, by: 2).compactMap {
      UInt8(String(decoding: hash[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
    return bytes.count == 32 ? bytes : origin
  }

  /// Whether a text may be the first of a log though its number is not 1.
  static func isBeginning(_ text: String) -> Bool {
    (try? JSONValue(parsing: text))?["event"]?["action"]?.stringValue == beginning
  }

  static func hash(of text: String, after previous: [UInt8]) -> SHA256Digest {
    var hash = SHA256()
    previous.withUnsafeBytes { hash.update($0) }
    hash.update(text)
    return hash.finalize()
  }

  /// The entry as it is stored among events: with its hash.
  public var document: JSONValue? {
    guard var members = try? JSONValue(parsing: text).objectValue, var martlet = members["martlet"]?.objectValue,
      var audit = martlet["audit"]?.objectValue
    else { return nil }
    audit["hash"] = .string(hash.hexadecimal)
    martlet["audit"] = .object(audit)
    members["martlet"] = .object(martlet)
    return .object(members)
  }
}

/// What the audit log has to say of a change.
struct AuditedChange {
  /// Such as `rule-enabled`.
  var action: String
  /// What was changed: an alert's id, a rule's, a key's.
  var target: String
  /// Which part of it, where there are several.
  var field: String?
  var before: JSONValue?
  var after: JSONValue?

  func text(number: Int64, by who: String, at now: Timestamp) -> String {
    var audit: [String: JSONValue] = ["target": .string(target)]
    if let field { audit["field"] = .string(field) }
    if let before { audit["before"] = before }
    if let after { audit["after"] = after }
    let author = AuditAuthor(who)
    if let key = author.keyID { audit["key"] = .string(key) }
    let document: JSONValue = [
      "@timestamp": .string(now.iso8601), "message": .string("\(who): \(action) \(target)"),
      "event": [
        "id": .string("audit-\(number)"), "kind": "event", "category": ["configuration"], "type": ["change"],
        "module": "martlet", "dataset": "martlet.audit", "action": .string(action), "outcome": "success",
        "sequence": .integer(number),
      ],
      "user": ["name": .string(author.name)],
      "data_stream": ["type": "logs", "dataset": "martlet.audit", "namespace": "default"],
      "martlet": ["audit": .object(audit)], "ecs": ["version": "8.11.0"],
    ]
    return document.text
  }
}
