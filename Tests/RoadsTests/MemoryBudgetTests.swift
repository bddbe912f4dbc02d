import AWS
import Events
import Synchronization
import TestSupport
import Testing

@testable import Roads

@Suite("What is in hand at once is bounded")
struct MemoryBudgetTests {
  private final class Usage: Sendable {
    let numbers = Mutex((now: 0, most: 0, done: 0))
  }

  @Test(
    "No more is in hand than the bound, everybody has their turn, and what is too large has it alone",
    arguments: [1, 2, 3])
  func bound(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let budget = MemoryBudget(100)
    let used = Usage()
    let sizes = (0..<300).map { _ in Int.random(in: 0...140, using: &random) }
    let cancels = sizes.map { _ in Int.random(in: 0..<10, using: &random) == 0 }
    await withTaskGroup(of: Void.self) { group in
      for (size, isCancelled) in zip(sizes, cancels) {
        group.addTask {
          let task = Task {
            try await budget.taking(size) {
              used.numbers.withLock {
                $0.now += min(size, 100)
                $0.most = max($0.most, $0.now)
              }
              try? await Task.sleep(for: .microseconds(200))
              used.numbers.withLock {
                $0.now -= min(size, 100)
                $0.done += 1
              }
            }
          }
          if isCancelled { task.cancel() }
          _ = await task.result
        }
      }
    }
    let (now, most, done) = used.numbers.withLock { $0 }
    #expect(now == 0 && most <= 100)
    #expect(done >= cancels.count { !$0 })
    // All has been given back.
    #expect(try await budget.taking(100) { true })
  }

  @Test("The newest so many objects are kept, as sorting all of them would", arguments: [1, 2, 3])
  func newest(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      let objects = (0..<Int.random(in: 0...60, using: &random)).map { number in
        S3Client.Object(
          key: "k\(number)", size: 1, etag: "e",
          modified: Timestamp(milliseconds: Int64.random(in: 0..<20, using: &random)), isArchived: false)
      }
      let most = Int.random(in: 1...30, using: &random)
      var newest = NewestObjects(most: most)
      for object in objects { newest.add(object) }
      let sorted = objects.sorted { ($0.modified, $0.key) > ($1.modified, $1.key) }
      #expect(newest.sorted == Array(sorted.prefix(most)))
      #expect(newest.left == max(0, objects.count - most))
    }
  }
}
