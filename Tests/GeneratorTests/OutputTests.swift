import Foundation
import Synchronization
import Testing

@testable import Generator

@Suite struct OutputTests {
  @Test func aDirectoryWithForeignFilesIsRefusedAndLeftAlone() throws {
    let directory = TemporaryDirectory()
    try FileManager.default.createDirectory(at: directory.url, withIntermediateDirectories: true)
    let foreign = directory.url.appendingPathComponent("notes.txt")
    try Data("mine".utf8).write(to: foreign)
    for replace in [false, true] {
      var options = GeneratorOptions.small(directory)
      options.replace = replace
      #expect(throws: GenerationError.foreignDirectory(path: directory.url.path)) { try generate(options) }
    }
    #expect(try directory.files() == ["notes.txt": Data("mine".utf8)])
  }

  @Test func anEarlierRunIsReplacedOnlyWhenAskedAndForeignFilesStay() throws {
    let directory = TemporaryDirectory()
    let fresh = TemporaryDirectory()
    _ = try generate(.small(directory, seed: 1))
    let foreign = directory.url.appendingPathComponent("AWSLogs/notes.txt")
    try Data("mine".utf8).write(to: foreign)
    var options = GeneratorOptions.small(directory, seed: 2)
    #expect(throws: GenerationError.alreadyGenerated(path: directory.url.path)) { try generate(options) }
    options.replace = true
    _ = try generate(options)
    _ = try generate(.small(fresh, seed: 2))
    var files = try directory.files()
    #expect(files.removeValue(forKey: "AWSLogs/notes.txt") == Data("mine".utf8))
    #expect(try files == fresh.files())
    let paths = try FileManager.default.contentsOfDirectory(atPath: directory.url.path + "/AWSLogs")
    #expect(paths.count == 3)
  }

  @Test(arguments: ["file /etc/passwd", "file AWSLogs/../../x.json.gz", "file AWSLogs/a/CloudTrail/b/../c/d/e.json.gz"])
  func aManifestThatNamesOtherFilesRemovesNothing(line: String) throws {
    let directory = TemporaryDirectory()
    _ = try generate(.small(directory, events: 50))
    let manifest = directory.url.appendingPathComponent(Manifest.fileName)
    let before = try directory.files().filter { $0.key.hasSuffix(".gz") }
    try Data((line + "\n").utf8).write(to: manifest)
    var options = GeneratorOptions.small(directory, events: 50)
    options.replace = true
    #expect(throws: GenerationError.damagedManifest(path: manifest.path, line: 1)) { try generate(options) }
    #expect(try directory.files().filter { $0.key.hasSuffix(".gz") } == before)
  }

  @Test func theManifestListsTheFilesAndThePlantedAttacks() throws {
    let directory = TemporaryDirectory()
    let summary = try generate(.small(directory, attacks: [.trustPolicy]))
    let text = try String(contentsOf: directory.url.appendingPathComponent(Manifest.fileName), encoding: .utf8)
    let listed = try text.split(separator: "\n").compactMap { try Manifest.path(inLine: $0) }
    #expect(Set(listed) == Set(try directory.files().keys.filter { $0.hasSuffix(".gz") }))
    #expect(listed.count == summary.files)
    #expect(text.contains(summary.planted[0].what))
    #expect(text.contains(summary.planted[0].decisiveEventID))
  }

  @Test func progressAddsUpToTheSummary() throws {
    let directory = TemporaryDirectory()
    let last = Mutex(GenerationProgress(files: 0, events: 0, totalEvents: 0, uncompressedBytes: 0, compressedBytes: 0))
    let summary = try generate(.small(directory)) { progress in
      last.withLock {
        if progress.events <= $0.events { Issue.record("progress went backwards") }
        $0 = progress
      }
    }
    let final = last.withLock { $0 }
    #expect(final.events == 3_000 && final.totalEvents == 3_000)
    #expect(final.files == summary.files && final.compressedBytes == summary.compressedBytes)
  }

  @Test func aPathThatIsAFileIsRefused() throws {
    let directory = TemporaryDirectory()
    try Data("x".utf8).write(to: directory.url)
    #expect(throws: GenerationError.notADirectory(path: directory.url.path)) { try generate(.small(directory)) }
  }
}
