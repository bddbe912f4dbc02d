import Foundation
import Synchronization

/// Threads of their own for tasks that wait for files, pipes and disks, so that what else a process does goes on meanwhile: the
/// threads that all tasks share are as many as there are cores.
///
/// ```swift
/// let threads = ThreadExecutor(count: 2, name: "reading")
/// defer { threads.end() }
/// group.addTask(executorPreference: threads) { … }
/// ```
public final class ThreadExecutor: TaskExecutor {
  private let jobs = Jobs()

  /// Starts the threads, which go on until `end`.
  ///
  /// - Parameter name: what the threads are called in the system's lists.
  public init(count: Int, name: String) {
    for _ in 0..<max(1, count) {
      // The threads hold the executor until they end.
      let thread = Thread { [self] in
        while let job = jobs.next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
      }
      thread.name = name
      thread.stackSize = 2 << 20
      thread.start()
    }
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // What comes after the end is run where all tasks are.
    guard !jobs.add(job) else { return }
    let executor = asUnownedTaskExecutor()
    DispatchQueue.global().async { job.runSynchronously(on: executor) }
  }

  /// Ends the threads once they have no job left. To be called when all tasks that prefer them have ended.
  public func end() { jobs.end() }

  /// What waits to be run.
  private final class Jobs: Sendable {
    private struct Waiting {
      var jobs: [UnownedJob] = []
      var first = 0
      var hasEnded = false
    }

    private let waiting = Mutex(Waiting())
    private let semaphore = DispatchSemaphore(value: 0)

    func add(_ job: UnownedJob) -> Bool {
      let isTaken = waiting.withLock { waiting in
        guard !waiting.hasEnded else { return false }
        waiting.jobs.append(job)
        return true
      }
      if isTaken { semaphore.signal() }
      return isTaken
    }

    func end() {
      waiting.withLock { $0.hasEnded = true }
      semaphore.signal()
    }

    /// Waits for the next job; nil at the end.
    func next() -> UnownedJob? {
      while true {
        semaphore.wait()
        let (job, hasEnded) = waiting.withLock { waiting -> (UnownedJob?, Bool) in
          guard waiting.first < waiting.jobs.count else { return (nil, waiting.hasEnded) }
          let job = waiting.jobs[waiting.first]
          waiting.first += 1
          if waiting.first == waiting.jobs.count {
            waiting.jobs.removeAll(keepingCapacity: true)
            waiting.first = 0
          } else if waiting.first >= 1024, waiting.first * 2 >= waiting.jobs.count {
            // Where some always wait, those that are done would be kept for ever.
            waiting.jobs.removeFirst(waiting.first)
            waiting.first = 0
          }
          return (job, false)
        }
        if let job { return job }
        if hasEnded {
          // The others end too.
          semaphore.signal()
          return nil
        }
      }
    }
  }
}
