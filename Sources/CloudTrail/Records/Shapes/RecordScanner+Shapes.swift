import Events
import JSON

// What wraps one record: an object that holds it, a text that holds it, a row of a result.
extension RecordScanner {
  /// An object that is no plain record has been walked, and `members` holds its members: takes the record that it wraps, or
  /// says what it is. False when it is to be taken as a record itself.
  func takeWrapped(_ node: JSONNode, offset: Int) -> Bool {
    let index = node.index
    for key in [RecordKey.cloudTrailEvent, .eventJSON, .raw, .insightsMessage] {
      guard let value = members.node(key, in: index) else { continue }
      if value.isString {
        takeText(value, offset: offset, of: key.name.description)
        return true
      }
      if value.isObject {
        takeObject(value, offset: offset)
        return true
      }
    }
    if members.token(.eventTime) != nil || members.token(.timestamp) != nil { return takeForeign(node, offset) }
    if let detail = members.node(.detail, in: index), detail.isObject {
      if let form = ForeignForm.ofEnvelope(node) {
        recordsInRegion += 1
        note(form, offset)
      } else {
        takeObject(detail, offset: offset)
      }
      return true
    }
    if let result = members.node(.result, in: index), result.isObject {
      takeResult(result, offset)
      return true
    }
    if let message = members.node(.message, in: index), takeMessage(message, offset) { return true }
    // A document of an index that records were put into as they are.
    if let source = members.node(.source, in: index), source.isObject, source.member("@timestamp") == nil,
      source.member("eventTime") != nil
    {
      takeObject(source, offset: offset)
      return true
    }
    return takeForeign(node, offset)
  }

  /// Takes an object that wraps nothing as a record. Whether it holds escapes is told by what is around it.
  private func takeObject(_ node: JSONNode, offset: Int) {
    recordsInRegion += 1
    members.collect(node)
    add(node.index, object: node.token, node.sourceText, offset: offset)
  }

  /// Says what an object is that is known to be no record; false when nothing is known of it.
  private func takeForeign(_ node: JSONNode, _ offset: Int) -> Bool {
    guard let form = ForeignForm.of(node) else { return false }
    recordsInRegion += 1
    note(form, offset)
    return true
  }

  /// A line of a Splunk export.
  private func takeResult(_ result: JSONNode, _ offset: Int) {
    if let raw = result.member("_raw"), raw.isString {
      takeText(raw, offset: offset, of: "_raw")
    } else if result.member("eventTime") != nil {
      takeObject(result, offset: offset)
    } else {
      recordsInRegion += 1
      note(.noTime, offset, "a result of Splunk without _raw: export it with the field _raw")
    }
  }

  /// An event of CloudWatch Logs; false when its message is of another kind.
  private func takeMessage(_ message: JSONNode, _ offset: Int) -> Bool {
    if message.isObject {
      takeObject(message, offset: offset)
      return true
    }
    guard message.isString else { return false }
    // CloudWatch Logs asks with such messages whether somebody listens; they say nothing.
    if message.rawString.starts(with: "CWL CONTROL MESSAGE:".utf8) { return true }
    if let form = ForeignForm.ofMessage(message.rawString) {
      recordsInRegion += 1
      note(form, offset)
      return true
    }
    guard message.rawString.first(where: { !isBlank($0) }) == UInt8(ascii: "{") else { return false }
    takeText(message, offset: offset, of: "message")
    return true
  }

  /// An element of a list that is no object.
  ///
  /// - Parameter holder: the key that the list stands under; nil at the top.
  func takeOther(_ element: JSONNode, offset: Int, of holder: RecordKey?) {
    if element.isString {
      takeText(element, offset: offset, of: "the text")
    } else if element.isArray, holder == nil || holder == .queryResultRows || holder == .results {
      takeRow(element, offset: offset)
    } else {
      noteNotAnObject(offset)
    }
  }

