import Foundation
import JSON

/// Several paths as `EntityPath` has them, followed at once: an object is gone over once, however many of them lead through it.
///
/// Its branches lie in memory that is never given back, as the steps of a path do, and nobody changes them.
struct EntityTree: @unchecked Sendable, BitwiseCopyable {
  private let branches: UnsafeBufferPointer<Branch>

  /// A member that paths lead through or to.
  private struct Branch: BitwiseCopyable {
    var key: UnsafeBufferPointer<UInt8>
    /// What is looked for in its value, and in each element of an array that this is.
    var value: Place
    var elements: Place
  }

  private struct Place: BitwiseCopyable {
    /// True where a path ends here.
    var isEnd: Bool
    var below: EntityTree

    init(_ paths: [ArraySlice<Substring>]) {
      isEnd = paths.contains { $0.isEmpty }
      below = EntityTree(paths.filter { !$0.isEmpty })
    }

    func forEachText(in node: JSONNode, _ numbersToo: Bool, _ body: (JSONNode) -> Void) {
      if isEnd, EntityPath.isText(node, numbersToo: numbersToo) { body(node) }
      below.forEachText(in: node, numbersToo: numbersToo, body)
    }

    var isNothing: Bool { !isEnd && below.branches.isEmpty }
  }

  /// Reads paths as `items[].groupId`.
  init(_ paths: [String]) {
    self.init(paths.map { $0.split(separator: ".")[...] })
  }

  private init(_ paths: [ArraySlice<Substring>]) {
    var members: [(key: Substring, value: [ArraySlice<Substring>], elements: [ArraySlice<Substring>])] = []
    for path in paths {
      guard let step = path.first else { continue }
      let isEach = step.hasSuffix("[]")
      let key = isEach ? step.dropLast(2) : step
      let at = members.firstIndex { $0.key == key } ?? members.count
      if at == members.count { members.append((key, [], [])) }
      if isEach { members[at].elements.append(path.dropFirst()) } else { members[at].value.append(path.dropFirst()) }
    }
    precondition(members.count <= 64, "what was met is noted by bits")
    branches =
      members.isEmpty
      ? UnsafeBufferPointer(start: nil, count: 0)
      : .immortal(
        members.map {
          Branch(key: .immortal(Array($0.key.utf8)), value: Place($0.value), elements: Place($0.elements))
        })
  }

  /// Calls `body` with every string that stands at a path below an object, in the order of the text; what is none is passed over. Of
  /// several members by one name the first counts.
  ///
  /// - Parameter numbersToo: numbers count as well.
  func forEachText(in node: JSONNode, numbersToo: Bool = false, _ body: (JSONNode) -> Void) {
    guard node.isObject, !branches.isEmpty else { return }
    let index = node.index
    var missing = UInt64.max >> UInt64(64 - branches.count)
    var at = node.token + 1
    while index.byte(at) == UInt8(ascii: "\"") {
      let name = index.rawString(at)
      for place in 0..<branches.count {
        let branch = branches[place]
        guard branch.key.count == name.count, missing >> UInt64(place) & 1 == 1,
          memcmp(branch.key.baseAddress!, name.baseAddress!, name.count) == 0
        else { continue }
        missing &= ~(1 << UInt64(place))
        let value = JSONNode(index, token: at + 2)
        branch.value.forEachText(in: value, numbersToo, body)
        if !branch.elements.isNothing {
          value.forEachElement { branch.elements.forEachText(in: $0, numbersToo, body) }
        }
        break
      }
      guard missing != 0 else { return }
      at = index.tokenAfter(at + 2)
      guard index.byte(at) == UInt8(ascii: ",") else { return }
      at += 1
    }
  }
}
