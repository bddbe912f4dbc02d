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

  /// Stores pieces of content that came together, such as the records of a delivery, and returns when all are durable, with what became of all of
  /// them.
  ///
  /// Each is read by itself, under the source's name and its own place: what names no event's id is known by these, counts as often as it
  /// comes, and is the same when all of it is sent again. The source's object stands for all of them. Throws `IngestionRefusal`, as the others
  /// do. Without an implementation of its own one is handed over after the other; a sink that can stores many together.
  func take(_ pieces: [[UInt8]], from source: IngestionSource) async throws -> IngestionReceipt

  /// Stores documents, and returns when they are durable, with what became of each, in their order.
  ///
  /// Of two in it that tell the same event one is stored and the other a duplicate. A document that tells several events is stored when one of
  /// them was not there. Throws `IngestionRefusal`, as the other does. Without an implementation of its own every document is handed over by
  /// itself, many at a time; a sink that knows of single events what became of them does better.
  func take(_ documents: IngestionDocuments, from source: IngestionSource) async throws -> [DocumentOutcome]

  /// Takes note of documents that were refused before anything could be handed over, for whoever looks after the store: nobody reads what
  /// shippers are told. Without an implementation of its own nothing is done.
  func note(_ refused: [RefusedDocuments], from source: IngestionSource)

  /// Whether an object was taken to its end, as it is now. Throws `IngestionRefusal`.
  func knows(_ object: SourceObject) async throws -> Bool
}

extension IngestionSink {
  public func note(_ refused: [RefusedDocuments], from source: IngestionSource) {}

  public func take(_ pieces: [[UInt8]], from source: IngestionSource) async throws -> IngestionReceipt {
    if pieces.count > 1, let object = source.object, try await knows(object) {
      return IngestionReceipt(isRepeated: true)
    }
    var all = IngestionReceipt()
    for (place, piece) in pieces.enumerated() {
      var part = source
      part.name = source.name(ofPiece: place)
      // It is taken to its end with the last of them.
      if place < pieces.count - 1 { part.object = nil }
      all.add(try await take(.bytes(piece), from: part))
    }
    return all
  }

  public func take(
    _ documents: IngestionDocuments, from source: IngestionSource
  ) async throws -> [DocumentOutcome] {
    var outcomes = [DocumentOutcome?](repeating: nil, count: documents.count)
    try await withThrowingTaskGroup(of: (Int, DocumentOutcome).self) { group in
      for place in 0..<documents.count {
        if place >= 256, let (done, outcome) = try await group.next() { outcomes[done] = outcome }
        group.addTask {
          (place, DocumentOutcome(try await take(.bytes(Array(documents[place])), from: source)))
        }
      }
      for try await (done, outcome) in group { outcomes[done] = outcome }
    }
    return outcomes.map { $0 ?? .rejected("it was not looked at") }
  }
}

extension DocumentOutcome {
  /// Of a document that was taken by itself.
  public init(_ receipt: IngestionReceipt) {
    if receipt.stored > 0, receipt.rejected > 0 {
      self = .storedInPart(receipt.sentenceOfRejected)
    } else if receipt.stored > 0 {
      self = .stored
    } else if receipt.duplicates > 0 || receipt.isRepeated {
      self = .duplicate
    } else {
      self = .rejected(receipt.problems.first ?? "it tells no event: it is neither CloudTrail nor ECS")
    }
  }
}

/// What a road hands over at once.
public enum IngestionContent: Sendable {
  /// The bytes of an object or a body, as they came.
  case bytes([UInt8])
  /// A file on this machine, for what is too long to be held; whoever made it deletes it.
  case file(String)
}
