import Events
import JSON
import Query
import Rules

/// Loads exceptions from files, and from the exports of rules that they came with.
///
/// ```swift
/// let result = ExceptionLoader.load(paths: ["exceptions.toml"], rules: loadedRules)
/// let exceptions = ExceptionSet(result)
/// ```
/// Files end in `.toml`, `.ndjson` or `.json`; folders are searched through for them. Nothing is thrown: what cannot be
/// read is among the diagnostics, and an exception with an error is left out.
public struct ExceptionLoader {
  private let catalog: FieldCatalog
  private let meanings: FieldMeanings
  private let lists: ValueListFiles
  private var result = ExceptionLoadResult()
  /// Where each item of a list stands in the result, since exports repeat each other.
  private var places: [Identity: Int] = [:]
  private var isFull = false
  private var tellsUnknownFields = true
  /// Where each list stands in the result.
  private var placesOfLists: [ExceptionSet.ListKey: Int] = [:]
  /// The lists of Elastic's endpoint agent: those that it has of itself, and those that say so.
  private var endpointLists: Set<String> = [
    "endpoint_list", "endpoint_trusted_apps", "endpoint_event_filters", "endpoint_host_isolation_exceptions",
    "endpoint_blocklists",
  ]
  private var toldEndpointLists: Set<String> = []

  private struct Identity: Hashable {
    var scope: ExceptionScope
    var itemID: String
  }

  private init(_ catalog: FieldCatalog, _ directories: [String], _ kept: [KeptValueList]) {
    self.catalog = catalog
    meanings = FieldMeanings(catalog)
    lists = ValueListFiles(directories: directories, kept: kept)
  }

  /// Loads the exceptions of files and folders, in the order given, after those that exports of rules, or a folder of events,
  /// hold.
  ///
  /// Fields of entries that the catalog does not know are warned of if `tellsUnknownFields`. `valueLists` are folders where the value lists of Kibana are looked for, before the folder of the exceptions.
  public static func load(
    paths: [String], rules: RuleLoadResult = RuleLoadResult(), valueLists: [String] = [],
    catalog: FieldCatalog = .standard, tellsUnknownFields: Bool = true
  ) -> ExceptionLoadResult {
    var loader = ExceptionLoader(catalog, valueLists, rules.valueLists)
    loader.tellsUnknownFields = tellsUnknownFields
    for object in rules.exportedLists { loader.takeList(object.value.objectValue ?? [:], object.source) }
    for object in rules.exportedItems { loader.takeItem(object.value.objectValue ?? [:], object.source) }
    var finder = RuleFileFinder()
    for path in paths {
      let (files, met, troubles) = (finder.files.count, finder.metBefore, finder.diagnostics.count)
      finder.find(path)
      // Who names a folder that is silently without effect takes it for obeyed.
      if finder.files.count == files, finder.metBefore == met, finder.diagnostics.count == troubles {
        loader.say(.error, path, RulePathSurvey.sentence(path, wanted: .exception))
      }
    }
    loader.result.diagnostics += finder.diagnostics
    for file in finder.files {
      loader.result.files += 1
      do {
        loader.read(SourceText(try RuleFile.read(file.path, kind: "a file of exceptions")), file: file.path)
      } catch {
        loader.say(.error, file.path, error.message)
      }
    }
    loader.result.diagnostics += loader.lists.directoryDiagnostics()
    return loader.result
  }

  /// Loads the exceptions of a text as if it stood in `file`, whose ending tells TOML from JSON.
  public static func load(
    text: String, file: String, valueLists: [String] = [], kept: [KeptValueList] = [], catalog: FieldCatalog = .standard
  ) -> ExceptionLoadResult {
    var loader = ExceptionLoader(catalog, valueLists, kept)
    loader.result.files = 1
    loader.read(SourceText(Array(text.utf8)), file: file)
    return loader.result
  }

  private mutating func say(_ severity: Diagnostic.Severity, _ file: String, _ message: String) {
    result.diagnostics.append(Diagnostic(severity, file: file, message))
  }

  private mutating func read(_ text: SourceText, file: String) {
    let said = result.diagnostics.count
    defer { keepFirst(after: said, file) }
    switch RuleFileFinder.fileExtension(file) {
    case "toml": readTOML(text, file: file)
    case "ndjson", "json": readJSON(text, file: file)
    case let other:
      say(
        .error, file,
        "Exceptions are read from .toml, .ndjson and .json files, and this one \(RuleFileFinder.ending(other)); rename it."
      )
    }
  }

  /// Keeps the first of what is said of a file, and says how much more there was.
  private mutating func keepFirst(after start: Int, _ file: String) {
    let rest = result.diagnostics.dropFirst(start + ExceptionLimits.diagnostics)
    guard rest.count > 1 else { return }
    let severity: Diagnostic.Severity = rest.contains { $0.severity == .error } ? .error : .warning
    let count = rest.count
    result.diagnostics.removeLast(count)
    say(severity, file, "\(count) more are not told.")
  }

  // MARK: Formats

