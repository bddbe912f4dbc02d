import Foundation

/// Where a report is written: beside the place first, then moved there in one step.
///
/// Only a regular file that is an earlier report may be replaced, so that a slip of the hand cannot cost evidence.
public struct ReportFile: Sendable {
  /// What every report starts with, behind its document type.
  static let mark: StaticString = "<!-- Martlet report -->"

  private let path: String

  /// Checks that a report can be written to a path; throws `ReportFileError`.
  public init(path: String) throws(ReportFileError) {
    guard path != "-" else {
      throw ReportFileError(path: path, reason: "it needs a file, standard output being for the alerts")
    }
    // A link stays a link: the file behind it is replaced.
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    self.path = target
    let folder = (target as NSString).deletingLastPathComponent
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw ReportFileError(path: path, reason: "there is no folder \(folder)")
    }
    guard access(folder, W_OK) == 0 else {
      throw ReportFileError(path: path, reason: "its folder cannot be written to")
    }
    guard !path.hasSuffix("/") else { throw ReportFileError(path: path, reason: "it names a folder") }
    guard stat(target, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw ReportFileError(path: path, reason: "it is a folder")
    default: throw ReportFileError(path: path, reason: "it is no regular file")
    }
    guard status.st_size == 0 || Self.isReport(target) else {
      throw ReportFileError(path: path, reason: "there is a file that is no report; remove it or choose another name")
    }
  }

  /// Writes a page in pieces and puts it in its place; nothing is left behind when it fails.
  public func write(_ page: (_ output: ([UInt8]) throws -> Void) throws -> Void) throws {
    let temporary = path + ".\(UUID().uuidString.prefix(8)).part"
    guard FileManager.default.createFile(atPath: temporary, contents: nil),
      let handle = FileHandle(forWritingAtPath: temporary)
    else { throw ReportFileError(path: path, reason: "it cannot be created") }
    do {
      try page { try handle.write(contentsOf: Data($0)) }
      try handle.synchronize()
      try handle.close()
      guard rename(temporary, path) == 0 else {
        throw ReportFileError(path: path, reason: String(cString: strerror(errno)))
      }
    } catch {
      unlink(temporary)
      if error is ReportFileError { throw error }
      throw ReportFileError(path: path, reason: "it cannot be written: \(error.localizedDescription)")
    }
  }

  private static func isReport(_ path: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path), let start = try? handle.read(upToCount: 200) else {
      return false
    }
    return String(decoding: start, as: UTF8.self).contains(mark.description)
  }
}
