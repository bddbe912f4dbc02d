/// Words of a command for a POSIX shell.
enum ShellWord {
  /// The text so that a shell takes it as one word, unchanged: as it is where nothing in it means anything to a shell,
  /// else in single quotes, in which only the single quote needs care.
  static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-_./:@+,=".utf8.contains(byte)
        }
      }
    return isPlain ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
  }
}
