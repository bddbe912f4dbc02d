import Foundation

/// Who runs this, as the system knows it.
enum SystemUser {
  static var name: String {
    let name = getpwuid(getuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) }
    return name ?? "user \(getuid())"
  }
}
