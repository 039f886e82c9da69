import CCurl

/// The work of the one thread that owns libcurl: starts what waits, ends what is done.
///
/// Lives and dies on that thread. A request waits here, in the order of arrival for its host, until a
/// connection is free; its timeouts begin when it leaves the queue.
final class CurlLoop {
  /// The requests to one host and port.
  private final class HostQueue {
    let origin: String
    var waiting = Fifo<CurlJob>()
    var active = 0
    var hasTurn = false

    init(_ origin: String) { self.origin = origin }
  }

  /// A request that was handed to libcurl.
  private struct Active {
    var job: CurlJob
    var host: HostQueue
    var started: ContinuousClock.Instant
    var url: String
    var parts: URLParts
    var redirects = 0
    /// Whether an earlier hop reached the server.
    var wasSent = false
  }

  private let mailbox: CurlMailbox
  private let executor: CurlExecutor
  private let configuration: CurlClient.Configuration
  private let clock = ContinuousClock()
  private let multi: CurlMulti
  private var transfers: [CurlTransfer] = []
  private var active: [Active?] = []
  private var idle: [Int] = []
  private var activeCount = 0
  private var slots: [ObjectIdentifier: Int] = [:]
  private var hosts: [String: HostQueue] = [:]
  private var turns = Fifo<HostQueue>()

  init?(mailbox: CurlMailbox, executor: CurlExecutor, configuration: CurlClient.Configuration) {
    guard let multi = CurlMulti(configuration) else { return nil }
    self.mailbox = mailbox
    self.executor = executor
    self.configuration = configuration
    self.multi = multi
  }

  /// Runs until the mailbox is closed, or libcurl is broken; nobody is left waiting afterwards.
  func run() {
    mailbox.setWakeUp(multi.wakeUp)
    var end: String?
    while end == nil {
      let mail = mailbox.take()
      for job in mail.jobs { accept(job) }
      for ticket in mail.cancelled { cancel(ticket) }
      for step in mail.steps { executor.run(step) }
      if mail.isClosing {
        end = "the client was closed"
        break
      }
      startWaiting()
      let performed = multi.perform()
      while let (number, result) = multi.nextFinished() { finish(number, result) }
      if startWaiting() { continue }
      // Something that came meanwhile is taken at once, but what has arrived from the servers comes first.
      let waited = multi.wait(mailbox.mayWait() ? 60_000 : 0)
      while let (number, result) = multi.nextFinished() { finish(number, result) }
      for code in [performed, waited] where code != CURLM_OK {
        end = unsafe "libcurl stopped: \(String(cString: kc_multi_error(code)))"
      }
    }
    // After this the handle is not touched by others; what they still left is turned away.
    mailbox.close()
    mailbox.setWakeUp(nil)
    let rest = mailbox.take()
    for job in rest.jobs { accept(job) }
    for step in rest.steps { executor.run(step) }
    abandonAll(end ?? "")
    // Before what they share.
    transfers = []
  }

  // MARK: Queue

  private func accept(_ job: CurlJob) {
    guard !job.ticket.isCancelled else { return job.fail(.cancelled, "the task was cancelled") }
    let origin = job.request.parts.origin
    let host: HostQueue
    if let known = hosts[origin] {
      host = known
    } else {
      host = HostQueue(origin)
      hosts[origin] = host
    }
    host.waiting.append(job)
    giveTurn(to: host)
  }

  private func giveTurn(to host: HostQueue) {
    guard !host.hasTurn, !host.waiting.isEmpty, host.active < configuration.maximumConnectionsPerHost else {
      return
    }
    host.hasTurn = true
    turns.append(host)
  }

  /// Starts as many as the caps allow, one from each host in turn; `false` when none was started.
  @discardableResult
  private func startWaiting() -> Bool {
    var hasStarted = false
    while activeCount < configuration.maximumConnections, let host = turns.popFirst() {
      host.hasTurn = false
      guard let job = host.waiting.popFirst() else { continue }
      start(job, host)
      giveTurn(to: host)
      hasStarted = true
    }
    return hasStarted
  }

  private func cancel(_ ticket: CurlTicket) {
    if let number = slots[ObjectIdentifier(ticket)] {
      let transfer = transfers[number]
      multi.remove(transfer)
      fail(number, .cancelled, "the task was cancelled", sent: transfer.sentSomething)
      return
    }
    // Not under way: it waits somewhere, or has ended already.
    for host in hosts.values {
      guard let job = host.waiting.remove(where: { $0.ticket === ticket }) else { continue }
      job.fail(.cancelled, "the task was cancelled")
      forgetIfIdle(host)
      return
    }
  }

  private func forgetIfIdle(_ host: HostQueue) {
    if host.active == 0, host.waiting.isEmpty { hosts[host.origin] = nil }
  }

  // MARK: Transfers

  private func start(_ job: CurlJob, _ host: HostQueue) {
    guard let number = freeSlot() else {
      return job.fail(.notConnected, "libcurl gave no handle; memory may be short")
    }
    host.active += 1
    activeCount += 1
    slots[ObjectIdentifier(job.ticket)] = number
    active[number] = Active(
      job: job, host: host, started: clock.now, url: job.request.url, parts: job.request.parts)
    begin(number, timeout: job.request.timeout)
  }

