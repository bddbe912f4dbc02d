import Foundation

/// Where a secret is: never in settings themselves. It is read each time that it is used, so that it can be changed.
public enum SecretSource: Sendable, Equatable {
  case file(String)
  case variable(String)

  /// The secret, without a line's end behind it. Throws `SettingsFault`, which tells where it should be and not what it is.
  public func read(_ variables: [String: String]) throws -> String {
    switch self {
    case .variable(let name):
      guard let value = variables[name], !value.isEmpty else {
        throw SettingsFault("the variable \(name), which holds a secret, is not set")
      }
      return value
    case .file(let path):
      guard let handle = FileHandle(forReadingAtPath: path) else {
        throw SettingsFault("the file \(path), which holds a secret, cannot be read")
      }
      defer { try? handle.close() }
      guard let data = try? handle.read(upToCount: (64 << 10) + 1), data.count <= 64 << 10,
        var text = String(data: data, encoding: .utf8)
      else { throw SettingsFault("the file \(path) holds no secret: it is no text of at most 64 KiB") }
      while let last = text.last, last.isNewline { text.removeLast() }
      guard !text.isEmpty else { throw SettingsFault("the file \(path), which holds a secret, is empty") }
      return text
    }
  }
}
