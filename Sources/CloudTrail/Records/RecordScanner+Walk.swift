import JSON

// The walk over a text's tokens: where its records are, whatever wraps them.
extension RecordScanner {
  /// Walks all values of the text; returns the offset from which it has to be recovered, or nil when all is well.
  func scanDocuments(_ walker: inout JSONWalker) -> Int? {
    let index = walker.index
    var token = 0
    while token < index.count {
      let start = base + index.offset(token)
      resumeOffset = nil
      switch index.byte(token) {
      case UInt8(ascii: "{"):
        token = scanObject(&walker, token, atTop: true)
      case UInt8(ascii: "[") where region.isFramed:
        // What is around the records has been taken off: a list among them is a row of a result.
        let row = token
        token = walker.skip(token)
        if token >= 0 { takeRow(JSONNode(index, token: row), offset: start) }
      case UInt8(ascii: "["):
        token = scanElements(&walker, token, of: nil)
      case UInt8(ascii: ",") where region.isFramed:
        token += 1
      case UInt8(ascii: "\""):
        let text = token
        token = walker.skip(token)
        if token >= 0 { takeText(JSONNode(index, token: text), offset: start, of: "the text") }
      default:
        token = walker.skip(token)
        if token >= 0 { noteNotAnObject(start) }
      }
      if token < 0 { return resumeOffset ?? start }
    }
    return nil
  }

  /// The offset in the text at which a token starts, or at which the text ends.
  private func place(_ index: StructuralIndex, _ token: Int) -> Int { base + index.offset(min(token, index.count)) }

  /// The elements of an array are records, or at the top also what wraps records. Returns the token after it, or
  /// `JSONWalker.failed`.
  ///
  /// - Parameter holder: the key that the array stands under; nil at the top.
  private func scanElements(_ walker: inout JSONWalker, _ array: Int, of holder: RecordKey?) -> Int {
    let index = walker.index
    resumeOffset = nil
    var token = array + 1
    if index.byte(token) == UInt8(ascii: "]") { return token + 1 }
    while true {
      let start = place(index, token)
      if index.byte(token) == UInt8(ascii: "{") {
        token = scanObject(&walker, token, atTop: holder == nil)
      } else {
        let element = JSONNode(index, token: token)
        token = walker.skip(token)
        if token >= 0 { takeOther(element, offset: start, of: holder) }
      }
      if token < 0 {
        resumeOffset = start
        return JSONWalker.failed
      }
      let byte = index.byte(token)
      token += 1
      if byte == UInt8(ascii: "]") { return token }
      guard byte == UInt8(ascii: ",") else {
        resumeOffset = place(index, token - 1)
        return walker.fail(token > index.count ? .unexpectedEnd : .unexpectedCharacter, token - 1)
      }
    }
  }

  /// An object is a record or, at the top, what wraps records. Returns the token after it, or `JSONWalker.failed`.
  func scanObject(_ walker: inout JSONWalker, _ object: Int, atTop: Bool) -> Int {
    let index = walker.index
    members.removeAll()
    members.documentToken = object
    walker.metBackslash = false
    var memberCount = 0
    var token = object + 1
    if index.byte(token) == UInt8(ascii: "}") {
      token += 1
    } else {
      var previous = RecordKeyPredictor.start
      while true {
        let key: RecordKey?
        if let guessed = predictor.key(index, token, after: previous) {
          key = guessed
        } else {
          guard walker.checkKey(token) else { return JSONWalker.failed }
          key = table.key(index.rawString(token))
          if let key { predictor.learn(key, after: previous) }
        }
        let value = token + 2
        memberCount += 1
        if let key {
          if atTop, key.mayHoldRecords, let list = list(under: key, at: value, in: &walker) {
            return scanWrapper(&walker, list, of: key)
          }
          previous = Int(key.rawValue)
          members.set(key, value)
        }
        if index.byte(value) == UInt8(ascii: "\"") {
          guard walker.checkString(value) else { return JSONWalker.failed }
          if key == .eventID { prepareIdentity(index, value) }
          token = value + 1
        } else if key == .userIdentity {
          token = walkPrincipal(&walker, value)
        } else {
          token = walker.skip(value)
        }
        if key == .requestParameters { members.requestEnd = token }
        if token < 0 { return token }
        let byte = index.byte(token)
        token += 1
        if byte == UInt8(ascii: "}") { break }
        guard byte == UInt8(ascii: ",") else {
          return walker.fail(token > index.count ? .unexpectedEnd : .unexpectedCharacter, token - 1)
        }
      }
    }
    isEscaped = walker.metBackslash
    members.memberCount = memberCount
    take(index, object, endToken: token)
    return token
  }

