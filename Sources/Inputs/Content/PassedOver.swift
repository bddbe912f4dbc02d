/// The files that were found and are nothing that is read, by kind.
public struct PassedOver: Sendable {
  /// More kinds are counted as one.
  private static let mostKinds = 200
  /// More names are not kept.
  private static let mostNames = 10_000

  private var counts: [String: Int] = [:]
  private var names: [(name: String, kind: String)] = []

  public init() {}

  /// How many there were.
  public var count: Int { counts.values.reduce(0, +) }

  /// How many there were of each kind, by its name: what a file's name ends in, or what it is ("AWS Config").
  public var kinds: [(kind: String, count: Int)] {
    counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// What was passed over, by name, each with its kind; at most 10,000 of them.
  public var files: [(name: String, kind: String)] { names.sorted { ($0.name, $0.kind) < ($1.name, $1.kind) } }

  /// The count in words, "2 files passed over (docx: 1, png: 1)"; nil when there were none.
  public var sentence: String? {
    guard count > 0 else { return nil }
    let parts = kinds.map { "\($0.kind): \($0.count)" }.joined(separator: ", ")
    return "\(count) \(count == 1 ? "file" : "files") passed over (\(parts))"
  }

  mutating func note(_ name: String, kind: String) {
    let counted = counts[kind] != nil || counts.count < Self.mostKinds ? kind : "other kinds"
    counts[counted, default: 0] += 1
    if names.count < Self.mostNames { names.append((name, kind)) }
  }

  mutating func merge(_ other: PassedOver) {
    for (kind, count) in other.counts {
      let counted = counts[kind] != nil || counts.count < Self.mostKinds ? kind : "other kinds"
      counts[counted, default: 0] += count
    }
    names.append(contentsOf: other.names.prefix(Self.mostNames - names.count))
  }
}
