/// Somebody that a statement is about.
public enum PolicyPrincipal: Hashable, Sendable {
  /// `"*"`, with or without the key `AWS`: every principal of every account, and requests that nobody signed.
  case anyone
  /// An account by its 12 digits, alone or as `arn:aws:iam::111122223333:root`, in any partition.
  case account(String)
  /// A user, role or session by its ARN, or the unique id that stands in for one that was deleted.
  case aws(String)
  /// An AWS service, such as `ec2.amazonaws.com`.
  case service(String)
  /// An identity provider: the ARN of a SAML or OpenID Connect provider, or the name of a public one.
  case federated(String)
  /// The owner of an account by the id that Amazon S3 has for it.
  case canonicalUser(String)
  /// A value under a key that this version does not know.
  case other(kind: String, String)

  /// Reads a value under a key of `Principal`.
  init(kind: String, value: String) {
    switch kind.lowercased() {
    case "aws":
      if value == "*" {
        self = .anyone
      } else if AccountID.isAccount(value) {
        self = .account(value)
      } else if let arn = ARN(value), arn.service == "iam", arn.resource == "root", let account = arn.account {
        self = .account(account)
      } else {
        self = .aws(value)
      }
    case "service": self = .service(value)
    case "federated": self = .federated(value)
    case "canonicaluser": self = .canonicalUser(value)
    default: self = .other(kind: kind, value)
    }
  }

  /// The account that the principal belongs to, where its name tells.
  public var account: String? {
    switch self {
    case .account(let id): id
    case .aws(let name), .federated(let name): ARN(name)?.account
    case .anyone, .service, .canonicalUser, .other: nil
    }
  }

  /// What it is called in a sentence.
  public var text: String {
    switch self {
    case .anyone: "anyone"
    case .account(let id): "account \(id)"
    case .aws(let name): ListText.cut(name)
    case .service("*"): "every AWS service"
    case .service(let name): "the service \(ListText.cut(name))"
    case .federated(let name): "the identity provider \(ListText.cut(name))"
    case .canonicalUser(let id): "the canonical user \(ListText.cut(id))"
    case .other(let kind, let value): "\(ListText.cut(kind)) \(ListText.cut(value))"
    }
  }
}

extension PolicyPrincipal: Comparable {
  private var order: (Int, String, String) {
    switch self {
    case .anyone: (0, "", "")
    case .account(let id): (1, id, "")
    case .aws(let name): (2, name, "")
    case .canonicalUser(let id): (3, id, "")
    case .federated(let name): (4, name, "")
    case .service(let name): (5, name, "")
    case .other(let kind, let value): (6, kind, value)
    }
  }

  public static func < (left: PolicyPrincipal, right: PolicyPrincipal) -> Bool { left.order < right.order }
}
