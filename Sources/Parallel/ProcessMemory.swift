import CMemory
import Foundation

/// The memory that this process may have.
public enum ProcessMemory {
  /// Bytes: the machine's memory, or what the limit of the process's control group or of the process (`ulimit -v`) leaves
  /// it where that is less.
  public static let available: Int = {
    var bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
      let text = (try? String(contentsOfFile: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      if let limit = text.flatMap({ Int($0) }), limit > 0 { bytes = min(bytes, limit) }
    }
    // Program and libraries have their part of the address space already.
    if let limit = addressSpaceLimit { bytes = min(bytes, max(0, limit - mapped)) }
    return bytes
  }()

  /// True where memory is so short that none is to be kept for later.
  public static var isShort: Bool { available < 3 << 30 }

  /// Bytes that one worker of several may take for what it has in hand: half of the memory goes to them, a third to what a
  /// run remembers.
  public static func share(of workers: Int) -> Int { available / 2 / max(1, workers) }

  /// True where this process has more than seven eighths of the memory that it may have. Takes some microseconds.
  public static var isNearlyUsedUp: Bool { pages(1) > available / 8 * 7 }

  /// The status of a process that ends for want of memory: `EX_OSERR`.
  public static let endingStatus: Int32 = 71

  /// Bytes of address space, beside what the program takes of it, with which a run can start: stacks of threads, and rooms.
  private static let least = 96 << 20

  /// Sees to it that memory which is refused ends the process with a sentence, and suits the allocator to what there is.
  /// To be called before there are threads.
  public static func prepare() {
    martlet_end_without_memory(endingStatus)
    guard isShort else { return }
    martlet_spare_memory()
    guard let limit = addressSpaceLimit, martlet_has_address_space(least) == 0 else { return }
    let wanted = (mapped + least) >> 20
    let text =
      "martlet: the limit of \(limit >> 20) MB of address space (ulimit -v) is too low to start: at least \(wanted) MB "
      + "are needed, 300 to read input\n"
    FileHandle.standardError.write(Data(text.utf8))
    exit(endingStatus)
  }

  /// How long a process goes on, which says what is best done with the memory that it frees.
  public enum Running: Sendable {
    /// It reads its input and ends: buffers of some megabytes come and go with every batch. Giving each back to the system
    /// and asking for it again costs page faults, and with several workers the processors interrupt each other for it.
    case once
    /// It goes on for months: what a moment took must be given back, or the moments add up.
    case always
  }

  /// Suits the allocator of the whole process to how long it goes on; for commands alone to call. Where memory is short, it is
  /// worth more than page faults, and nothing is changed.
  public static func suit(_ running: Running) {
    guard !isShort else { return }
    switch running {
    case .once: martlet_keep_freed_memory()
    case .always: martlet_return_freed_memory()
    }
  }

  /// Gives back to the system what was freed and is kept for later: for a process that goes on for long after it has done what takes
  /// much. Takes milliseconds.
  public static func giveBack() { martlet_give_back_memory() }

  /// Bytes that `ulimit -v` allows; nil where there is no limit.
  private static var addressSpaceLimit: Int? {
    var limit = rlimit()
    #if canImport(Glibc)
      let space = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #else
      let space = getrlimit(RLIMIT_AS, &limit)
    #endif
    guard space == 0, limit.rlim_cur < Int.max else { return nil }
    return Int(limit.rlim_cur)
  }

  /// Bytes of address space that are in use; 0 where it is not known.
  private static var mapped: Int { pages(0) }

  /// One of the figures that the system has of the process, in bytes; 0 where it is not known.
  private static func pages(_ place: Int) -> Int {
    let figures = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    guard place < figures.count, let pages = Int(figures[place]) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
