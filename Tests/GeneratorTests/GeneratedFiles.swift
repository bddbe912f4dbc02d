import CDeflate
import Foundation

@testable import Generator

/// A directory of its own for a test, gone when the test is.
final class TemporaryDirectory {
  let url: URL

  init() {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("generator-\(UUID().uuidString)")
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// Every file under the directory, by its path in it.
  func files() throws -> [String: Data] {
    var files: [String: Data] = [:]
    let paths = try FileManager.default.subpathsOfDirectory(atPath: url.path)
    for path in paths where path.hasSuffix(".gz") || path.hasSuffix(".txt") {
      files[path] = try Data(contentsOf: url.appendingPathComponent(path))
    }
    return files
  }

  /// Every record, with the path of the file that holds it.
  func records() throws -> [(path: String, record: [String: Any])] {
    try files().filter { $0.key.hasSuffix(".json.gz") }.sorted { $0.key < $1.key }.flatMap { path, data in
      try Self.records(in: data).map { (path, $0) }
    }
  }

  private struct NotCloudTrail: Error {}

  static func text(of member: Data) throws -> Data {
    guard let decompressor = libdeflate_alloc_decompressor() else { throw NotCloudTrail() }
    defer { libdeflate_free_decompressor(decompressor) }
    var output = Data(count: 64 << 20)
    let room = output.count
    var size = 0
    let result = output.withUnsafeMutableBytes { output in
      member.withUnsafeBytes {
        libdeflate_gzip_decompress(decompressor, $0.baseAddress, $0.count, output.baseAddress, room, &size)
      }
    }
    guard result == LIBDEFLATE_SUCCESS else { throw NotCloudTrail() }
    return output.prefix(size)
  }

  private static func records(in member: Data) throws -> [[String: Any]] {
    guard let file = try JSONSerialization.jsonObject(with: text(of: member)) as? [String: Any],
      file.count == 1, let records = file["Records"] as? [[String: Any]]
    else { throw NotCloudTrail() }
    return records
  }
}

extension GeneratorOptions {
  /// A small run.
  static func small(
    _ directory: TemporaryDirectory, events: Int = 3_000, days: Int = 2, accounts: Int = 2, seed: UInt64 = 7,
    attacks: [Attack] = []
  ) -> GeneratorOptions {
    GeneratorOptions(
      events: events, days: days, accounts: accounts, seed: seed, outputDirectory: directory.url, attacks: attacks,
      eventsPerFile: 200, workers: 2)
  }
}
