import Events

/// What tells the contents that one event comes with apart, in an order: of several the lowest counts.
///
/// An update counts before what it updates, and a record of CloudTrail before what others made of it. Of contents of one
/// kind a hash decides, so that it is the same one in whichever order they come.
enum EventContent {
  /// What a text is, the one that counts first.
  enum Form: UInt32 {
    /// A record of CloudTrail.
    case record
    /// A record that was put together again from what a table kept of it.
    case rebuilt
    /// An event in ECS.
    case ecs
  }

  private static let formShift: UInt32 = 29

  /// - Parameter hash: a hash of the text.
  static func of(_ form: Form, isUpdate: Bool, hash: UInt64) -> UInt32 {
    (isUpdate ? 0 : EventHead.originalBit) | form.rawValue << formShift | UInt32(truncatingIfNeeded: hash >> 35)
  }

  /// True of a content that updates another.
  static func isUpdate(_ content: UInt32) -> Bool { content & EventHead.originalBit == 0 }

  /// True when two contents are told apart by their hashes alone.
  static func areOfOneKind(_ one: UInt32, _ other: UInt32) -> Bool { one >> formShift == other >> formShift }
}
