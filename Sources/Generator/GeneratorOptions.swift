import Foundation

/// What to generate: how many records, over how long, for how many accounts, and with which attacks among them.
///
/// Two runs with equal options write equal bytes, whatever the number of workers and the machine.
public struct GeneratorOptions: Sendable {
  /// The number of records in all, planted ones included: 1 to 1,000,000,000.
  public var events: Int
  /// The number of UTC days that the records span: 1 to 3,650.
  public var days: Int
  /// The number of accounts: 1 to 1,000.
  public var accounts: Int
  /// What every invented name, identifier and choice is derived from.
  public var seed: UInt64
  /// The directory that receives `AWSLogs/` and the manifest; made when it does not exist.
  public var outputDirectory: URL
  /// The first instant of the span: midnight UTC of a day from 1970 to 9000.
  public var start: Date
  /// The attacks to plant, in this order; one that is named twice is planted twice.
  public var attacks: [Attack]
  /// The most records that one file receives, apart from planted ones: 1 to 20,000. Memory grows with it.
  public var eventsPerFile: Int
  /// The effort spent on compression: 1 (fastest) to 12 (smallest).
  public var compressionLevel: Int
  /// Whether the files of an earlier run in the same directory may be removed first; other files are never touched.
  public var replace: Bool
  /// The number of files that `generateInParallel` prepares at a time: 1 to 256.
  public var workers: Int

  /// 2026-01-01T00:00:00Z, where a span begins when nothing else is said.
  public static let defaultStart = Date(timeIntervalSince1970: 1_767_225_600)

  /// Options with every default filled in; `generate` says in words which of them are out of bounds.
  public init(
    events: Int, days: Int = 1, accounts: Int = 1, seed: UInt64 = 1, outputDirectory: URL,
    start: Date = GeneratorOptions.defaultStart, attacks: [Attack] = [], eventsPerFile: Int = 2_000,
    compressionLevel: Int = 6, replace: Bool = false,
    workers: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    self.events = events
    self.days = days
    self.accounts = accounts
    self.seed = seed
    self.outputDirectory = outputDirectory
    self.start = start
    self.attacks = attacks
    self.eventsPerFile = eventsPerFile
    self.compressionLevel = compressionLevel
    self.replace = replace
    self.workers = workers
  }
}

extension GeneratorOptions {
  private static let secondsPerDay: Int64 = 86_400
  private static let latestStart: Int64 = 221_845_392_000  // 9000-01-01T00:00:00Z

  /// The day of `start`, counted from 1970-01-01, once every option has been found to lie within its bounds.
  func checkedFirstDay() throws(GenerationError) -> Int {
    try check("events", events, 1...1_000_000_000)
    try check("days", days, 1...3_650)
    try check("accounts", accounts, 1...1_000)
    try check("events per file", eventsPerFile, 1...20_000)
    try check("compression level", compressionLevel, 1...12)
    try check("workers", workers, 1...256)
    guard attacks.count <= 1_000 else {
      throw .badOption("at most 1,000 attacks can be planted, not \(attacks.count)")
    }
    let seconds = start.timeIntervalSince1970
    guard seconds >= 0, seconds <= Double(Self.latestStart) else {
      throw .badOption("the start must lie between the years 1970 and 9000")
    }
    let whole = Int64(seconds)
    guard Double(whole) == seconds, whole % Self.secondsPerDay == 0 else {
      throw .badOption("the start must be midnight UTC, such as 2026-01-01T00:00:00Z")
    }
    return Int(whole / Self.secondsPerDay)
  }

  private func check(_ name: String, _ value: Int, _ bounds: ClosedRange<Int>) throws(GenerationError) {
    guard bounds.contains(value) else {
      throw .badOption("\(name) must be between \(bounds.lowerBound) and \(bounds.upperBound), not \(value)")
    }
  }
}
