import Events

/// The type of an expression or a column, as EQL and ES|QL speak of types.
public enum DataType: String, Hashable, Sendable, CaseIterable {
  case null
  case boolean
  /// 32 bits.
  case integer
  /// 64 bits.
  case long
  case unsignedLong = "unsigned_long"
  case double
  case keyword
  case text
  case ip
  case version
  /// Milliseconds since the epoch.
  case date = "datetime"
  /// Nanoseconds since the epoch.
  case dateNanos = "date_nanos"
  /// Days, weeks, months, years: only as a constant.
  case datePeriod = "date_period"
  /// Milliseconds to hours: only as a constant.
  case timeDuration = "time_duration"
  case geoPoint = "geo_point"
  case geoShape = "geo_shape"
  case cartesianPoint = "cartesian_point"
  case cartesianShape = "cartesian_shape"
  /// A field that nothing is known of: each value has the kind it came with. Fits wherever some kind would.
  case dynamic
  /// A field that no expression can use, such as a nested one.
  case unsupported

  /// The type of a field's values.
  public init(_ type: FieldType) {
    switch type {
    case .keyword, .wildcard, .constant: self = .keyword
    case .flattened: self = .keyword
    case .analyzed: self = .text
    case .integer: self = .long
    case .double: self = .double
    case .version: self = .version
    case .narrow(.unsignedLong): self = .unsignedLong
    case .narrow(.whole): self = .integer
    case .narrow: self = .double
    case .boolean: self = .boolean
    case .date: self = .date
    case .dateNanos: self = .dateNanos
    case .ip: self = .ip
    case .geoPoint: self = .geoPoint
    case .dynamic, .object: self = .dynamic
    case .nested, .binary: self = .unsupported
    }
  }

  /// Numbers of any width.
  public var isNumeric: Bool { isWhole || self == .double }
  /// Numbers without decimals.
  public var isWhole: Bool { self == .integer || self == .long || self == .unsignedLong }
  public var isString: Bool { self == .keyword || self == .text }
  public var isTime: Bool { self == .date || self == .dateNanos }
  public var isSpan: Bool { self == .datePeriod || self == .timeDuration }
  /// Nothing is known before a value is seen.
  public var isOpen: Bool { self == .null || self == .dynamic }
}

/// A set of types, as a parameter accepts them.
public struct DataTypes: Hashable, Sendable, ExpressibleByArrayLiteral {
  public private(set) var types: Set<DataType>

  public init(arrayLiteral types: DataType...) { self.types = Set(types) }
  public init(_ types: some Sequence<DataType>) { self.types = Set(types) }

  public static let strings: DataTypes = [.keyword, .text]
  public static let numbers: DataTypes = [.integer, .long, .unsignedLong, .double]
  public static let wholes: DataTypes = [.integer, .long]
  public static let times: DataTypes = [.date, .dateNanos]
  public static let spans: DataTypes = [.datePeriod, .timeDuration]
  public static let any = DataTypes(DataType.allCases)

  public func union(_ other: DataTypes) -> DataTypes { DataTypes(types.union(other.types)) }

  /// True where an expression of a type fits; one whose type is open fits everywhere.
  public func accepts(_ type: DataType) -> Bool { type.isOpen || types.contains(type) }
}
