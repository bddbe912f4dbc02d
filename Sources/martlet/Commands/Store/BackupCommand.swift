import Alerts
import ArgumentParser
import Foundation
import JSON
import Outputs
import SegmentStore

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copies a folder of events and their alerts, as of now, into a folder that opens as it is.",
    discussion: """
      May run while events are ingested: the copy holds what had been stored when it began. It has its name once it is whole and durable; it is
      written under that name with .unfinished behind it, or into the folder where that is there and empty, and what a backup that was
      killed has left there is deleted by the next one to the same name. The checksums of all segments are checked; one that is damaged, or that
      the disk no longer gives, is named and set aside in the copy, and all others are copied. Segments that are set aside as damaged are copied as they are, and
      what events the folder lacks is said. Alerts that are damaged are copied as they
      are, and that is said, so that an earlier backup is kept; where they are gone, events are copied alone, and the copy knows that they
      are missing.

      Example:
        martlet backup --data events --to /mnt/backup/events

      Exit status: 0 when the copy is whole and durable; 1 when it could not be made, and then nothing is left of it, or when
      events or alerts in it are damaged or missing; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Option(
    help: ArgumentHelp("The folder of the copy, which is not there yet, or empty.", valueName: "folder"),
    completion: .directory)
  var to: String

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: ArgumentHelp("How it is said what the copy has: text or json.", valueName: "format"))
  var format = Format.text

  @OptionGroup var notices: NoticeOptions

  func run() throws {
    var loss: AlertStoreError?
    var faults: [String] = []
    var done: SegmentStore.Backup
    do {
      // Alerts first: an alert may lack its event in a copy no more than in the folder.
      done = try SegmentStore(folder.data, .reading).backup(to: to, at: EventOptions.clock()) {
        loss = try AlertStore.backUp(folder.data, to: $0)
      }
      if loss == nil { faults = try KeptDamage.look(through: folder.data, repairing: nil).faults }
    } catch {
      throw StoreAccess.failed(error)
    }
    switch format {
    case .text: notices.close(sentence(done))
    case .json: try StandardOutput().write(line: json(done, hasWholeAlerts: loss == nil && faults.isEmpty).text)
    }
    for path in SegmentStore.unfinishedBackups(beside: to) {
      notices.warn("\(path) is what a backup that was killed has left; delete it, or repeat that backup")
    }
    let lacks = tell(done)
    if !faults.isEmpty {
      for fault in faults { StandardError.write(line: Terminal.safe("martlet: \(fault)")) }
      StandardError.write(
        line: Terminal.safe(
          "martlet: The copy has what is damaged as it is: keep the backup before it; martlet verify says what else to do"
        ))
      throw ExitCode(1)
    }
    guard let loss else {
      if lacks { throw ExitCode(1) }
      return
    }
    let what =
      loss.kind == .gone
      ? "The copy has the events alone, and its alerts are missing as well"
      : "The copy has the file as it is, so that it is damaged as well: keep the backup before it"
    StandardError.write(line: Terminal.safe("martlet: \(loss). \(what)"))
    throw ExitCode(1)
  }

  private func json(_ done: SegmentStore.Backup, hasWholeAlerts: Bool) -> JSONValue {
    [
      "to": .string(to), "segments": .integer(Int64(done.segments)), "bytes": .integer(Int64(done.bytes)),
      "damaged_files": .integer(Int64(done.damaged)), "waiting_segments": .integer(Int64(done.waiting)),
      "left_out": .array(done.leftOut.map { .string($0) }),
      "unreadable_segments": .integer(Int64(done.unreadable.count)),
      "unreadable_events": .integer(Int64(done.unreadable.reduce(0) { $0 + $1.count })),
      "missing_events": .integer(Int64(done.missing.reduce(0) { $0 + $1.count })),
      "alerts_whole": .bool(hasWholeAlerts),
    ]
  }

  private func sentence(_ done: SegmentStore.Backup) -> String {
    var words = "\(CountText.count(done.segments, "segment")), \(ByteText.text(done.bytes)), copied to \(to)"
    if !done.unreadable.isEmpty {
      words += ", without \(CountText.count(done.unreadable.count, "segment")) that cannot be read"
    }
    if done.damaged > 0 {
      words += ", with \(CountText.count(done.damaged, "file")) of segments that were set aside as damaged"
    }
    if done.waiting > 0 {
      words +=
        ", with \(CountText.count(done.waiting, "segment")) that the catalog does not know, and that the next ingestion takes up"
    }
    return words
  }

  /// Tells what the copy lacks; true where that is something.
  private func tell(_ done: SegmentStore.Backup) -> Bool {
    for cause in done.leftOut {
      StandardError.write(
        line: Terminal.safe("martlet: the copy goes without what was set aside as damaged, or waits: \(cause)"))
    }
    for part in done.unreadable {
      let events =
        part.count == 1 ? "1 event of \(part.streamName)" : "\(part.count) events of \(part.streamName)"
      StandardError.write(
        line: Terminal.safe("martlet: the copy goes without \(events), which the folder counts: \(part.reason)"))
    }
    for part in done.missing {
      let events =
        part.count == 1 ? "1 event of \(part.streamName) is" : "\(part.count) events of \(part.streamName) are"
      StandardError.write(
        line: Terminal.safe("martlet: \(events) missing, in the folder and in the copy: \(part.reason)"))
    }
    if !done.missing.isEmpty || !done.unreadable.isEmpty {
      StandardError.write(
        line: Terminal.safe(
          "martlet: Keep the backup before it, which may have them: martlet verify says what else to do"))
    }
    return !done.missing.isEmpty || !done.unreadable.isEmpty || !done.leftOut.isEmpty
  }
}
