import CloudTrail
import Events
import Ingestion
import Intake
import Outputs
import SegmentStore
import Segments
import Store

/// Pieces of content that are read one after the other and stored together. One task's own.
final class CommitGroup {
  private let store: SegmentStore
  private let packer: EventPacker
  private let now: Timestamp
  private let ingested: Timestamp
  private let deleted: [String: Timestamp]
  private let precedence: Precedence
  /// Of which piece each record is that the packer holds.
  private var owners: [Int] = []
  var receipts: [IngestionReceipt]
  private var expired: [Int]
  /// Data streams of which something was stored, with the newest time of an event.
  private(set) var streams: [String: Timestamp?] = [:]

  /// - Parameters:
  ///   - deleted: the time before which events of a data stream are not stored.
  ///   - precedence: which of several texts of one event counts.
  init(
    _ store: SegmentStore, _ context: EventContext, _ count: Int, ingested now: Timestamp, deleted: [String: Timestamp],
    _ precedence: Precedence
  ) {
    self.store = store
    self.now = now
    self.deleted = deleted
    self.precedence = precedence
    // In whole seconds, as Elastic's pipelines have it.
    let rest = now.milliseconds % 1000
    ingested = Timestamp(milliseconds: now.milliseconds - (rest < 0 ? rest + 1000 : rest))
    packer = EventPacker(context, catalog: .standard)
    receipts = Array(repeating: IngestionReceipt(), count: count)
    expired = Array(repeating: 0, count: count)
  }

  /// Hands the records of one piece to the group.
  final class Reader: RecordConsumer {
    private let group: CommitGroup
    private let number: Int

    init(_ group: CommitGroup, _ number: Int) {
      self.group = group
      self.number = number
    }

    var wantsHeads: Bool { true }
    var wantsMembers: Bool { true }
    var wantsTokens: Bool { true }

    func consume(_ batch: RecordBatch) throws { try group.add(batch) { _ in number } }

    func finish() {}
  }

  /// Takes the records of a batch as those of the pieces that `owner` says for their rows. Throws what storing throws.
  func add(_ batch: RecordBatch, of owner: (Int) -> Int) throws {
    try packer.append(
      batch, ingested: { ingested },
      told: { row, isAdded in
        let number = owner(row)
        guard isAdded else {
          receipts[number].rejected += 1
          return receipts[number].problems.append("an event found no room in memory")
        }
        owners.append(number)
      }, whenFull: { try flush([]) })
  }

  private func flush(_ objects: [SourceObject]) throws {
    var contents: [SourcedBatch] = []
    var ofContents: [[Int]] = []
    for (content, records) in try packer.finishTelling() {
      let owner = records.map { owners[$0] }
      guard let oldest = deleted[content.dataStream] else {
        contents.append(content)
        ofContents.append(owner)
        continue
      }
      let kept = content.heads.indices.filter { content.heads[$0].time == .missing || content.heads[$0].time >= oldest }
      for (row, number) in owner.enumerated()
      where content.heads[row].time != .missing && content.heads[row].time < oldest { expired[number] += 1 }
      contents.append(kept.count == content.heads.count ? content : try content.selecting(kept))
      ofContents.append(kept.map { owner[$0] })
    }
    owners.removeAll(keepingCapacity: true)
    let (_, stored) = try store.appendTelling(contents, objects: objects, precedence, at: now)
    for (place, rows) in stored.enumerated() {
      for number in ofContents[place] { receipts[number].duplicates += 1 }
      for row in rows {
        let number = ofContents[place][row]
        receipts[number].duplicates -= 1
        receipts[number].stored += 1
      }
      guard !rows.isEmpty else { continue }
      let content = contents[place]
      let newest = rows.lazy.map { content.heads[$0].time }.filter { $0 != .missing }.max()
      let known = streams[content.dataStream] ?? nil
      streams.updateValue([known, newest].compactMap(\.self).max(), forKey: content.dataStream)
    }
  }

  /// Stores what is left, and takes note of the objects in the same transaction.
  func finish(_ objects: [SourceObject]) throws {
    try flush(objects)
    for problem in packer.problems.problems {
      for number in receipts.indices where receipts[number].problems.count < 20 && receipts.count == 1 {
        receipts[number].problems.append(problem.description)
      }
    }
    for (number, count) in expired.enumerated() where count > 0 {
      receipts[number].problems.append(
        "\(CountText.count(count, "event")) left out as old as what retention has deleted")
    }
  }
}
