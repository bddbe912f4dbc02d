import Events
import Parallel
import Segments

extension SegmentStore {
  /// What became of a segment that the catalog names.
  private enum Opened: Sendable {
    case part(SegmentPart)
    case missing(MissingSegment)
  }

  /// A thread has some segments to open before it asks for others: one takes a tenth of a millisecond.
  private static let openedAtOnce = 8

  /// Opens the segments that the catalog names, on all cores. What cannot be read, or is set aside, is missing; all stand in the order of
  /// the catalog.
  func open(_ entries: [Catalog.Entry]) -> StoredSegments {
    var stored = StoredSegments(parts: [], missing: [])
    for opened in entries.concurrentMap(slice: Self.openedAtOnce, open) {
      switch opened {
      case .part(let part): stored.parts.append(part)
      case .missing(let missing): stored.missing.append(missing)
      }
    }
    return stored
  }

  private func open(_ entry: Catalog.Entry) -> Opened {
    // A row that the segment does not have hides none; verify tells of it.
    let hidden = entry.hidden.filter { $0 >= 0 && $0 < entry.summary.rowCount }
    func miss(
      _ reason: String, _ file: SegmentSummary? = nil, isSetAside: Bool = false, isDamage: Bool = true
    ) -> Opened {
      .missing(
        MissingSegment(
          number: entry.number, name: entry.name, summary: entry.summary, file: file, hidden: hidden,
          spans: entry.spans, reason: reason, isSetAside: isSetAside, isDamage: isDamage))
    }
    if let (time, reason) = entry.setAside {
      return miss(Self.reason(reason, at: time), isSetAside: true)
    }
    do {
      guard StoreFolder.isSegmentName(entry.name) else {
        throw StoreError(.damaged, "the catalog names “\(entry.name)”, which is no name of a segment")
      }
      let segment = try Segment(path: folder.segment(entry.name), sharing: columnPaths)
      guard segment.summary == entry.summary else {
        return miss(
          "\(folder.segment(entry.name)) is not the segment that the catalog knows by that name: "
            + Self.difference(entry.summary, segment.summary), segment.summary)
      }
      return .part(SegmentPart(number: entry.number, segment: segment, hidden: hidden, spans: entry.spans))
    } catch let error as SegmentError {
      return miss("\(error)", isDamage: error.isDamage)
    } catch {
      return miss("\(error)")
    }
  }
}
