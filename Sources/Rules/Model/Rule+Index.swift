import Events

extension Rule {
  /// The index patterns that Kibana's security app reads where a rule names neither `index` nor `data_view_id`.
  public static let defaultIndex = [
    "apm-*-transaction*", "auditbeat-*", "endgame-*", "filebeat-*", "logs-*", "packetbeat-*", "traces-apm*",
    "winlogbeat-*", "-*elastic-cloud-logs-*",
  ]

  /// The data streams that the rule reads; matches nothing when only a data view or the query itself names them.
  public var indexPattern: IndexPattern {
    if let index { return IndexPattern(index) }
    return IndexPattern(type.readsIndices && dataViewID == nil ? Self.defaultIndex : [])
  }
}
