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
      case UInt8(ascii: "["):
        token = scanElements(&walker, token)
      case UInt8(ascii: ",") where region.isFramed:
        token += 1
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

  /// The elements of an array are records. Returns the token after it, or `JSONWalker.failed`.
  private func scanElements(_ walker: inout JSONWalker, _ array: Int) -> Int {
    let index = walker.index
    resumeOffset = nil
    var token = array + 1
    if index.byte(token) == UInt8(ascii: "]") { return token + 1 }
    while true {
      let start = place(index, token)
      if index.byte(token) == UInt8(ascii: "{") {
        token = scanObject(&walker, token, atTop: false)
      } else {
        token = walker.skip(token)
        if token >= 0 { noteNotAnObject(start) }
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
  private func scanObject(_ walker: inout JSONWalker, _ object: Int, atTop: Bool) -> Int {
    let index = walker.index
    members.removeAll()
    walker.metBackslash = false
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
        if let key {
          if atTop, key == .records || key == .events, index.byte(value) == UInt8(ascii: "[") {
            return scanWrapper(&walker, value)
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

  /// An array of records has been found in an object that wraps them: takes them, and walks over what else is in the object.
  /// Returns the token after it, or `JSONWalker.failed`.
  private func scanWrapper(_ walker: inout JSONWalker, _ records: Int) -> Int {
    let index = walker.index
    var token = scanElements(&walker, records)
    while token >= 0 {
      // The records before this place have been taken.
      resumeOffset = place(index, token)
      let byte = index.byte(token)
      token += 1
      if byte == UInt8(ascii: "}") { return token }
      guard byte == UInt8(ascii: ",") else {
        noteBrokenWrapper(place(index, token - 1))
        return walker.fail(token > index.count ? .unexpectedEnd : .unexpectedCharacter, token - 1)
      }
      guard walker.checkKey(token) else { return JSONWalker.failed }
      let key = table.key(index.rawString(token))
      let value = token + 2
      let isRecords = (key == .records || key == .events) && index.byte(value) == UInt8(ascii: "[")
      token = isRecords ? scanElements(&walker, value) : walker.skip(value)
    }
    return token
  }
}
