import ArgumentParser
import Outputs
import Running

/// How much a command says beside its output. All of it goes to standard error.
struct NoticeOptions: ParsableArguments, RunNotices {
  @Flag(
    name: [.customShort("v"), .customLong("verbose")], help: "Name what is otherwise only counted: rules and files.")
  var isVerbose = false

  @Flag(
    name: [.customShort("q"), .customLong("quiet")],
    help: "No warnings and no closing line; bad input and errors are still told.")
  var isQuiet = false

  func validate() throws {
    if isVerbose, isQuiet { throw ValidationError("give one of --verbose and --quiet.") }
  }

  /// Tells what costs no status; made safe for a terminal here.
  func warn(_ words: String) {
    if !isQuiet { StandardError.write(line: Terminal.safe("warning: \(words)")) }
  }

  /// Tells what could not be done, which no option keeps quiet.
  func fail(_ words: String) { StandardError.write(line: Terminal.safe("martlet: \(words)")) }

  /// The line that a command ends with.
  func close(_ words: String) {
    if !isQuiet { StandardError.write(line: Terminal.safe(words)) }
  }

  /// Warns of each thing; of many, without `--verbose`, of the first and then how many more there are.
  ///
  /// Words are made of those alone that are told.
  func warn(each things: [String], _ words: (String) -> String, more: (_ count: Int) -> String) {
    guard !isQuiet else { return }
    let told = isVerbose || things.count <= Self.mostTold + 1 ? things.count : Self.mostTold
    for thing in things.prefix(told) { warn(words(thing)) }
    if told < things.count { warn("\(more(things.count - told)) (-v names them)") }
  }

  private static let mostTold = 50

  /// Tells things that have a cause in common: a line a cause with a count, and with `--verbose` a line each.
  ///
  /// - Parameters:
  ///   - things: the name of each thing and the cause, in the order in which they are told.
  ///   - words: the line for a cause, from how many things have it.
  func warn(of things: [(name: String, cause: String)], _ words: (_ count: Int, _ cause: String) -> String) {
    guard !isQuiet else { return }
    var causes: [String] = []
    var names: [String: [String]] = [:]
    for thing in things {
      if names[thing.cause] == nil { causes.append(thing.cause) }
      names[thing.cause, default: []].append(thing.name)
    }
    for cause in causes {
      let mine = names[cause] ?? []
      warn(words(mine.count, cause) + (isVerbose ? "" : " (-v names \(mine.count == 1 ? "it" : "them"))"))
      if isVerbose { for name in mine { StandardError.write(line: Terminal.safe("  \(name)")) } }
    }
  }
}
