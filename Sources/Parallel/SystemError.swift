import Foundation

/// What the system answers when it refuses something, in words for a person: the cause, and what to do where that is
/// known.
package enum SystemError {
  /// What is said wherever there is no room, also that of a quota.
  package static let noRoom = "there is no room left on the disk"

  /// A clause without a full stop, such as `there is no room left on the disk: make some, or choose another place`.
  package static func words(_ code: Int32 = errno) -> String {
    switch code {
    case ENOENT: "there is no such file or folder"
    case ENOTDIR: "a part of its path is no folder"
    case EISDIR: "it is a folder"
    case EACCES, EPERM: "permission is missing: look at the rights of the file and the folders above it"
    case EROFS: "the file system is read-only: choose another place"
    case ENOSPC, EDQUOT: "\(noRoom): make some, or choose another place"
    case EFBIG: "it would become larger than files may be here: look at `ulimit -f`, or choose another place"
    case EMFILE, ENFILE: "too many files are open: look at `ulimit -n`"
    case ENAMETOOLONG: "its name is too long: choose a shorter one"
    case ELOOP: "its links lead round in a circle"
    case EIO: "the disk, or the way to it, fails"
    case EXDEV: "its place is on another file system"
    default: String(cString: strerror(code)).lowercased()
    }
  }

  /// Why a path cannot be used, where a link may lead nowhere.
  package static func words(_ code: Int32 = errno, at path: String) -> String {
    var status = stat()
    guard code == ENOENT, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return words(code) }
    let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)).map { " to \($0)" } ?? ""
    return "it is a link\(target), where there is nothing"
  }
}
