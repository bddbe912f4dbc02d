import Foundation
import FuzzTargets
import Testing

/// Feeds every target the files that are kept for it: seeds of each form, and all that a fuzzer once brought it down with.
struct CorpusTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Corpus"

  @Test("What was found by fuzzing brings nothing down again", arguments: FuzzTarget.allCases)
  func corpus(target: FuzzTarget) throws {
    let folder = Self.directory + "/" + target.rawValue
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(!names.isEmpty)
    for name in names { target.run(Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))) }
  }

  @Test("Neither nothing, nor zeros, nor a cut or changed seed does", arguments: FuzzTarget.allCases)
  func changed(target: FuzzTarget) throws {
    target.run([])
    target.run([UInt8](repeating: 0, count: 100))
    let folder = Self.directory + "/" + target.rawValue
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted().prefix(12) {
      let seed = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)).prefix(4096))
      for cut in stride(from: 0, to: seed.count, by: max(1, seed.count / 7)) {
        target.run(Array(seed[..<cut]))
        var changed = seed
        changed[cut] ^= 0x11
        target.run(changed)
      }
    }
  }
}
