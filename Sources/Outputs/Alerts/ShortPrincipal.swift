/// Who acted, in as few words as tell people and roles apart: `user/dana`, `role/ops via dana`, `root`.
///
/// A session of a role is told with who opened it, where that is known, else with the session's name, which says who took
/// the role where people take it themselves; that of a federated user with who opened it, where that is another. Where an
/// AWS service opened it, the session's own name says more. Root of an account that somebody opened a session of
/// (`AssumeRoot`) is told with who did. A path in front of a name is left out.
public enum ShortPrincipal {
  private static let identity = "aws.cloudtrail.user_identity."
  /// Who stands at the beginning of the chain of sessions, in alerts.
  private static let opener = "martlet.session.opened_by.name"
  private static let openerType = "martlet.session.opened_by.type"
  /// Who opened the session itself, the first of the chain, where it is not known who stands at its beginning.
  private static let firstOpener = "martlet.session.chain.by.arn"

  /// The fields that are looked at.
  public static let fields = [
    identity + "type", identity + "arn", identity + "invoked_by", "user.name", "user.id", "cloud.account.id",
    opener, openerType, firstOpener,
  ]

  /// The words for an event, nil where it names nobody; `value` gives the first value of a field.
  public static func text(_ value: (String) -> String?) -> String? {
    let type = value(identity + "type")
    let person = value(openerType) == "AWSService" ? nil : value(opener)
    if type == "Root" { return root(openedBy: person ?? value(firstOpener)) }
    if let arn = value(identity + "arn"), let text = text(arn: arn, opener: person) { return text }
    let name = value("user.name") ?? value("user.id")
    switch type {
    case "AWSService": return "service/" + (value(identity + "invoked_by") ?? name ?? "unnamed")
    case "AWSAccount": return value("cloud.account.id").map { "account/" + $0 } ?? name
    default: break
    }
    guard let name else { return value(identity + "invoked_by").map { "service/" + $0 } ?? type }
    return type.flatMap { kinds[$0] }.map { "\($0)/\(name)" } ?? name
  }

  /// What comes before the name of a principal that has no ARN, by the type of its identity.
  private static let kinds = [
    "IAMUser": "user", "AssumedRole": "role", "Role": "role", "FederatedUser": "federated-user",
    "SAMLUser": "saml-user", "WebIdentityUser": "web-user", "IdentityCenterUser": "identity-center",
  ]

  /// Root, and who opened its session where somebody did: by name, or the name within an ARN.
  private static func root(openedBy opener: String?) -> String {
    guard let opener, let name = opener.split(whereSeparator: { $0 == "/" || $0 == ":" }).last, opener != "root" else {
      return "root"
    }
    return "root via \(opener.hasPrefix("arn:") ? String(name) : opener)"
  }

  /// The words for an ARN of a principal; nil where it is none.
  static func text(arn: String, opener: String? = nil) -> String? {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "iam" || parts[2] == "sts" else { return nil }
    let resource = parts[5]
    if resource == "root" { return root(openedBy: opener) }
    let names = resource.split(separator: "/")
    guard let kind = names.first, let last = names.last, names.count > 1 else { return nil }
    let opener = opener.flatMap { $0.isEmpty ? nil : $0 }
    if kind == "federated-user", let opener, opener != last { return "federated-user/\(last) via \(opener)" }
    guard kind == "assumed-role" else { return "\(kind)/\(last)" }
    let role = names[1]
    if let opener { return "role/\(role) via \(opener)" }
    return names.count == 2 || last == role ? "role/\(role)" : "role/\(role) via \(last)"
  }
}
