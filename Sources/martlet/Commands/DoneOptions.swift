import ArgumentParser
import Foundation
import JSON
import Outputs

/// How a command that changes something says what it did.
struct DoneOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(
    help: ArgumentHelp(
      "How it is said what was done: text, on standard error, or json, on standard output.", valueName: "format"))
  var format = Format.text

  /// Says what was done, in words or as JSON.
  func tell(_ done: Done, _ words: [String], notices: NoticeOptions) throws {
    switch format {
    case .json: try StandardOutput().write(line: done.json.text)
    case .text: for line in words { notices.close(line) }
    }
  }
}

/// What a command has changed, the same members whatever the command.
struct Done {
  /// How many things a command made, changed, found as they were to be, and took away, and the ids of those that are other now.
  struct Counts {
    var new = 0
    var changed = 0
    var same = 0
    var removed = 0
    private(set) var ids: [String] = []
    private var known: Set<String> = []

    /// Adds the id of a thing that is other now, which may be there several times under one id.
    mutating func note(_ id: String) {
      if known.insert(id).inserted { ids.append(id) }
    }

    var json: JSONValue {
      [
        "new": .integer(Int64(new)), "changed": .integer(Int64(changed)), "same": .integer(Int64(same)),
        "removed": .integer(Int64(removed)), "ids": .array(ids.map(JSONValue.string)),
      ]
    }
  }

  /// The words that call the command.
  var command: String
  /// What is counted, such as `rules`.
  var of: String
  var counts = Counts()
  /// Why something was not taken, a sentence for each reason.
  var refused: [String] = []
  /// What else was changed with it.
  var more: [String: JSONValue] = [:]

  init(_ command: String, of kind: String) {
    self.command = command
    of = kind
  }

  /// What became of values of a list.
  static func values(new: Int = 0, same: Int = 0, removed: Int = 0) -> JSONValue {
    ["new": .integer(Int64(new)), "same": .integer(Int64(same)), "removed": .integer(Int64(removed))]
  }

  var json: JSONValue {
    var members = counts.json.objectValue ?? [:]
    members["command"] = .string(command)
    members["of"] = .string(of)
    members["refused"] = .array(refused.map(JSONValue.string))
    return .object(members.merging(more) { own, _ in own })
  }
}
