/// Why a query in ES|QL is refused: one or several problems, each with its place.
public struct ESQLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// In the order of their places; at least one.
  public let problems: [QuerySyntaxError]

  init(_ problems: [QuerySyntaxError]) {
    self.problems = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
  }

  /// True where all that is wrong is that something is asked for which Elasticsearch does and which is not done here.
  public var isUnsupported: Bool { problems.allSatisfy(\.isUnsupported) }

  /// The message as Elasticsearch gives it, without the text of the query: `line 1:20: Unknown column [x]`.
  public var message: String {
    let lines = problems.map { "line \($0.line):\($0.column): \($0.sentence)" }
    return problems.count == 1 ? lines[0] : "Found \(problems.count) problems\n" + lines.joined(separator: "\n")
  }

  /// The message, with the line of the query and a caret under the place of each problem.
  public var rendered: String {
    let parts = problems.map { problem -> String in
      // The first line has the place in the words of the other languages.
      let lines = problem.rendered.split(separator: "\n", omittingEmptySubsequences: false)
      return (["line \(problem.line):\(problem.column): \(problem.message)"] + lines.dropFirst().map(String.init))
        .joined(separator: "\n")
    }
    return (problems.count == 1 ? [] : ["Found \(problems.count) problems"]).joined()
      + (problems.count == 1 ? "" : "\n")
      + parts.joined(separator: "\n")
  }

  public var description: String { rendered }
}