  private func freeSlot() -> Int? {
    if let number = idle.popLast() { return number }
    guard let transfer = multi.makeTransfer(transfers.count, configuration) else { return nil }
    transfers.append(transfer)
    active.append(nil)
    return transfers.count - 1
  }

  /// Hands one hop to libcurl.
  private func begin(_ number: Int, timeout: Duration) {
    guard let current = active[number] else { return }
    let transfer = transfers[number]
    let refusal = transfer.prepare(current.job.request, url: current.url, timeout: timeout)
    guard refusal == CURLE_OK else {
      return fail(number, .invalidRequest, transfer.message(for: refusal), sent: false)
    }
    let added = multi.add(transfer)
    if added != CURLM_OK {
      let why = unsafe String(cString: kc_multi_error(added))
      fail(number, .notConnected, why, sent: false)
    }
  }

  private func finish(_ number: Int, _ result: CURLcode) {
    guard let current = active[number] else { return }
    let transfer = transfers[number]
    multi.remove(transfer)
    guard result == CURLE_OK else {
      let sent = transfer.sentSomething
      let (code, message) = transfer.failure(for: result, sent: sent)
      return fail(number, code, message, sent: sent)
    }
    guard transfer.hasWholeHead else {
      return fail(number, .connectionLost, "the connection ended among the headers", sent: true)
    }
    guard !transfer.isCut else {
      return fail(number, .badAnswer, "the compressed body stops before its end", sent: true)
    }
    let request = current.job.request
    if request.maximumRedirects > 0, request.isRead, Self.isRedirect(transfer.status),
      let target = transfer.redirect
    {
      return follow(number, to: target)
    }
    end(number, .success(transfer.answer(url: current.url)))
  }

  private static func isRedirect(_ status: Int) -> Bool {
    switch status {
    case 301, 302, 303, 307, 308: true
    default: false
    }
  }

  /// The next hop, by our own rules: libcurl's would follow to any host.
  private func follow(_ number: Int, to target: String) {
    guard var current = active[number] else { return }
    let request = current.job.request
    current.wasSent = true
    active[number] = current
    guard current.redirects < request.maximumRedirects else {
      return fail(number, .badRedirect, "more than \(request.maximumRedirects) redirects", sent: true)
    }
    let url = URLQuery.escapeBeyondASCII(target)
    guard let parts = URLParts(url), current.parts.mayRedirect(to: parts) || request.mayLead(to: parts) else {
      let name = URLParts(url)?.origin ?? "an address that is neither http nor https"
      return fail(number, .badRedirect, "redirect from \(current.parts.origin) to \(name)", sent: true)
    }
    let left = request.timeout - current.started.duration(to: clock.now)
    guard left > .zero else { return fail(number, .timedOut, "no time left for a redirect", sent: true) }
    current.redirects += 1
    current.url = url
    current.parts = parts
    active[number] = current
    begin(number, timeout: left)
  }

  private func fail(_ number: Int, _ code: HTTPError.Code, _ message: String, sent: Bool) {
    guard let current = active[number] else { return }
    end(
      number,
      .failure(
        HTTPError(
          code: code, mayHaveReachedServer: sent || current.wasSent, url: current.url, message: message)))
  }

  private func end(_ number: Int, _ outcome: CurlJob.Outcome) {
    guard let ended = active[number] else { return }
    active[number] = nil
    slots[ObjectIdentifier(ended.job.ticket)] = nil
    idle.append(number)
    activeCount -= 1
    ended.host.active -= 1
    giveTurn(to: ended.host)
    forgetIfIdle(ended.host)
    ended.job.continuation.resume(returning: outcome)
  }

  private func abandonAll(_ why: String) {
    for number in active.indices where active[number] != nil {
      let transfer = transfers[number]
      multi.remove(transfer)
      fail(number, .cancelled, why, sent: transfer.sentSomething)
    }
    for host in hosts.values {
      while let job = host.waiting.popFirst() { job.fail(.cancelled, why) }
    }
    hosts = [:]
  }
}

extension CurlTransfer {
  /// Sorts libcurl's reasons into ours.
  func failure(for result: CURLcode, sent: Bool) -> (HTTPError.Code, String) {
    let words = message(for: result)
    switch verdict {
    case Int32(KC_BODY_TOO_LARGE): return (.tooLarge, "the body is larger than allowed")
    case Int32(KC_HEAD_TOO_LARGE): return (.badAnswer, "the headers are larger than allowed")
    case Int32(KC_BAD_PACKING): return (.badAnswer, "the body is not compressed as its headers say")
    case Int32(KC_NO_MEMORY): return (.tooLarge, "the answer does not fit into memory")
    default: break
    }
    switch result {
    case CURLE_OPERATION_TIMEDOUT: return (.timedOut, words)
    case CURLE_FILESIZE_EXCEEDED: return (.tooLarge, words)
    case CURLE_URL_MALFORMAT where !sent: return (.invalidRequest, words)
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2,
      CURLE_HTTP2_STREAM, CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY,
      CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION:
      // A read that was sent, lost, and could not be sent anew counts as lost, not as never sent.
      return (sent ? .connectionLost : .notConnected, words)
    default: return (sent ? .badAnswer : .notConnected, words)
    }
  }
}
