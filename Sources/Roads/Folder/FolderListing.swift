import Events
import Foundation

/// What lies in a folder and those below it.
struct FolderListing {
  var files: [SourceObject] = []
  /// Folders and files that could not be looked at, with why.
  var problems: [(path: String, cause: String)] = []
  /// True where there is more than is looked at.
  var isCut = false

  static let mostFiles = 1_000_000
  static let deepest = 64

  /// Lists files; links are followed, and each folder is read once.
  ///
  /// - Parameter isTemporary: whether a file of this name is being written.
  init(of path: String, isTemporary: (String) -> Bool) {
    struct Place: Hashable {
      var device: UInt64
      var inode: UInt64
    }
    var seen: Set<Place> = []
    var folders: [(path: String, depth: Int)] = []

    func look(_ path: String, _ name: String, _ depth: Int) {
      var status = stat()
      guard stat(path, &status) == 0 else {
        // Gone again since its name was read, or a link to nothing.
        if errno != ENOENT { problems.append((path, String(cString: strerror(errno)))) }
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        let place = Place(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        if depth < Self.deepest, seen.insert(place).inserted { folders.append((path, depth)) }
      case S_IFREG:
        guard status.st_size > 0, !isTemporary(name) else { return }
        guard files.count < Self.mostFiles else {
          isCut = true
          return
        }
        let modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        files.append(SourceObject(origin: path, size: Int64(status.st_size), modified: modified))
      default: break
      }
    }

    var root = stat()
    guard stat(path, &root) == 0 else {
      problems.append((path, String(cString: strerror(errno))))
      return
    }
    look(path, (path as NSString).lastPathComponent, 0)
    while let (folder, depth) = folders.popLast() {
      guard let entries = opendir(folder) else {
        if errno != ENOENT { problems.append((folder, String(cString: strerror(errno)))) }
        continue
      }
      defer { closedir(entries) }
      while let entry = readdir(entries) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
        }
        guard let name else {
          problems.append((folder, "a name in it is no UTF-8"))
          continue
        }
        // Names that begin with a dot are of files that rsync and others are writing, and of what is not meant to be seen.
        if name.hasPrefix(".") { continue }
        look(folder.hasSuffix("/") ? folder + name : folder + "/" + name, name, depth + 1)
      }
    }
  }
}
