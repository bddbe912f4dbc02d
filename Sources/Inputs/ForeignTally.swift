import CloudTrail
import Synchronization

/// How much of a long file, whose pieces several workers read, is known to be something else: it is one of another kind if
/// all of it is.
final class ForeignTally: Sendable {
  private struct State {
    var records = 0
    var foreign: ForeignRecords?
  }

  let origin: InputOrigin
  private let state = Mutex(State())

  init(_ origin: InputOrigin) { self.origin = origin }

  /// Adds a piece that has been read.
  func add(records: Int, _ foreign: ForeignRecords?) {
    state.withLock { state in
      state.records += records
      guard let foreign else { return }
      guard let known = state.foreign else { return state.foreign = foreign }
      // Told by the first one.
      var first = foreign.record < known.record ? foreign : known
      first.count = foreign.count + known.count
      state.foreign = first
    }
  }

  /// How many records the file held, and what of them is something else; the file has been read.
  var outcome: (records: Int, foreign: ForeignRecords?) { state.withLock { ($0.records, $0.foreign) } }
}
