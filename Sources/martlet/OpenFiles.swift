import Foundation

/// The files that this process may have open.
enum OpenFiles {
  /// Where only few may be open, has the descriptor of the first timer opened before any other.
  ///
  /// libdispatch opens it when the first task sleeps, and ends the process where there is none left for it.
  static func prepare() async {
    guard limit < 256 else { return }
    try? await Task.sleep(for: .microseconds(100))
  }

  /// How many may be open at once (`ulimit -n`).
  static var limit: UInt64 {
    var limit = rlimit()
    #if canImport(Glibc)
      let files = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #else
      let files = getrlimit(RLIMIT_NOFILE, &limit)
    #endif
    return files == 0 ? UInt64(limit.rlim_cur) : .max
  }
}
