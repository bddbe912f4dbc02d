import Alerts
import ArgumentParser
import Events
import Foundation
import JSON
import Outputs
import Running
import Trust

struct KeysCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Makes a key, and shows it once.",
    discussion: """
      Only a code is kept from which the key cannot be had again. From the first key on every client must show one, also on this
      machine. A folder that is not there is made.

      Roles: ingest sends events; read reads; triage reads and works on alerts; rules reads and switches rules on and off;
      admin does everything.

      Examples:
        martlet keys create --data events --name filebeat-web-1 --role ingest
        martlet keys create --data events --name dana --role triage --expires 90d
        martlet keys create --data events --name firehose --role ingest --format json

      Exit status: 0; 1 when the folder cannot be written; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var folder: FolderOption

  @Option(help: ArgumentHelp("What the key is called in lists and in the audit log.", valueName: "name"))
  var name: String

  @Option(help: "What it may be used for.")
  var role: Role

  @Option(help: ArgumentHelp("After which time it is no longer taken, for example 90d.", valueName: "age"))
  var expires: String?

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  @OptionGroup var author: AuthorOption

  func validate() throws {
    guard !name.isEmpty, name.utf8.count <= 200, name.allSatisfy({ !$0.isNewline }) else {
      throw ValidationError("--name is one line of 1 to 200 bytes.")
    }
    if let expires, RetentionPolicy.age(expires) == nil {
      throw ValidationError("--expires takes an age such as 12h or 90d.")
    }
  }

  func run() throws {
    let now = EventOptions.clock()
    let expiresAt = expires.flatMap(RetentionPolicy.age).map { Timestamp(milliseconds: now.milliseconds + $0.value) }
    let (key, secret) = AccessKey.make(name: name, role: role, expiresAt: expiresAt?.milliseconds)
    let store = try FolderRules.openOrMake(folder.data, by: "keys create")
    try FolderRules.telling {
      try store.add(
        keyID: key.id, name: name, role: role.rawValue, code: key.code, expiresAt: expiresAt, by: author.name, at: now)
    }
    let pair = "\(key.id):\(secret)"
    let encoded = Data(pair.utf8).base64EncodedString()
    let until = expiresAt?.iso8601
    switch format {
    case .json:
      try StandardOutput().write(
        line: JSONValue.object([
          "id": .string(key.id), "name": .string(name), "role": .string(role.rawValue), "api_key": .string(secret),
          "encoded": .string(encoded), "expires_at": until.map { .string($0) } ?? .null,
        ]).text)
    case .text:
      let output = StandardOutput()
      for line in [
        "id:key   \(pair)", "encoded  \(encoded)",
        "header   Authorization: ApiKey \(encoded)",
      ] { try output.write(line: line) }
      StandardError.write(
        line: Terminal.safe(
          "the key “\(name)” (\(role.rawValue)) \(until.map { "is taken until \($0)" } ?? "does not expire"); it is not shown again"
        ))
    }
  }
}

extension Role: ExpressibleByArgument {}
