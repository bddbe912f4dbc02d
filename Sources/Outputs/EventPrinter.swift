import CloudTrail
import Events
import JSON

/// Prints the events of all records as NDJSON, in the order of the input. One worker's own.
public final class EventPrinter: RecordConsumer {
  private let writer: EventJSON
  private let selection: FieldSelection?
  private let unknown: [(field: String, selection: FieldSelection)]
  private var met: Set<String> = []
  private let output: OrderedOutput
  private var lines = OutputSpool()
  private var event: [UInt8] = []
  private let indexer = StructuralIndexer()
  private var clock = EffortClock()

  /// - Parameter unknown: fields that no event is known to have; which have values is noted.
  public init(
    _ context: EventContext, selection: FieldSelection?, unknown: [String] = [], output: OrderedOutput
  ) {
    writer = EventJSON(context)
    self.selection = selection
    self.unknown = unknown.map { ($0, FieldSelection([$0])) }
    self.output = output
  }

  /// Events that could not be written.
  public private(set) var problems = ProblemLog()

  public var wantsIngestionTimes: Bool { true }
  public var wantsTokens: Bool { true }

  public func consume(_ batch: RecordBatch) throws {
    guard !output.isSurveying else { return }
    clock.measure { print(batch) }
    try lines.settle()
  }

  private func print(_ batch: RecordBatch) {
    for at in batch.rows.indices {
      do {
        try print(at, of: batch)
      } catch {
        problems.note(batch.problem(with: at, .noRoom, error.fault.explanation))
      }
    }
  }

  private func print(_ at: Int, of batch: RecordBatch) throws(EventTextError) {
    batch.prefetch(at + 1)
    if let selection {
      event.removeAll(keepingCapacity: true)
      try writer.append(rowAt: at, of: batch, to: &event)
      do {
        for (field, alone) in unknown where !met.contains(field) {
          if try alone.hasValues(event, indexer) { met.insert(field) }
        }
        try selection.append(event, indexer, to: &lines.bytes)
      } catch {
        throw EventTextError(id: batch.rows[at].id, fault: error)
      }
    } else {
      try writer.append(rowAt: at, of: batch, to: &lines.bytes)
    }
    lines.bytes.append(UInt8(ascii: "\n"))
  }

  public func endUnit(_ sequence: Int) async throws {
    try await output.write(lines.take(), sequence: sequence, effort: clock.effort)
    clock.restart()
  }

  /// Those of the unknown fields that had values.
  public func finish() -> Set<String> { met }
}
