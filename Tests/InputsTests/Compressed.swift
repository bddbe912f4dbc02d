import CBzip2
import CLzma
import CZstd
import CloudTrail
import Foundation
import Inputs
import TestSupport

/// A zstd frame.
func zstd(_ bytes: [UInt8]) -> [UInt8] {
  var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
  let written = ZSTD_compress(&output, output.count, bytes, bytes.count, 3)
  return Array(output[..<written])
}

/// A bzip2 stream.
func bzip2(_ bytes: [UInt8]) -> [UInt8] {
  var input = bytes.map { CChar(bitPattern: $0) }
  var output = [CChar](repeating: 0, count: bytes.count + bytes.count / 50 + 700)
  var written = UInt32(output.count)
  let code = BZ2_bzBuffToBuffCompress(&output, &written, &input, UInt32(input.count), 1, 0, 0)
  precondition(code == BZ_OK)
  return output[..<Int(written)].map { UInt8(bitPattern: $0) }
}

/// An xz stream.
func xz(_ bytes: [UInt8]) -> [UInt8] {
  var output = [UInt8](repeating: 0, count: lzma_stream_buffer_bound(bytes.count))
  var written = 0
  let code = lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, nil, bytes, bytes.count, &output, &written, output.count)
  precondition(code == LZMA_OK)
  return Array(output[..<written])
}

/// Collects the ids of records.
final class IDCollector: RecordConsumer {
  private var ids: [String] = []

  func consume(_ batch: RecordBatch) throws {
    for row in batch.rows { ids.append(String(row.id.low)) }
  }

  func finish() -> [String] { ids }
}

/// What a reading gave: how many of which records, and what was wrong.
struct Reading {
  var ids: [String]
  var summary: ReadingSummary

  var causes: [ProblemCause: Int] {
    Dictionary(uniqueKeysWithValues: summary.problems.counts.map { ($0.cause, $0.count) })
  }

  init(_ paths: [String], workers: Int = 2) async throws {
    let (summary, results) = try await InputReader(paths: paths, workers: workers).read(registry: EventRegistry()) {
      IDCollector()
    }
    self.summary = summary
    ids = results.flatMap { $0 }.sorted()
  }
}

extension Reading {
  /// Reads bytes as a file that is called that.
  init(_ bytes: [UInt8], named name: String, isNamed: Bool = true) throws {
    let (summary, result) = try InputReader.read(
      bytes, named: name, isNamed: isNamed, registry: EventRegistry(), IDCollector())
    self.summary = summary
    ids = result.sorted()
  }
}

/// Records for tests, whose ids are numbers.
enum Record {
  static func id(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return "00000000-0000-0000-0000-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  static func text(_ number: Int, padding: Int = 0) -> String {
    #"{"eventVersion":"1.08","eventTime":"2026-01-01T00:00:00Z","eventID":"\#(id(number))","eventName":"A","#
      + #""requestParameters":{"x":"\#(String(repeating: "]}\\\"{[", count: padding))"}}"#
  }

  static func ndjson(_ numbers: Range<Int>, padding: Int = 0) -> [UInt8] {
    Array(numbers.map { text($0, padding: padding) }.joined(separator: "\n").utf8)
  }

  static func file(_ numbers: Range<Int>, padding: Int = 0) -> [UInt8] {
    Array((#"{"Records":["# + numbers.map { text($0, padding: padding) }.joined(separator: ",") + "]}").utf8)
  }

  static func ids(_ numbers: some Sequence<Int>) -> [String] { numbers.map { String($0) }.sorted() }
}
