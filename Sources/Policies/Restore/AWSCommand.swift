/// A command of the AWS command line, built so that nothing from a log can do anything but be a value.
struct AWSCommand {
  private var words: [String]
  private var isSafe = true

  /// A command, such as `iam delete-role`, with options in the order of their names.
  init(_ command: String, _ options: [String: String] = [:]) {
    words = ["aws", command]
    for (option, value) in options.sorted(by: { $0.key < $1.key }) { add(option, value) }
  }

  /// Adds an option with a value from outside.
  ///
  /// A command is not given at all when a value holds what no name in AWS holds: characters that do not show, or a start
  /// that the command line takes for a file or an address to be read.
  mutating func add(_ option: String, _ value: String) {
    let readsFile = ["file://", "fileb://", "http://", "https://"].contains(where: value.lowercased().hasPrefix)
    if value.isEmpty || !value.unicodeScalars.allSatisfy(SafeJSON.isVisible) || (readsFile && option != "--queue-url") {
      isSafe = false
    }
    // After an equals sign a leading hyphen starts no option.
    words.append(value.hasPrefix("-") ? ShellWord.quoted("\(option)=\(value)") : "\(option) \(ShellWord.quoted(value))")
  }

  /// Adds an option with a policy.
  mutating func add(_ option: String, policy: PolicyText?) {
    guard let text = policy.flatMap(SafeJSON.text) else {
      isSafe = false
      return
    }
    words.append("\(option) \(ShellWord.quoted(text))")
  }

  /// Adds an option without a value.
  mutating func add(_ option: String) { words.append(option) }

  /// The command on one line; nil when it could not be written safely.
  var text: String? { isSafe ? words.joined(separator: " ") : nil }
}
