import Intake

/// What each number of a service counts, as Prometheus shows it to people, and which there are from the start.
enum MetricNames {
  /// By the name of the number.
  static let help: [String: String] = [
    "martlet_alarms": "Alarms that go on.",
    "martlet_alerts_contradicted_total": "Alerts that later events have contradicted.",
    "martlet_alerts_late_total": "Alerts of executions that ran again for events that came late.",
    "martlet_alerts_total": "Alerts that were made.",
    "martlet_api_answers_total": "Answers to people and their programs, by route and status.",
    "martlet_api_seconds": "Time that people and their programs waited for an answer, by route.",
    "martlet_commit_seconds": "Time to store what is stored together.",
    "martlet_data_stream_delay_seconds": "Time between the newest event of a data stream and its arrival.",
    "martlet_data_stream_silent_seconds": "Time since the last arrival of a data stream.",
    "martlet_events_duplicate_total": "Events that were there already, by road.",
    "martlet_events_rejected_total": "Events that cannot be stored, by road.",
    "martlet_events_stored_total": "Events that were stored, by road.",
    "martlet_executions_failed_total": "Executions of rules that failed.",
    "martlet_executions_skipped_total":
      "Executions of rules that were missed for too long, or while a rule was switched off, and are not run.",
    "martlet_executions_total": "Executions of rules.",
    "martlet_http_answers_total": "Answers over HTTP, by status.",
    "martlet_http_clients": "Clients that are remembered for their bounds.",
    "martlet_http_connections_refused_total": "Connections that were ended for what their client did, by reason.",
    "martlet_http_rate_limited_total": "Requests that were refused for their number or size, by what was too much.",
    "martlet_ingestion_refusals_total": "Contents that were refused for want of room or since storing failed, by road.",
    "martlet_listener_control_messages_total": "Messages of services that look whether somebody is there.",
    "martlet_notifications_failed_total": "Notifications that were given up or refused, by channel.",
    "martlet_notifications_held":
      "Notifications that are held since nobody knows whether they arrived, by channel.",
    "martlet_notifications_retried_total": "Messages that are sent again after a failure, by channel.",
    "martlet_notifications_sent_total": "Notifications that were sent, by channel.",
    "martlet_notifications_total": "Notifications that were taken into the queue.",
    "martlet_notifications_unknown_total": "Notifications of which nobody knows whether they arrived, by channel.",
    "martlet_notifications_waiting": "Notifications that wait to be sent, by channel.",
    "martlet_ready": "1 where events are taken in and rules are run.",
    "martlet_round_seconds": "Time to run what is due at one moment.",
    "martlet_rounds_failed_total": "Rounds of executions that failed as a whole.",
    "martlet_rules": "Rules that run.",
    "martlet_rules_behind": "Rules with executions that were missed and are yet to be run.",
    "martlet_rules_failing": "Rules whose last execution failed.",
    "martlet_rules_wrong": "Rules, exceptions and lists that cannot be used.",
    "martlet_segments_merged_total": "Segments that were joined.",
    "martlet_store_events": "Events that are stored.",
    "martlet_store_failures_total": "Failures to store what was handed over.",
    "martlet_store_missing_events": "Stored events that cannot be read.",
    "martlet_store_segments": "Segments that are stored.",
    "martlet_tick_start_lag_seconds": "Time between the scheduled and the real beginning of executions.",
    "martlet_troubles": "Parts of the service that are in trouble.",
    "process_open_fds": "Files that the process has open.",
    "process_resident_memory_bytes": "Memory of the process that is not swapped out.",
  ]

  /// What is said of a number that has no words of its own: one of a road's own.
  static func help(of name: String) -> String {
    if let words = help[name] { return words }
    let road = "martlet_road_"
    guard name.hasPrefix(road) else { return name.split(separator: "_").dropFirst().joined(separator: " ") + "." }
    let words = name.dropFirst(road.count).split(separator: "_").filter { $0 != "total" }
    return "What roads count: \(words.joined(separator: " "))."
  }

  private static let counters = [
    "martlet_alerts_contradicted_total", "martlet_alerts_late_total", "martlet_alerts_total",
    "martlet_executions_failed_total", "martlet_executions_skipped_total", "martlet_executions_total",
    "martlet_rounds_failed_total", "martlet_segments_merged_total", "martlet_store_failures_total",
  ]
  private static let gauges = [
    "martlet_alarms", "martlet_rules_behind", "martlet_rules_failing", "martlet_store_events",
    "martlet_store_missing_events", "martlet_store_segments",
  ]
  private static let ofRoads = [
    "martlet_events_duplicate_total", "martlet_events_rejected_total", "martlet_events_stored_total",
    "martlet_ingestion_refusals_total",
  ]
  private static let ofChannels = [
    "martlet_notifications_failed_total", "martlet_notifications_held", "martlet_notifications_retried_total",
    "martlet_notifications_sent_total", "martlet_notifications_unknown_total", "martlet_notifications_waiting",
  ]
  private static let times = ["martlet_commit_seconds", "martlet_round_seconds", "martlet_tick_start_lag_seconds"]

  /// Has all numbers be there with 0 whose labels are known before anything is counted: whoever watches for a change sees the first one.
  static func begin(_ metrics: Metrics) {
    for name in counters { metrics.add(0, to: name) }
    for name in gauges { metrics.set(name, 0) }
    for name in ofRoads {
      for road in IngestionSource.Road.allCases { metrics.add(0, to: name, ["road": road.rawValue]) }
    }
    metrics.add(0, to: "martlet_notifications_total", ["notifications": "all"])
    metrics.add(0, to: "martlet_listener_control_messages_total", ["listener": "http"])
    for name in times { metrics.begin(histogram: name) }
  }

  /// Has the numbers of a channel be there from when it is set; those that are there already stay as they are.
  static func begin(_ metrics: Metrics, channel: String) {
    for name in ofChannels { metrics.add(0, to: name, ["channel": channel]) }
  }
}
