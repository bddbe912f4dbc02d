import CloudTrail
import Detection
import Events
import Ingestion
import Inputs
import Store

/// The indicators among stored events.
public enum StoredIndicators {
  public struct Outcome: Sendable {
    public var found: [FoundIndicators] = []
    public var problems = ProblemLog()
    /// Parts that could not be read.
    public var missing: [MissingPart] = []
  }

  /// Reads the indicators of rules out of the data streams that they look into; nothing is read where there are none.
  ///
  /// - Parameter workers: all cores unless set.
  public static func read(
    _ snapshot: PartedSnapshot<some EventPart>, _ plan: IndicatorPlan, now: Timestamp, dataStream: String,
    workers: Int? = nil
  ) async throws -> Outcome {
    guard !plan.isEmpty, !parts(of: snapshot, plan).isEmpty else { return Outcome() }
    var reader = StoreReader(snapshot, now: now)
    if let workers { reader.workers = workers }
    reader.dataStreams = { plan.reads($0) }
    let (summary, found) = try await reader.read(registry: EventRegistry(dataStream: dataStream, remembers: false)) {
      IndicatorCollector(plan)
    }
    return Outcome(
      found: found, problems: summary.reading.problems,
      missing: summary.missing.filter { $0.dataStream.isEmpty || plan.reads($0.dataStream) })
  }

  /// What tells whether the indicators are still the same: the parts that they stand in, with what of these counts no longer.
  public static func parts(of snapshot: PartedSnapshot<some EventPart>, _ plan: IndicatorPlan) -> [String] {
    snapshot.parts.filter { plan.reads($0.dataStream) }.map { "\($0.number) \($0.hidden.count)" }
  }
}
