import Outputs
import SegmentStore

extension SegmentStore.Repairs {
  /// What was done, a sentence for each segment.
  public var sentences: [String] {
    setAside.map { "\($0) is damaged and was set aside; ingest the files again that its events came from" }
      + takenBack.map { "\($0) is whole again and was taken back" }
      + replaced.map { "\($0) had been set aside; all of its events are stored again" }
      + forgotten.map { "\($0) had been set aside; it is no longer missed, and its events are lost" }
      + takenUpSentences
      + waiting.map { "a segment that the catalog does not know waits until it can be read: \($0)" }
      + corrected.map { "\($0); it says now what the segments say" }
      + (hasNewMark
        ? [
          "the file “newest”, which says how far segments are numbered, was gone or could not be read, and was written anew"
        ]
        : [])
  }
  private var takenUpSentences: [String] {
    guard !takenUp.isEmpty else { return [] }
    let segments = CountText.count(takenUp.count, "segment")
    let told =
      eventsTakenUp == 0
      ? "all events of \(segments) that it did not know are stored already"
      : "\(CountText.count(eventsTakenUp, "event")) of \(segments) that it did not know \(eventsTakenUp == 1 ? "was" : "were") taken up again"
    return ["the catalog did not know all segments, as one that was put back from an earlier time: \(told)"]
  }
}
