import Events

/// Where roads into the store hand over what they bring: one for the whole process, since one process writes to a folder.
///
/// What a road does with its own queue or cursor comes after `take` has returned: delete the message, move the cursor,
/// answer the request. Then what was acknowledged is stored, and what was not comes again and is stored once.
///
/// ```swift
/// let receipt = try await sink.take(.bytes(body), from: IngestionSource(road: .sqs, name: "s3://trail/AWSLogs/…"))
/// try await queue.delete(message)
/// ```
public protocol IngestionSink: Sendable {
  /// Stores all events in some content, and returns when they are durable.
  ///
  /// Content is read as files are: CloudTrail in every form or events in ECS, compressed or in archives. What cannot be read is
  /// in the receipt and no error; all that is good around it is stored. Several calls at once are stored together.
  ///
  /// Throws `IngestionRefusal`, after which some of the events may be stored: taken again they count as duplicates.
  /// When the task is cancelled, what has been handed over is stored all the same.
  func take(_ content: IngestionContent, from source: IngestionSource) async throws -> IngestionReceipt

  /// Whether an object was taken to its end, as it is now. Throws `IngestionRefusal`.
  func knows(_ object: SourceObject) async throws -> Bool
}

/// What a road hands over at once.
public enum IngestionContent: Sendable {
  /// The bytes of an object or a body, as they came.
  case bytes([UInt8])
  /// A file on this machine, for what is too long to be held; whoever made it deletes it.
  case file(String)
}
