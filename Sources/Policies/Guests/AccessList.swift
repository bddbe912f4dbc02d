import JSON

/// Whom an access list of Amazon S3 (ACL) lets in: of a bucket or of an object, as a list, as headers, or by the name of a
/// canned one.
///
/// Source: Amazon S3's user guide, "Access control list (ACL) overview", and the API references of `PutBucketAcl` and
/// `PutObjectAcl`. CloudTrail writes a header as a member of its name with a list of texts.
struct AccessList {
  /// Ids of accounts (canonical ids), and addresses of e-mail that stand for accounts; the owner, who keeps access, left out.
  var accounts: [String] = []
  /// Everybody, or everybody with an account at AWS, which anyone can have.
  var letsAnyoneIn = false
  /// A service of AWS.
  var letsServiceIn = false
  /// A group that is none of those.
  var letsOtherIn = false

  /// Ids of CloudFront's delivery of logs, in the partitions `aws` and `aws-cn`.
  static let deliveryOfLogs: Set<String> = [
    "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
    "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
  ]
  private static let groups = "http://acs.amazonaws.com/groups/"
  private static let headers = ["full-control", "read", "read-acp", "write", "write-acp"].map { "x-amz-grant-" + $0 }
  /// Grants of one list that are looked at; S3 takes 100.
  private static let mostGrants = 1000

  init(request: JSONValue?) {
    guard case .object(let members)? = request else { return }
    var reader = MemberReader(members)
    for name in reader.take("x-amz-acl")?.texts ?? [] { addCanned(name) }
    for header in Self.headers {
      for text in reader.take(header)?.texts ?? [] { addHeader(text) }
    }
    let policy = reader.take("AccessControlPolicy")
    let owner = policy?["Owner"]?["ID"]?.stringValue
    let grants: [JSONValue]
    switch policy?["AccessControlList"]?["Grant"] {
    case .array(let list): grants = list
    case .object(let single): grants = [.object(single)]
    default: grants = []
    }
    for grant in grants.prefix(Self.mostGrants) {
      guard case .object(let members)? = grant["Grantee"] else { continue }
      var grantee = MemberReader(members)
      if let group = grantee.take("URI")?.scalarText { addGroup(group) }
      if let id = grantee.take("ID")?.scalarText, id != owner { addAccount(id) }
      if let address = grantee.take("EmailAddress")?.scalarText { addAccount(address) }
    }
  }

  private mutating func addCanned(_ name: String) {
    switch name.lowercased() {
    case "public-read", "public-read-write", "authenticated-read": letsAnyoneIn = true
    case "log-delivery-write", "aws-exec-read": letsServiceIn = true
    default: break
    }
  }

  /// Takes in grantees as they stand in a header: `id="…", uri="…", emailAddress="…"`, with or without quotes.
  private mutating func addHeader(_ text: String) {
    for part in text.split(separator: ",").prefix(Self.mostGrants) {
      guard let equals = part.firstIndex(of: "=") else { continue }
      let value = String(part[part.index(after: equals)...].filter { $0 != "\"" && $0 != "'" && !$0.isWhitespace })
      switch part[..<equals].filter({ !$0.isWhitespace }).lowercased() {
      case "uri": addGroup(value)
      case "id", "emailaddress": addAccount(value)
      default: break
      }
    }
  }

  private mutating func addGroup(_ address: String) {
    switch address {
    case Self.groups + "global/AllUsers", Self.groups + "global/AuthenticatedUsers": letsAnyoneIn = true
    case Self.groups + "s3/LogDelivery": letsServiceIn = true
    default: letsOtherIn = true
    }
  }

  private mutating func addAccount(_ id: String) {
    guard !id.isEmpty else { return }
    if Self.deliveryOfLogs.contains(id) { letsServiceIn = true } else { accounts.append(id) }
  }
}
