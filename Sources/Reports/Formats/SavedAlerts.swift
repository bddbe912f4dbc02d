/// Alerts that were saved, held in memory.
///
/// A building block whose alert is not among them stands for itself.
public struct SavedAlerts: AlertSource {
  /// All documents, in the order in which they were saved.
  private let documents: [AlertDocument]
  /// The places of those that are no building block of another one.
  private let places: [Int]
  /// The places of building blocks, by their groups.
  private let blocks: [String: [Int]]

  public init(_ documents: [AlertDocument]) {
    self.documents = documents
    let groups = documents.map { $0.first(Self.group) }
    let whole = Set(documents.indices.compactMap { documents[$0].isPartOfGroup ? nil : groups[$0] })
    var blocks: [String: [Int]] = [:]
    var places: [Int] = []
    for (place, document) in documents.enumerated() {
      if document.isPartOfGroup, let group = groups[place], whole.contains(group) {
        blocks[group, default: []].append(place)
      } else {
        places.append(place)
      }
    }
    (self.places, self.blocks) = (places, blocks)
  }

  private static let group = "kibana.alert.group.id"

  public var alertCount: Int { places.count }
  public var blockCount: Int { documents.count - places.count }

  /// The alerts without their building blocks.
  public var alerts: [AlertDocument] { places.map { documents[$0] } }

  public func forEachAlert(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws {
    for place in order.map({ $0.map { places[$0] } }) ?? places { try body(documents[place].json) }
  }

  public func forEachDocument(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws {
    guard let order else { return try documents.forEach { try body($0.json) } }
    for place in order {
      let alert = documents[places[place]]
      if !alert.isPartOfGroup, let group = alert.first(Self.group) {
        for block in blocks[group] ?? [] { try body(documents[block].json) }
      }
      try body(alert.json)
    }
  }
}

extension AlertDocument {
  /// Whether it is one of those that another alert is put together of.
  public var isPartOfGroup: Bool { has("kibana.alert.group.index") }
}
