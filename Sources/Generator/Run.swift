import Foundation
import Synchronization

/// A run that several workers share: hands out the files to write, and adds up what was written.
final class Run: Sendable {
  private struct State: ~Copyable {
    var plan: Plan
    var manifest: FileSink
    var summary: GenerationSummary
    var isStopped = false
    var lastDirectory = ""
  }

  private let world: World
  private let options: GeneratorOptions
  private let output: OutputDirectory
  private let state: Mutex<State>
  private let progress: @Sendable (GenerationProgress) -> Void

  init(
    _ options: GeneratorOptions, progress: @escaping @Sendable (GenerationProgress) -> Void
  ) throws(GenerationError) {
    let firstDay = try options.checkedFirstDay()
    self.options = options
    self.progress = progress
    world = World(options: options, firstDay: firstDay)
    let plan = try Plan(world: world, options: options)
    output = OutputDirectory(url: options.outputDirectory)
    try output.prepare(replace: options.replace)
    let manifest = try output.openManifest()
    try manifest.write(Manifest.heading(options, firstDay: firstDay))
    try manifest.flush()
    let summary = GenerationSummary(
      files: 0, events: 0, uncompressedBytes: 0, compressedBytes: 0, planted: world.planted)
    state = Mutex(State(plan: plan, manifest: manifest, summary: summary))
  }

  /// Writes files until none is left, another worker has failed, or `isCancelled` says so.
  func work(isCancelled: () -> Bool = { false }) throws {
    do {
      let maker = FileMaker(world: world)
      guard let gzip = Gzip(level: options.compressionLevel) else {
        throw GenerationError.fileFailure(path: options.outputDirectory.path, reason: "no memory for compression")
      }
      while let job = try nextJob() {
        if isCancelled() { throw CancellationError() }
        let text = maker.text(of: job)
        let member = gzip.member(of: text)
        let file = try FileSink(path: output.path(job.path))
        try file.write(member)
        try file.close()
        report(events: job.eventCount, uncompressed: text.count, compressed: member.count)
      }
    } catch {
      state.withLock { $0.isStopped = true }
      throw error
    }
  }

  /// Ends the manifest with what was planted.
  func finish() throws -> GenerationSummary {
    try state.withLock { state in
      for planted in state.summary.planted { try state.manifest.write(Manifest.text(planted)) }
      try state.manifest.close()
      return state.summary
    }
  }

  private func nextJob() throws -> FileJob? {
    try state.withLock { state in
      guard !state.isStopped, let job = state.plan.next() else { return nil }
      try state.manifest.write(Manifest.line(forFile: job.path))
      try state.manifest.flush()
      if job.directory != state.lastDirectory {
        try output.makeDirectory(job.directory)
        state.lastDirectory = job.directory
      }
      return job
    }
  }

  private func report(events: Int, uncompressed: Int, compressed: Int) {
    state.withLock { state in
      state.summary.files += 1
      state.summary.events += events
      state.summary.uncompressedBytes += uncompressed
      state.summary.compressedBytes += compressed
      progress(
        GenerationProgress(
          files: state.summary.files, events: state.summary.events, totalEvents: options.events,
          uncompressedBytes: state.summary.uncompressedBytes, compressedBytes: state.summary.compressedBytes))
    }
  }
}
