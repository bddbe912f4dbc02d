import CCurl
import Foundation
import Synchronization

/// The thread on which all transfers of a client run, and its mailbox.
final class TransferLoop: Sendable {
  typealias Answer = CheckedContinuation<HTTPResponse, any Error>

  private struct Mailbox {
    var last: UInt64 = 0
    var submitted: [(id: UInt64, work: TransferWork, answer: Answer)] = []
    var cancelled: [UInt64] = []
    var hasStarted = false
    var isStopped = false
  }

  private let mailbox = Mutex(Mailbox())
  private let mostTransfers: Int
  /// Made here and used by the thread alone, but for `curl_multi_wakeup`, which any thread may call; freed by the thread, or
  /// by `deinit` where it never ran.
  nonisolated(unsafe) private let multi: UnsafeMutableRawPointer

  /// Once for the process, before any handle is made.
  private static let library: CURLcode = martlet_curl_start()

  init(mostTransfers: Int) {
    precondition(Self.library == CURLE_OK, "libcurl cannot be started")
    guard let multi = curl_multi_init() else { fatalError("libcurl cannot begin: out of memory") }
    self.multi = multi
    self.mostTransfers = mostTransfers
  }

  deinit { curl_multi_cleanup(multi) }

  func run(_ work: TransferWork) async throws -> HTTPResponse {
    let id = mailbox.withLock { box in
      box.last += 1
      return box.last
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { answer in submit(id, work, answer) }
    } onCancel: {
      mailbox.withLock { $0.cancelled.append(id) }
      curl_multi_wakeup(multi)
    }
  }

  /// Ends the thread, which gives up what is under way.
  func stop() {
    mailbox.withLock { $0.isStopped = true }
    curl_multi_wakeup(multi)
  }

  private func submit(_ id: UInt64, _ work: TransferWork, _ answer: Answer) {
    let starts = mailbox.withLock { box in
      box.submitted.append((id, work, answer))
      defer { box.hasStarted = true }
      return !box.hasStarted
    }
    // A cancellation that came before this was about nothing that the thread knew.
    if Task.isCancelled { mailbox.withLock { $0.cancelled.append(id) } }
    if starts {
      let thread = Thread { self.work() }
      thread.name = "transfers"
      thread.start()
    } else {
      curl_multi_wakeup(multi)
    }
  }

  // MARK: On the thread

  private func work() {
    var waiting: [(id: UInt64, work: TransferWork, answer: Answer)] = []
    var running: [UnsafeMutableRawPointer: (id: UInt64, transfer: Transfer, answer: Answer)] = [:]

    func end(_ handle: UnsafeMutableRawPointer) -> (transfer: Transfer, answer: Answer)? {
      guard let (_, transfer, answer) = running.removeValue(forKey: handle) else { return nil }
      curl_multi_remove_handle(multi, handle)
      return (transfer, answer)
    }

    while true {
      let (submitted, cancelled, isStopped) = mailbox.withLock { box in
        defer {
          box.submitted = []
          box.cancelled = []
        }
        return (box.submitted, Set(box.cancelled), box.isStopped)
      }
      waiting += submitted
      if isStopped {
        for (_, _, answer) in waiting { answer.resume(throwing: CancellationError()) }
        for handle in Array(running.keys) { end(handle)?.answer.resume(throwing: CancellationError()) }
        return
      }
      if !cancelled.isEmpty {
        for place in waiting.indices.reversed() where cancelled.contains(waiting[place].id) {
          waiting.remove(at: place).answer.resume(throwing: CancellationError())
        }
        for (handle, entry) in running where cancelled.contains(entry.id) {
          // Before the handle is let go, which waits for a name that is being looked up.
          entry.answer.resume(throwing: CancellationError())
          _ = end(handle)
        }
      }
      while running.count < mostTransfers, !waiting.isEmpty {
        let (id, work, answer) = waiting.removeFirst()
        do {
          let transfer = try Transfer(work)
          let code = curl_multi_add_handle(multi, transfer.handle)
          guard code == CURLM_OK else {
            throw TransferError(.other, at: work.place, String(cString: curl_multi_strerror(code)))
          }
          running[transfer.handle] = (id, transfer, answer)
        } catch {
          answer.resume(throwing: error)
        }
      }
      var count: CInt = 0
      curl_multi_perform(multi, &count)
      var left: CInt = 0
      var hasEnded = false
      while let message = curl_multi_info_read(multi, &left) {
        guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
        // The message is gone once its handle is.
        let code = message.pointee.data.result
        guard let (transfer, answer) = end(handle) else { continue }
        answer.resume(with: Result { try transfer.outcome(code) })
        hasEnded = true
      }
      // Where one ended, another may begin.
      if hasEnded, !waiting.isEmpty { continue }
      curl_multi_poll(multi, nil, 0, 600_000, nil)
    }
  }
}
