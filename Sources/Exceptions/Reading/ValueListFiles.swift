import Foundation
import Query

/// Finds the files of value lists and reads each once.
final class ValueListFiles {
  /// Where lists of Kibana are looked for before the folder of the exceptions.
  private let directories: [String]
  private var known: [Key: Result<ValueList, ValueListError>] = [:]

  private struct Key: Hashable {
    var path: String
    var kind: ValueList.Kind
  }

  init(directories: [String]) { self.directories = directories }

  /// The list of Kibana with an id, which is the name of its file, with or without `.txt`.
  func list(_ reference: ValueListReference, besides file: String) throws(ValueListError) -> ValueList {
    let id = reference.id
    guard !id.isEmpty, !id.contains("/"), !id.utf8.contains(0), id != ".", id != "..", id.utf8.count <= 200 else {
      throw ValueListError("“\(id.prefix(60))” cannot be the name of a value list's file")
    }
    let folders = directories + [Self.folder(of: file)]
    for folder in folders {
      for name in [id, id + ".txt"] {
        let path = Self.join(folder, name)
        if Self.exists(path) { return try read(path, reference.kind) }
      }
    }
    throw ValueListError(
      "the value list “\(id)” is in none of these folders: \(folders.joined(separator: ", ")); export it from Kibana "
        + "as \(id), a value a line, and name its folder with --value-lists")
  }

  /// The list of a file whose path starts at the folder of the file that names it.
  ///
  /// A relative path does not lead out of that folder, so that exceptions can be passed on with their lists and read
  /// nothing else; an absolute path is taken as it is.
  func list(path: String, kind: ValueList.Kind, of file: String) throws(ValueListError) -> ValueList {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw ValueListError("the path of the value list is empty") }
    if path.hasPrefix("/") { return try read(path, kind) }
    var depth = 0
    for part in path.split(separator: "/") where part != "." {
      depth += part == ".." ? -1 : 1
      guard depth >= 0 else {
        throw ValueListError(
          "the value list “\(path.prefix(200))” lies outside of the exceptions' folder; give its absolute path")
      }
    }
    return try read(Self.join(Self.folder(of: file), path), kind)
  }

  private func read(_ path: String, _ kind: ValueList.Kind) throws(ValueListError) -> ValueList {
    let key = Key(path: path, kind: kind)
    if let result = known[key] { return try result.get() }
    guard known.count < ExceptionLimits.lists else {
      throw ValueListError("there are more than \(ExceptionLimits.lists) value lists; join some")
    }
    let result: Result<ValueList, ValueListError>
    do {
      result = .success(try ValueListReader.read(path, kind: kind))
    } catch {
      result = .failure(error)
    }
    known[key] = result
    return try result.get()
  }

  private static func folder(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder == "." ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }
}
