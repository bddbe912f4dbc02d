import ArgumentParser
import Foundation
import Notifications
import Outputs

struct NotifyQueueOption: ParsableArguments {
  @OptionGroup var folder: FolderOption

  func open() throws -> DeliveryQueue {
    let path = folder.data + "/notifications.sqlite"
    guard FileManager.default.fileExists(atPath: path) else {
      StandardError.write(
        line: Terminal.safe("martlet: \(folder.data) has no notifications: no service has sent any from there"))
      throw ExitCode.failure
    }
    do {
      return try DeliveryQueue(path)
    } catch {
      StandardError.write(line: Terminal.safe("martlet: \(error)"))
      throw ExitCode.failure
    }
  }
}
