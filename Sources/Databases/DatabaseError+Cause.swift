import Foundation
import GRDB
import Parallel

extension DatabaseError {
  /// Why it failed, in words. SQLite says of a file that it cannot open nothing more; whether that is for want of descriptors, of
  /// which it has given back its own by now, is asked of the system.
  public var cause: String {
    if resultCode == .SQLITE_CANTOPEN {
      let descriptors = (0..<12).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
      let words = SystemError.words()
      for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
      if descriptors.contains(where: { $0 < 0 }) { return words }
    }
    return message ?? resultCode.description
  }
}
