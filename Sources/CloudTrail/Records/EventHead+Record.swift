import Events

extension EventHead {
  /// The head of a record that is not to be told from others.
  public init(_ row: RecordRow) {
    self.init(time: row.time, identity: EventIdentity(row.id), content: EventHead.unnamed, form: row.kind.rawValue)
  }

  /// What the source text is.
  public var kind: RecordKind { RecordKind(rawValue: form & ~Self.ingestedBit) ?? .ecs }

  /// The same, told by the form alone.
  public static func isIngestedHere(_ form: UInt8) -> Bool { form & ingestedBit != 0 }

  /// True for the form of a record of CloudTrail as it came.
  public static func isRecord(_ form: UInt8) -> Bool { form & ~ingestedBit == RecordKind.cloudTrail.rawValue }

  /// Stands in `form` beside the kind.
  private static let ingestedBit: UInt8 = 0x80

  /// True when `event.ingested` is the time at which a store took the event in: the event itself does not say it.
  public var isIngestedHere: Bool {
    get { Self.isIngestedHere(form) }
    set { form = newValue ? form | Self.ingestedBit : form & ~Self.ingestedBit }
  }

  /// The id that the text's own row goes by, where the head tells: that of the event, save for updates, which have the
  /// identity of what they update, for documents, and for texts that name no id.
  public var ownID: EventID? {
    content != EventHead.unnamed && kind == .cloudTrail && !EventContent.isUpdate(content) ? identity.id : nil
  }
}
