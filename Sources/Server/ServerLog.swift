import Intake
import Logging

/// Hands what Hummingbird logs to the service's own log, from warnings on.
struct ServerLog: LogHandler {
  let report: any RoadReporter
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.warning

  init(_ report: any RoadReporter) { self.report = report }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    report.tell(event.level >= .error ? .error : .warning, "\(event.message)", ["part": "listener"])
  }
}
