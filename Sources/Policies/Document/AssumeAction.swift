/// The actions by which a role is assumed.
enum AssumeAction {
  static let all = ["sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"]

  static func isReached(by grant: PolicyGrant) -> Bool { all.contains(where: grant.reaches) }
}