  /// A row of a result: of CloudTrail Lake, where each column is an object by itself (`[{"eventJson":"…"},…]`, or a member of the event
  /// in each), or of CloudWatch Logs Insights (`[{"field":"@message","value":"…"},…]`); or else a list of records.
  func takeRow(_ row: JSONNode, offset: Int) {
    isEscaped = true
    var text: JSONNode?
    var isRow = false
    var isList = true
    row.forEachElement { cell in
      guard cell.isObject else { return isList = false }
      if let json = cell.member("eventJson") { text = json }
      if let field = cell.member("field"), field.isString, let value = cell.member("value") {
        isRow = true
        if field.rawString.equals("@message") { text = value }
      }
      if cell.hasOneMember { isRow = true }
    }
    if let text, text.isString { return takeText(text, offset: offset, of: "the row") }
    if let text, text.isObject { return takeObject(text, offset: offset) }
    guard isList, !isRow else {
      guard isList else { return noteNotAnObject(offset) }
      if takeColumns(of: row, offset: offset) { return }
      recordsInRegion += 1
      return note(
        .noTime, offset,
        "a row of a result without the whole event: ask for eventJson (CloudTrail Lake) or @message (CloudWatch Logs)")
    }
    row.forEachElement { record in
      members.collect(record)
      take(record.index, record.token, endToken: record.index.tokenAfter(record.token))
    }
  }

  /// A row of a result that holds an event by its columns is put together again; false where it says too little to be one.
  private func takeColumns(of row: JSONNode, offset: Int) -> Bool {
    guard let (record, faults) = rows.record(of: row, in: region.file) else { return false }
    let wasRebuilt = region.isRebuilt
    defer { region.isRebuilt = wasRebuilt }
    region.isRebuilt = true
    read(batch.keep(record), offset: offset, of: "the row")
    for fault in faults { note(.brokenColumns, offset, fault.detail, count: fault.rows) }
    return true
  }

  /// A string holds a record, or what wraps some: it is unescaped into a text of its own, and read.
  ///
  /// - Parameter name: what to call the string.
  func takeText(_ string: JSONNode, offset: Int, of name: String) {
    read(batch.keepUnescaped(string.rawString), offset: offset, of: name)
  }

  /// Reads a text that stays as long as the batch.
  private func read(_ text: UnsafeBufferPointer<UInt8>, offset: Int, of name: String) {
    func refuse(_ cause: ProblemCause, _ detail: String) {
      recordsInRegion += 1
      note(cause, offset, detail)
    }
    guard let indexer = nested.descend(to: offset) else {
      return refuse(.tooDeep, "texts within texts, more than \(NestedTexts.levels) deep")
    }
    defer { nested.ascend() }
    do {
      let index = try indexer.index(text)
      guard index.byte(0) == UInt8(ascii: "{") else {
        return refuse(.notAnObject, "the string in \(name) is no JSON object")
      }
      // What was known of the text around it holds again when this is done.
      let (outerBase, outerPlace) = (base, resumeOffset)
      defer { (base, resumeOffset) = (outerBase, outerPlace) }
      base = 0
      var walker = JSONWalker(index)
      let after = walker.skip(0)
      guard after == index.count else {
        let fault = after < 0 ? walker.fault : .unexpectedCharacter
        return refuse(cause(fault), "in the string of \(name): \(fault.explanation)")
      }
      var again = JSONWalker(index)
      _ = scanObject(&again, 0, atTop: true)
    } catch {
      refuse(.brokenJSON, "in the string of \(name): \(error.explanation)")
    }
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension JSONNode {
  /// True for an object of one member.
  fileprivate var hasOneMember: Bool {
    var count = 0
    forEachMember { _, _ in count += 1 }
    return count == 1
  }
}

/// Where the reading of texts within texts has come to: records as strings within JSON, within strings.
struct NestedTexts {
  /// How deep texts may stand within texts.
  static let levels = 3

  private var indexers: [StructuralIndexer] = []
  private var level = 0
  /// The offset in the outermost text of what is read; nil outside texts within texts.
  private(set) var place: Int?

  /// Goes into a text that stands at an offset, and gives what indexes it; nil where it would be too deep.
  mutating func descend(to offset: Int) -> StructuralIndexer? {
    guard level < Self.levels else { return nil }
    if level == indexers.count { indexers.append(StructuralIndexer()) }
    if level == 0 { place = offset }
    level += 1
    return indexers[level - 1]
  }

  mutating func ascend() {
    level -= 1
    if level == 0 { place = nil }
  }
}
