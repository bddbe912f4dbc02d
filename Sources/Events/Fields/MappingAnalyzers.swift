import JSON

/// The analyzers that fields of a mapping may name: those of Elasticsearch that need no dictionary, and what the settings of an
/// index make of them.
///
/// Source: Elasticsearch's guide, "Built-in analyzer reference", "Tokenizer reference", "Token filter reference".
struct MappingAnalyzers: Hashable {
  /// What `settings.analysis` has under `analyzer`, `tokenizer` and `filter`.
  private var analyzers: [String: JSONValue] = [:]
  private var tokenizers: [String: JSONValue] = [:]
  private var filters: [String: JSONValue] = [:]

  /// The analyzers of Elasticsearch, and no other.
  init() {}

  /// - Parameter settings: of an index, as the create-index API takes them or `GET index` answers them.
  init(settings: JSONValue?) {
    let analysis = settings?["analysis"] ?? settings?["index"]?["analysis"]
    if case .object(let members)? = analysis?["analyzer"] { analyzers = members }
    if case .object(let members)? = analysis?["tokenizer"] { tokenizers = members }
    if case .object(let members)? = analysis?["filter"] { filters = members }
  }

  /// An analyzer for what queries ask of every field.
  var hasDefaultForSearches: Bool { analyzers["default_search"] != nil }

  /// The analysis that an analyzer stands for; nil where it is not known.
  func analysis(_ name: String) -> TextAnalysis? {
    if let settings = analyzers[name] {
      guard case .object(let members) = settings else { return nil }
      return analyzer(members)
    }
    switch name {
    case "standard", "default": return .standard
    case "simple": return .simple
    case "whitespace": return .whitespace
    case "keyword": return .keyword
    case "stop": return .stop
    case "pattern": return .pattern()
    // Answers of `GET index/_mapping` name it without saying what it is.
    case "powershell_script_analyzer": return .powershell
    default: return nil
    }
  }

  private func analyzer(_ members: [String: JSONValue]) -> TextAnalysis? {
    let type = members["type"]?.stringValue ?? (members["type"] == nil ? "custom" : "")
    func has(only known: String...) -> Bool {
      members.keys.allSatisfy { ["type", "version", "position_increment_gap"].contains($0) || known.contains($0) }
    }
    switch type {
    case "standard":
      guard has(only: "max_token_length", "stopwords"), let longest = Self.length(members),
        let stop = Self.stop(members, otherwise: [])
      else { return nil }
      return TextAnalysis(.standard(longest: longest), [.lowercase] + stop)
    case "simple": return has() ? .simple : nil
    case "whitespace": return has() ? .whitespace : nil
    case "keyword": return has() ? .keyword : nil
    case "stop":
      guard has(only: "stopwords"), let stop = Self.stop(members, otherwise: TextAnalysis.englishStopWords) else {
        return nil
      }
      return TextAnalysis(.letter, [.lowercase] + stop)
    case "pattern":
      guard has(only: "pattern", "flags", "lowercase", "stopwords"), let expression = Self.expression(members),
        let lowers = Self.flag(members["lowercase"], otherwise: true), let stop = Self.stop(members, otherwise: [])
      else { return nil }
      return TextAnalysis(.pattern(expression), (lowers ? [.lowercase] : []) + stop)
    case "custom":
      guard has(only: "tokenizer", "filter", "char_filter"), Self.names(members["char_filter"]) == [],
        let tokenizer = members["tokenizer"]?.stringValue.flatMap(tokenizer),
        let names = Self.names(members["filter"])
      else { return nil }
      let filters = names.map(filter)
      guard !filters.contains(nil) else { return nil }
      return TextAnalysis(tokenizer, filters.compactMap(\.self))
    default: return nil
    }
  }

  private func tokenizer(_ name: String) -> TextAnalysis.Tokenizer? {
    var members: [String: JSONValue] = ["type": .string(name)]
    if let settings = tokenizers[name] {
      guard case .object(let own) = settings else { return nil }
      members = own
    }
    func has(only known: String...) -> Bool {
      members.keys.allSatisfy { ["type", "version"].contains($0) || known.contains($0) }
    }
    switch members["type"]?.stringValue {
    case "standard": return has(only: "max_token_length") ? Self.length(members).map { .standard(longest: $0) } : nil
    case "whitespace":
      return has(only: "max_token_length") ? Self.length(members).map { .whitespace(longest: $0) } : nil
    case "letter": return has() ? .letter : nil
    case "lowercase": return has() ? .lowercase : nil
    // A buffer's size makes no difference.
    case "keyword": return has(only: "buffer_size") ? .keyword : nil
    case "pattern":
      // A group would be the word itself, and not what parts words.
      guard has(only: "pattern", "flags", "group"), members["group"].map({ Self.whole($0) == -1 }) ?? true else {
        return nil
      }
      return Self.expression(members).map { .pattern($0) }
    default: return nil
    }
  }

