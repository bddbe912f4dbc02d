import Foundation
import Settings

/// Where long objects lie while they are read: a folder below that of the events, which nobody else uses.
enum ScratchFolder {
  /// Makes it, and deletes what a process that was killed has left. Throws `SettingsFault`.
  static func prepare(_ path: String) throws {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw SettingsFault("\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw SettingsFault("\(path) is no folder")
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw SettingsFault("\(path) cannot be read")
    }
    // Only names that are given there.
    for name in names where UUID(uuidString: name) != nil { unlink(path + "/" + name) }
  }
}
