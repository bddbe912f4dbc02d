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
      May run while events are ingested: the copy holds what had been stored when it began. Alerts that are damaged are copied as they
      are, and that is said, so that an earlier backup is kept; where they are gone, events are copied alone, and the copy knows that they
      are missing.

      Example:
        martlet backup --data events --to /mnt/backup/events

      Exit status: 0 when the copy is whole and durable; 1 when it could not be made, and then nothing is left of it, or when
      the alerts in it are damaged or missing; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Option(
    help: ArgumentHelp("The folder of the copy, which is not there yet, or empty.", valueName: "folder"),
    completion: .directory)
  var to: String

  @OptionGroup var notices: NoticeOptions

  func run() throws {
    var loss: AlertStoreError?
    var faults: [String] = []
    do {
      // Alerts first: an alert may lack its event in a copy no more than in the folder.
      let (segments, bytes) = try SegmentStore(folder.data, .reading).backup(to: to) {
        loss = try AlertStore.backUp(folder.data, to: $0)
      }
      if loss == nil { faults = try KeptDamage.look(through: folder.data, repairing: nil).faults }
      notices.close("\(CountText.count(segments, "segment")), \(ByteText.text(bytes)), copied to \(to)")
    } catch {
      throw StoreAccess.failed(error)
    }
    if !faults.isEmpty {
      for fault in faults { StandardError.write(line: Terminal.safe("martlet: \(fault)")) }
      StandardError.write(
        line: Terminal.safe(
          "martlet: The copy has what is damaged as it is: keep the backup before it; martlet verify says what else to do"
        ))
      throw ExitCode(1)
    }
    guard let loss else { return }
    let what =
      loss.kind == .gone
      ? "The copy has the events alone, and its alerts are missing as well"
      : "The copy has the file as it is, so that it is damaged as well: keep the backup before it"
    StandardError.write(line: Terminal.safe("martlet: \(loss). \(what)"))
    throw ExitCode(1)
  }
}
