import Alerts
import ArgumentParser
import CloudTrail
import Events
import Foundation
import Ingestion
import JSON
import Outputs
import Running
import SegmentStore
import Segments

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads all that a folder of events holds, and says what is damaged.",
    discussion: """
      Checks the structure of the catalog and of the alerts, every checksum and every block of every segment, whether the catalog says of
      segments what these say themselves and each event counts once, whether each alert, rule, exception and list is what was written, whether the audit log is as it was written (each of
      its entries has the hash of all before it, and the events stored of it are the same), and asks the folder's rules again about all
      events, to see whether the answers that are kept are right. May run while events are ingested.
      With --repair, answers that are wrong are dropped, so that the next run asks anew, and segments that are damaged are set
      aside (their files are moved to segments/damaged/), so that the files which
      their events came from are read again by the next ingestion; those that are whole again, since somebody has put their
      file back, are taken back, and the catalog is put right where it says of segments what they do not. Alerts that are damaged each by itself are set aside in a table of alerts.sqlite, so that run --from makes them
      anew. Where alerts.sqlite is gone or damaged as a whole, with the rules, exceptions and all else that is kept beside events, it is
      put back from a backup; only where there is none, --forget-alerts has the folder begin with none. A damaged file is moved to
      alerts.sqlite.damaged.

      Examples:
        martlet verify --data events
        martlet verify --data events --repair

      Exit status: 0 when all is well, or all that was damaged is whole again; 1 when something is wrong or missing; 64 for wrong
      arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Flag(
    help: "Set damaged segments aside, take back those that are whole again, and put the catalog right by the segments."
  )
  var repair = false

  @Flag(help: "With --repair: no longer miss what is set aside, whose events cannot be had again.")
  var forget = false

  @Flag(
    help:
      "With --repair: begin with no alerts, rules, exceptions and keys, where the folder's are gone or damaged and cannot be had again."
  )
  var forgetAlerts = false

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: ArgumentHelp("How it is said what was found: text or json.", valueName: "format"))
  var format = Format.text

  @OptionGroup var author: AuthorOption
  @OptionGroup var notices: NoticeOptions

  func validate() throws {
    guard repair || !forget else { throw ValidationError("--forget goes with --repair.") }
    guard repair || !forgetAlerts else { throw ValidationError("--forget-alerts goes with --repair.") }
  }

  func run() throws {
    if repair { try StoreAccess.requireOwner(of: folder.data) }
    var result: (segments: Int, events: Int, faults: [String])
    var advice: [String] = []
    do {
      if repair {
        // A folder that is not there is not made.
        _ = try SegmentStore(folder.data, .reading)
        let store = try SegmentStore(folder.data, .writing(as: "martlet verify --repair"))
        tell(try store.repair(forgets: forget, keepsAll: try keepsAll(), at: EventOptions.clock()))
        if forgetAlerts { try beginAnew() }
      }
      result = try SegmentStore(folder.data, .reading).verify(keepsAll: try keepsAll())
      if let loss = try AlertStore.loss(in: folder.data) {
        result.faults.append("\(loss)")
      } else {
        let damage = try KeptDamage.look(through: folder.data, repairing: repair ? author.name : nil)
        result.faults += damage.faults
        advice += damage.advice
        result.faults += try wrongAnswers()
        result.faults += try auditFaults()
      }
    } catch {
      throw StoreAccess.failed(error)
    }
    for line in result.faults + advice { StandardError.write(line: Terminal.safe("martlet: \(line)")) }
    if format == .json {
      try StandardOutput().write(
        line: JSONValue.object([
          "segments": .integer(Int64(result.segments)), "events": .integer(Int64(result.events)),
          "faults": .array(result.faults.map { .string($0) }), "advice": .array(advice.map { .string($0) }),
        ]).text)
    }
    let looked = "\(CountText.count(result.events, "event")) in \(CountText.count(result.segments, "segment"))"
    guard result.faults.isEmpty else {
      StandardError.write(
        line: Terminal.safe(
          "martlet: \(CountText.count(result.faults.count, "fault")) in \(folder.data), of which \(looked) can be read; a backup of "
            + "the folder, or the files that the events came from, give back what is lost"))
      throw ExitCode(1)
    }
    if format == .text { notices.close("\(looked): all is well") }
  }

  /// Says of a data stream whether nothing of it was ever deleted; nil where that is lost with the alerts.
  private func keepsAll() throws -> ((String) -> Bool)? {
    guard try AlertStore.loss(in: folder.data) == nil else { return nil }
    let alerts = try AlertStore(folder: folder.data, isReadOnly: true)
    guard try !alerts.isBegunAnew() else { return nil }
    // Asked once the segments have been looked at: a deletion is noted before it is done, and may be done meanwhile.
    var deleted: Set<String>?
    return { stream in
      if deleted == nil { deleted = (try? alerts.deletions()).map { Set($0.keys) } }
      return deleted.map { !$0.contains(stream) } ?? false
    }
  }

  /// Begins with no alerts where those there were are lost, and says so.
  private func beginAnew() throws {
    guard let loss = try AlertStore.loss(in: folder.data) else {
      return notices.warn("the alerts of \(folder.data) are there and whole: nothing of them is forgotten")
    }
    let place = try AlertStore.beginAnew(
      in: folder.data, stored: try storedAudit(), by: author.name, at: EventOptions.clock())
    let moved = place.map { "; what was there lies in \($0)" } ?? ""
    let was = loss.kind == .gone ? "gone" : "damaged"
    StandardError.write(
      line: Terminal.safe(
        "martlet: the alerts of \(folder.data) were \(was): it begins with none, and with the rules that ship\(moved)"))
  }

  /// The events that were stored of the audit log.
  private func storedAudit() throws -> [JSONValue] {
    var stored: [JSONValue] = []
    for part in try SegmentStore(folder.data, .reading).snapshot().parts
    where part.dataStream.hasPrefix("logs-martlet.audit-") {
      // What cannot be read is told already.
      try? part.withSources(part.rows) { _, text in
        if let document = try? JSONValue(parsing: Array(text)[...]) { stored.append(document) }
      }
      part.letGo()
    }
    return stored
  }

  /// Looks whether the audit log is as it was written, and fits the events that were stored of it.
  private func auditFaults() throws -> [String] {
    let stored = try storedAudit()
    let audit = try AlertStore(folder: folder.data, isReadOnly: true).auditFaults(stored: stored)
    if audit.faults.isEmpty, audit.entries > 0 {
      notices.close(
        "\(CountText.count(audit.entries, "change")) in the audit log, of which the last has the hash \(audit.last)"
          + (audit.first > 1 ? "; it goes on behind \(audit.first - 1) that were lost with the alerts" : ""))
    }
    return audit.faults
  }

  /// Looks whether the answers of rules that are kept are those that events give; wrong ones are dropped where it is to repair.
  ///
  /// - Returns: what is wrong, each as a sentence.
  private func wrongAnswers() throws -> [String] {
    let answering = try FolderRules.telling {
      try FolderRules.answering(folder.data, EventContext(readAt: EventOptions.clock()), .standard)
    }
    let store = try SegmentStore(folder.data, repair ? .answering : .reading)
    return try store.snapshot().parts.compactMap { part in
      defer { part.letGo() }
      do {
        let wrong = try answering.wrongAnswers(of: part, among: try store.answers(of: part))
        guard wrong > 0 else { return nil }
        let told =
          "\(CountText.count(wrong, "kept answer")) of rules about segment \(part.number) \(wrong == 1 ? "is" : "are") not what its "
          + "events give"
        guard repair else { return told + "; --repair drops what is kept of it, and the next run asks again" }
        try store.forgetAnswers(of: part)
        StandardError.write(line: Terminal.safe("martlet: \(told); they were dropped, and the next run asks again"))
        return nil
      } catch is SegmentError {
        // That it cannot be read is told already.
        return nil
      }
    }
  }

  private func tell(_ repairs: SegmentStore.Repairs) {
    for line in repairs.sentences { StandardError.write(line: Terminal.safe("martlet: \(line)")) }
  }
}
