internal import Synchronization

/// Counts steps from several tasks and tells the progress of them.
final class Counter: Sendable {
  private let done = Mutex(0)
  private let phase: CrawlProgress.Phase
  private let total: Int
  private let tell: @Sendable (CrawlProgress) -> Void

  init(phase: CrawlProgress.Phase, total: Int, _ tell: @escaping @Sendable (CrawlProgress) -> Void) {
    self.phase = phase
    self.total = total
    self.tell = tell
  }

  func step() {
    let done = done.withLock { count in
      count += 1
      return count
    }
    tell(CrawlProgress(phase: phase, done: done, total: total))
  }
}

/// Runs a piece of work for every input, so many at a time, and gives the results in the order of the inputs.
func concurrentMap<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], width: Int, _ work: @escaping @Sendable (Input) async throws -> Output
) async throws -> [Output] {
  var results = [Output?](repeating: nil, count: inputs.count)
  try await withThrowingTaskGroup(of: (Int, Output).self) { group in
    var next = 0
    while next < min(max(1, width), inputs.count) {
      let index = next
      group.addTask { (index, try await work(inputs[index])) }
      next += 1
    }
    while let (index, output) = try await group.next() {
      results[index] = output
      guard next < inputs.count else { continue }
      let following = next
      group.addTask { (following, try await work(inputs[following])) }
      next += 1
    }
  }
  return results.compactMap(\.self)
}
