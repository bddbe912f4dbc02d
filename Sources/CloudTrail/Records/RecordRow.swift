import Events

/// What a record is, which decides how it becomes an event.
public enum RecordKind: UInt8, Sendable {
  /// A CloudTrail record, Insights among them.
  case cloudTrail
  /// A CloudTrail digest file.
  case digest
  /// An event in ECS already.
  case ecs
}

/// One record of a `RecordBatch`: its text, borrowed from the batch, and what is known of it without mapping it.
///
/// Kept to a cache line: a batch has thousands of rows, which are written and read one after another.
public struct RecordRow {
  public var start: UnsafePointer<UInt8>
  /// The event's `@timestamp`; `Timestamp.missing` where an event in ECS has none.
  public var time: Timestamp
  public var id: EventID
  /// Bytes of the record.
  private var textLength: UInt32
  private var identityPart = Part()
  private var requestPart = Part()
  private var parametersOffset: UInt32 = 0
  /// Where it is not 0, rows of a batch with the same number have the same `userIdentity`; others may have it too.
  public var principal: UInt32 = 0
  public var kind: RecordKind
  /// False when no backslash stands in the text, so that its strings are what they say.
  public var mayBeEscaped = true
  /// True for an event in ECS that is an alert: it tells of an event and is nothing that somebody did.
  public var isAlert = false

  /// A part of a record, which is far shorter than 4 GiB.
  private struct Part {
    var start: UInt32 = 0
    var count: UInt32 = 0

    init() {}

    init(_ range: Range<Int>) {
      start = UInt32(range.lowerBound)
      count = UInt32(range.count)
    }

    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
  }

  public init(start: UnsafePointer<UInt8>, length: Int, kind: RecordKind, time: Timestamp, id: EventID) {
    self.start = start
    textLength = UInt32(length)
    self.kind = kind
    self.time = time
    self.id = id
  }

  /// The event's `@timestamp`, where it has one.
  public var ownTime: Timestamp? { time == .missing ? nil : time }

  public var length: Int { Int(textLength) }

  /// Where the value of `userIdentity` lies in the text; empty when it is not known.
  public var identity: Range<Int> {
    get { identityPart.range }
    set { identityPart = Part(newValue) }
  }

  /// Where the value of `requestParameters` lies in the text; empty when there is none.
  public var request: Range<Int> {
    get { requestPart.range }
    set { requestPart = Part(newValue) }
  }

  /// Before this offset of the text there is nothing of the request, the response and what else is kept flattened.
  public var parametersStart: Int {
    get { Int(parametersOffset) }
    set { parametersOffset = UInt32(newValue) }
  }

  /// The text of the value of `userIdentity`; empty when it is not known.
  var identityText: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start + identity.lowerBound, count: identity.count)
  }

  /// The part of the text that holds the request's parameters.
  public var requestText: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start + request.lowerBound, count: request.count)
  }

  /// The part of the text that holds the request, the response and what else is kept flattened.
  public var parametersText: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start + parametersStart, count: length - parametersStart)
  }

  /// The record's JSON text.
  public var text: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: length) }
}
