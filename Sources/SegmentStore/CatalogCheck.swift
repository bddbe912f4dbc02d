import Events
import Segments
import Store

/// Compares what the catalog says of segments with what these say themselves: in which spans their dates lie, and which of their rows
/// count. The cost goes by the number of events; memory is bounded, whatever is wrong.
struct CatalogCheck {
  /// What is wrong, each as a sentence without what to do.
  private(set) var faults: [String] = []
  /// What makes it right.
  private(set) var correction = Catalog.Change()

  /// A row whose event counts twice, or nowhere.
  private struct Doubt {
    /// The place of its part.
    var part: Int
    var row: Int
    /// The number of its event.
    var event: Int
    var content: UInt32 = 0
  }

  /// So many rows are kept of what is wrong; beyond that another repair finds them.
  private static let mostDoubts = 1 << 18

  /// - Parameters:
  ///   - parts: segments that can be read in full.
  ///   - strays: what stands in the catalog without any segment having it.
  ///   - keepsAll: true for a data stream of which nothing was deleted; nil where that cannot be told, as while some segment is missing.
  init(_ parts: [SegmentPart], _ strays: Catalog.Strays, keepsAll: ((String) -> Bool)?) throws(SegmentError) {
    for (segment, count) in strays.hidden.sorted(by: { $0.key < $1.key }) {
      faults.append(
        "the catalog hides \(count) \(count == 1 ? "row" : "rows") of segment \(segment) that it does not have")
    }
    for (table, count) in strays.orphans.sorted(by: { $0.key < $1.key }) {
      faults.append("the catalog has \(count) \(count == 1 ? "row" : "rows") in \(table) that belong to no segment")
    }
    correction.clearsStrays = !strays.isEmpty
    for part in parts {
      defer { part.letGo() }
      guard part.spans != nil || strays.spans.contains(part.number) else { continue }
      let spans = try Self.spans(of: part)
      guard spans != part.spans else { continue }
      faults.append(Self.sentence(part, says: part.spans ?? FieldSpans(), spans))
      correction.spans.append((part.number, spans))
    }
    try compareRows(parts, keepsAll)
  }

  // MARK: Spans

  /// The spans of dates that a segment's events have.
  static func spans(of part: SegmentPart) throws(SegmentError) -> FieldSpans {
    let dates = part.paths.filter { FieldSpans.covers($0, .standard) }
    return FieldSpans(try part.segment.events(FieldPlan(paths: dates)))
  }

  private static func sentence(_ part: SegmentPart, says said: FieldSpans, _ are: FieldSpans) -> String {
    func text(_ span: FieldSpans.Span?) -> String {
      span.map {
        "\($0.times.lowerBound.iso8601) to \($0.times.upperBound.iso8601)\($0.isWhole ? "" : ", not of all events")"
      } ?? "none"
    }
    let fields = Set(said.spans.keys).union(are.spans.keys).filter { said[$0] != are[$0] }.sorted()
    let field = fields.first ?? ""
    let others = fields.count > 1 ? " (and \(fields.count - 1) more)" : ""
    return
      "the dates that the catalog has of segment \(part.number), \(part.location), are not those of its events, so that rules may pass over it: "
      + "of \(field)\(others) the catalog says \(text(said[field])), and the segment \(text(are[field]))"
  }

  // MARK: Rows

  /// Looks whether each event counts once.
  private mutating func compareRows(
    _ parts: [SegmentPart], _ keepsAll: ((String) -> Bool)?
  ) throws(SegmentError) {
    let hidden = parts.map { part -> Bitmap? in
      guard !part.hidden.isEmpty else { return nil }
      var rows = Bitmap(count: part.rowCount)
      for row in part.hidden { rows.insert(row) }
      return rows
    }
    let isKept = parts.map { keepsAll?($0.dataStream) ?? false }
    var merge = try IdentityMerge(parts)
    var (twice, nowhere): ([Doubt], [Doubt]) = ([], [])
    // The rows of one event.
    var rows: [Doubt] = []
    var (identity, event): (EventIdentity?, Int) = (nil, 0)
    func close() {
      let counting = rows.filter { !(hidden[$0.part]?.contains($0.row) ?? false) }
      if counting.count > 1, twice.count < Self.mostDoubts { twice += counting }
      if counting.isEmpty, nowhere.count < Self.mostDoubts, rows.allSatisfy({ isKept[$0.part] }) { nowhere += rows }
      rows.removeAll(keepingCapacity: true)
      event += 1
    }
    while let next = try merge.next() {
      if next.identity != identity { close() }
      identity = next.identity
      if rows.count < Self.mostDoubts { rows.append(Doubt(part: next.part, row: next.row, event: event)) }
    }
    close()
    for part in parts { part.letGo() }
    for (part, events) in Dictionary(grouping: try Self.settled(twice, parts).flatMap(\.others), by: \.part).inOrder {
      let (number, place) = (parts[part].number, parts[part].location)
      correction.hidden += events.map { (number, $0.row) }
      faults.append(
        "\(Self.count(events)) of segment \(number), \(place), \(events.count == 1 ? "counts" : "count") twice, as the catalog does not "
          + "hide what is stored elsewhere as well (row \(events[0].row))")
    }
    for (part, events) in Dictionary(grouping: try Self.settled(nowhere, parts).map(\.counting), by: \.part).inOrder {
      let (number, place) = (parts[part].number, parts[part].location)
      correction.counted += events.map { (number, $0.row) }
      faults.append(
        "\(Self.count(events)) of segment \(number), \(place), \(events.count == 1 ? "counts" : "count") nowhere, as the catalog hides "
          + "what is stored nowhere else, and nothing of \(parts[part].dataStream) was deleted (row \(events[0].row))")
    }
  }

  private static func count(_ events: [Doubt]) -> String { events.count == 1 ? "1 event" : "\(events.count) events" }

  /// Tells of each event which of its rows is to count: the one with the lowest content, as between files, and of these the first.
  private static func settled(
    _ doubts: [Doubt], _ parts: [SegmentPart]
  ) throws(SegmentError) -> [(counting: Doubt, others: ArraySlice<Doubt>)] {
    var doubts = doubts
    for (part, places) in Dictionary(grouping: doubts.indices, by: { doubts[$0].part }) {
      let heads = try parts[part].segment.heads()
      for place in places { doubts[place].content = heads[doubts[place].row].content }
      parts[part].letGo()
    }
    doubts.sort { ($0.event, $0.content, $0.part, $0.row) < ($1.event, $1.content, $1.part, $1.row) }
    var settled: [(Doubt, ArraySlice<Doubt>)] = []
    var start = 0
    while start < doubts.count {
      let end = doubts[start...].firstIndex { $0.event != doubts[start].event } ?? doubts.count
      settled.append((doubts[start], doubts[(start + 1)..<end]))
      start = end
    }
    return settled
  }
}

extension Dictionary where Key == Int {
  fileprivate var inOrder: [Element] { sorted { $0.key < $1.key } }
}
