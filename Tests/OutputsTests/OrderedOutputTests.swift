import CloudTrail
import Events
import Foundation
import TestSupport
import Testing

@testable import Outputs

/// What is printed comes in order, once it is right, and none of it is lost.
struct OrderedOutputTests {
  /// A file that output goes to.
  private final class Sink {
    let scratch: Scratch
    let path: String
    let file: FileHandle

    init() throws {
      scratch = try Scratch()
      path = try scratch.write("", "out")
      file = try #require(FileHandle(forWritingAtPath: path))
    }

    var output: StandardOutput { StandardOutput(descriptor: file.fileDescriptor) }
    var text: String { get throws { try String(contentsOfFile: path, encoding: .utf8) } }
  }

  private static func write(_ count: Int, to output: OrderedOutput, own: Duration = .zero, reading: Duration = .zero)
    async throws
  {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for sequence in (0..<count).shuffled() {
        group.addTask {
          let effort = OrderedOutput.Effort(own: own, reading: reading)
          try await output.write(Array("\(sequence),".utf8), sequence: sequence, effort: effort)
        }
      }
      try await group.waitForAll()
    }
  }

  private static func text(_ count: Int) -> String { (0..<count).map { "\($0)," }.joined() }

  @Test("What workers make is written in the order of the input, held back or not", .timeLimit(.minutes(hang)))
  func order() async throws {
    for holdsBack in [false, true] {
      let sink = try Sink()
      let output = OrderedOutput(sink.output)
      await output.begin(holdsBack: holdsBack)
      try await Self.write(50, to: output)
      #expect(try sink.text == (holdsBack ? "" : Self.text(50)))
      #expect(!output.isSurveying)
      try await output.finish()
      #expect(try sink.text == Self.text(50))
    }
  }

  @Test(
    "More than is held back is thrown away and told, nobody waits for a turn, and the next reading is written as it is made",
    .timeLimit(.minutes(hang)))
  func limit() async throws {
    let sink = try Sink()
    let output = OrderedOutput(sink.output, holdingAtMost: 20)
    await output.begin(holdsBack: true)
    try await Self.write(200, to: output)
    #expect(output.isSurveying)
    try await output.finish()
    #expect(try sink.text == "")
    await output.begin(holdsBack: false)
    #expect(!output.isSurveying)
    try await Self.write(200, to: output)
    #expect(try sink.text == Self.text(200))
  }

  @Test(
    "Who waits for output is not kept waiting where making it is most of the work; who does not is given it in one reading"
  )
  func patience() async throws {
    // Making and reading for each of ten units, and whether the input is looked over first.
    for (own, reading, patience, surveys) in [
      (200, 50, .seconds(1), true), (200, 150, .seconds(1), false), (50, 10, .seconds(1), false),
      (200, 50, nil, false), (1, 0, .zero, true),
    ] as [(Int, Int, Duration?, Bool)] {
      let output = OrderedOutput(try Sink().output, patience: .some(patience))
      await output.begin(holdsBack: true)
      try await Self.write(10, to: output, own: .milliseconds(own), reading: .milliseconds(reading))
      #expect(output.isSurveying == surveys, "\(own) \(reading)")
    }
    // Nothing is held: what was found would not be there sooner.
    let output = OrderedOutput(try Sink().output, patience: .some(.zero))
    await output.begin(holdsBack: true)
    try await output.write([], sequence: 0, effort: OrderedOutput.Effort(own: .seconds(9)))
    #expect(!output.isSurveying)
  }

  /// Calls `body` with a batch of records.
  private func withBatch(_ body: (RecordBatch) async throws -> Void) async throws {
    let text = (0..<500).map { "{\"eventID\":\"e-\($0)\",\"eventTime\":\"2026-01-01T00:00:00Z\",\"eventName\":\"A\"}" }
      .joined(separator: "\n")
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count + 64)
    defer { bytes.deallocate() }
    bytes.initialize(repeating: 0)
    _ = bytes.update(fromContentsOf: text.utf8)
    let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
    scanner.beginBatch()
    scanner.scan(UnsafeBufferPointer(rebasing: bytes[..<text.utf8.count]), of: TextRegion(file: "f"))
    scanner.finishBatch()
    try await body(scanner.batch)
  }

  @Test("While input is only looked over nothing is made of it, and making is told from reading")
  func surveying() async throws {
    let context = EventContext(readAt: Timestamp(milliseconds: 0))
    try await withBatch { batch in
      var sink = try Sink()
      // Making five hundred events takes longer than there was to wait before.
      var output = OrderedOutput(sink.output, patience: .some(.zero))
      await output.begin(holdsBack: true)
      var printer = EventPrinter(context, selection: nil, output: output)
      try printer.consume(batch)
      try await printer.endUnit(0)
      // A machine that does other work in between makes reading look long: then it is tried again.
      for _ in 0..<50 where !output.isSurveying {
        sink = try Sink()
        output = OrderedOutput(sink.output, patience: .some(.zero))
        await output.begin(holdsBack: true)
        printer = EventPrinter(context, selection: nil, output: output)
        try printer.consume(batch)
        try await printer.endUnit(0)
      }
      #expect(output.isSurveying)
      // Now it is quick, and nothing comes of it.
      try printer.consume(batch)
      try await printer.endUnit(1)
      try await output.finish()
      #expect(try sink.text == "")
      await output.begin(holdsBack: false)
      try printer.consume(batch)
      try await printer.endUnit(0)
      #expect(try sink.text.split(separator: "\n").count == 500)
    }
  }

  @Test("A file is awaited by nobody, a pipe is")
  func awaited() throws {
    #expect(try !Sink().output.isAwaited)
    let pipe = Pipe()
    #expect(StandardOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor).isAwaited)
    #expect(!StandardOutput(descriptor: -1).isAwaited)
  }

  @Test("What a unit gives beyond what stays in memory comes out of a file, in order, held back or not")
  func spooled() async throws {
    for holdsBack in [false, true] {
      let sink = try Sink()
      let output = OrderedOutput(sink.output, patience: .some(nil))
      await output.begin(holdsBack: holdsBack)
      var expected = ""
      var spool = OutputSpool(limit: 1000)
      for unit in 0..<4 {
        for line in 0..<(unit == 2 ? 1 : 300) {
          let text = "\(unit) \(line) \(String(repeating: "x", count: line))\n"
          spool.bytes += Array(text.utf8)
          expected += text
          try spool.settle()
          #expect(spool.bytes.count <= 1000)
        }
        try await output.write(spool.take(), sequence: unit, effort: OrderedOutput.Effort())
      }
      try await output.finish()
      #expect(try sink.text == expected)
    }
  }
}