  private mutating func readTOML(_ text: SourceText, file: String) {
    let document: [String: JSONValue]
    do {
      document = try TOMLText.parse(text)
    } catch {
      result.diagnostics.append(
        Diagnostic(.error, file: file, line: error.position.line, column: error.position.column, error.message))
      return
    }
    let notes = Self.notes("an exception")
    let source = RuleSource(
      file: file, format: .toml, text: text, range: 0..<text.bytes.count, start: SourcePosition(line: 1, column: 1))
    let places = TOMLText.headers(of: "exception", in: text)
    var items: [(ExceptionItem, RuleKeyPath)] = []
    TOMLExceptionReader.read(document, file: file, places: places, notes: notes) { items.append(($0, $1)) }
    for (item, path) in items {
      add(item, at: path, notes, .toml) { [lists] reference throws(ValueListError) in
        try lists.list(path: reference.id, kind: reference.kind, of: file)
      }
    }
    result.diagnostics += notes.diagnostics(in: source, limit: ExceptionLimits.diagnostics)
  }

  private mutating func readJSON(_ text: SourceText, file: String) {
    var found = 0
    let said = result.diagnostics.count
    JSONObjectFile.forEachObject(text, file: file, wanted: "An exception") { members, _, source in
      switch ExportedKind(members) {
      case .exceptionList:
        found += 1
        takeList(members, source)
      case .exceptionItem:
        found += 1
        takeItem(members, source)
      case .summary: found += 1
      // An export of rules holds their exceptions too.
      case .rule, .savedRule, .savedObject: break
      case .unknown:
        result.diagnostics.append(
          Diagnostic(
            .warning, file: file, line: source.position.line, column: source.position.column,
            "This object is neither an exception nor anything else that Kibana exports with them; it is passed over."))
      }
    } problem: {
      result.diagnostics.append($0)
    }
    if found == 0, result.diagnostics.count == said {
      say(.warning, file, "The file holds no exception: a JSON object a line was looked for, as Kibana exports them.")
    }
  }

  // MARK: Lists and items

  private static func notes(_ subject: String) -> RuleNotes {
    RuleNotes(of: subject, unknownFieldAdvice: "it has no effect")
  }

  /// True for an item of a list that the agent obeys and no rule here; the first of each list is told.
  private mutating func isForEndpoint(_ members: [String: JSONValue], _ source: RuleSource) -> Bool {
    guard let id = members["list_id"]?.stringValue, endpointLists.contains(id) else { return false }
    if toldEndpointLists.insert(id).inserted {
      result.diagnostics.append(
        Diagnostic(
          .warning, file: source.file, line: source.position.line, column: source.position.column,
          "“\(id)” is a list for Elastic's endpoint, which is not applied; its exceptions are passed over."))
    }
    return true
  }

  private mutating func takeList(_ members: [String: JSONValue], _ source: RuleSource) {
    let notes = Self.notes("an exception list")
    if let list = KibanaExceptionReader.list(members, source, notes) {
      if list.isEndpoint { endpointLists.insert(list.listID) }
      let key = ExceptionSet.ListKey(id: list.listID, namespaceType: list.namespaceType)
      if let known = placesOfLists[key] {
        result.lists[known] = list
      } else {
        placesOfLists[key] = result.lists.count
        result.lists.append(list)
      }
    }
    result.diagnostics += notes.diagnostics(in: source, limit: ExceptionLimits.diagnostics)
  }

  private mutating func takeItem(_ members: [String: JSONValue], _ source: RuleSource) {
    guard !isForEndpoint(members, source) else { return }
    let notes = Self.notes("an exception")
    if let item = KibanaExceptionReader.item(members, source, notes), notes.errorCount == 0 {
      add(item, at: RuleKeyPath(), notes, .kibana) { [lists] reference throws(ValueListError) in
        try lists.list(reference, besides: source.file)
      }
    }
    result.diagnostics += notes.diagnostics(in: source, limit: ExceptionLimits.diagnostics)
  }

  private mutating func add(
    _ item: ExceptionItem, at path: RuleKeyPath, _ notes: RuleNotes, _ format: ExceptionPredicate.Format,
    list: @escaping (ValueListReference) throws(ValueListError) -> ValueList
  ) {
    guard item.entryCount <= ExceptionLimits.entries else {
      return notes.add(
        .error, path, .key, "the exception has more than \(ExceptionLimits.entries) entries; use a value list")
    }
    guard result.items.count < ExceptionLimits.items else {
      if !isFull {
        notes.add(.error, path, .key, "there are more than \(ExceptionLimits.items) exceptions; the rest is left out")
      }
      isFull = true
      return
    }
    let errors = notes.errorCount
    var named: [ValueListReference: ValueList] = [:]
    func found(_ reference: ValueListReference) throws(ValueListError) -> ValueList {
      let values = try list(reference)
      named[reference] = values
      return values
    }
    var reader = ExceptionPredicate(catalog: catalog, meanings: meanings, notes: notes, format: format, list: found)
    reader.tellsUnknownFields = tellsUnknownFields
    let predicate = reader.predicate(item, at: path)
    guard notes.errorCount == errors else { return }
    let loaded = LoadedException(item: item, predicate: predicate, valueLists: named)
    guard item.listID != nil else { return result.items.append(loaded) }
    let identity = Identity(scope: item.scope, itemID: item.itemID)
    guard let known = places[identity] else {
      places[identity] = result.items.count
      return result.items.append(loaded)
    }
    // The same item of an export that was given twice: the later one counts.
    let former = result.items[known]
    if former.predicate != predicate || former.item.expires != item.expires {
      notes.add(
        .warning, path, .key,
        "“\(item.itemID)” takes the place of another version of it, at \(former.item.file):\(former.item.line)")
    }
    result.items[known] = loaded
  }
}

extension ExceptionItem {
  fileprivate var entryCount: Int {
    entries.reduce(0) { count, entry in
      if case .nested(let inner) = entry.test { count + 1 + inner.count } else { count + 1 }
    }
  }
}
