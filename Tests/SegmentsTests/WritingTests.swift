import Events
import Foundation
import Segments
import TestSupport
import Testing

@Suite struct WritingTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func failure(_ content: SourcedBatch, _ path: String) -> SegmentError? {
    do {
      _ = try SegmentWriter.write(content, to: path)
      return nil
    } catch { return error }
  }

  @Test("A file that is there is not written over, and is still there")
  func existing() throws {
    var random = RandomContent(seed: 1)
    let path = try scratch.write("mine", "a.segment")
    let error = failure(random.content(rows: 3), path)
    #expect(error?.kind == .io(EEXIST))
    #expect(error?.description.contains(path) == true && error?.description.contains("exists") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
  }

  @Test("What is beyond a bound is refused, and leaves no file")
  func tooLarge() throws {
    var random = RandomContent(seed: 1)
    let path = scratch.path + "/a.segment"
    var content = random.content(rows: 2, columns: 1)
    let long = [UInt8](repeating: 1, count: 64 << 20)
    content.sources = SourceTexts(long, ends: [0, long.count])
    #expect(failure(content, path)?.kind == .tooLarge)
    #expect(failure(content, path)?.description.contains("event 2") == true)
    let packer = try SourcePacker()
    try packer.append(UnsafeBufferPointer(start: nil, count: 0))
    let error = #expect(throws: SegmentError.self) { try long.withUnsafeBufferPointer { try packer.append($0) } }
    #expect(error?.kind == .tooLarge && error?.description.contains("event 2") == true)
    content = random.content(rows: 2, columns: 1)
    content.dataStream = String(repeating: "a", count: 65_537)
    #expect(failure(content, path)?.kind == .tooLarge)
    content = random.content(rows: 1, columns: 0)
    var dictionary = ValueDictionary()
    Array("v".utf8).withUnsafeBufferPointer { _ = dictionary.insert(Scalar(.string, $0)) }
    let column = Column(dictionary: dictionary, codes: [1])
    content.events = EventBatch(
      columns: [Column](repeating: column, count: 20_001), paths: (0...20_000).map { "p\($0)" }, rowCount: 1)
    #expect(failure(content, path)?.kind == .tooLarge)
    content.events = EventBatch(
      columns: [column], paths: [String(repeating: "p", count: 65_537)], rowCount: 1)
    #expect(failure(content, path)?.kind == .tooLarge)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("Where it cannot be written, the error says why and what to do")
  func unwritable() throws {
    var random = RandomContent(seed: 1)
    let error = failure(random.content(rows: 3), scratch.path + "/none/a.segment")
    #expect(error?.kind == .io(ENOENT))
    #expect(error?.description.hasPrefix("writing the segment \(scratch.path)/none/a.segment: ") == true)
  }
}
