import Databases

/// The tables of `notifications.sqlite`.
enum NotificationSchema {
  /// The application is "Mrtn".
  static let current = DatabaseSchema(applicationID: 0x4D72_746E, steps: [first, recipients])

  private static let first = """
    CREATE TABLE places (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;
    CREATE TABLE alerts (id TEXT PRIMARY KEY, document BLOB NOT NULL) STRICT;
    CREATE TABLE deliveries (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      alert TEXT NOT NULL,
      channel TEXT NOT NULL,
      state TEXT NOT NULL,
      is_gathered INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      due_at INTEGER NOT NULL,
      taken_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      parcel TEXT,
      cause TEXT,
      UNIQUE (alert, channel)
    ) STRICT;
    CREATE INDEX deliveries_due ON deliveries (channel, state, due_at);
    CREATE INDEX deliveries_changed ON deliveries (state, changed_at);
    """

  /// Recipients of a mail that have it while others have not, a line each.
  private static let recipients = "ALTER TABLE deliveries ADD COLUMN reached TEXT"
}
