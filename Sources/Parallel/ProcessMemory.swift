import Foundation

/// The memory that this process may have.
public enum ProcessMemory {
  /// Bytes: the machine's memory, or the limit of the process's control group or of the process (`ulimit -v`) where it is
  /// lower.
  public static let available: Int = {
    var bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
      let text = (try? String(contentsOfFile: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      if let limit = text.flatMap({ Int($0) }), limit > 0 { bytes = min(bytes, limit) }
    }
    var limit = rlimit()
    #if canImport(Glibc)
      let space = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #else
      let space = getrlimit(RLIMIT_AS, &limit)
    #endif
    if space == 0 { bytes = min(bytes, Int(clamping: limit.rlim_cur)) }
    return bytes
  }()
}
