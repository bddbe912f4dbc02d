import Alerts
import ArgumentParser
import Foundation
import Outputs
import Reports
import SegmentStore

struct AlertsSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Changes the status, tags, assignees or notes of alerts that are kept.",
    discussion: """
      Who changed what, and when, is kept and shown by alerts show. Without ids the alerts are meant that --filter, --status
      and the like choose.

      Examples:
        martlet alerts set --data events --to closed --reason false_positive 3f9c
        martlet alerts set --data events --to acknowledged --assign dana --note 'asked the owner' 3f9c 81be
        martlet alerts set --data events --to closed --filter 'user.name: terraform' --status open

      Exit status: 0 when the alerts are as asked; 1 when an id is that of none or several, an alert that may be meant is damaged, or
      the folder cannot be written; 64 for wrong arguments.
      """)

  @OptionGroup var kept: KeptAlertOptions
  @OptionGroup var notices: NoticeOptions

  @Argument(help: ArgumentHelp("Ids of alerts, or as much of their starts as no others have.", valueName: "id"))
  var ids: [String] = []

  @Option(name: .customLong("to"), help: ArgumentHelp("open, acknowledged or closed.", valueName: "status"))
  var status: AlertWorkflow.Status?

  @Option(
    help: ArgumentHelp("Why they are closed, for example false_positive, duplicate or benign.", valueName: "text"))
  var reason: String?

  @Option(name: .customLong("add-tag"), help: ArgumentHelp("Add a tag; may be repeated.", valueName: "tag"))
  var addedTags: [String] = []

  @Option(name: .customLong("remove-tag"), help: ArgumentHelp("Remove a tag; may be repeated.", valueName: "tag"))
  var removedTags: [String] = []

  @Option(name: .customLong("assign"), help: ArgumentHelp("Assign somebody; may be repeated.", valueName: "name"))
  var assignees: [String] = []

  @Option(
    name: .customLong("unassign"),
    help: ArgumentHelp("Somebody is no longer assigned; may be repeated.", valueName: "name"))
  var unassigned: [String] = []

  @Option(help: ArgumentHelp("Add a note.", valueName: "text"))
  var note: String?

  @OptionGroup var author: AuthorOption
  @OptionGroup var done: DoneOptions

  /// Bytes of a text that somebody gives.
  private static let longestText = 16 << 10

  func validate() throws {
    let texts = [reason, note].compactMap(\.self) + addedTags + removedTags + assignees + unassigned
    guard !texts.isEmpty || status != nil else {
      throw ValidationError("say what is to change: --to, --reason, --add-tag, --assign, --note …")
    }
    if texts.contains(where: { $0.isEmpty || $0.utf8.count > Self.longestText }) {
      throw ValidationError("a text is empty, or longer than \(Self.longestText >> 10) KiB.")
    }
    if reason != nil, status != .closed {
      throw ValidationError("--reason says why alerts are closed: give --to closed.")
    }
    if ids.isEmpty, kept.query == nil, kept.statuses.isEmpty, kept.selection.named.isEmpty {
      throw ValidationError("name alerts by their ids, or choose them by --filter, --status, --min-severity …")
    }
  }

  func run() throws {
    var change = AlertStore.Change()
    change.status = status
    change.reason = reason
    change.addedTags = addedTags
    change.removedTags = removedTags
    change.addedAssignees = assignees
    change.removedAssignees = unassigned
    change.note = note
    do {
      // That it is a folder of events is told first. Alerts may be changed beside the process that writes events.
      _ = try SegmentStore(kept.data, .reading)
      try StoreAccess.requireOwner(of: kept.data)
      let store = try AlertStore(folder: kept.data, isReadOnly: false)
      var chosen: [String] = []
      if ids.isEmpty {
        chosen = try kept.alerts(in: store, notices).alerts.map(\.id)
      } else {
        for id in ids { chosen.append(try AlertPick.one(id, try kept.alerts(in: store, idPrefix: id).alerts).id) }
      }
      let changed = try store.apply(change, to: chosen, by: author.name, at: EventOptions.clock())
      var done = Done("alerts set", of: "alerts")
      for id in changed { done.counts.note(id) }
      (done.counts.changed, done.counts.same) = (changed.count, chosen.count - changed.count)
      try self.done.tell(
        done,
        [
          "\(CountText.count(changed.count, "alert")) changed"
            + (done.counts.same > 0 ? ", \(done.counts.same) \(done.counts.same == 1 ? "was" : "were") so already" : "")
        ],
        notices: notices)
      // Some of those that were meant may be damaged.
      try DamagedAlerts.end()
    } catch let error where !(error is ExitCode) && !(error is ValidationError) {
      throw StoreAccess.failed(error)
    }
  }
}
