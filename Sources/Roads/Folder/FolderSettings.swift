/// A folder that is watched.
public struct FolderSettings: Sendable, Equatable {
  public var name: String
  /// A folder, or a file.
  public var path: String
  /// How often it is looked at.
  public var interval: Duration = .seconds(2)
  /// For how long a file must be as it is before it counts as written to its end.
  public var settle: Duration = .seconds(5)
  /// A file that is written to all the time is read after so long as it is then, and again later.
  public var patience: Duration = .seconds(60)
  /// Files that are read at once.
  public var workers = 2
  /// Bytes of a file that is held in memory; longer ones are handed over by their path.
  public var memory = 16 << 20
  /// Names that end in one of these are of files that are being written.
  public var temporary = [".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~"]

  public init(path: String) {
    self.path = path
    name = "folder " + path
  }
}
