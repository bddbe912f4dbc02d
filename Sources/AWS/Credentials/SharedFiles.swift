/// The files that AWS's tools share: `~/.aws/config` and `~/.aws/credentials`.
struct SharedFiles: Sendable {
  /// The settings of each profile: of both files, those of the credentials file first for keys.
  private var profiles: [String: [String: String]] = [:]
  private var sessions: [String: [String: String]] = [:]

  /// Reads both, of which either may be missing. Throws `AWSSettingsError`.
  init(_ surroundings: AWSSurroundings) throws {
    func path(_ variable: String, _ usual: String) -> String {
      surroundings.expanded(surroundings.variable(variable) ?? usual)
    }
    let config = try surroundings.text(of: path("AWS_CONFIG_FILE", "~/.aws/config"), longest: Self.longest)
    for (section, settings) in Self.sections(of: config ?? "") {
      let words = section.split(separator: " ", maxSplits: 1).map { $0.trimmingSpaces() }
      switch (words.first, words.count) {
      case ("default", 1): profiles["default", default: [:]].merge(settings) { $1 }
      case ("profile", 2): profiles[words[1], default: [:]].merge(settings) { $1 }
      case ("sso-session", 2): sessions[words[1], default: [:]].merge(settings) { $1 }
      default: break
      }
    }
    let keys = try surroundings.text(
      of: path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), longest: Self.longest)
    for (section, settings) in Self.sections(of: keys ?? "") {
      if settings["aws_access_key_id"] != nil {
        // A token in the other file belongs to other keys.
        profiles[section]?["aws_session_token"] = nil
      }
      profiles[section, default: [:]].merge(settings) { $1 }
    }
  }

  private static let longest = 1 << 20

  /// Nil where no file has the profile.
  func profile(_ name: String) -> [String: String]? { profiles[name] }

  func session(_ name: String) -> [String: String]? { sessions[name] }

  /// The settings of an INI file, section by section. Lines that are indented belong to the setting above and are passed over.
  static func sections(of text: String) -> [(name: String, settings: [String: String])] {
    var sections: [(name: String, settings: [String: String])] = []
    for line in text.split(whereSeparator: \.isNewline) {
      guard let first = line.first, !first.isWhitespace, first != "#", first != ";" else { continue }
      if first == "[" {
        guard let end = line.lastIndex(of: "]") else { continue }
        var name = line[line.index(after: line.startIndex)..<end].trimmingSpaces()
        // `[profile "name"]`
        if name.hasSuffix("\""), let quote = name.firstIndex(of: "\"") {
          name = name[..<quote].trimmingSpaces() + " " + name[name.index(after: quote)...].dropLast()
        }
        sections.append((name, [:]))
      } else if let equals = line.firstIndex(of: "="), !sections.isEmpty {
        let key = line[..<equals].trimmingSpaces().lowercased()
        var value = line[line.index(after: equals)...].trimmingSpaces()
        // A mark behind a blank begins a comment.
        if let comment = value.firstRange(of: /\s[#;]/) { value = value[..<comment.lowerBound].trimmingSpaces() }
        sections[sections.count - 1].settings[key] = value
      }
    }
    return sections
  }
}

extension StringProtocol {
  fileprivate func trimmingSpaces() -> String {
    var rest = self[...]
    while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
    while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
    return String(rest)
  }
}
