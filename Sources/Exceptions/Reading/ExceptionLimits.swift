/// The bounds on exceptions that are read.
public enum ExceptionLimits {
  /// Exceptions of all files together.
  public static let items = 100_000
  /// Entries of one exception, those within nested ones included.
  public static let entries = 1000
  /// Values of one value list.
  public static let listValues = 1_000_000
  /// Bytes of a value list's file.
  public static let listBytes = 64 << 20
  /// Value lists of all files together.
  public static let lists = 256
  /// Values of a `match_any` from which on they are looked for as a list is.
  static let spelledOut = 32
  /// What is told of one file, or of one line of an export.
  static let diagnostics = 100
}
