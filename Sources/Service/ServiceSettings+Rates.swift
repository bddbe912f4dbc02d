import Settings

extension ServiceSettings {
  /// How many requests and bytes a second one client of the listener may send, and how many of them at once after a rest; nil for no bound.
  public struct Rates: Sendable, Equatable {
    public var requests: Int?
    public var requestsBurst: Int?
    public var bytes: Int?
    public var bytesBurst: Int?

    public init() {}

    /// Reads the part `limits` of settings. Throws `SettingsFault`.
    mutating func read(_ keys: SettingsReader) throws {
      guard let part = keys.object("limits") else { return }
      try part.begin()
      requests = try part.number("requests_per_second", 1...1_000_000)
      requestsBurst = try part.number("requests_burst", 1...10_000_000)
      bytes = try part.number("bytes_per_second", 1024...1 << 40)
      bytesBurst = try part.number("bytes_burst", 1024...1 << 40)
      for (burst, rate, name) in [(requestsBurst, requests, "requests"), (bytesBurst, bytes, "bytes")] {
        guard let burst else { continue }
        guard let rate else { throw part.wrong("\(name)_burst", "\(name)_per_second is not set") }
        guard burst >= rate else {
          throw part.wrong("\(name)_burst", "it is less than \(name)_per_second, \(rate)")
        }
      }
      try part.finish()
    }
  }
}
