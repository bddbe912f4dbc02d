import Events

extension EventHead {
  /// The head of a record that is not to be told from others.
  public init(_ row: RecordRow) {
    self.init(time: row.time, identity: EventIdentity(row.id), content: EventHead.unnamed, form: row.kind.rawValue)
  }

  /// What the source text is.
  public var kind: RecordKind { RecordKind(rawValue: form) ?? .ecs }

  /// The id that the text's own row goes by, where the head tells: that of the event, save for updates, which have the
  /// identity of what they update, for documents, and for texts that name no id.
  public var ownID: EventID? {
    content != EventHead.unnamed && kind == .cloudTrail && !EventContent.isUpdate(content) ? identity.id : nil
  }
}
