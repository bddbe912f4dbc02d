import Alerts
import ArgumentParser
import Foundation
import Outputs
import SegmentStore

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies a folder of events and their alerts, as of now, into a folder that opens as it is.",
    discussion: """
      May run while events are ingested: the copy holds what had been stored when it began.

      Example:
        martlet backup --data events --to /mnt/backup/events

      Exit status: 0 when the copy is whole and durable; 1 when it could not be made, and then nothing is left of it; 64 for
      wrong arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Option(
    help: ArgumentHelp("The folder of the copy, which is not there yet, or empty.", valueName: "folder"),
    completion: .directory)
  var to: String

  @OptionGroup var notices: NoticeOptions

  func run() throws {
    do {
      // Alerts first: an alert may lack its event in a copy no more than in the folder.
      let (segments, bytes) = try SegmentStore(folder.data, .reading).backup(to: to) {
        try AlertStore(folder: folder.data, isReadOnly: true).copy(to: $0 + "/alerts.sqlite")
      }
      notices.close("\(CountText.count(segments, "segment")), \(ByteText.text(bytes)), copied to \(to)")
    } catch {
      throw StoreAccess.failed(error)
    }
  }
}
