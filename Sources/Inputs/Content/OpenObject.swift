import CloudTrail

/// An object in JSON that is longer than what is there of it: which members it has is told without reading all of it.
enum OpenObject {
  /// The members that may hold records, wherever in them those stand, and those that records have.
  static let holders: Set<String> = [
    "Records", "Events", "events", "logEvents", "QueryResultRows", "results", "hits", "detail", "result", "message",
    "eventTime", "@timestamp", "eventID", "_source", "eventVersion",
  ]

  /// The names of the members that the first object of a text begins; nil where the text begins with none, or the object ends.
  static func names(_ text: UnsafeBufferPointer<UInt8>) -> Set<String>? {
    guard text.first(where: { !ContentForm.isBlank($0) }) == UInt8(ascii: "{") else { return nil }
    var names: Set<String> = []
    var depth = 0
    var at = 0
    var last: Range<Int>?
    while at < text.count {
      let byte = text[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        let start = at
        while at < text.count, text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
        last = start..<min(at, text.count)
        at += 1
      case UInt8(ascii: ":"):
        if depth == 1, let name = last, name.count <= 256, names.count < 1000 {
          names.insert(String(decoding: text[name], as: UTF8.self))
        }
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth <= 0 { return nil }
      default: break
      }
    }
    return names
  }
}

extension PeekedSource {
  /// What a single object is that goes on behind the longest of records and says nothing of any: another service's state,
  /// say. nil for all else.
  var largeObject: KnownForm? {
    func names() -> Set<String>? {
      head.withUnsafeBufferPointer { head in
        guard let names = OpenObject.names(head), names.isDisjoint(with: OpenObject.holders),
          !ContentForm.mentionsRecords(head)
        else { return nil }
        return names
      }
    }
    guard head.count >= Self.headBytes, names() != nil else { return nil }
    peek(further: RecordLimits.recordBytes)
    return names().map { KnownForm(form: ForeignForm.of(members: $0)) }
  }
}
