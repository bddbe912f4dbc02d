import Outputs
import SegmentStore

extension SegmentStore.Repairs {
  /// What was done, a sentence for each segment.
  public var sentences: [String] {
    setAside.map { "\($0) is damaged and was set aside; ingest the files again that its events came from" }
      + takenBack.map { "\($0) is whole again and was taken back" }
      + replaced.map { "\($0) had been set aside; all of its events are stored again" }
      + forgotten.map { "\($0) had been set aside; it is no longer missed, and its events are lost" }
      + (takenUp.isEmpty
        ? []
        : [
          "\(hasNewMark ? "the catalog had not all segments" : "the catalog was put back from an earlier time"): \(CountText.count(eventsTakenUp, "event")) of "
            + "\(CountText.count(takenUp.count, "segment")) that it did not know "
            + (eventsTakenUp == 1 ? "was" : "were") + " taken up again"
        ])
      + (hasNewMark
        ? ["the file “newest”, which says what was committed last, was gone or could not be read, and was written anew"]
        : [])
  }
}
