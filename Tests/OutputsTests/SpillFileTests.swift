import Foundation
import Outputs
import Parallel
import Synchronization
import TestSupport
import Testing

@Suite("Temporary files") struct SpillFileTests {
  private static func bytes(_ count: Int, _ value: UInt8) -> [UInt8] { [UInt8](repeating: value, count: count) }

  @discardableResult
  private static func append(_ file: SpillFile, _ bytes: [UInt8]) throws -> Int {
    try bytes.withUnsafeBufferPointer { try file.append($0) }
  }

  @Test("What was written is read, wherever it stands, and the file has no name")
  func contents() throws {
    let scratch = try Scratch()
    let file = try SpillFile(SpillRoom(directory: scratch.path))
    #expect(try Self.append(file, Self.bytes(1000, 1)) == 0)
    #expect(try Self.append(file, Self.bytes(500, 2)) == 1000)
    #expect(try file.read(998, 4) == [1, 1, 2, 2])
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    #expect(throws: SpillError.self) { try file.read(1400, 200) }
  }

  @Test(
    "All files of a room together take no more than it has; what is beyond is refused with words, and what ended gives it back"
  )
  func bound() throws {
    let scratch = try Scratch()
    let room = SpillRoom(directory: scratch.path, limit: 10_000)
    let first = try SpillFile(room)
    try Self.append(first, Self.bytes(6000, 1))
    do {
      let second = try SpillFile(room)
      try Self.append(second, Self.bytes(4000, 2))
      let error = #expect(throws: SpillError.self) { try Self.append(second, [3]) }
      #expect(error?.description.contains("TMPDIR") ?? false)
      // What is there stays.
      #expect(try second.read(3999, 1) == [2])
    }
    try Self.append(first, Self.bytes(4000, 4))
    #expect(throws: SpillError.self) { try Self.append(first, [5]) }
    #expect(try first.read(9999, 1) == [4])
  }

  @Test("Unless told otherwise a room is half of what is free in its directory")
  func free() throws {
    let scratch = try Scratch()
    // Others write there too, and a lot may become of a moment in between.
    var isHalf = false
    for _ in 0..<100 where !isHalf {
      var status = statvfs()
      try #require(statvfs(scratch.path, &status) == 0)
      let free = Int(status.f_bavail) * Int(status.f_frsize)
      isHalf = abs(SpillRoom(directory: scratch.path).limit - free / 2) < free / 4
    }
    #expect(isHalf)
    #expect(throws: SpillError.self) { try SpillFile(SpillRoom(directory: scratch.path + "/none")) }
  }

  @Test("A worker that waits for its turn goes on when it is cancelled, though the turn never comes")
  func turn() async throws {
    let null = open("/dev/null", O_WRONLY)
    defer { close(null) }
    let output = OrderedOutput(StandardOutput(descriptor: null))
    await output.begin(holdsBack: false)
    let waiting = Task { try await output.write([65], sequence: 3) }
    try await Task.sleep(for: .milliseconds(50))
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    // So does one that was cancelled before it came.
    let late = Task {
      while !Task.isCancelled { await Task.yield() }
      try await output.write([65], sequence: 4)
    }
    late.cancel()
    await #expect(throws: CancellationError.self) { try await late.value }
  }
}
