/// A role of an account, and who its trust policy lets take it.
struct Role: Equatable {
  var name: String
  var id: String
  /// The service that the role was made for, such as `lambda.amazonaws.com`.
  var service: String

  func arn(in account: String) -> String { "arn:aws:iam::\(account):role/\(name)" }

  /// The trust policy as people write it, for the role's own service and, where given, for other principals.
  func trustPolicy(alsoTrusting principals: [String] = []) -> String {
    var statements = [
      """
          {
            "Effect": "Allow",
            "Principal": {
              "Service": "\(service)"
            },
            "Action": "sts:AssumeRole"
          }
      """
    ]
    for principal in principals {
      statements.append(
        """
            {
              "Effect": "Allow",
              "Principal": {
                "AWS": "\(principal)"
              },
              "Action": "sts:AssumeRole"
            }
        """)
    }
    return "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n" + statements.joined(separator: ",\n") + "\n  ]\n}"
  }
}
