import CloudTrail
import JSON

/// Prints the events of all records as NDJSON, in the order of the input. One worker's own.
public final class EventPrinter: RecordConsumer {
  private let writer: EventJSON
  private let selection: FieldSelection?
  private let output: OrderedOutput
  private var lines: [UInt8] = []
  private var event: [UInt8] = []
  private let indexer = StructuralIndexer()

  public init(_ context: EventContext, selection: FieldSelection?, output: OrderedOutput) {
    writer = EventJSON(context)
    self.selection = selection
    self.output = output
  }

  public func consume(_ batch: RecordBatch) {
    for row in batch.rows {
      guard let selection else {
        writer.append(row, to: &lines)
        lines.append(UInt8(ascii: "\n"))
        continue
      }
      event.removeAll(keepingCapacity: true)
      writer.append(row, to: &event)
      selection.append(event, indexer, to: &lines)
      lines.append(UInt8(ascii: "\n"))
    }
  }

  public func endUnit(_ sequence: Int) async throws {
    try await output.write(lines, sequence: sequence)
    lines.removeAll(keepingCapacity: true)
  }

  public func finish() {}
}
