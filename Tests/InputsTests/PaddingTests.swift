import CloudTrail
import Foundation
import TestSupport
import Testing

@testable import Inputs

/// Whoever makes a call decides how well its record is compressed.
struct PaddingTests {
  /// 45 MB of records that are nearly nothing when compressed; the last is the only one without padding.
  private static let records = 0..<51
  private static let lines: [UInt8] = {
    let padding = String(repeating: "x", count: 900_000)
    let padded = records.dropLast().map {
      Record.text($0).replacing("]}\\\"{[", with: "").replacing("\"x\":\"", with: "\"x\":\"\(padding)")
    }
    return Array((padded + [Record.text(50)]).joined(separator: "\n").utf8)
  }()

  private static let good = Packed("z-good.json", Record.file(60..<62))

  enum Container: String, CaseIterable {
    case gzip, zstd, bzip2, xz, twice, zip, zipOfGzip, tarGzip, zipInZip, zipInTarGzip, utf16, csv

    /// The container around a text, which may have further members behind it.
    func around(_ text: [UInt8], _ others: [Packed]) -> [UInt8] {
      let member = Packed("a.json", text)
      switch self {
      case .gzip: return TestSupport.gzip(text)
      case .zstd: return InputsTests.zstd(text)
      case .bzip2: return InputsTests.bzip2(text)
      case .xz: return InputsTests.xz(text)
      case .twice: return TestSupport.gzip(TestSupport.gzip(text))
      case .zip: return TestSupport.zip([member] + others)
      case .zipOfGzip: return TestSupport.zip([Packed("a.json.gz", TestSupport.gzip(text))] + others)
      case .tarGzip: return TestSupport.gzip(tar([member] + others))
      case .zipInZip: return TestSupport.zip([Packed("in.zip", TestSupport.zip([member]))] + others)
      case .zipInTarGzip: return TestSupport.gzip(tar([Packed("in.zip", TestSupport.zip([member] + others))]))
      case .utf16: return TestSupport.gzip([0xFF, 0xFE] + text.flatMap { [$0, 0] })
      case .csv:
        let rows = String(decoding: text, as: UTF8.self).split(separator: "\n").map {
          "\"" + $0.replacing("\"", with: "\"\"") + "\"\n"
        }
        return TestSupport.gzip(Array(("eventJson\n" + rows.joined()).utf8))
      }
    }

    var isArchive: Bool { [.zip, .zipOfGzip, .tarGzip, .zipInZip, .zipInTarGzip].contains(self) }
  }

  @Test("Padding in requests hides no record behind it, at any ratio, in any container", arguments: Container.allCases)
  func padded(container: Container) async throws {
    let scratch = try Scratch()
    let bytes = container.around(Self.lines, [Self.good])
    #expect(Self.lines.count > InputLimits.barrenBytes && bytes.count < Self.lines.count / InputLimits.ratio)
    let reading = try await Reading([try scratch.write(bytes, "a.bin")])
    #expect(reading.ids == Record.ids(Array(Self.records) + (container.isArchive ? [60, 61] : [])))
    #expect(reading.summary.problems.isEmpty, "\(reading.causes)")
  }

  @Test("Members without padding behind hundreds with it are read", arguments: [false, true])
  func manyMembers(isTar: Bool) async throws {
    let scratch = try Scratch()
    // More than what members without records may come to.
    let member = Packed("a.json", Array(Self.lines[..<7_000_000]))
    let gzipped = Packed("a.json.gz", gzip(member.bytes))
    let members = (0..<40).map { isTar && $0 % 8 == 0 ? member : gzipped } + [Self.good]
    let reading = try await Reading([try scratch.write(isTar ? gzip(tar(members)) : zip(members), "a.bin")])
    #expect(Set(reading.ids).isSuperset(of: Record.ids(60..<62)), "\(reading.ids)")
    #expect(reading.causes[.bomb] == nil, "\(reading.causes)")
  }

  enum Nothing: String, CaseIterable {
    case blanks, zeros, brackets, strings, objects, lines

    var unit: String {
      switch self {
      case .blanks: " "
      case .zeros: "\0"
      case .brackets: "["
      case .strings: "\"" + String(repeating: "x", count: 998) + "\""
      case .objects: #"{"x":""# + String(repeating: "x", count: 991) + #""},"#
      case .lines: "\n"
      }
    }
  }

  @Test(
    "A text of nothing behind records is given up soon, in any container, and what stands beside it is read",
    .timeLimit(.minutes(hang)), arguments: Nothing.allCases)
  func nothing(nothing: Nothing) async throws {
    let scratch = try Scratch()
    let count = (48 << 20) / nothing.unit.utf8.count
    let bytes =
      Record.ndjson(0..<3) + [0x0A] + Array(String(repeating: nothing.unit, count: count).utf8) + Record.ndjson(3..<4)
    for container in [Container.gzip, .zipOfGzip, .tarGzip, .zipInTarGzip] {
      let packed = container.around(bytes, container == .zipInTarGzip ? [] : [Self.good])
      try #require(packed.count < bytes.count / InputLimits.ratio)
      let reading = try await Reading([try scratch.write(packed, "a.bin")])
      let others = container.isArchive && container != .zipInTarGzip ? [60, 61] : []
      #expect(reading.ids == Record.ids([0, 1, 2] + others), "\(container)")
      #expect(reading.causes[.bomb] == 1, "\(container): \(reading.causes)")
    }
  }

  @Test("A table of empty lines is given up too")
  func emptyRows() throws {
    let rows = "eventJson\n" + String(repeating: "\n", count: 36 << 20)
    let reading = try Reading(gzip(Array(rows.utf8)), named: "a.csv.gz")
    #expect(reading.causes == [.bomb: 1])
  }
}
