import Foundation
import Outputs

/// A file that an option names and that cannot be used: nothing is read then, and the status is 1, as of other files.
struct UnusableFile: Error, CustomStringConvertible {
  let description: String

  /// - Parameter words: the option, the file, and the cause; made safe for a terminal here.
  init(_ words: String) { description = Terminal.safe(words) }
}

/// Why a file that an option names cannot be read, in words for a person.
enum UnreadableFile {
  static func reason(_ path: String, _ error: any Error) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return words(errno) }
    if status.st_mode & S_IFMT == S_IFDIR { return "it is a folder" }
    guard access(path, R_OK) == 0 else { return words(errno) }
    let cause = error as NSError
    let code = (cause.userInfo[NSUnderlyingErrorKey] as? NSError) ?? cause
    return code.domain == NSPOSIXErrorDomain ? words(Int32(code.code)) : cause.localizedDescription
  }

  private static func words(_ code: Int32) -> String {
    switch code {
    case ENOENT, ENOTDIR: "there is no such file"
    case EACCES, EPERM: "it may not be read"
    default: String(cString: strerror(code))
    }
  }
}
