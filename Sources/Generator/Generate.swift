/// Writes CloudTrail files as `options` ask for, on the calling thread alone.
///
/// `progress` is told after each file. Throws a `GenerationError`; what was written until then stays, listed in the
/// manifest, so that a run with `replace` takes it away.
public func generate(
  _ options: GeneratorOptions, progress: @escaping @Sendable (GenerationProgress) -> Void = { _ in }
) throws -> GenerationSummary {
  let run = try Run(options, progress: progress)
  try run.work()
  return try run.finish()
}

/// Writes the files that `generate` writes, byte for byte, preparing `options.workers` of them at a time.
///
/// `progress` is told after each file, by one worker at a time. Throws a `GenerationError`, or a `CancellationError`
/// when the task is cancelled; what was written until then stays, listed in the manifest, so that a run with `replace`
/// takes it away.
public func generateInParallel(
  _ options: GeneratorOptions, progress: @escaping @Sendable (GenerationProgress) -> Void = { _ in }
) async throws -> GenerationSummary {
  let run = try Run(options, progress: progress)
  try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<options.workers {
      group.addTask { try run.work { Task.isCancelled } }
    }
    try await group.waitForAll()
  }
  return try run.finish()
}
