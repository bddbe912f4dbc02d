import Foundation
import Parallel
import Query
import Rules

/// Finds the files of value lists and reads each once.
final class ValueListFiles {
  /// Where lists of Kibana are looked for before the folder of the exceptions.
  private let directories: [String]
  /// Lists that are kept elsewhere than in files, by id.
  private let kept: [String: KeptValueList]
  private var known: [Key: Result<ValueList, ValueListError>] = [:]
  /// Those of the directories in which a list was found.
  private var used: Set<String> = []

  private struct Key: Hashable {
    var path: String
    var kind: ValueList.Kind
  }

  init(directories: [String], kept: [KeptValueList] = []) {
    self.directories = directories
    self.kept = Dictionary(kept.map { ($0.id, $0) }) { $1 }
  }

  /// The list of Kibana with an id, which is the name of its file, with or without `.txt`, or that is kept. One that lies
  /// beside the file comes before one that is kept; beside an exception that is kept itself no file lies.
  func list(_ reference: ValueListReference, besides file: String) throws(ValueListError) -> ValueList {
    let id = reference.id
    guard !id.isEmpty, !id.contains("/"), !id.utf8.contains(0), id != ".", id != "..", id.utf8.count <= 200 else {
      throw ValueListError("“\(id.prefix(60))” cannot be the name of a value list's file")
    }
    let folders = directories + (FolderPlace.holds(file) ? [] : [Self.folder(of: file)])
    for folder in folders {
      for name in [id, id + ".txt"] {
        let path = Self.join(folder, name)
        if Self.exists(path) {
          used.insert(folder)
          return try read(path, reference.kind)
        }
      }
    }
    if let list = kept[id] { return try read(list, reference.kind) }
    guard !folders.isEmpty else {
      throw ValueListError("the folder of events has no value list “\(id)”; put it there with value-lists import")
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

  private func read(_ list: KeptValueList, _ kind: ValueList.Kind) throws(ValueListError) -> ValueList {
    guard list.kind == kind.rawValue else {
      throw ValueListError(
        "the value list “\(list.id)” of the folder is of the type \(list.kind), and the exception takes it for \(kind.rawValue)"
      )
    }
    return try once(FolderPlace.exceptions(ofList: list.id), kind) { () throws(ValueListError) in
      try ValueListReader.values(Array(list.text.utf8), list.id, kind: kind)
    }
  }

  /// What is wrong with the directories that were given, and which of them nothing was looked up in: asked for at the end.
  func directoryDiagnostics() -> [Diagnostic] {
    directories.compactMap { path in
      var status = stat()
      guard stat(path, &status) == 0 else {
        return Diagnostic(
          .error, file: path, "The folder of value lists cannot be opened: \(SystemError.words(at: path)).")
      }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        return Diagnostic(
          .error, file: path, "This is no folder; name the folder that the files of value lists are in.")
      }
      guard let handle = opendir(path) else {
        return Diagnostic(.error, file: path, "The folder of value lists cannot be listed: \(SystemError.words()).")
      }
      defer { closedir(handle) }
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
        }
        guard stat(Self.join(path, name), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
        guard !used.contains(path) else { return nil }
        return Diagnostic(.warning, file: path, "No exception names a value list of this folder.")
      }
      return Diagnostic(
        .error, file: path,
        "There is no value list in it: a list is a file with a value a line, named by the id of the list.")
    }
  }

  private func read(_ path: String, _ kind: ValueList.Kind) throws(ValueListError) -> ValueList {
    try once(path, kind) { () throws(ValueListError) in try ValueListReader.read(path, kind: kind) }
  }

  private func once(
    _ path: String, _ kind: ValueList.Kind, _ read: () throws(ValueListError) -> ValueList
  ) throws(ValueListError) -> ValueList {
    let key = Key(path: path, kind: kind)
    if let result = known[key] { return try result.get() }
    guard known.count < ExceptionLimits.lists else {
      throw ValueListError("there are more than \(ExceptionLimits.lists) value lists; join some")
    }
    let result: Result<ValueList, ValueListError>
    do {
      result = .success(try read())
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
