import Foundation
import Settings

extension RoadSettings {
  /// Looks whether the folders that roads watch are there and can be read; each fault has its key. Nothing is asked of services elsewhere.
  public static func faults(_ roads: [RoadSettings]) -> [SettingsFault] {
    roads.enumerated().compactMap { place, road in
      guard case .folder(let folder) = road, let reason = obstacle(folder.path) else { return nil }
      return SettingsFault("\(folder.path) cannot be read: \(reason)", key: "roads[\(place)].path")
    }
  }

  /// Why a folder or a file cannot be read; nil where it can.
  private static func obstacle(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return String(cString: strerror(errno)).lowercased() }
    let needed: Int32
    switch status.st_mode & S_IFMT {
    // Without the right to search it its files have names and nothing else.
    case S_IFDIR: needed = R_OK | X_OK
    case S_IFREG: needed = R_OK
    default: return "it is neither a folder nor a file"
    }
    return access(path, needed) == 0 ? nil : String(cString: strerror(errno)).lowercased()
  }
}
