/// A value list that is kept elsewhere than in a file.
public struct KeptValueList: Sendable {
  /// The id by which exceptions name it.
  public var id: String
  /// What it holds, as exceptions name it: `keyword`, `ip`, `ip_range` or `text`.
  public var kind: String
  /// A value a line.
  public var text: String

  public init(id: String, kind: String, text: String) {
    self.id = id
    self.kind = kind
    self.text = text
  }
}
