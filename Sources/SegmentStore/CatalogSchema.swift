import Databases

/// The tables of `catalog.sqlite`.
enum CatalogSchema {
  /// The application is "Mrtl".
  static let current = DatabaseSchema(applicationID: 0x4D72_746C, steps: [first, second, third, fourth, fifth])
  /// From this version on what is worked out of segments is kept beside them.
  static let versionWithAnswers = 4

  private static let first = """
    CREATE TABLE folder (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      identity_seed INTEGER NOT NULL,
      made_at INTEGER NOT NULL
    ) STRICT;
    INSERT INTO folder VALUES (1, random(), CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
    CREATE TABLE segments (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      data_stream TEXT NOT NULL,
      rows INTEGER NOT NULL,
      earliest INTEGER,
      latest INTEGER,
      file_bytes INTEGER NOT NULL,
      source_bytes INTEGER NOT NULL,
      committed_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE hidden_rows (
      segment INTEGER NOT NULL REFERENCES segments(number) ON DELETE CASCADE,
      row INTEGER NOT NULL,
      PRIMARY KEY (segment, row)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE objects (
      origin TEXT PRIMARY KEY,
      size INTEGER NOT NULL,
      modified INTEGER NOT NULL,
      ingested_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// Numbers and names of segments that were deleted do not come again.
  private static let second = """
    ALTER TABLE folder ADD COLUMN last_number INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE folder ADD COLUMN last_name TEXT NOT NULL DEFAULT '';
    """

  /// Segments whose files are damaged and were moved away.
  private static let third = """
    CREATE TABLE set_aside (
      segment INTEGER PRIMARY KEY REFERENCES segments(number) ON DELETE CASCADE,
      reason TEXT NOT NULL,
      set_aside_at INTEGER NOT NULL
    ) STRICT;
    """

  /// What was worked out of segments: it goes with its segment.
  private static let fourth = """
    CREATE TABLE answers (
      segment TEXT NOT NULL REFERENCES segments(name) ON DELETE CASCADE,
      batch INTEGER NOT NULL,
      content BLOB NOT NULL,
      PRIMARY KEY (segment, batch)
    ) STRICT;
    """

  /// In which spans the dates of fields lie; of a segment that was stored before it is not known, and `has_spans` is 0.
  private static let fifth = """
    ALTER TABLE segments ADD COLUMN has_spans INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE field_spans (
      segment INTEGER NOT NULL REFERENCES segments(number) ON DELETE CASCADE,
      field TEXT NOT NULL,
      earliest INTEGER NOT NULL,
      latest INTEGER NOT NULL,
      is_whole INTEGER NOT NULL,
      PRIMARY KEY (segment, field)
    ) STRICT, WITHOUT ROWID;
    """
}
