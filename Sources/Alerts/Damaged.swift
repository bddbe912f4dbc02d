import Events

/// An alert whose document is not what was written, and what is known of it all the same.
public struct DamagedAlert: Hashable, Sendable {
  public var id: String
  public var ruleID: String
  /// When the execution that created it was scheduled.
  public var tick: Timestamp

  /// What is to be said where such alerts are left out; nil where there are none.
  ///
  /// - Parameter folder: the folder of the alerts.
  public static func sentence(_ damaged: some Collection<DamagedAlert>, in folder: String) -> String? {
    guard !damaged.isEmpty else { return nil }
    let (are, they) = damaged.count == 1 ? ("alert is", "it") : ("alerts are", "them")
    return "\(damaged.count) \(are) damaged and left out: what is kept of \(they) is not what was written. "
      + "martlet verify --data \(folder) names \(they) and says what to do, and the alerts.sqlite of a backup has \(they) whole"
  }
}

/// A version of what people put into a folder whose text is not what was written.
public struct DamagedDocument: Hashable, Sendable {
  public var kind: KeptDocument.Kind
  public var key: String
  public var version: Int
  public var isCurrent: Bool
}
