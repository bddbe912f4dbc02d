/// The names under which Elasticsearch lets queries ask for what it keeps beside a document: its id and its index.
///
/// Every event has both, and no column of stored events holds them: they stand in texts, or are made up where a text says nothing.
public enum DocumentNames {
  public static let id = "_id"
  public static let index = "_index"

  /// True for the name of either.
  public static func contains(_ path: String) -> Bool { path == id || path == index }
}
