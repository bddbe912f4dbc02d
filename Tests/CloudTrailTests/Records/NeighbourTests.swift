import CloudTrail
import Events
import TestSupport
import Testing

/// Records are read with what the ones before were like in mind: nobody can tell.
struct NeighbourTests {
  @Test(
    "A record among others is read as it is read alone", arguments: [UInt64.random(in: 0...UInt64.max), 31])
  func neighbours(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<60 {
      var texts: [String] = []
      for number in 0..<120 { texts.append(Self.record(number, using: &random)) }
      let scanned = Scanned(
        Array("{\"Records\":[\(texts.joined(separator: ","))]}".utf8), leanFields: LeanField.allCases)
      #expect(scanned.texts.count == texts.count, "seed \(seed)")
      var principals: [UInt32: Substring] = [:]
      for row in scanned.rows {
        let alone = Scanned(Array(row.text.utf8), leanFields: LeanField.allCases).rows
        guard alone.count == 1, alone[0].lean == row.lean, alone[0].identity == row.identity,
          // Of a record out of an envelope it is only known where the request starts.
          alone[0].request.lowerBound == row.request.lowerBound,
          [alone[0].request.upperBound, row.text.utf8.count].contains(row.request.upperBound),
          alone[0].parametersStart == row.parametersStart,
          row.mayBeEscaped == row.text.contains("\\")
        else {
          Issue.record("seed \(seed): \(row) is, alone, \(alone)")
          continue
        }
        if row.principal != 0 {
          let known = principals[row.principal] ?? row.identityText
          if known != row.identityText { Issue.record("seed \(seed): \(known) and \(row.identityText)") }
          principals[row.principal] = row.identityText
        }
      }
      // Principals come again, and are known again: that is what the numbers are for.
      let numbered = scanned.rows.count { $0.principal != 0 }
      if principals.count >= numbered {
        Issue.record("seed \(seed): \(principals.count) numbers in \(numbered) rows")
      }
    }
  }

  @Test("A text that takes another's place in memory is read as itself")
  func samePlace() {
    let long = String(repeating: "x", count: 300)
    func record(_ tail: String) -> String {
      """
      {"userIdentity":{"type":"IAMUser","arn":"\(long)","accountId":"1"\(tail)},"eventTime":"2024-05-01T10:00:00Z",\
      "eventID":"a","eventName":"X"}
      """
    }
    // All of one length, and alike in what principals are told apart by, but not of as many tokens.
    let texts = [record(",\"a\":\"bcdefghi\""), record(",\"a\":[[[[1]]]]   "), record(",\"a\":{},\"b\":1234")]
      .map { Array($0.utf8) }
    let size = texts.map(\.count).max() ?? 0
    let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size + 64)
    defer { storage.deallocate() }
    let registry = EventRegistry()
    let scanner = RecordScanner(leanFields: [.identityType], registry: registry)
    for text in texts + texts.reversed() {
      storage.initialize(repeating: 0)
      _ = storage.update(fromContentsOf: text)
      scanner.beginBatch()
      scanner.scan(UnsafeBufferPointer(rebasing: storage[..<text.count]), of: TextRegion(file: "f"))
      scanner.finishBatch()
      #expect(scanner.problems.problems.isEmpty)
      #expect(scanner.batch.recordsRead == 1)
    }
    #expect(registry.deliveries == 0)
  }

  @Test("A batch of thousands of records has each one's lean fields in its row")
  func manyRows() {
    let texts = (0..<3000).map { "{\"eventTime\":\"2024-05-01T10:00:00Z\",\"eventName\":\"A\($0 * 7919 % 1013)\"}" }
    let scanned = Scanned(Array(texts.joined(separator: "\n").utf8), leanFields: [.errorCode, .action])
    #expect(scanned.rows.count == 3000)
    for (at, row) in scanned.rows.enumerated() {
      if row.lean != [.action: "string A\(at * 7919 % 1013)"] { Issue.record("\(at): \(row.lean)") }
    }
  }

  @Test("A row takes a cache line")
  func size() { #expect(MemoryLayout<RecordRow>.stride == 64) }

  /// A record whose members come in an order of their own, with names that look like others, and with a principal that
  /// others have too, or one that differs from it late.
  private static func record(_ number: Int, using random: inout SeededRandom) -> String {
    let long = String(repeating: "x", count: 40)
    var principals = (0..<4).map { at in
      """
      {"type":"AssumedRole","principalId":"AROA\(long):s","arn":"arn:aws:sts::1:assumed-role/\(long)","accountId":"1",\
      "sessionContext":{"sessionIssuer":{"type":"Role","userName":"\(long)\(long)"},"attributes":{"n":"\(at)"}}}
      """
    }
    principals += [
      "{}", "null", "\"root\"", "{\"type\":\"A\",\"type\":\"B\"}", "{\"type\":\"A\",\"type\":null}",
      "{\"a\":{\"type\":\"x\"},\"type\":\"Root\"}",
      "{\"type\":\"IAM\\u0055ser\",\"b\":[1,{}]}",
      "{\"type\":7}", "[{\"type\":\"y\"}]", "{\"type\":\"AWSService\",\"invokedBy\":\"s\"}", "{ \"type\" : \"Root\" }",
    ]
    var members = [
      "\"userIdentity\":\(principals.randomElement(using: &random)!)",
      "\"eventName\":\(["\"A\"", "\"\"", "\"Get\\u0041\"", "true", "12", "null", "{\"a\":\"b\"}"].randomElement(using: &random)!)",
      "\"requestParameters\":\(["null", "{\"k\":\"v\"}", "\"text\"", "[1,2]"].randomElement(using: &random)!)",
      "\"userAgent\":\"\(String(repeating: "agent/", count: Int.random(in: 0...9, using: &random)))\(number % 3)\"",
      "\"eventSource\":\"s\(number % 5).amazonaws.com\"", "\"eventType\":\"AwsApiCall\"",
      "\"eventCategory\":\"Management\"",
      "\"errorCode\":\"AccessDenied\"", "\"apiVersion\":\"\(number % 2)\"",
      "\"\(["recipientAccountId", "recipienXXccountId"].randomElement(using: &random)!)\":\"123456789012\"",
      "\"eventNamf\":\"not the name\"", "\"eventNam\" :\"nor this\"",
      "\"eventname\":\"nor this\"", "\"awsRegion\":\"eu-west-1\"",
      "\"event\\u004eame\":\"escaped\"",
      "\"sourceIPAddress\":\"\(["1.2.3.4", "a.amazonaws.com"].randomElement(using: &random)!)\"",
      "\"sessionCredentialFromConsole\":\"true\"", "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\"}",
      "\"responseElements\":null",
    ]
    if Bool.random(using: &random) { members.shuffle(using: &random) }
    members.removeAll { _ in Int.random(in: 0..<5, using: &random) == 0 }
    members.insert(
      "\"eventTime\":\"2024-05-01T10:00:00Z\"", at: Int.random(in: 0...members.count, using: &random))
    // A name may stand there twice.
    if Int.random(in: 0..<6, using: &random) == 0 {
      members.append("\"userIdentity\":\(principals.randomElement(using: &random)!)")
    }
    let record = "{\(members.joined(separator: ","))}"
    return Int.random(in: 0..<9, using: &random) == 0 ? "{\"detail\":\(record),\"source\":\"aws.s3\"}" : record
  }
}
