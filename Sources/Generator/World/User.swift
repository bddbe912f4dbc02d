/// A person of an account with an IAM user of their own.
struct User: Equatable {
  var name: String
  var id: String
  var accessKey: String
  /// Where the person works from; an address that is reserved for documentation.
  var address: String
  /// What the person's command line calls itself.
  var agent: String

  func arn(in account: String) -> String { "arn:aws:iam::\(account):user/\(name)" }
}
