/// Where things that a folder of events keeps are said to stand: in files of a folder that no disk has.
public enum FolderPlace {
  private static let root = "folder/"

  public static func rule(_ id: String) -> String { "\(root)\(id).ndjson" }

  public static func exceptions(ofList id: String) -> String { "\(root)exceptions/\(id).ndjson" }

  /// True for a place of these.
  public static func holds(_ file: String) -> Bool { file.hasPrefix(root) }
}
