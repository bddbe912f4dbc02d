/// The words in a name that is written with capitals in place of blanks.
enum CamelCase {
  /// The words as they are written there: `Create`, `DB`, `Instance` of `CreateDBInstance`.
  static func words(of name: String) -> [String] {
    var words: [String] = []
    let characters = Array(name)
    var start = 0
    for place in characters.indices.dropFirst() {
      let (before, here) = (characters[place - 1], characters[place])
      let next = place + 1 < characters.count ? characters[place + 1] : nil
      let beginsWord =
        here.isUppercase
        && (before.isLowercase || before.isNumber && next?.isLowercase == true
          || before.isUppercase && next?.isLowercase == true && !isPlural(characters, place))
      if beginsWord {
        words.append(String(characters[start..<place]))
        start = place
      }
    }
    words.append(String(characters[start...]))
    return joined(words)
  }

  /// True where a lone small s ends an acronym: `VPCs`.
  private static func isPlural(_ characters: [Character], _ place: Int) -> Bool {
    place + 1 < characters.count && characters[place + 1] == "s"
      && (place + 2 == characters.count || characters[place + 2].isUppercase)
  }

  /// Names that capitals part in the middle.
  private static let together: [[String]] = [["Open", "ID"], ["Dynamo", "DB"], ["No", "SQL"]]

  private static func joined(_ words: [String]) -> [String] {
    var joined: [String] = []
    var rest = words[...]
    while let first = rest.first {
      if let name = together.first(where: { rest.starts(with: $0) }) {
        joined.append(name.joined())
        rest = rest.dropFirst(name.count)
      } else {
        joined.append(first)
        rest = rest.dropFirst()
      }
    }
    return joined
  }

  /// A word as it stands in a sentence: acronyms in capitals, names as they are written, the rest small.
  static func spoken(_ word: String) -> String {
    if let known = written[word] { return known }
    // What has several capitals, or a digit after one, is written so on purpose.
    let capitals = word.count { $0.isUppercase }
    if capitals > 1 || (capitals == 1 && word.count == 1) { return word }
    if word.dropFirst().first?.isNumber == true { return word }
    return word.lowercased()
  }

  private static let written: [String: String] = {
    var written = [
      "OpenID": "OpenID", "Connect": "Connect", "Lambda": "Lambda", "Macie": "Macie", "Aws": "AWS", "Vpcs": "VPCs",
      "Acls": "ACLs", "Urls": "URLs", "Ids": "IDs", "Arns": "ARNs", "Apis": "APIs", "Signin": "sign-in",
      "Cloudtrail": "CloudTrail", "Lambdas": "Lambdas", "Ipv6": "IPv6", "IPv6": "IPv6", "OAuth": "OAuth",
    ]
    for acronym in [
      "Acl", "Ami", "Api", "Arn", "Cidr", "Db", "Dkim", "Dns", "Ebs", "Ec2", "Ecr", "Ecs", "Eks", "Iam", "Id", "Ip",
      "Jwt", "Kms", "Mfa", "Nat", "Rds", "S3", "Saml", "Sms", "Sns", "Sql", "Sqs", "Ssh", "Ssm", "Sso", "Ssl", "Sts",
      "Tls", "Url", "Vpc", "Vpn", "Waf",
    ] {
      written[acronym] = acronym.uppercased()
    }
    return written
  }()
}
