import Foundation

/// The directory that receives a run: made ready once, then filled.
struct OutputDirectory {
  let url: URL

  private var manifest: URL { url.appendingPathComponent(Manifest.fileName, isDirectory: false) }

  func path(_ relative: String) -> String { url.path + "/" + relative }

  /// Makes the directory where it is missing, and empties it of an earlier run's files where `replace` allows it.
  func prepare(replace: Bool) throws(GenerationError) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
      return try makeDirectory("")
    }
    guard isDirectory.boolValue else { throw .notADirectory(path: url.path) }
    let contents = try attempt(url.path) { try FileManager.default.contentsOfDirectory(atPath: url.path) }
    if contents.isEmpty { return }
    guard contents.contains(Manifest.fileName) else { throw .foreignDirectory(path: url.path) }
    guard replace else { throw .alreadyGenerated(path: url.path) }
    try removeEarlierRun()
  }

  /// Opens the new manifest, in place of an earlier one.
  func openManifest() throws(GenerationError) -> FileSink {
    try FileSink(path: manifest.path, replacing: true)
  }

  func makeDirectory(_ relative: String) throws(GenerationError) {
    let path = relative.isEmpty ? url.path : path(relative)
    try attempt(path) { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  }

  /// Removes the files that the manifest lists, line by line, and the directories that this leaves empty.
  private func removeEarlierRun() throws(GenerationError) {
    guard let handle = fopen(manifest.path, "rb") else {
      throw .fileFailure(path: manifest.path, reason: FileSink.words(errno))
    }
    defer { fclose(handle) }
    let root = url.resolvingSymlinksInPath().path
    var line: UnsafeMutablePointer<CChar>?
    var room = 0
    defer { free(line) }
    var number = 0
    var lastDirectory = ""
    while true {
      let length = getline(&line, &room, handle)
      guard length >= 0, let line else { break }
      number += 1
      let bytes = UnsafeRawBufferPointer(start: line, count: length)
      let text = String(decoding: bytes, as: UTF8.self)
      let relative: String?
      do {
        relative = try Manifest.path(inLine: text.hasSuffix("\n") ? text.dropLast() : text[...])
      } catch {
        throw .damagedManifest(path: manifest.path, line: number)
      }
      guard let relative else { continue }
      let directory = String(relative[..<(relative.lastIndex(of: "/") ?? relative.endIndex)])
      if directory != lastDirectory {
        // A link among the directories could lead out of the output directory: nothing is removed through it.
        let actual = URL(fileURLWithPath: path(directory)).resolvingSymlinksInPath().path
        guard actual == root + "/" + directory else {
          throw .damagedManifest(path: manifest.path, line: number)
        }
        removeEmptyDirectories(from: lastDirectory)
        lastDirectory = directory
      }
      if unlink(path(relative)) != 0 && errno != ENOENT {
        throw .fileFailure(path: path(relative), reason: FileSink.words(errno))
      }
    }
    removeEmptyDirectories(from: lastDirectory)
  }

  private func removeEmptyDirectories(from relative: String) {
    var relative = relative[...]
    // rmdir refuses a directory that still holds something, which ends the climb.
    while !relative.isEmpty, rmdir(path(String(relative))) == 0 {
      relative = relative[..<(relative.lastIndex(of: "/") ?? relative.startIndex)]
    }
  }

  private func attempt<Value>(_ path: String, _ body: () throws -> Value) throws(GenerationError) -> Value {
    do {
      return try body()
    } catch {
      let cause = error as NSError
      let code = (cause.userInfo[NSUnderlyingErrorKey] as? NSError) ?? cause
      let isSystem = code.domain == NSPOSIXErrorDomain
      throw .fileFailure(path: path, reason: isSystem ? FileSink.words(Int32(code.code)) : "it cannot be used")
    }
  }
}
