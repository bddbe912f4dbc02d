import Foundation

/// Who runs this, as the system knows it.
public enum SystemUser {
  /// The name, or the number where there is none.
  public static var name: String {
    let name = getpwuid(getuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) }
    return name ?? "user \(getuid())"
  }
}
