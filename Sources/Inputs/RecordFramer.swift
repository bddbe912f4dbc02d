import CloudTrail
import Foundation
import JSON

/// Cuts a stream of JSON text at record boundaries without parsing it: counts brackets outside strings, and knows the
/// array of records that an object holds under `Records` or `Events`.
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
  /// The depth at which records open: 0 for records one after another, else inside an array.
  private var base = 0
  private var inString = false
  private var isEscaped = false
  /// Where the string that is open, or was closed last, started.
  private var stringStart = 0
  /// The last thing at depth 1 was a key that may hold records.
  private var mayHoldRecords = false
  /// The array of records has ended, and the object around it has not.
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
        if depth == base, !isBehindRecords { lastEnd = scanned - 1 }
        depth += 1
        mayHoldRecords = false
      case UInt8(ascii: "["):
        if base == 0, depth == 0 || depth == 1 && mayHoldRecords {
          // Whatever stood before is no record: hand out what came before that.
          let cut = take(rest: scanned)
          depth += 1
          base = depth
          contentStart = scanned
          lastEnd = scanned
          if holdsAnything(cut, text) { return rebase(cut) }
        } else {
          depth += 1
        }
        mayHoldRecords = false
      case UInt8(ascii: "}"):
        if depth > 0 { depth -= 1 }
        if isBehindRecords, depth == 0 {
          isBehindRecords = false
          contentStart = scanned
          lastEnd = scanned
        } else if depth == base {
          lastEnd = scanned
          count += 1
        }
      case UInt8(ascii: "]"):
        if base > 0, depth == base {
          depth -= 1
          isBehindRecords = depth > 0
          base = 0
          lastEnd = scanned - 1
          let cut = take(rest: scanned)
          contentStart = scanned
          lastEnd = scanned
          if holdsAnything(cut, text) { return rebase(cut) }
        } else if depth > 0 {
          depth -= 1
        }
      case UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D: break
      default: mayHoldRecords = false
      }
    }
    guard count > 0 else { return nil }
    return rebase(take(rest: lastEnd))
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
        if depth == 1, base == 0, stringStart >= 0, scanned - 1 - stringStart <= 7 {
          let key = UnsafeBufferPointer(rebasing: text[stringStart..<(scanned - 1)])
          mayHoldRecords = !isBehindRecords && (key.equals("Records") || key.equals("Events"))
        } else {
          mayHoldRecords = false
        }
        return
      }
    }
  }
}
