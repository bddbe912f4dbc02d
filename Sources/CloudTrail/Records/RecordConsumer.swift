import Events

/// What a worker does with the records that it reads. Made and used by one task.
public protocol RecordConsumer: AnyObject, SendableMetatype {
  associatedtype Result: Sendable

  /// The lean fields that the consumer wants in each batch.
  var leanFields: [LeanField] { get }
  /// Whether batches are to say of each row which event it tells.
  var wantsHeads: Bool { get }
  /// Whether batches are to know where the tokens of records are, for a consumer that maps all of them: one batch then has no
  /// more than one long text.
  var wantsTokens: Bool { get }
  /// Whether batches of stored events are to say when these were taken in.
  var wantsIngestionTimes: Bool { get }
  /// Whether batches are to have the gzip members that their texts came as.
  var wantsMembers: Bool { get }
  /// Takes a batch, which is borrowed for the call.
  func consume(_ batch: RecordBatch) throws
  /// A file that one worker reads from its beginning to its end has been read, and all its records have been consumed.
  func endFile(_ file: SourceObject)
  /// Ends a unit of input; units are numbered from 0 in the order of the input, and each is read by one worker.
  func endUnit(_ sequence: Int) async throws
  /// What had to be left out of records beside what the scanner tells; asked for once, at the end.
  var problems: ProblemLog { get }
  /// Ends the worker's part and gives what came of it.
  func finish() throws -> Result
}

extension RecordConsumer {
  public var leanFields: [LeanField] { [] }
  public var wantsHeads: Bool { false }
  public var wantsTokens: Bool { false }
  public var wantsIngestionTimes: Bool { false }
  public var wantsMembers: Bool { false }
  public func endFile(_ file: SourceObject) {}
  public var problems: ProblemLog { ProblemLog() }
  public func endUnit(_ sequence: Int) async throws {}
}