  /// Walks over a record's principal, which a record before may have had too. Returns the token after it, or
  /// `JSONWalker.failed`.
  private func walkPrincipal(_ walker: inout JSONWalker, _ value: Int) -> Int {
    let index = walker.index
    guard index.byte(value) == UInt8(ascii: "{") else { return walker.skip(value) }
    let start = index.bytes + index.offset(value)
    let available = index.offset(index.count) - index.offset(value)
    let place = principals.place(start, available: available)
    if let known = principals.known(place, start, available: available) {
      members.principal = RecordMembers.Principal(
        end: value + known.tokens, type: known.type == 0 ? nil : value + known.type, number: known.number)
      return value + known.tokens
    }
    let wasEscaped = walker.metBackslash
    walker.metBackslash = false
    let end = walker.skip(value)
    guard end >= 0 else { return end }
    var principal = RecordMembers.Principal(index, value, end: end)
    if !walker.metBackslash {
      walker.metBackslash = wasEscaped
      principal.number = principals.learn(
        place, start, length: index.offset(end - 1) + 1 - index.offset(value), tokens: end - value,
        type: principal.type.map { $0 - value } ?? 0)
    }
    members.principal = principal
    return end
  }

  /// The list of records that a key holds, or nil when it holds none.
  ///
  /// Other objects than wrappers may have keys of some of these names: not what shows itself to be a record.
  private func list(under key: RecordKey, at value: Int, in walker: inout JSONWalker) -> Int? {
    let index = walker.index
    guard key == .records || key == .events || !members.areOfRecord else { return nil }
    if key != .hits { return index.byte(value) == UInt8(ascii: "[") ? value : nil }
    // An answer of `_search`: `{"hits":{"total":…,"hits":[…]}}`.
    guard index.byte(value) == UInt8(ascii: "{") else { return nil }
    var token = value + 1
    while walker.checkKey(token) {
      let inner = token + 2
      if table.key(index.rawString(token)) == .hits { return index.byte(inner) == UInt8(ascii: "[") ? inner : nil }
      token = walker.skip(inner)
      guard token >= 0, index.byte(token) == UInt8(ascii: ",") else { return nil }
      token += 1
    }
    return nil
  }

  /// A list of records has been found in an object that wraps them: takes them, and walks over what else is in the object.
  /// Returns the token after it, or `JSONWalker.failed`.
  private func scanWrapper(_ walker: inout JSONWalker, _ records: Int, of holder: RecordKey) -> Int {
    let index = walker.index
    // The hits of Elasticsearch stand an object deeper.
    var depth = holder == .hits ? 2 : 1
    var token = scanElements(&walker, records, of: holder)
    while token >= 0 {
      // The records before this place have been taken.
      resumeOffset = place(index, token)
      let byte = index.byte(token)
      token += 1
      if byte == UInt8(ascii: "}") {
        depth -= 1
        if depth == 0 { return token }
        continue
      }
      guard byte == UInt8(ascii: ",") else {
        noteBrokenWrapper(place(index, token - 1))
        return walker.fail(token > index.count ? .unexpectedEnd : .unexpectedCharacter, token - 1)
      }
      guard walker.checkKey(token) else { return JSONWalker.failed }
      let key = table.key(index.rawString(token))
      let value = token + 2
      let isRecords = (key == .records || key == .events) && index.byte(value) == UInt8(ascii: "[")
      token = isRecords ? scanElements(&walker, value, of: key) : walker.skip(value)
    }
    return token
  }
}
