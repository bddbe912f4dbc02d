import CloudTrail
import JSON
import TestSupport
import Testing

/// Broken input: what is good is kept, what is bad is told with its number and place, and nothing crashes.
struct BrokenRecordTests {
  private let good = (0..<8).map { SampleRecord.text($0) }

  /// The offset at which a part stands.
  private func place(_ part: String, in text: String) -> Int {
    text.range(of: part).map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) } ?? -1
  }

  private func files(_ records: [String]) -> [String] {
    [
      "{\"Records\":[" + records.joined(separator: ",") + "]}", "[" + records.joined(separator: ",\n") + "]",
      records.joined(separator: "\n") + "\n",
      "{\"x\":1,\"Records\":[" + records.joined(separator: " , ") + "],\"y\":2}",
    ]
  }

  @Test("A malformed record in the middle is named; those around it are kept, each once")
  func middle() {
    let bad = SampleRecord.text(50, extra: ",\"readOnly\":tru")
    for text in files([good[0], good[1], bad, good[2], good[3]]) {
      let scanned = Scanned(text)
      #expect(scanned.texts == Array(good[0...3]), "\(text)")
      #expect(scanned.told == ["brokenJSON record 3 byte \(place("tru}", in: text)) × 1"], "\(text)")
      #expect(scanned.count == 5)
    }
  }

  @Test("A record without its comma, colon or bracket is named and the others are kept")
  func punctuation() {
    let whole = SampleRecord.text(50)
    for bad in [
      whole.replacing("\"eventName\":", with: "\"eventName\""),
      whole.replacing("\"eventName\":", with: "\"eventName\","),
      whole.replacing("\"eventName\":", with: "\"eventName\"}"),
      whole.replacing("\"eventName\":", with: "eventName:"), whole.replacing("\"eventName\":", with: "\"eventName:"),
      whole.replacing(",\"awsRegion\"", with: "\"awsRegion\""),
      whole.replacing("[{", with: "{"), whole.replacing("}]}", with: "]}"),
      whole.replacing("\"tags\":[", with: "\"tags\":[[["),
      whole.replacing("us-east-1\"", with: "us-east-1"), whole.replacing("\"us-east-1", with: "us-east-1"),
      whole.replacing("us-east-1", with: "us\neast"), whole.replacing("us-east-1", with: "\\q"),
    ] {
      for text in files([good[0], bad, good[1], good[2]]) {
        let scanned = Scanned(text)
        #expect(scanned.texts == Array(good[0...2]), "\(text)")
        // A wrapper whose records do not come first is itself taken for a broken record, where no index can be made.
        let expected = text.hasPrefix("{\"x\"") ? [1, 2] : [2]
        #expect(expected.contains(scanned.problems.first?.record ?? 0), "\(text)")
      }
    }
  }

  @Test("A quote that is missing does not swallow the records behind it")
  func missingQuote() {
    let bad = SampleRecord.text(50).replacing("\"us-east-1\"", with: "\"us-east-1")
    for text in files([bad] + good) { #expect(Scanned(text).texts == good, "\(text)") }
    for text in files(good + [bad]) { #expect(Scanned(text).texts == good, "\(text)") }
  }

  @Test("A file cut off anywhere keeps every record that is whole, and says that one is not")
  func torn() {
    let records = Array(good[0..<4])
    for text in files(records) {
      let bytes = Array(text.utf8)
      let ends = records.map { place($0, in: text) + $0.utf8.count }
      for cut in stride(from: 1, to: bytes.count, by: 3) {
        let scanned = Scanned(Array(bytes[..<cut]))
        #expect(scanned.texts == zip(records, ends).filter { $0.1 <= cut }.map(\.0), "cut at \(cut)")
      }
    }
    let text = files(records)[0]
    let start = place(records[3], in: text)
    let scanned = Scanned(Array(text.utf8.prefix(start + 40)))
    #expect(scanned.told == ["brokenJSON record 4 byte \(start) × 1"])
    // The records are whole, what wraps them is not.
    let unclosed = Scanned(String(text.dropLast()))
    #expect(unclosed.texts == records)
    #expect(unclosed.problems.map(\.cause) == [.brokenJSON])
    #expect(unclosed.count == 4)
  }

  @Test("Garbage between records is passed over")
  func garbage() {
    for junk in ["garbage", "<html>\n</html>", "]]]", "}}", "\u{0}\u{1}", "{{{", "{\"x\"", "1 2 3", "\"str\"", "[[["] {
      let text = good[0] + "\n" + junk + "\n" + good[1] + "\n" + good[2]
      let scanned = Scanned(text)
      #expect(scanned.texts == Array(good[0...2]), "\(junk)")
    }
  }

  @Test("What is no object is told by its number and place")
  func notObjects() {
    let text = "{\"Records\":[\(good[0]),5,\(good[1]),[1],\"x\"]}"
    let scanned = Scanned(text)
    #expect(scanned.texts == [good[0], good[1]])
    #expect(scanned.told == ["notAnObject record 2 byte \(place(",5,", in: text) + 1) × 3"])
    #expect(scanned.count == 5)
    #expect(Scanned("5").told == ["notAnObject record 1 byte 0 × 1"])
    #expect(Scanned("{\"CloudTrailEvent\":\"5\"}").told == ["notAnObject record 1 byte 0 × 1"])
    #expect(Scanned("{\"CloudTrailEvent\":\"{\"}").problems.map(\.cause) == [.brokenJSON])
    #expect(Scanned("{\"CloudTrailEvent\":\"{} {}\"}").problems.map(\.cause) == [.brokenJSON])
    #expect(Scanned("{\"CloudTrailEvent\":\"\"}").problems.map(\.cause) == [.brokenJSON])
  }

  @Test(
    "A record without a readable time is told",
    arguments: [
      "{}", "{\"eventName\":\"x\"}", "{\"eventTime\":null}", "{\"eventTime\":\"yesterday\"}",
      "{\"eventTime\":\"2024-02-30T00:00:00Z\"}",
      "{\"eventTime\":{}}", "{\"@timestamp\":true}", "{\"_source\":{}}", "{\"detail\":{}}",
      "{\"eventTime\":99999999999999999999}",
      "{\"_source\":{\"@timestamp\":\"x\"}}", "{\"detail\":{\"eventTime\":\"x\"}}",
    ])
  func noTime(record: String) {
    let scanned = Scanned("\(good[0])\n\(record)\n\(good[1])")
    #expect(scanned.texts == [good[0], good[1]])
    #expect(scanned.told == ["noTime record 2 byte \(good[0].utf8.count + 1) × 1"])
  }

  @Test("A record nested too deep, or with a string too long, is told as that")
  func limits() {
    let deep = SampleRecord.text(
      50, extra: ",\"x\":" + String(repeating: "[", count: 100) + String(repeating: "]", count: 100))
    let long = SampleRecord.text(
      51, extra: ",\"x\":\"" + String(repeating: "y", count: JSONLimits.stringBytes + 1) + "\"")
    let huge = SampleRecord.text(
      52, extra: ",\"x\":[" + String(repeating: "\"\(String(repeating: "z", count: 1000))\",", count: 5000) + "1]")
    for text in files([good[0], deep, good[1]]) {
      let scanned = Scanned(text)
      #expect(scanned.texts == [good[0], good[1]])
      #expect(scanned.problems.map(\.cause) == [.tooDeep])
    }
    for text in files([good[0], long, good[1]]) {
      let scanned = Scanned(text)
      #expect(scanned.texts == [good[0], good[1]])
      #expect(scanned.problems.map(\.cause) == [.tooLong])
    }
    // In a file that is whole, as in one whose records are taken one by one.
    let whole = Scanned(files([good[0], huge, good[1]])[0])
    #expect(whole.rows.count == 2 && whole.problems.map(\.cause) == [.tooLong])
    let scanned = Scanned(files([good[0], huge, good[1]])[0] + "{")
    #expect(scanned.rows.count >= 2)
  }

  @Test("Bytes that are not UTF-8 spoil their record alone")
  func notUTF8() {
    let text = Array((good[0] + "\n" + good[1] + "\n" + good[2] + "\n").utf8)
    var bytes = text
    bytes[good[0].utf8.count + 60] = 0xFF
    let scanned = Scanned(bytes)
    #expect(scanned.texts == [good[0], good[2]])
    #expect(scanned.problems.map(\.cause) == [.brokenJSON])
    #expect(scanned.problems.first?.record == 2)
  }

  @Test("Brackets without end are given up in time that grows with their length only")
  func hostile() {
    for junk in ["{", "[", "{\"eventVersion\":", "{\"a\":\"", "{\"Records\":[", "\n{", "\"", "\\", "{\"eventTime\":{"] {
      func text(_ size: Int) -> String { String(repeating: junk, count: size / junk.utf8.count) }
      let texts = [25_000: text(25_000), 400_000: text(400_000)]
      #expect(growth(25_000) { _ = Scanned(texts[$0] ?? "") } < linearGrowth, "\(junk)")
      #expect(Scanned(good[0] + "\n" + text(400_000)).texts == [good[0]], "\(junk)")
    }
  }

  @Test(
    "Bytes written over one record leave all others as they are, each once",
    arguments: [UInt64.random(in: 0...UInt64.max), 21])
  func overwritten(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<1200 {
      let text = files(good).randomElement(using: &random)!
      var bytes = Array(text.utf8)
      let victim = Int.random(in: good.indices, using: &random)
      let start = place(good[victim], in: text)
      let place = start + Int.random(in: 0..<good[victim].utf8.count, using: &random)
      for at in place..<min(place + Int.random(in: 1...4, using: &random), start + good[victim].utf8.count) {
        bytes[at] =
          Bool.random(using: &random)
          ? Array("\"\\{}[],:\n x".utf8).randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
      }
      let scanned = Scanned(bytes)
      let others = good.indices.filter { $0 != victim }.map { good[$0] }
      let kept = scanned.texts.filter { others.contains($0) }
      if kept != others {
        Issue.record("seed \(seed): lost or doubled: \(String(decoding: bytes, as: UTF8.self))")
      }
      if scanned.rows.count > good.count {
        Issue.record("seed \(seed): more records than there were: \(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  @Test("Bytes changed anywhere never crash the scanner", arguments: [UInt64.random(in: 0...UInt64.max), 22])
  func mutated(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let lookup = "{\"Events\":[{\"CloudTrailEvent\":\"{\\\"eventTime\\\":\\\"2024-05-01T10:00:01Z\\\"}\"}]}"
    for _ in 0..<1500 {
      var bytes = Array((files(good + [lookup]).randomElement(using: &random)!).utf8)
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let at = bytes.indices.randomElement(using: &random)!
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[at] = Array("\"\\{}[],:\n ".utf8).randomElement(using: &random)!
        default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...40, using: &random)))
        }
        if bytes.isEmpty { break }
      }
      let scanned = Scanned(bytes)
      #expect(scanned.recordsRead == scanned.count)
      #expect(scanned.rows.count <= scanned.count)
    }
  }
}
