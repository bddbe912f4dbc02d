/// Why a text is no TOML.
struct TOMLSyntaxError: Error {
  /// The cause and what was expected, a sentence without its point.
  var message: String
  /// The byte at which it was noticed, from 0.
  var offset: Int

  init(_ message: String, at offset: Int) {
    self.message = message
    self.offset = offset
  }
}
