import CloudTrail
import Foundation
import JSON

/// Cuts a stream of JSON text at record boundaries without parsing it: counts brackets outside strings, and knows the
/// lists of records that objects hold, `{"Records":[…]}` and the like, by themselves or in a list of pages.
struct RecordFramer {
  /// A run of whole records in the buffer.
  struct Cut {
    /// Where the records lie.
    var records: Range<Int>
    var recordCount: Int
    /// Where the text begins that has not been given out.
    var rest: Int
  }

  private var depth = 0
  /// The depth at which records open: 0 for records one after another, else inside a list.
  private var base = 0
  /// The depth at which what wraps records may open: 0, or 1 inside a list at the top, whose elements may be pages.
  private var outer = 0
  private var inString = false
  private var isEscaped = false
  /// Where the string that is open, or was closed last, started.
  private var stringStart = 0
  /// What was met last, at this depth, is a key that may hold records, or the object around them; else -1.
  private var listDepth = -1
  private var hitsDepth = -1
  /// The object is the one that holds the hits of Elasticsearch.
  private var isInHits = false
  /// The object has a member that records have and what wraps them has not.
  private var showsRecord = false
  /// The list of records has ended, and the object around it has not.
  private(set) var isBehindRecords = false
  private var scanned = 0
  private var contentStart = 0
  private var lastEnd = 0
  private var count = 0

  /// Goes on through the buffer, which holds the rest of the last cut at its start, and returns the records that are
  /// whole; nil when there are none and more text is needed.
  mutating func cut(_ text: UnsafeBufferPointer<UInt8>) -> Cut? {
    while scanned < text.count {
      if inString {
        endString(text)
        continue
      }
      let byte = text[scanned]
      scanned += 1
      switch byte {
      case UInt8(ascii: "\""):
        inString = true
        stringStart = scanned
      case UInt8(ascii: "{"):
        if depth == base {
          lastEnd = scanned - 1
          showsRecord = false
        }
        isInHits = hitsDepth == depth || isInHits && depth > outer + 1
        depth += 1
        forgetKey()
      case UInt8(ascii: "["):
        let isList = base == outer && listDepth == depth
        if isList || depth == 0 {
          // Whatever stood before is no record: hand out what came before that.
          let cut = take(rest: scanned)
          depth += 1
          base = depth
          if !isList { outer = depth }
          isBehindRecords = false
          contentStart = scanned
          lastEnd = scanned
          forgetKey()
          if holdsAnything(cut, text) { return rebase(cut) }
        } else {
          depth += 1
          forgetKey()
        }
      case UInt8(ascii: "}"):
        if depth > 0 { depth -= 1 }
        if depth == outer { isInHits = false }
        if isBehindRecords, depth == outer {
          isBehindRecords = false
          contentStart = scanned
          lastEnd = scanned
        } else if depth == base {
          endElement()
        }
        forgetKey()
      case UInt8(ascii: "]"):
        if base > 0, depth == base {
          depth -= 1
          isBehindRecords = depth > outer
          if !isBehindRecords { outer = 0 }
          base = outer
          lastEnd = scanned - 1
          let cut = take(rest: scanned)
          contentStart = scanned
          lastEnd = scanned
          if holdsAnything(cut, text) { return rebase(cut) }
        } else if depth > 0 {
          depth -= 1
          // A row of a result.
          if depth == base { endElement() }
        }
        forgetKey()
      case UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D: break
      default: forgetKey()
      }
    }
    guard count > 0 else { return nil }
    return rebase(take(rest: lastEnd))
  }

  private mutating func endElement() {
    lastEnd = scanned
    count += 1
  }

  private mutating func forgetKey() {
    listDepth = -1
    hitsDepth = -1
  }

  /// True when a cut holds a record or something that stands where one should.
  private func holdsAnything(_ cut: Cut, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    cut.recordCount > 0
      || text[cut.records].contains { $0 != UInt8(ascii: ",") && $0 != 0x20 && !(0x09...0x0D).contains($0) }
  }

  /// Where the text begins that belongs to no record given out and to nothing that is whole around them.
  var unfinished: Int { lastEnd }

  /// True between the start and the end of a bracket.
  var isOpen: Bool { depth > 0 }

  /// Begins anew after text that made no sense: whatever follows is looked at as records one after another.
  mutating func restart() { self = RecordFramer() }

  private mutating func take(rest: Int) -> Cut {
    defer {
      count = 0
      contentStart = lastEnd
    }
    return Cut(records: min(contentStart, lastEnd)..<lastEnd, recordCount: count, rest: rest)
  }

  /// The rest of the buffer will stand at its start in the next call.
  private mutating func rebase(_ cut: Cut) -> Cut {
    scanned -= cut.rest
    stringStart -= cut.rest
    contentStart = max(0, contentStart - cut.rest)
    lastEnd = max(0, lastEnd - cut.rest)
    return cut
  }

  private mutating func endString(_ text: UnsafeBufferPointer<UInt8>) {
    while scanned < text.count {
      if isEscaped {
        isEscaped = false
        scanned += 1
        continue
      }
      let byte = text[scanned]
      scanned += 1
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        inString = false
        noteKey(text)
        // A record may come as text.
        if depth == base, !isBehindRecords { endElement() }
        return
      }
    }
  }

  /// A string has ended that may be a key of what wraps records. The scanner knows the same ones.
  private mutating func noteKey(_ text: UnsafeBufferPointer<UInt8>) {
    forgetKey()
    let length = scanned - 1 - stringStart
    guard base == outer, depth > outer, depth <= outer + 2, stringStart >= 0, length <= 15 else { return }
    let key = UnsafeBufferPointer(rebasing: text[stringStart..<(scanned - 1)])
    if depth == outer + 2 {
      if isInHits, !isBehindRecords, key.equals("hits") { listDepth = depth }
    } else if key.equals("Records") || key.equals("Events") {
      listDepth = depth
    } else if isBehindRecords || showsRecord {
      return
    } else if key.equals("events") || key.equals("logEvents") || key.equals("QueryResultRows") || key.equals("results")
    {
      listDepth = depth
    } else if key.equals("hits") {
      hitsDepth = depth
    } else if key.equals("eventTime") || key.equals("@timestamp") || key.equals("eventID") || key.equals("_source")
      || key.equals("eventVersion")
    {
      showsRecord = true
    }
  }
}
