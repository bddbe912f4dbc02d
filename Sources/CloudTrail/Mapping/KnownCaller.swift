import Events

/// What one text of `userIdentity` says, whatever was called. The values belong to a `MappingMemory`.
struct KnownCaller: BitwiseCopyable {
  /// The fields that come from it alone.
  var fields: KnownFields
  /// True when it has elements that no field is for.
  var hasOthers: Bool
  /// True when `fields` tells an address of mail.
  var hasEmail: Bool
  /// True when it has values for which a field is left out.
  var hasFaults: Bool
  var accountID: Scalar?
  var userName: Scalar?
  var userID: Scalar?
  /// The user on whose behalf the call was made.
  var onBehalfOf: Scalar?
  var sessionName: Scalar?
  /// The session's name up to an `@`.
  var sessionUser: Scalar?
  /// What belongs into `related.entity`, in the order of the texts.
  var related: UnsafeBufferPointer<UnsafeBufferPointer<UInt8>>
  /// Who acted.
  var actor: KnownFields
  /// Who acted where a role was assumed.
  var roleAssumer: KnownFields
}

/// What follows from the source and the name of a call.
struct KnownCall: BitwiseCopyable {
  /// Source, name and service.
  var fields: KnownFields
  /// Category and types, and the types alone.
  var categories: KnownFields
  var types: KnownFields
  /// True when the call has a name.
  var hasAction: Bool
  /// True when its source is a value, but no text.
  var hasBadSource: Bool
  var isConsoleLogin: Bool
  var isUserAuthentication: Bool
  var isAssumeRole: Bool
  /// True of the calls of which `martlet.*` tells something.
  var isJudged: Bool
  var isOfIAM: Bool
  /// What the call acts on.
  var targets: EntityTargets.Sources
  /// What else it names.
  var related: EntityTargets.Sources
}

/// What follows from `sourceIPAddress`.
struct KnownAddress: BitwiseCopyable {
  var fields: KnownFields
  /// The address as it is written, where it is one.
  var address: Scalar?
  /// The name of a host that stands in its place.
  var host: Scalar?
}

/// What follows from `tlsDetails`.
struct KnownConnection: BitwiseCopyable {
  var fields: KnownFields
  /// True when it has elements that no field is for.
  var hasOthers: Bool
  /// The name under which the host was called, where it is none of AWS.
  var host: Scalar?
}
