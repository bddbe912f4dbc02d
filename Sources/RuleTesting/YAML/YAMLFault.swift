import Rules

/// Why a YAML text is refused: what is wrong, and what to do about it.
struct YAMLFault: Error {
  var position: SourcePosition
  var message: String
}
