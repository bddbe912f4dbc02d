import GRDB

extension Configuration {
  /// How every database is opened here: its threads have the priority that all others have. GRDB's own would ask for more of each thread, which a
  /// service without that right is refused, with a line in its log each time.
  public static var ordinary: Configuration {
    var configuration = Configuration()
    configuration.qos = .default
    return configuration
  }
}
