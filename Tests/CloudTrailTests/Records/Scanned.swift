import CloudTrail
import Events
import JSON

/// What a scanner makes of a text, copied out of its buffers.
struct Scanned {
  struct Row: Equatable {
    var kind: RecordKind
    var milliseconds: Int64
    var text: String
    var identity: Range<Int>
    var request: Range<Int>
    var parametersStart: Int
    /// The value of each lean field that was asked for and that the row has.
    var lean: [LeanField: String] = [:]
    /// Same numbers promise the same text of the principal.
    var principal: UInt32 = 0
    var mayBeEscaped = true

    var identityText: Substring { Substring(decoding: Array(text.utf8)[identity], as: UTF8.self) }
  }

  var rows: [Row] = []
  var problems: [RecordProblem] = []
  var recordsRead = 0
  var duplicates = 0
  /// What `scan` returned for the last text.
  var count = 0

  init(
    _ bytes: [UInt8], region: TextRegion = TextRegion(file: "f"), registry: EventRegistry = EventRegistry(),
    leanFields: [LeanField] = []
  ) {
    let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 64)
    defer { storage.deallocate() }
    storage.initialize(repeating: 0)
    _ = storage.update(fromContentsOf: bytes)
    let scanner = RecordScanner(leanFields: leanFields, registry: registry)
    scanner.beginBatch()
    count = scanner.scan(UnsafeBufferPointer(rebasing: storage[..<bytes.count]), of: region)
    scanner.finishBatch()
    rows = scanner.batch.rows.map {
      Row(
        kind: $0.kind, milliseconds: $0.time.milliseconds, text: String(decoding: $0.text, as: UTF8.self),
        identity: $0.identity, request: $0.request, parametersStart: $0.parametersStart, principal: $0.principal,
        mayBeEscaped: $0.mayBeEscaped)
    }
    for (field, column) in zip(scanner.batch.leanFields, scanner.batch.lean) {
      for row in rows.indices {
        for code in column.codes(row: row) {
          rows[row].lean[field] = "\(column.dictionary.kind(code)) \(column.dictionary.text(code))"
        }
      }
    }
    problems = scanner.problems.problems
    recordsRead = scanner.batch.recordsRead
    duplicates = scanner.batch.duplicates
  }

  init(_ text: String, region: TextRegion = TextRegion(file: "f"), registry: EventRegistry = EventRegistry()) {
    self.init(Array(text.utf8), region: region, registry: registry)
  }

  var texts: [String] { rows.map(\.text) }

  /// Cause, record and byte of each problem, and how often.
  var told: [String] {
    problems.map { "\($0.cause) record \($0.record ?? 0) byte \($0.offset ?? -1) × \($0.count)" }
  }
}

/// CloudTrail records by number, each with its own second.
enum SampleRecord {
  static func text(_ number: Int, id: String? = nil, extra: String = "") -> String {
    let id = id.map { ",\"eventID\":\"\($0)\"" } ?? ""
    return """
      {"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"user-\(number)"},\
      "eventTime":"2024-05-01T10:00:\(number % 60 < 10 ? "0" : "")\(number % 60)Z","eventSource":"iam.amazonaws.com",\
      "eventName":"PutRolePolicy","awsRegion":"us-east-1","requestParameters":{"roleName":"r\(number)",\
      "policyDocument":"{\\"Statement\\":[{\\"Effect\\":\\"Allow\\"}]}","tags":[{"key":"é","value":"{"}]}\(extra)\(id)}
      """
  }

  static func time(_ number: Int) -> Int64 { 1_714_557_600_000 + Int64(number) * 1000 }
}
