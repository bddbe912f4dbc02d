/// The verbs that names of API calls begin with.
struct ActionVerbs {
  let infinitive: String
  let past: String
  /// Whether what follows comes to be by the call, or is one of many: “created a user”, but “deleted the user”.
  let isMaking: Bool

  static func verb(_ word: String) -> ActionVerbs? { table[word] }

  /// Every word that is a verb here.
  static var words: [String] { table.keys.sorted() }

  private static let table: [String: ActionVerbs] = {
    var table: [String: ActionVerbs] = [:]
    func add(_ words: String, isMaking: Bool) {
      for word in words.split(whereSeparator: \.isWhitespace).map(String.init) {
        let (infinitive, past) = irregular[word] ?? (word.lowercased(), regular(word.lowercased()))
        table[word] = ActionVerbs(infinitive: infinitive, past: past, isMaking: isMaking)
      }
    }
    add(
      """
      Add Allocate Assume Attach Associate Copy Create Execute Export Generate Grant Import Initiate Invite Issue Launch
      Make Provision Publish Purchase Record Register Request Restore Run Schedule Send Start Submit Upload
      """, isMaking: true)
    add(
      """
      Accept Acknowledge Activate Advertise Allow Apply Approve Archive Assign Authorize Bundle Cancel Change Check Clone
      Close Complete Compare Confirm Connect Continue Convert Count Deactivate Decline Decode Decrease Decrypt Define
      Delete Deliver Deny Deploy Deprecate Deprovision Deregister Describe Detach Detect Disable Disassociate Discover
      Disconnect Dismiss Download Duplicate Edit Enable Encrypt End Enroll Estimate Evaluate Exchange Exclude Extend Fetch
      Filter Finalize Flush Forget Get Head Include Increase Index Install Invoke Join Label Leave Link List Lock Lookup
      Merge Migrate Modify Monitor Move Notify Open Pause Poll Preview Promote Purge Put Query Read Rebalance Reboot
      Rebuild Receive Redact Redrive Refresh Reject Release Remove Rename Renew Reorder Replace Replicate Report Resend
      Reset Resize Resolve Respond Restart Resume Retire Retrieve Retry Return Revoke Rollback Rotate Sample Save Scan
      Search Select Set Share Shutdown Sign Signal Simulate Skip Split Stop Subscribe Suspend Swap Switch Sync Tag
      Terminate Test Track Transfer Translate Trigger Unarchive Unassign Undeploy Unlink Unlock Unregister Unsubscribe
      Untag Update Upgrade Validate Verify View Withdraw Write
      """, isMaking: false)
    return table
  }()

  private static let irregular: [String: (String, String)] = [
    "Forget": ("forget", "forgot"), "Get": ("read", "read"), "Head": ("look up", "looked up"),
    "Leave": ("leave", "left"), "Lookup": ("look up", "looked up"), "Make": ("make", "made"), "Put": ("set", "set"),
    "Read": ("read", "read"), "Rebuild": ("rebuild", "rebuilt"), "Redrive": ("redrive", "redrove"),
    "Resend": ("resend", "resent"), "Reset": ("reset", "reset"), "Rollback": ("roll back", "rolled back"),
    "Run": ("run", "ran"), "Send": ("send", "sent"), "Set": ("set", "set"), "Shutdown": ("shut down", "shut down"),
    "Split": ("split", "split"), "Withdraw": ("withdraw", "withdrew"), "Write": ("write", "wrote"),
  ]

  /// Verbs of several syllables that are said with weight on the last, and those of one, double their last letter.
  private static let doubling: Set<String> = [
    "scan", "skip", "stop", "submit", "swap", "tag", "transfer", "untag", "cancel",
  ]

  private static func regular(_ verb: String) -> String {
    if verb.hasSuffix("e") { return verb + "d" }
    if verb.hasSuffix("y"), let before = verb.dropLast().last, !"aeiou".contains(before) {
      return verb.dropLast() + "ied"
    }
    if doubling.contains(verb), let last = verb.last { return verb + String(last) + "ed" }
    return verb + "ed"
  }
}
