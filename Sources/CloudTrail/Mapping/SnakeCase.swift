/// Names of CloudTrail as names of fields: `onBehalfOf` is `on_behalf_of`, `requestID` is `request_id`.
enum SnakeCase {
  /// Appends a name in lower case, with an underscore before each capital that begins a word: one behind a letter or digit
  /// that is no capital, and the last of several before a small letter.
  static func append(_ name: some Collection<UInt8>, to output: inout [UInt8]) {
    let name = Array(name)
    func isUpper(_ at: Int) -> Bool { name.indices.contains(at) && (0x41...0x5A).contains(name[at]) }
    func isLower(_ at: Int) -> Bool { name.indices.contains(at) && (0x61...0x7A).contains(name[at]) }
    for at in name.indices {
      guard isUpper(at) else {
        output.append(name[at])
        continue
      }
      let follows = at > 0 && (isLower(at - 1) || (0x30...0x39).contains(name[at - 1]))
      if follows || (isUpper(at - 1) && isLower(at + 1)) { output.append(UInt8(ascii: "_")) }
      output.append(name[at] | 0x20)
    }
  }
}
