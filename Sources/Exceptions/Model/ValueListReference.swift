import Query

/// A value list as an entry names it.
public struct ValueListReference: Hashable, Sendable {
  /// The list's id in Kibana, or the path of its file as written.
  public var id: String
  public var kind: ValueList.Kind

  public init(id: String, kind: ValueList.Kind) {
    self.id = id
    self.kind = kind
  }
}
