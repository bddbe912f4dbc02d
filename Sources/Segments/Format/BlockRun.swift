/// The blocks of one kind, which stand together in a file, among all blocks: nothing of them is kept twice.
struct BlockRun: RandomAccessCollection, Sendable {
  private let all: [BlockPlace]
  private let start: Int
  let count: Int

  init(_ kind: BlockKind, of all: [BlockPlace]) {
    self.all = all
    start = all.firstIndex { $0.kind == kind } ?? 0
    count = all[start...].prefix { $0.kind == kind }.count
  }

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  @inline(__always)
  subscript(number: Int) -> BlockPlace {
    precondition(number >= 0 && number < count, "a block of another kind")
    return all[start + number]
  }
}
