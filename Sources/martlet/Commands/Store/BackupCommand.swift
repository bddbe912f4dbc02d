import ArgumentParser
import Foundation
import Outputs
import SegmentStore

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies a folder of events, as of now, into a folder that opens as it is.",
    discussion: """
      May run while events are ingested: the copy holds what had been stored when it began.

      Example:
        martlet backup --data events --to /mnt/backup/events

      Exit status: 0 when the copy is whole and durable; 1 when it could not be made, and then nothing is left of it; 64 for
      wrong arguments.
      """)

  @Option(help: ArgumentHelp("The folder of events.", valueName: "folder"), completion: .directory)
  var data: String

  @Option(
    help: ArgumentHelp("The folder of the copy, which is not there yet, or empty.", valueName: "folder"),
    completion: .directory)
  var to: String

  @OptionGroup var notices: NoticeOptions

  func run() throws {
    do {
      let (segments, bytes) = try SegmentStore(data, .reading).backup(to: to)
      notices.close("\(CountText.count(segments, "segment")), \(ByteText.text(bytes)), copied to \(to)")
    } catch {
      throw StoreAccess.failed(error)
    }
  }
}
