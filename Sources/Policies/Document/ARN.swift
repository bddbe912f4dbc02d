/// The parts of an Amazon Resource Name: `arn:partition:service:region:account:resource`.
struct ARN {
  let partition: Substring
  let service: Substring
  let region: Substring
  /// The account, where there is one of 12 digits.
  let account: String?
  let resource: Substring

  /// Nil for text that is no ARN of a partition of AWS.
  init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[1] == "aws" || parts[1].hasPrefix("aws-") else { return nil }
    partition = parts[1]
    service = parts[2]
    region = parts[3]
    account = AccountID.isAccount(parts[4]) ? String(parts[4]) : nil
    resource = parts[5]
  }

  /// The partition that a region belongs to; `aws` for one that is not given.
  static func partition(ofRegion region: String?) -> String {
    guard let region else { return "aws" }
    if region.hasPrefix("cn-") { return "aws-cn" }
    if region.hasPrefix("us-gov-") { return "aws-us-gov" }
    return "aws"
  }
}

/// Ids of AWS accounts.
enum AccountID {
  /// True for 12 decimal digits.
  static func isAccount(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { $0 &- 0x30 < 10 }
  }
}
