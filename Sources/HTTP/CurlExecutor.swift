import Glibc

/// Runs tasks on the thread that owns a client's handles, between two looks at its sockets.
///
/// A task that does little beside asking is then carried on where its answer arrived: no other thread is woken for it, and its
/// next request needs no bell. What keeps a processor busy belongs elsewhere, because nothing is received meanwhile.
final class CurlExecutor: TaskExecutor {
  private let mailbox: CurlMailbox

  init(_ mailbox: CurlMailbox) { self.mailbox = mailbox }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if !mailbox.submit(job) { runAside(job) }
  }

  /// Runs what was left for the thread.
  func run(_ job: UnownedJob) { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }

  /// What a thread of its own is given.
  private final class Luggage: Sendable {
    let executor: CurlExecutor
    let job: UnownedJob

    init(_ executor: CurlExecutor, _ job: UnownedJob) {
      self.executor = executor
      self.job = job
    }
  }

  /// The client is closed and its thread gone, but a task has to come to its end: on a thread made for that step.
  private func runAside(_ job: UnownedJob) {
    let luggage = unsafe Unmanaged.passRetained(Luggage(self, job))
    var thread = pthread_t()
    let failure = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let luggage = unsafe Unmanaged<Luggage>.fromOpaque(context).takeRetainedValue()
        luggage.executor.run(luggage.job)
        return nil
      }, luggage.toOpaque())
    guard failure == 0 else {
      unsafe luggage.release()
      // Without a thread the step is done here, by whoever woke the task.
      return run(job)
    }
    pthread_detach(thread)
  }
}

extension CurlClient {
  /// Runs a body, and the tasks of its groups, on the client's own thread.
  ///
  /// For many small requests at once: nothing has to be handed from thread to thread. While such a task computes, nothing is
  /// received.
  ///
  /// - Parameter body: What to do; it may close the client.
  /// - Returns: What the body returns.
  /// - Throws: What the body throws.
  public func onItsThread<Value: Sendable, Failure: Error>(
    _ body: @Sendable () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    try await withTaskExecutorPreference(executor, operation: body)
  }
}
