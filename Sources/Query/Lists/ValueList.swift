import Events
import Synchronization

/// Many values to look for at once: a list of addresses, of names, of sentences, up to a million of them.
///
/// Lists with the same values are equal, whatever their order; a value that stands twice counts once.
public final class ValueList: Hashable, Sendable {
  /// How the values compare with a field's.
  public enum Kind: String, CaseIterable, Sendable {
    /// Whole for keywords, typed for numbers, addresses, booleans and dates; in a text field single words as they are indexed.
    case keyword
    /// Addresses, and also networks (`10.0.0.0/8`) and ranges (`10.0.0.1-10.0.0.9`).
    case ip
    /// The same as `ip`; the name says that networks or ranges are expected.
    case ipRange = "ip_range"
    /// In a text field all words of a value, in any order; in other fields as `keyword`.
    case text
  }

  public let kind: Kind
  /// The values as they were written, each once.
  let texts: ValueDictionary
  private let hash: UInt64
  private let forms = Mutex(Forms())

  /// The values made ready for types of fields, each once it is asked for.
  private struct Forms {
    var addresses: AddressSet?
    var textRanges: SortedRanges<TextBytes>?
    var dates: SortedRanges<Int64>?
    var numbers: [Bool: Set<Number>] = [:]
    var wordSets: [TextAnalysis: WordSetIndex] = [:]
  }

  /// A list of values as written. Values that a field's type cannot read match nothing there.
  public convenience init(_ kind: Kind, _ values: some Sequence<String>) {
    var texts = ValueDictionary()
    for var value in values { _ = value.withUTF8 { texts.insert(Scalar(.string, $0)) } }
    self.init(kind, texts: texts)
  }

  /// A list of the values of a dictionary, which are all strings.
  public init(_ kind: Kind, texts: ValueDictionary) {
    self.kind = kind
    self.texts = texts
    var sum: UInt64 = 0
    for code in 1..<(UInt32(texts.count) + 1) {
      sum &+= texts.withValue(code) { ByteHash.hash($0.bytes, seed: ByteHash.processSeed) }
    }
    hash = sum
  }

  /// How many different values there are.
  public var count: Int { texts.count }

  /// The values as written, in the order they were met.
  public var values: some Sequence<String> { (1..<(UInt32(count) + 1)).lazy.map { [texts] in texts.text($0) } }

  /// The addresses that a line of an `ip` or `ip_range` list means: one, a network, or a range; nil for anything else.
  public static func addresses(_ text: String) -> ClosedRange<IPAddress>? {
    // Told by the sign that joins the parts: to try all forms takes three times as long.
    guard text.utf8.contains(UInt8(ascii: "-")) else {
      return text.utf8.contains(UInt8(ascii: "/")) ? IPAddress.range(cidr: text) : IPAddress(text).map { $0...$0 }
    }
    let ends = text.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
      .map { $0.drop { $0 == " " } }.map { $0.prefix { $0 != " " } }
    guard ends.count == 2, let first = IPAddress(String(ends[0])), let last = IPAddress(String(ends[1])), first <= last
    else { return nil }
    return first...last
  }

  /// True when a value stands in the list byte for byte.
  func contains(_ value: UnsafeBufferPointer<UInt8>) -> Bool { texts.code(of: Scalar(.string, value)) != 0 }

  func contains(_ value: String) -> Bool {
    var value = value
    return value.withUTF8 { contains($0) }
  }

  /// True for the kinds whose values are addresses and nothing else.
  var holdsAddresses: Bool { kind == .ip || kind == .ipRange }

  public static func == (left: ValueList, right: ValueList) -> Bool {
    if left === right { return true }
    guard left.kind == right.kind, left.hash == right.hash, left.count == right.count else { return false }
    if left.texts.generation == right.texts.generation { return true }
    return (1..<(UInt32(left.count) + 1)).allSatisfy { left.texts.withValue($0) { right.contains($0.bytes) } }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(hash)
  }

  // MARK: Forms

  private func form<Form>(_ path: WritableKeyPath<Forms, Form?> & Sendable, _ make: () -> Form) -> Form {
    forms.withLock { forms in
      if let known = forms[keyPath: path] { return known }
      let made = make()
      forms[keyPath: path] = made
      return made
    }
  }

  private func eachText(_ body: (String) -> Void) {
    for code in 1..<(UInt32(count) + 1) { body(texts.text(code)) }
  }

  /// The addresses: of networks always, of ranges in the lists that are meant for them.
  var addresses: AddressSet {
    form(\.addresses) {
      var addresses = AddressSet()
      for code in 1..<(UInt32(count) + 1) {
        // Nearly all are single addresses, for which no text is made.
        if texts.withValue(code, { addresses.insert($0.bytes) }) { continue }
        let text = texts.text(code)
        if let range = holdsAddresses ? Self.addresses(text) : IPAddress.range(cidr: text) { addresses.insert(range) }
      }
      addresses.finish()
      return addresses
    }
  }

  /// The ends of the ranges (`10.0.0.1-10.0.0.9`) as texts.
  var textRanges: SortedRanges<TextBytes> {
    form(\.textRanges) {
      var ranges: [ClosedRange<TextBytes>] = []
      eachText { text in
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end in
          TextBytes(Array(end.drop { $0 == " " }.prefix { $0 != " " }.utf8))
        }
        if ends.count == 2, ends[0] <= ends[1] { ranges.append(ends[0]...ends[1]) }
      }
      return SortedRanges(ranges)
    }
  }

  /// The milliseconds that the dates among the values span; a time relative to now is none.
  var dates: SortedRanges<Int64> {
    form(\.dates) {
      let epoch = Timestamp(milliseconds: 0)
      var ranges: [ClosedRange<Int64>] = []
      eachText { text in
        guard let math = try? DateMath(text), !math.isRelative else { return }
        let first = math.resolve(now: epoch, roundingUp: false).milliseconds
        let last = math.resolve(now: epoch, roundingUp: true).milliseconds
        if first <= last { ranges.append(first...last) }
      }
      return SortedRanges(ranges)
    }
  }

  func numbers(isInteger: Bool) -> Set<Number> {
    forms.withLock { forms in
      if let known = forms.numbers[isInteger] { return known }
      var numbers: Set<Number> = []
      eachText { text in
        if let number = Number(text), !isInteger || number.isWhole && !number.isBeyondLong { numbers.insert(number) }
      }
      forms.numbers[isInteger] = numbers
      return numbers
    }
  }

  func wordSets(_ analysis: TextAnalysis) -> WordSetIndex {
    forms.withLock { forms in
      if let known = forms.wordSets[analysis] { return known }
      let analyzer = TextAnalyzer(analysis)
      var index = WordSetIndex()
      eachText { index.insert(analyzer.words($0)) }
      index.finish()
      forms.wordSets[analysis] = index
      return index
    }
  }
}
