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

/// Runs a piece of work for every input, so many at a time; nothing is kept of it.
///
/// - Parameters:
///   - inputs: In the order of beginning.
///   - width: How many at a time.
///   - work: The work.
///   - take: Given the number of an input and what came of it, in the order of ending, one after another.
/// - Throws: What the work or `take` throws first; what is under way is cancelled then.
func concurrentEach<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], width: Int, _ work: @escaping @Sendable (Input) async throws -> Output,
  take: (Int, Output) throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: (Int, Output).self) { group in
    var next = 0
    while next < min(max(1, width), inputs.count) {
      let index = next
      group.addTask { (index, try await work(inputs[index])) }
      next += 1
    }
    while let (index, output) = try await group.next() {
      try take(index, output)
      guard next < inputs.count else { continue }
      let following = next
      group.addTask { (following, try await work(inputs[following])) }
      next += 1
    }
  }
}

/// Outcomes that need telling, brought back into the order of their inputs: most inputs have none.
struct Ordered<Value> {
  private var values: [(index: Int, value: Value)] = []

  /// Adds the outcome of an input.
  mutating func add(_ index: Int, _ value: Value) { values.append((index, value)) }

  /// In the order of inputs.
  var sorted: [(index: Int, value: Value)] { values.sorted { $0.index < $1.index } }
}