  private func filter(_ name: String) -> TextAnalysis.Filter? {
    var members: [String: JSONValue] = ["type": .string(name)]
    if let settings = filters[name] {
      guard case .object(let own) = settings else { return nil }
      members = own
    }
    switch members["type"]?.stringValue {
    case "lowercase": return members.keys.allSatisfy { $0 == "type" || $0 == "version" } ? .lowercase : nil
    case "asciifolding":
      // What it keeps of the words beside them would stand in their places.
      guard members.keys.allSatisfy({ ["type", "version", "preserve_original"].contains($0) }),
        Self.flag(members["preserve_original"], otherwise: false) == false
      else { return nil }
      return .asciiFolding
    case "stop":
      guard
        members.keys.allSatisfy({ ["type", "version", "stopwords", "ignore_case", "remove_trailing"].contains($0) }),
        Self.flag(members["remove_trailing"], otherwise: true) == true,
        let ignoresCase = Self.flag(members["ignore_case"], otherwise: false),
        let words = Self.words(members["stopwords"], otherwise: TextAnalysis.englishStopWords)
      else { return nil }
      return .stop(words: words, ignoresCase: ignoresCase)
    default: return nil
    }
  }

  // MARK: Settings

  private static func expression(_ members: [String: JSONValue]) -> TextAnalysis.JavaExpression? {
    guard let pattern = members["pattern"].map({ $0.stringValue }) ?? #"\W+"#, pattern.utf8.count <= 1 << 16 else {
      return nil
    }
    var letters = ""
    for name in (members["flags"]?.stringValue ?? "").split(separator: "|") {
      switch name.uppercased() {
      case "CASE_INSENSITIVE": letters += "i"
      case "MULTILINE": letters += "m"
      case "DOTALL": letters += "s"
      case "UNICODE_CASE": letters += "u"
      case "UNIX_LINES": letters += "d"
      case "COMMENTS": letters += "x"
      case "UNICODE_CHARACTER_CLASS", "UNICODE_CHAR_CLASS": letters += "U"
      default: return nil
      }
    }
    return TextAnalysis.JavaExpression(pattern, flags: letters)
  }

  private static func stop(_ members: [String: JSONValue], otherwise: Set<String>) -> [TextAnalysis.Filter]? {
    guard let words = words(members["stopwords"], otherwise: otherwise) else { return nil }
    return words.isEmpty ? [] : [.stop(words: words, ignoresCase: false)]
  }

  private static func words(_ value: JSONValue?, otherwise: Set<String>) -> Set<String>? {
    guard let value, value != .null else { return otherwise }
    guard let listed = names(value) else { return nil }
    var words: Set<String> = []
    for word in listed {
      switch word {
      case "_none_" where listed.count == 1: break
      case "_english_": words.formUnion(TextAnalysis.englishStopWords)
      // Lists of other languages are not here.
      case _ where word.hasPrefix("_") && word.hasSuffix("_"): return nil
      default: words.insert(word)
      }
    }
    return words
  }

  /// A list of texts, which may stand as one text with commas; none where there is no value.
  private static func names(_ value: JSONValue?) -> [String]? {
    switch value {
    case nil, .null: return []
    case .string(let text)?:
      return text.split(separator: ",").map { String($0.trimmingSpaces) }.filter { !$0.isEmpty }
    case .array(let values)?:
      let texts = values.compactMap(\.stringValue)
      return texts.count == values.count ? texts : nil
    default: return nil
    }
  }

  private static func length(_ members: [String: JSONValue]) -> Int? {
    guard let value = members["max_token_length"] else { return TextAnalysis.longestWord }
    return whole(value).flatMap { 1...1_048_576 ~= $0 ? $0 : nil }
  }

  /// Settings are texts in what `GET index` answers.
  private static func whole(_ value: JSONValue) -> Int? {
    value.integerValue.flatMap { Int(exactly: $0) } ?? value.stringValue.flatMap { Int($0) }
  }

  private static func flag(_ value: JSONValue?, otherwise: Bool) -> Bool? {
    switch value {
    case nil, .null: otherwise
    case .bool(let flag)?: flag
    case .string("true")?: true
    case .string("false")?: false
    default: nil
    }
  }
}
