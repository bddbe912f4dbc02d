import ArgumentParser
import Foundation
import Outputs
import SegmentStore

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads all that a folder of events holds, and says what is damaged.",
    discussion: """
      Checks the catalog's structure, and every checksum and every block of every segment. May run while events are ingested.

      Example:
        martlet verify --data events

      Exit status: 0 when all is well; 1 when something is wrong; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption

  @OptionGroup var notices: NoticeOptions

  func run() throws {
    let result: (segments: Int, events: Int, faults: [String])
    do {
      result = try SegmentStore(folder.data, .reading).verify()
    } catch {
      throw StoreAccess.failed(error)
    }
    for fault in result.faults { StandardError.write(line: Terminal.safe("martlet: \(fault)")) }
    let looked = "\(CountText.count(result.events, "event")) in \(CountText.count(result.segments, "segment"))"
    guard result.faults.isEmpty else {
      StandardError.write(
        line: Terminal.safe(
          "martlet: \(CountText.count(result.faults.count, "fault")) in \(folder.data), of which \(looked) can be read; a backup of "
            + "the folder, or the files that the events came from, give back what is lost"))
      throw ExitCode(1)
    }
    notices.close("\(looked): all is well")
  }
}
