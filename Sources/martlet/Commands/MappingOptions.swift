import ArgumentParser
import Events
import Foundation
import JSON
import Outputs
import Query
import Running

/// Where the types of fields come from besides the Elastic Common Schema.
struct MappingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A mapping of Elasticsearch as JSON that says what types fields have, over those of the schema.",
      discussion:
        "`{\"properties\": …}`, `{\"mappings\": …}`, or what `GET index/_mapping` answers. Unless given, that which ingest was given for the folder of --data.",
      valueName: "file"
    ),
    completion: .file(extensions: ["json"]))
  var mapping: String?

  /// The fields that are known by name, with those of the mapping that is given; throws where it cannot be read.
  ///
  /// - Parameter tells: warn of types that cannot be searched, which one caller in a run does.
  func catalog(tells: Bool = false) throws -> FieldCatalog {
    guard let mapping else { return .standard }
    let read = try read(mapping).mapping
    if tells { Self.tell(of: read, "--mapping \(mapping)") }
    return FieldCatalog.standard.applying(read)
  }

  /// The fields that are known by name in a folder of events: with those of the mapping that is given, else of the one that the
  /// folder remembers.
  ///
  /// - Parameter folder: nil where events are read from files.
  func catalog(of folder: String?, tells: Bool = false) throws -> FieldCatalog {
    guard mapping == nil, let folder, let kept = try KeptMapping.of(folder) else { return try catalog(tells: tells) }
    if tells { Self.tell(of: kept.mapping, "the mapping of \(folder)") }
    return FieldCatalog.standard.applying(kept.mapping)
  }

  /// True where a mapping lies over the schema's types, one that is given or one that the folder remembers.
  func meansMapping(of folder: String?) throws -> Bool {
    guard mapping == nil, let folder else { return mapping != nil }
    return try KeptMapping.of(folder) != nil
  }

  /// Makes a folder remember the mapping that is given, where one is, and says so; one without fields ends that.
  func remember(in folder: String, at now: Timestamp, _ notices: NoticeOptions) throws {
    guard let mapping else { return }
    let (read, text) = try read(mapping)
    try FolderRules.telling {
      let before = try KeptMapping.of(folder)
      guard let outcome = try KeptMapping.keep(read, text, in: folder, at: now) else {
        if before != nil { notices.warn("\(folder) remembers no mapping any longer") }
        return
      }
      let count = CountText.count(read.fields.count, "field")
      switch outcome {
      case .new: notices.close("\(folder) remembers the mapping of \(mapping), \(count), for all that reads it")
      case .changed:
        notices.warn(
          "\(folder) remembers the mapping of \(mapping), \(count), in place of another that it had since "
            + "\(before?.keptAt.iso8601 ?? "before"): rules and searches see all events with the types of the new one")
      case .same: break
      }
    }
  }

  private func read(_ mapping: String) throws -> (mapping: FieldMapping, text: String) {
    func fault(_ cause: String) -> UnusableFile { UnusableFile("--mapping \(mapping): \(cause)") }
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: mapping))
      defer { try? handle.close() }
      data = try handle.read(upToCount: FieldMapping.largestText + 1) ?? Data()
    } catch {
      throw fault("the file cannot be read: \(UnreadableFile.reason(mapping, error))")
    }
    guard data.count <= FieldMapping.largestText else {
      throw fault("the file is larger than \(FieldMapping.largestText >> 20) MiB")
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Array(data)[...])
    } catch {
      throw fault("the file cannot be read as JSON: \(error)")
    }
    do {
      let read = try FieldMapping(value)
      if let cause = WordPattern.fault(in: read) { throw fault(cause) }
      return (read, value.text)
    } catch let error as UnusableFile {
      throw error
    } catch {
      throw fault("\(error)")
    }
  }

  private static func tell(of mapping: FieldMapping, _ name: String) {
    if let first = mapping.runtimeFields.first {
      let count = mapping.runtimeFields.count
      let others = count > 1 ? " and \(CountText.count(count - 1, "other"))" : ""
      StandardError.write(
        line: Terminal.safe(
          "warning: \(name): `runtime` fields are not computed, so that `\(first)`\(others) \(count > 1 ? "have" : "has") no value"
        ))
    }
    for (type, field) in mapping.unsearchedTypes.sorted(by: { $0.key < $1.key }) {
      StandardError.write(
        line: Terminal.safe("warning: \(name): fields of the type `\(type)`, such as `\(field)`, cannot be searched"))
    }
    for (analyzer, field) in mapping.unknownAnalyzers.sorted(by: { $0.key < $1.key }) {
      StandardError.write(
        line: Terminal.safe(
          "warning: \(name): fields with the analyzer `\(analyzer)`, such as `\(field)`, cannot be searched: it is not known, "
            + "and no `settings.analysis` beside `mappings` makes it of what is"))
    }
    for (analyzer, field) in mapping.searchAnalyzers.sorted(by: { $0.key < $1.key }) {
      StandardError.write(
        line: Terminal.safe(
          "warning: \(name): the analyzer `\(analyzer)` for searches is not followed: what is asked of fields such as "
            + "`\(field)` is cut into words as their values are"))
    }
  }
}
