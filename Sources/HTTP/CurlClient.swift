import CCurl
import Glibc
import Synchronization

/// The client over libcurl: one thread owns every handle, everybody else awaits.
///
/// Connections are kept alive and shared by all callers. HTTP/2 is used where TLS agrees on it. More requests
/// than connections wait in order of arrival; their timeouts begin when they leave the queue.
///
/// Close the client before the process exits: ``close()`` joins the thread, and OpenSSL's exit handler must
/// not meet a living connection.
///
/// What is promised about sending again: a `GET` or `HEAD` may be sent again by libcurl when a kept-alive
/// connection turns out to be dead; every other method is sent at most once, on a fresh connection.
public final class CurlClient: HTTPClient {
  private enum Life {
    case open(pthread_t)
    case closing([CheckedContinuation<Void, Never>])
    case closed
  }

  private let configuration: Configuration
  private let mailbox: CurlMailbox
  let executor: CurlExecutor
  private let life: Mutex<Life>

  /// Starts the client's thread.
  ///
  /// A configuration that cannot work (an unreadable cookie file, …) makes every request fail with
  /// ``HTTPError/Code/invalidRequest`` and the reason.
  ///
  /// - Parameter configuration: What holds for every request.
  public init(configuration: Configuration = Configuration()) {
    var configuration = configuration
    configuration.maximumConnections = max(1, configuration.maximumConnections)
    configuration.maximumConnectionsPerHost = max(1, configuration.maximumConnectionsPerHost)
    self.configuration = configuration
    mailbox = CurlMailbox()
    executor = CurlExecutor(mailbox)
    if let thread = Self.startThread(mailbox, executor, configuration) {
      life = Mutex(.open(thread))
    } else {
      mailbox.close()
      life = Mutex(.closed)
    }
  }

  deinit {
    // Without `close()` the thread ends by itself, soon.
    if case .open(let thread) = life.withLock({ $0 }) {
      mailbox.close()
      pthread_detach(thread)
    }
  }

  /// Sends one request and waits for the whole answer.
  ///
  /// Cancelling the task ends the transfer. Redirects are followed for `GET` and `HEAD` only.
  ///
  /// - Parameter request: What to ask.
  /// - Returns: The complete answer, whatever its status.
  /// - Throws: ``HTTPError`` when no complete answer came.
  public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let checked = try CheckedRequest(request, configuration: configuration)
    let ticket = CurlTicket()
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<CurlJob.Outcome, Never>) in
        let job = CurlJob(request: checked, ticket: ticket, continuation: continuation)
        if !mailbox.submit(job) { job.fail(.cancelled, "the client is closed") }
      }
    } onCancel: {
      mailbox.cancel(ticket)
    }
    return try outcome.get()
  }

  /// Ends every transfer with ``HTTPError/Code/cancelled``, frees libcurl's handles and joins the thread.
  ///
  /// May be called more than once; every call returns after the thread is gone.
  public func close() async {
    let thread: pthread_t? = life.withLock { life in
      guard case .open(let thread) = life else { return nil }
      life = .closing([])
      return thread
    }
    guard let thread else { return await untilClosed() }
    mailbox.close()
    await mailbox.untilFinished()
    // The thread has nothing left to do, so this waits for microseconds.
    pthread_join(thread, nil)
    let others: [CheckedContinuation<Void, Never>] = life.withLock { life in
      guard case .closing(let others) = life else { return [] }
      life = .closed
      return others
    }
    for other in others { other.resume() }
  }

  private func untilClosed() async {
    await withCheckedContinuation { continuation in
      let isClosed = life.withLock { life in
        guard case .closing(let others) = life else { return true }
        life = .closing(others + [continuation])
        return false
      }
      if isClosed { continuation.resume() }
    }
  }

  /// What the new thread is given.
  private final class Luggage: Sendable {
    let mailbox: CurlMailbox
    let executor: CurlExecutor
    let configuration: Configuration

    init(_ mailbox: CurlMailbox, _ executor: CurlExecutor, _ configuration: Configuration) {
      self.mailbox = mailbox
      self.executor = executor
      self.configuration = configuration
    }
  }

  private static func startThread(
    _ mailbox: CurlMailbox, _ executor: CurlExecutor, _ configuration: Configuration
  ) -> pthread_t? {
    let luggage = unsafe Unmanaged.passRetained(Luggage(mailbox, executor, configuration))
    var thread = pthread_t()
    // Every signal is blocked while the thread is made, and it inherits that: SIGINT goes to the program, and
    // a write of OpenSSL to a dead socket is an error, not the SIGPIPE that `NOSIGNAL` leaves to us.
    var (all, before) = (sigset_t(), sigset_t())
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    let failure = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let luggage = unsafe Unmanaged<Luggage>.fromOpaque(context).takeRetainedValue()
        // Seen in `top -H` and core files.
        unsafe kc_name_thread("kaspi-curl")
        if let loop = CurlLoop(
          mailbox: luggage.mailbox, executor: luggage.executor, configuration: luggage.configuration)
        {
          loop.run()
        } else {
          luggage.mailbox.close()
          let mail = luggage.mailbox.take()
          for job in mail.jobs { job.fail(.cancelled, "libcurl could not be started") }
          for step in mail.steps { luggage.executor.run(step) }
        }
        luggage.mailbox.finish()
        return nil
      }, luggage.toOpaque())
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    guard failure == 0 else {
      unsafe luggage.release()
      return nil
    }
    return thread
  }
}
