import Foundation
import Outputs
import Parallel

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
    guard stat(path, &status) == 0 else { return SystemError.words(at: path) }
    if status.st_mode & S_IFMT == S_IFDIR { return "it is a folder" }
    guard access(path, R_OK) == 0 else { return SystemError.words() }
    let cause = error as NSError
    let code = (cause.userInfo[NSUnderlyingErrorKey] as? NSError) ?? cause
    return code.domain == NSPOSIXErrorDomain ? SystemError.words(Int32(code.code)) : "it cannot be read as a file"
  }
}
