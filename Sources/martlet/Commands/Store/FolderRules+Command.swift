import Alerts
import ArgumentParser
import Outputs
import Rules
import Running
import SegmentStore

extension FolderRules {
  /// Opens the rules of a folder; ends the command with status 1 and words where it is none.
  static func open(_ folder: String, isReadOnly: Bool) throws -> AlertStore {
    if !isReadOnly { try StoreAccess.requireOwner(of: folder) }
    do {
      _ = try SegmentStore(folder, .reading)
      return try AlertStore(folder: folder, isReadOnly: isReadOnly)
    } catch {
      throw StoreAccess.failed(error)
    }
  }

  /// Opens the rules of a folder for a command that writes settings into it, and makes the folder where there is none, or an empty one, which
  /// is said; ends the command with status 1 and words where it cannot be had.
  static func openOrMake(_ folder: String, by command: String) throws -> AlertStore {
    try StoreAccess.requireOwner(of: folder)
    do {
      do {
        _ = try SegmentStore(folder, .reading)
      } catch let error as StoreError where error.kind == .missing {
        _ = try SegmentStore(folder, .writing(as: "martlet \(command)"))
        StandardError.write(line: Terminal.safe("the folder of events \(folder) was made"))
      }
      return try AlertStore(folder: folder, isReadOnly: false)
    } catch {
      throw StoreAccess.failed(error)
    }
  }

  /// Runs `body`, and ends the command with status 1 and words where the folder fails it.
  static func telling<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error where !(error is ExitCode) && !(error is ValidationError) && !(error is StandardOutput.Closed) {
      throw StoreAccess.failed(error)
    }
  }
}

/// Rules of a folder that a command works on.
struct FolderRuleNames: ParsableArguments {
  @OptionGroup var folder: FolderOption
  @OptionGroup var author: AuthorOption
  @OptionGroup var notices: NoticeOptions

  @Argument(help: ArgumentHelp("Rules: their ids or the start of them, names or parts of them.", valueName: "rule"))
  var rules: [String]

  /// The rules that are named, out of all those of the folder: all names are looked up before anything is done.
  func chosen(in store: AlertStore) throws -> [LoadedRule] {
    let all = try FolderRules.load(store).rules
    return try rules.map { try RulePick.one($0, among: all) }
  }
}
