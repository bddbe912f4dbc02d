import ArgumentParser
import Events
import Outputs
import Reports
import Store

/// Reads the options that lists of alerts and of events have in common.
enum ListOptions {
  /// Fields that an option takes at most.
  static let mostFields = 100
  /// Fields that are counted together at most.
  static let mostCounted = 8

  static func fields(_ text: String?, option: String) throws -> [String]? {
    guard let text else { return nil }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
    guard names.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("\(option) takes names of fields with commas between them, as user.name,event.action.")
    }
    let most = option == "--by" ? mostCounted : mostFields
    guard names.count <= most else {
      throw ValidationError("\(option) takes at most \(most) fields, not \(names.count).")
    }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  static func sort(_ text: String?) throws -> [SortKey] {
    guard let text else { return [] }
    let keys = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
    guard keys.count <= mostCounted else {
      throw ValidationError("--sort takes at most \(mostCounted) fields, not \(keys.count).")
    }
    return try keys.map { text in
      guard let key = SortKey(text) else {
        throw ValidationError(
          Terminal.safe("--sort takes fields such as event.action or @timestamp:desc, not “\(text.prefix(80))”."))
      }
      return key
    }
  }

  static func limit(_ limit: Int?, least: Int = 1) throws -> Int? {
    guard let limit, limit < least else { return limit }
    throw ValidationError("--limit takes a number from \(least) on, not \(limit).")
  }

  /// The width of a histogram's bars in seconds, 0 where it is to be chosen; nil where no histogram is asked for.
  static func histogram(_ isWanted: Bool, _ interval: String?) throws -> Int64? {
    guard let interval else { return isWanted ? 0 : nil }
    guard isWanted else { throw ValidationError("--interval is the width of a bar: give --histogram too.") }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let unit = interval.last.flatMap({ units[$0] }), let number = Int64(interval.dropLast()), number >= 1,
      number <= 36_500 * 86_400 / unit
    else {
      throw ValidationError(
        Terminal.safe("--interval takes a span such as 30s, 15m, 6h, 1d or 1w, not “\(interval.prefix(80))”."))
    }
    return number * unit
  }

  static func checkTogether(fields: [String]?, by: [String]?, sort: [SortKey], limit: Int?, histogram: Int64?) throws {
    if fields != nil, by != nil { throw ValidationError("give one of --fields and --by.") }
    if histogram != nil, fields != nil || by != nil || !sort.isEmpty || limit != nil {
      throw ValidationError("--histogram stands alone: leave out --fields, --by, --sort and --limit.")
    }
    guard let by else { return }
    let known = by + ValueCounts.ownKeys
    for key in sort where !known.contains(key.field) {
      throw ValidationError(
        Terminal.safe("--sort with --by takes \(known.joined(separator: ", ")), not “\(key.field.prefix(80))”."))
    }
  }

  /// Throws where events or alerts are to be counted or sorted by a pattern.
  static func refusePatterns(by: [String]?, sort: [SortKey], _ catalog: FieldCatalog) throws {
    for (fields, option) in [(by ?? [], "--by"), (by == nil ? sort.map(\.field) : [], "--sort")] {
      for field in fields where UnknownFields.isPattern(field) {
        throw ValidationError(Terminal.safe(UnknownFields.refusal(field, option: option, catalog)))
      }
    }
  }

  /// Throws where alerts, whose objects never have a value in their place, are to be counted or sorted by an object.
  static func refuseObjects(by: [String]?, sort: [SortKey], _ catalog: FieldCatalog) throws {
    for (fields, option) in [(by ?? [], "--by"), (by == nil ? sort.map(\.field) : [], "--sort")] {
      // Columns of the table have names of their own; `rule` is one.
      for field in fields where !AlertView.columns.contains(field) && UnknownFields.isObject(field, catalog) {
        throw ValidationError(Terminal.safe(UnknownFields.refusal(field, option: option, catalog)))
      }
    }
  }

  /// What stands behind the last point of a file's name, in lower case.
  static func ending(_ path: String) -> String {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return "" }
    return path[path.index(after: dot)...].lowercased()
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
