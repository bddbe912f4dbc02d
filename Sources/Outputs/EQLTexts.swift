import CloudTrail
import Events

/// Writes stored events that a search in EQL found as lines of JSON. One worker's own.
public final class EQLTexts: RecordConsumer {
  private let writer: EventJSON
  private var texts: [[UInt8]] = []
  private var textsOfUnit: [Int: [[UInt8]]] = [:]
  private var unprinted = ProblemLog()

  public init(_ context: EventContext) { writer = EventJSON(context) }

  public var problems: ProblemLog { unprinted }
  public var wantsIngestionTimes: Bool { true }

  public func consume(_ batch: RecordBatch) {
    for row in batch.rows.indices {
      var json: [UInt8] = []
      do {
        try writer.append(batch.rows[row], ingested: batch.ingestionTime(of: row), to: &json)
      } catch {
        unprinted.note(batch.problem(with: row, .noRoom, "\(error)"))
        json = Array("null".utf8)
      }
      texts.append(json)
    }
  }

  public func endUnit(_ sequence: Int) async throws {
    textsOfUnit[sequence] = texts
    texts = []
  }

  /// By units, the texts of their rows in order.
  public func finish() -> [Int: [[UInt8]]] { textsOfUnit }
}
