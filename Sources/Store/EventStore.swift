import Events

/// Keeps events, and answers questions about them: the one door through which rule types, searches, context and explanations
/// read events, whatever keeps them.
///
/// What a store promises, each held over every store by a test of that name:
/// 1. **All or nothing.** The batches of an append, and what they replace, become visible together or not at all. Of an append
///    of one batch to `logs-a` and one to `logs-b` that fails at the second, neither is there.
/// 2. **Once under its object.** An append says which object its events come from, by name, size and time. A second append from
///    the same object stores nothing and says so; one from an object of that name that has changed is another. A file that is read
///    again after a restart adds no event.
/// 3. **Once by identity.** An event whose identity is there is a duplicate. Of two texts under one identity the one with the
///    lower content counts, in whichever order they come; or, where an append says so (`Precedence.first`), what is there stays, and of
///    the append the first counts. An update replaces what it updates in either case. A
///    record that lies in the files of two trails is one event.
/// 4. **A snapshot stays.** It shows the events of the moment at which it was taken for as long as it is held, whatever is
///    appended, merged or deleted meanwhile. A search that began before old events were deleted still counts them.
/// 5. **What is missing is told.** An answer to which a part of the store would have contributed that cannot be read names that
///    part, its events and their span, and is right about all others. With the segment of 3 May broken, a search over May gives the
///    other days and says which 400 events of the 3rd it lacks; one over June says nothing of it.
/// 6. **A scan gives what it is asked for.** Exactly the events of the selection, each once, with the fields that are wanted, in the
///    order that is wanted, and no more than the limit. Equal events come by time, then by identity, so that the answer does not
///    depend on how they were appended. The 10 newest failed logins are the same 10 wherever they lie.
/// 7. **Time is `@timestamp` or another field.** With `TimeField("event.ingested")` an event lies where that field says, and one
///    that lacks it lies where `@timestamp` says, or nowhere if that is not wanted. Both ends of a span belong to it: 10:00 to 10:05 has an event of 10:05:00.000.
/// 8. **Groups are counted exactly.** Of each combination of values: how many events, each once however often it has the values,
///    how many distinct values of other fields, and the first and the last event. What found no room is counted, never dropped.
///    Of 3 failed logins of one user from 2 addresses, the group of the user has 3 events and 2 addresses.
/// 9. **A histogram counts every event with a time once**, in spans that start at multiples of their width since 1970. With
///    a width of an hour, an event of 10:59 and one of 11:00 are in two spans.
/// 10. **A reference holds.** It finds its event in every later snapshot that has it, wherever it was moved to, and is told as not
///    found otherwise. Events are found by their ids, too. What an alert refers to is found after its segment was merged.
/// 11. **Deleted by time.** After `delete(before: t)` no event before *t* of those data streams is in a new snapshot, and every
///    other event is, those without a time too. Deleting before 1 May keeps an event of 1 May 00:00:00.000.
/// 12. **As it came.** The source text of an event is given back byte for byte, its blanks and escapes as they were.
///
/// ```swift
/// try await store.append([batch], from: SourceObject(token: "bulk-17"), at: now)
/// let snapshot = try await store.snapshot()
/// let groups = try await snapshot.groups(
///   GroupRequest(EventSelection(KQL.parse("event.outcome: failure"), now: now), by: ["user.name"]))
/// ```
///
/// A store works on batches: there is no operation on a single event, so that one that lies across a network is asked once for
/// thousands.
public protocol EventStore: Sendable {
  associatedtype Snapshot: EventSnapshot

  /// Stores events, all or none of them.
  ///
  /// - Parameters:
  ///   - batches: each of one data stream.
  ///   - object: what the events come from, or the token of a request (`SourceObject(token:)`); nil where they may come again.
  ///   - precedence: which of several texts under one identity counts.
  ///   - now: when the events arrive.
  /// - Throws: why nothing was stored.
  func append(
    _ batches: sending [SourcedBatch], from object: SourceObject?, _ precedence: Precedence, at now: Timestamp
  ) async throws -> AppendOutcome

  /// The events as of now.
  func snapshot() async throws -> Snapshot

  /// Deletes the events before a time. Snapshots that are held keep them.
  ///
  /// - Parameter index: the data streams that are meant; all where it is nil.
  /// - Returns: how many events were deleted.
  /// - Throws: why nothing was deleted.
  @discardableResult
  func delete(before time: Timestamp, of index: IndexPattern?, at now: Timestamp) async throws -> Int
}

extension EventStore {
  /// Stores events of which the order means nothing: of several texts the one with the lowest content counts.
  public func append(
    _ batches: sending [SourcedBatch], from object: SourceObject?, at now: Timestamp
  ) async throws -> AppendOutcome {
    try await append(batches, from: object, .lowest, at: now)
  }
}

/// The events of a store as of one moment.
///
/// Nothing that happens to the store changes what it answers. It may be asked by several tasks at once. Throws what keeps an
/// answer from being given at all, such as a request that is beyond a bound (`StoreRequestError`), what a caller's own code throws, and
/// `CancellationError`; a part that cannot be read is `missing` in the answer.
public protocol EventSnapshot: Sendable {
  /// All parts that could not be read when the snapshot was taken.
  var missingParts: [MissingPart] { get }

  /// Hands the events of a selection to `body`, batch after batch, in their order. `body` is called by one task at a time.
  func scan(_ request: ScanRequest, _ body: (ScanBatch) throws -> ScanStep) async throws -> ReadSummary

  /// Counts the events of a selection by values of fields.
  func groups(_ request: GroupRequest) async throws -> (groups: EventGroups, summary: ReadSummary)

  /// Counts the events of a selection over time.
  func histogram(_ request: HistogramRequest) async throws -> (histogram: TimeHistogram, summary: ReadSummary)

  /// Hands events to `body`, in the order of their references, each once. Those that are not there are given back.
  func fetch(
    _ references: [EventReference], _ projection: Projection, _ body: (ScanBatch) throws -> Void
  ) async throws -> (notFound: [EventReference], missing: [MissingPart])

  /// The events of some ids, in the order of the ids; in several data streams or accounts one id may be that of several.
  func references(of ids: [EventID]) async throws -> (references: [EventReference], missing: [MissingPart])
}
