import AWS
import Events
import Intake
import Synchronization
import Transfers

/// Looks through a bucket again and again, and reads the objects that were not read yet as they are.
///
/// Nothing is made of the order of names or of the time: every look lists everything, and the store knows what it has. The newest objects are
/// read first, so that what happens now is known first however much there is.
public struct BucketRoad: IngestionRoad {
  public let settings: BucketSettings
  private let surroundings: AWSSurroundings

  public var name: String { settings.name }

  public init(_ settings: BucketSettings, _ surroundings: AWSSurroundings) {
    self.settings = settings
    self.surroundings = surroundings
  }

  public func run(into sink: any IngestionSink, reporting report: any RoadReporter) async throws {
    let s3 = try await AWSAccess(settings.access, surroundings).s3()
    var bounds = S3Client.Bounds(folder: settings.scratch)
    bounds.memory = min(bounds.memory, settings.memory)
    bounds.object = settings.longestObject
    let taker = ObjectTaker(
      s3: s3, sink: sink, report: report, road: .s3, budget: MemoryBudget(settings.memory), bounds: bounds,
      sleep: surroundings.sleep)
    let look = BucketLook(settings, s3, taker, sink, report)
    while !Task.isCancelled {
      let began = ContinuousClock.now
      let isDone = await look.once()
      // A list that takes long is not made all the time.
      let pause = isDone ? max(settings.interval, (ContinuousClock.now - began) / 4) : .zero
      do { try await surroundings.sleep(pause) } catch { return }
    }
  }
}
