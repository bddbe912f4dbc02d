import Events

/// A row of a table of alerts: one alert, or several that are alike.
public struct AlertRow: Sendable {
  /// The earliest alert.
  public let first: AlertLine
  /// When the latest happened.
  public internal(set) var latest: Timestamp?
  /// The places of the alerts in the order in which they were handed in, from 0.
  public internal(set) var members: [Int]
  /// What the alerts have, each value once, in the order of their times; see `Cell`.
  public internal(set) var actions: Cell
  public internal(set) var targets: Cell
  public internal(set) var regions: Cell
  public internal(set) var origins: Cell
  public internal(set) var errorCodes: Cell
  /// True when some of the alerts have no error code.
  public internal(set) var hasUncodedError: Bool

  /// True when an alert rests on a history of which only a part was given.
  public internal(set) var hasShortHistory: Bool

  public var count: Int { members.count }

  /// The different values that the alerts of a row have in one column.
  public struct Cell: Sendable, Equatable {
    /// The values, each once, at most `most`.
    public private(set) var values: [String] = []
    /// True when there are more than `values` has.
    public private(set) var isCut = false

    /// Values that are kept.
    static let most = 100

    public init(_ value: String?) { add(value) }

    /// Values in their order.
    public init(_ values: [String]) { for value in values { add(value) } }

    public mutating func add(_ value: String?) {
      guard let value, !values.contains(value) else { return }
      guard values.count < Self.most else { return isCut = true }
      values.append(value)
    }

    /// The first value and how many others there are: `ListBuckets +2`.
    public var text: String? {
      guard let first = values.first else { return nil }
      return values.count == 1 ? first : "\(first) +\(values.count - 1)\(isCut ? " or more" : "")"
    }
  }

  init(_ line: AlertLine, place: Int) {
    first = line
    hasShortHistory = line.hasShortHistory
    latest = line.time
    members = [place]
    actions = Cell(line.action)
    targets = Cell(line.target)
    regions = Cell(line.region)
    origins = Cell(line.origin)
    errorCodes = Cell(line.errorCode)
    hasUncodedError = line.errorCode == nil
    addOthers(of: line)
  }

  /// Of an alert on several events what the others of them did.
  private mutating func addOthers(of line: AlertLine) {
    for action in line.otherActions { actions.add(action) }
    for origin in line.otherOrigins { origins.add(origin) }
  }

  mutating func add(_ line: AlertLine, place: Int) {
    latest = line.time
    if line.hasShortHistory { hasShortHistory = true }
    members.append(place)
    actions.add(line.action)
    targets.add(line.target)
    regions.add(line.region)
    origins.add(line.origin)
    errorCodes.add(line.errorCode)
    hasUncodedError = hasUncodedError || line.errorCode == nil
    addOthers(of: line)
  }
}
