/// Systems and tools of attackers and testers, by what their user agents hold.
///
/// What comes from them is never called benign by suggestions, and the rule on them that ships looks for the same.
public enum AttackTools {
  /// The words, in lower case; a user agent holds them in any case.
  public static let words = [
    "kali", "parrot", "pentoo", "blackarch", "pacu", "stratus-red-team", "cloudfox", "trufflehog", "scoutsuite", "nmap",
  ]
}
