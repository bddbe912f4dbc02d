import ArgumentParser
import Rules

/// Names of commands, for a word that is none.
enum CommandNames {
  /// What to say of arguments whose first words name no command; nil where they name one, or where options come first.
  static func complaint(_ arguments: [String]) -> String? {
    var words = arguments[...]
    if words.first == "help" { words = words.dropFirst() }
    var path: [String] = []
    var subcommands = Martlet.configuration.subcommands
    while !subcommands.isEmpty, let word = words.first, !word.hasPrefix("-") {
      let names = subcommands.map(name)
      guard let place = names.firstIndex(of: word) else {
        if word == "help" { return nil }
        return sentence(word, path, names)
      }
      path.append(word)
      subcommands = subcommands[place].configuration.subcommands
      words = words.dropFirst()
    }
    return nil
  }

  /// What to say of refused arguments among which a query stands that was taken for an option; nil where there is none.
  static func hint(_ arguments: [String]) -> String? {
    guard arguments.first == "search" else { return nil }
    let query = arguments.prefix { $0 != "--" }.first { argument in
      argument.hasPrefix("-") && !argument.hasPrefix("--") && argument.contains { ":( ".contains($0) }
    }
    return query.map { "A query that begins with “-” stands behind “--”: martlet search … -- '\($0.prefix(80))' FILE…" }
  }

  private static func sentence(_ word: String, _ path: [String], _ names: [String]) -> String {
    let start = (["martlet"] + path).joined(separator: " ")
    var text = "there is no command “\(start) \(word.prefix(80))”; "
    if let near = Spelling.suggestion(for: word, among: names) {
      text += "did you mean “\(start) \(near)”?"
    } else if let other = all.first(where: { $0.last == word }) {
      text += "did you mean “martlet \(other.joined(separator: " "))”?"
    } else if let begun = names.first(where: { $0.hasPrefix(word) || word.hasPrefix($0) }) {
      text += "did you mean “\(start) \(begun)”?"
    } else {
      text += "there are \(names.joined(separator: ", "))."
    }
    return text
  }

  /// Every command by the words that call it.
  private static var all: [[String]] {
    Martlet.configuration.subcommands.flatMap { command in
      [[name(command)]] + command.configuration.subcommands.map { [name(command), name($0)] }
    }
  }

  private static func name(_ command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? command._commandName
  }
}
