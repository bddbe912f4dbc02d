/// Options as a person would write them again.
public enum ShellWords {
  /// An option and its value, in quotes where it needs them.
  public static func option(_ name: String, _ value: String) -> String {
    let isPlain = !value.isEmpty && value.allSatisfy { $0.isLetter || $0.isNumber || "-_./:,+=@%".contains($0) }
    return isPlain ? "\(name) \(value)" : "\(name) '\(value.replacing("'", with: "'\\''"))'"
  }
}
