import Events

/// What fields that nobody knows were meant to be. To look that up takes its time, so it is done once for each, and not
/// for ever more of them.
final class FieldMeanings {
  private let catalog: FieldCatalog
  private var known: [String: String?] = [:]
  private static let most = 500

  init(_ catalog: FieldCatalog) { self.catalog = catalog }

  func field(meantBy name: String) -> String? {
    if let meaning = known[name] { return meaning }
    guard known.count < Self.most else { return nil }
    let meaning = catalog.meant(by: name)
    known[name] = .some(meaning)
    return meaning
  }
}
