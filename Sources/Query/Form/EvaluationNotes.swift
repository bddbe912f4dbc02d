/// The faults of an evaluation: what was made null, and where.
public struct EvaluationNotes: Sendable {
  /// A fault at a place of the query.
  public struct Fault: Hashable, Sendable {
    /// In Unicode scalars.
    public var range: Range<Int>
    public var fault: EvaluationFault
  }

  /// The first different faults of each place, in the order in which they were met.
  public private(set) var faults: [Fault] = []
  private var seen: Set<Fault> = []
  private var countByPlace: [Range<Int>: Int] = [:]

  /// Bytes that values may still be made of; nil where nobody counts. Once it is less than none, nothing more is worked out, and what was
  /// is no answer.
  var room: Int?
  var isUsedUp: Bool { room.map { $0 < 0 } ?? false }

  /// Faults that are kept of one place.
  public static let mostOfOnePlace = 20

  public init() {}

  /// Adds a fault, unless it is known or its place has enough.
  public mutating func note(_ fault: EvaluationFault, at range: Range<Int>) {
    let one = Fault(range: range, fault: fault)
    guard countByPlace[range, default: 0] < Self.mostOfOnePlace, seen.insert(one).inserted else { return }
    countByPlace[range, default: 0] += 1
    faults.append(one)
  }

  public mutating func merge(_ other: EvaluationNotes) {
    for one in other.faults { note(one.fault, at: one.range) }
  }
}
