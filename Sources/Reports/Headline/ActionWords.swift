/// What the name of an API call says, as a person would: `LeaveOrganization` is “leave the organization”.
///
/// AWS names calls by a verb and what it is done to. A name that begins with no verb of `ActionVerbs` is not guessed at.
struct ActionWords: Equatable, Sendable {
  /// After “tried to”: `leave the organization`.
  let infinitive: String
  /// After who did it: `left the organization`.
  let past: String

  private init(_ infinitive: String, _ past: String) {
    self.infinitive = infinitive
    self.past = past
  }

  /// Nil for a name that does not begin with a known verb, or that is no name of a call.
  init?(_ action: String) {
    guard !action.isEmpty, action.utf8.count <= Self.longest, action.utf8.allSatisfy(Self.isPlain) else { return nil }
    let name = Self.unversioned(action)
    if let (infinitive, past) = ActionPhrases.all[name] {
      self.init(infinitive, past)
      return
    }
    var words = CamelCase.words(of: name)
    let isBatch = words.first == "Batch" && words.count > 2
    if isBatch { words.removeFirst() }
    guard let first = words.first, let verb = ActionVerbs.verb(first), words.count > 1 else { return nil }
    let object = Self.object(words.dropFirst(), article: verb.isMaking ? .one : .known, isBatch: isBatch)
    let end = isBatch ? " in a batch" : ""
    self.init("\(verb.infinitive) \(object)\(end)", "\(verb.past) \(object)\(end)")
  }

  private static let longest = 100

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// Without the version that some services put behind a name: `UpdateFunctionCode20150331v2`.
  private static func unversioned(_ action: String) -> String {
    action.firstMatch(of: /^(.*[A-Za-z])(?:19|20)[0-9]{6}(?:v[0-9]+)?$/).map { String($0.1) } ?? action
  }

  // MARK: What it is done to

  private enum Article { case one, known }

  private static let prepositions: Set<String> = ["To", "From", "With", "For", "By", "In", "Of", "On", "At", "Into"]
  /// After a preposition they take no article.
  private static let bareAfterPreposition: Set<String> = ["Another", "All", "Default", "Root"]
  /// Words for what is not counted, which take no article.
  private static let bare: Set<String> = [
    "access", "acceleration", "compliance", "egress", "encryption", "health", "ingestion", "ingress", "insights",
    "logging", "monitoring", "protection", "propagation", "replication", "root", "rotation", "sending", "tagging",
    "usage", "versioning",
  ]
  /// Not counted either, but one may speak of the one there is.
  private static let massed: Set<String> = ["code", "content", "data", "information", "material", "metadata"]
  /// Products, which have no article.
  private static let names: Set<String> = [
    "access analyzer", "detective", "guard duty", "inspector", "macie", "security hub", "cloud trail", "cloud watch",
    "s3",
    "saml",
  ]

  /// The words after the verb, parted by prepositions, each part with its article.
  private static func object(_ words: ArraySlice<String>, article: Article, isBatch: Bool) -> String {
    var parts: [String] = []
    var noun: [String] = []
    var article = article
    var isAfterPreposition = false
    func finish() {
      guard !noun.isEmpty else { return }
      let isBare = isAfterPreposition && bareAfterPreposition.contains(noun[0])
      parts.append(isBare || parts.last == "by" ? spoken(noun) : phrase(noun, article, isBatch: isBatch))
      noun = []
    }
    for (place, word) in words.enumerated() {
      // A preposition stands between things, or after the verb; at the end of a name it is something else.
      if prepositions.contains(word), place + 1 < words.count {
        finish()
        parts.append(word.lowercased())
        isAfterPreposition = true
        article = word == "With" ? .one : .known
      } else {
        noun.append(word)
      }
    }
    finish()
    return parts.joined(separator: " ")
  }

  private static func phrase(_ words: [String], _ article: Article, isBatch: Bool) -> String {
    var text = spoken(words)
    guard let last = text.split(separator: " ").last.map(String.init) else { return text }
    if names.contains(text.lowercased()) {
      return words.joined(separator: words == ["Guard", "Duty"] || words[0] == "Cloud" ? "" : " ")
    }
    if bare.contains(last) || isPlural(last) { return text }
    if isBatch {
      text = text.dropLast(last.count) + plural(last)
      return text
    }
    switch article {
    case .known: return "the " + text
    case .one: return massed.contains(last) ? text : (beginsWithVowel(text) ? "an " : "a ") + text
    }
  }

  private static func spoken(_ words: [String]) -> String { words.map(CamelCase.spoken).joined(separator: " ") }

  private static func isPlural(_ word: String) -> Bool {
    guard word.hasSuffix("s"), word != word.uppercased() else { return false }
    return !["ss", "us", "is"].contains { word.hasSuffix($0) }
  }

  private static func plural(_ word: String) -> String {
    if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) {
      return word.dropLast() + "ies"
    }
    return ["s", "x", "ch", "sh"].contains { word.hasSuffix($0) } ? word + "es" : word + "s"
  }

  /// By its sound: “an MFA device”, “a user”.
  private static func beginsWithVowel(_ text: String) -> Bool {
    let word = text.prefix { $0 != " " }
    guard let first = word.first else { return false }
    // Letters that are said one by one: em, en, es.
    if word.count > 1, word.prefix(2) == word.prefix(2).uppercased() {
      return !["SAML", "NAT", "SIP"].contains(String(word)) && "AEFHILMNORSX".contains(first)
    }
    if ["us", "uni", "uti", "eu", "one"].contains(where: { word.lowercased().hasPrefix($0) }) { return false }
    return "aeiou".contains(first.lowercased())
  }
}
