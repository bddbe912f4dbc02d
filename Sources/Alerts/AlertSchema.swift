import Databases

/// The tables of `alerts.sqlite`.
enum AlertSchema {
  /// The application is "Mrtl".
  static let current = DatabaseSchema(
    applicationID: 0x4D72_746C, steps: [first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth],
    functions: DocumentChecksum.functions)

  private static let first = """
    CREATE TABLE alerts (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      rule_id TEXT NOT NULL,
      tick INTEGER NOT NULL,
      document BLOB NOT NULL,
      made_at INTEGER NOT NULL,
      late INTEGER,
      contradicted_by TEXT,
      revised TEXT,
      status TEXT NOT NULL DEFAULT 'open',
      reason TEXT,
      tags TEXT NOT NULL DEFAULT '[]',
      assignees TEXT NOT NULL DEFAULT '[]',
      status_changed_at INTEGER
    ) STRICT;
    CREATE INDEX alerts_by_tick ON alerts (rule_id, tick);
    CREATE TABLE notes (
      number INTEGER PRIMARY KEY,
      alert TEXT NOT NULL,
      at INTEGER NOT NULL,
      who TEXT NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX notes_by_alert ON notes (alert);
    CREATE TABLE changes (
      number INTEGER PRIMARY KEY,
      alert TEXT NOT NULL,
      at INTEGER NOT NULL,
      who TEXT NOT NULL,
      what TEXT NOT NULL,
      before TEXT,
      after TEXT
    ) STRICT;
    CREATE INDEX changes_by_alert ON changes (alert);
    CREATE TABLE runs (
      number INTEGER PRIMARY KEY,
      rule_id TEXT NOT NULL,
      first_tick INTEGER NOT NULL,
      last_tick INTEGER NOT NULL,
      executions INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      took INTEGER NOT NULL,
      searched INTEGER NOT NULL,
      alerts INTEGER NOT NULL,
      cut INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT
    ) STRICT;
    CREATE INDEX runs_by_rule ON runs (rule_id, first_tick);
    CREATE TABLE rules (
      rule_id TEXT NOT NULL,
      version INTEGER NOT NULL,
      text TEXT NOT NULL,
      kept_at INTEGER NOT NULL,
      who TEXT NOT NULL,
      is_current INTEGER NOT NULL,
      PRIMARY KEY (rule_id, version)
    ) STRICT;
    CREATE TABLE rule_switches (
      rule_id TEXT PRIMARY KEY,
      is_enabled INTEGER NOT NULL,
      who TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rule_states (
      rule_id TEXT PRIMARY KEY,
      since INTEGER NOT NULL,
      last_tick INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE progress (only INTEGER PRIMARY KEY CHECK (only = 1), last_segment INTEGER NOT NULL) STRICT;
    INSERT INTO progress VALUES (1, 0);
    """

  /// Whatever people put into a folder is kept in one way: rules, exceptions, value lists, bounds of what is kept.
  private static let second = """
    CREATE TABLE documents (
      number INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      key TEXT NOT NULL,
      version INTEGER NOT NULL,
      text TEXT,
      kept_at INTEGER NOT NULL,
      who TEXT NOT NULL,
      is_current INTEGER NOT NULL,
      UNIQUE (kind, key, version)
    ) STRICT;
    CREATE UNIQUE INDEX current_documents ON documents (kind, key) WHERE is_current;
    INSERT INTO documents (kind, key, version, text, kept_at, who, is_current)
      SELECT 'rule', rule_id, version, text, kept_at, who, is_current FROM rules ORDER BY kept_at, rule_id, version;
    DROP TABLE rules;
    CREATE TABLE deletions (
      data_stream TEXT PRIMARY KEY,
      up_to INTEGER NOT NULL,
      events INTEGER NOT NULL,
      last_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// When the clock was last found to be one that ages may be counted to.
  private static let third = """
    CREATE TABLE clock (only INTEGER PRIMARY KEY CHECK (only = 1), trusted_at INTEGER) STRICT;
    INSERT INTO clock VALUES (1, NULL);
    """

  /// Which segments each rule has been run over: of a service's rules each runs at a time of its own.
  private static let fourth = """
    ALTER TABLE rule_states ADD COLUMN last_segment INTEGER NOT NULL DEFAULT 0;
    UPDATE rule_states SET last_segment = (SELECT last_segment FROM progress);
    """

  /// Keys that clients of the service show, as codes from which they cannot be had again.
  private static let fifth = """
    CREATE TABLE access_keys (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      role TEXT NOT NULL,
      code BLOB NOT NULL,
      made_at INTEGER NOT NULL,
      made_by TEXT NOT NULL,
      expires_at INTEGER,
      revoked_at INTEGER,
      revoked_by TEXT
    ) STRICT, WITHOUT ROWID;
    """

  /// The audit log, and up to which entry it is among the stored events.
  private static let sixth = """
    CREATE TABLE audit (number INTEGER PRIMARY KEY, entry TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
    CREATE TABLE audit_progress (only INTEGER PRIMARY KEY CHECK (only = 1), stored INTEGER NOT NULL) STRICT;
    INSERT INTO audit_progress VALUES (1, 0);
    """

  /// What was to be known of runs that were done: a JSON list of lines.
  private static let seventh = """
    ALTER TABLE runs ADD COLUMN warnings TEXT;
    """

  /// Which events the executions of a run searched, and how many of them met the rule's query.
  private static let eighth = """
    ALTER TABLE runs ADD COLUMN window_from INTEGER;
    ALTER TABLE runs ADD COLUMN window_to INTEGER;
    ALTER TABLE runs ADD COLUMN matched INTEGER;
    """

  /// What tells whether documents are what was written; of those that are there, as they are. What was found not to be, and set aside.
  private static let ninth = """
    ALTER TABLE alerts ADD COLUMN checksum INTEGER;
    UPDATE alerts SET checksum = \(DocumentChecksum.nameForJSON)(document);
    ALTER TABLE documents ADD COLUMN checksum INTEGER;
    UPDATE documents SET checksum = \(DocumentChecksum.name)(CAST(text AS BLOB)) WHERE text IS NOT NULL;
    CREATE TABLE set_aside (
      number INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      key TEXT NOT NULL,
      version INTEGER,
      tick INTEGER,
      content BLOB,
      others TEXT NOT NULL,
      at INTEGER NOT NULL,
      who TEXT NOT NULL
    ) STRICT;
    """

  /// Of a rule that was off: up to when it had run by then, and from when on its executions are due again.
  private static let tenth = """
    ALTER TABLE rule_states ADD COLUMN left_at INTEGER;
    ALTER TABLE rule_states ADD COLUMN resumed_at INTEGER;
    """
}
