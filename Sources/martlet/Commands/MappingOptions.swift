import ArgumentParser
import Events
import Foundation
import JSON
import Outputs

/// Where the types of fields come from besides the Elastic Common Schema.
struct MappingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A mapping of Elasticsearch as JSON that says what types fields have, over those of the schema.",
      discussion: "`{\"properties\": …}`, `{\"mappings\": …}`, or what `GET index/_mapping` answers.", valueName: "file"
    ),
    completion: .file(extensions: ["json"]))
  var mapping: String?

  /// The fields that are known by name; throws where the mapping cannot be read.
  ///
  /// - Parameter tells: warn of types that cannot be searched, which one caller in a run does.
  func catalog(tells: Bool = false) throws -> FieldCatalog {
    guard let mapping else { return .standard }
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
      for (type, field) in read.unsearchedTypes.sorted(by: { $0.key < $1.key }) where tells {
        StandardError.write(
          line: Terminal.safe(
            "warning: --mapping \(mapping): fields of the type `\(type)`, such as `\(field)`, cannot be searched"
          ))
      }
      return FieldCatalog.standard.applying(read)
    } catch {
      throw fault("\(error)")
    }
  }
}
