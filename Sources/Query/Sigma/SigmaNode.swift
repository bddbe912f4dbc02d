/// A value of a Sigma document and where it stands: lines and columns from 1, columns in Unicode scalars.
public struct SigmaNode: Sendable {
  public struct Place: Hashable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  public struct Member: Sendable {
    public var key: String
    public var place: Place
    public var value: SigmaNode

    public init(key: String, place: Place, value: SigmaNode) {
      self.key = key
      self.place = place
      self.value = value
    }
  }

  public indirect enum Content: Sendable {
    case null
    case boolean(Bool)
    /// A number as it is written in decimals.
    case number(String)
    case text(String)
    case list([SigmaNode])
    case map([Member])
  }

  public var content: Content
  public var place: Place

  public init(_ content: Content, _ place: Place = Place(line: 1, column: 1)) {
    self.content = content
    self.place = place
  }

  public var list: [SigmaNode]? { if case .list(let elements) = content { elements } else { nil } }
  public var map: [Member]? { if case .map(let members) = content { members } else { nil } }
  public var text: String? { if case .text(let text) = content { text } else { nil } }
  public var isNull: Bool { if case .null = content { true } else { false } }

  /// A member of a map by its key.
  public subscript(_ key: String) -> SigmaNode? { map?.first { $0.key == key }?.value }

  /// What a scalar is as a text; nil for null, lists and maps.
  public var scalarText: String? {
    switch content {
    case .text(let text), .number(let text): text
    case .boolean(let flag): flag ? "true" : "false"
    case .null, .list, .map: nil
    }
  }

  /// The texts of a list of scalars, or of one scalar.
  public var texts: [String] { (list ?? [self]).compactMap(\.scalarText) }

  /// What kind of value it is, with its article.
  public var kindName: String {
    switch content {
    case .null: "nothing"
    case .boolean: "a boolean"
    case .number: "a number"
    case .text: "a text"
    case .list: "a list"
    case .map: "a map"
    }
  }
}

/// What is wrong with a Sigma document, and where.
public struct SigmaFault: Error, Hashable, Sendable {
  /// A clause without a full stop.
  public var message: String
  public var place: SigmaNode.Place
  /// True where the document is right, and what it asks for is not done here.
  public var isUnsupported: Bool

  public init(_ message: String, _ place: SigmaNode.Place, isUnsupported: Bool = false) {
    self.message = message
    self.place = place
    self.isUnsupported = isUnsupported
  }
}
