import Intake
import Logging

/// Hands what libraries log by swift-log to the service's own log.
public struct ServiceLogHandler: LogHandler {
  private let log: ServiceLog
  public var metadata: Logger.Metadata = [:]
  public var logLevel = Logger.Level.warning

  public init(_ log: ServiceLog) { self.log = log }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let level: ReportLevel =
      switch event.level {
      case .trace, .debug: .debug
      case .info: .info
      case .notice: .notice
      case .warning: .warning
      case .error, .critical: .error
      }
    log.tell(level, "\(event.message)", ["part": event.source])
  }
}
