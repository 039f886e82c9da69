import CCurl

/// The multi handle and what its transfers share; made, used and freed on one thread.
@safe struct CurlMulti: ~Copyable {
  private let raw: UnsafeMutableRawPointer
  private let share: UnsafeMutableRawPointer
  /// Holds the cookies that were read from the file; never transfers anything.
  private let cookieKeeper: UnsafeMutableRawPointer?
  private let sockets: UnsafeMutablePointer<kc_sockets>

  init?(_ configuration: CurlClient.Configuration) {
    guard curlIsReady, let raw = unsafe kc_multi_init() else { return nil }
    guard let share = unsafe kc_share_init() else {
      unsafe kc_multi_cleanup(raw)
      return nil
    }
    guard let sockets = unsafe kc_sockets_make() else {
      unsafe kc_multi_cleanup(raw)
      unsafe kc_share_cleanup(share)
      return nil
    }
    unsafe self.raw = raw
    unsafe self.share = share
    unsafe self.sockets = sockets
    unsafe kc_multi_set_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maximumConnectionsPerHost)
    unsafe kc_multi_set_long(raw, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maximumConnections)
    unsafe kc_multi_set_long(raw, CURLMOPT_MAXCONNECTS, configuration.maximumConnections)

    unsafe kc_watch_multi(raw, sockets)

    // One thread uses the share, so it needs no lock functions.
    unsafe kc_share(share, CURL_LOCK_DATA_SSL_SESSION)
    guard let cookieFile = configuration.cookieFile, let keeper = unsafe kc_easy_init() else {
      unsafe cookieKeeper = nil
      return
    }
    unsafe kc_share(share, CURL_LOCK_DATA_COOKIE)
    unsafe kc_set_pointer(keeper, CURLOPT_SHARE, share)
    unsafe kc_set_string(keeper, CURLOPT_COOKIEFILE, cookieFile)
    unsafe kc_set_string(keeper, CURLOPT_COOKIELIST, "RELOAD")
    unsafe cookieKeeper = keeper
  }

  deinit {
    if let keeper = unsafe cookieKeeper { unsafe kc_easy_cleanup(keeper) }
    unsafe kc_multi_cleanup(raw)
    unsafe kc_share_cleanup(share)
    // Last: closing the connections above still writes here.
    unsafe kc_sockets_free(sockets)
  }

  /// For other threads, as long as this value lives.
  var wakeUp: CurlWakeUp { unsafe CurlWakeUp(sockets) }

  func makeTransfer(_ number: Int, _ configuration: CurlClient.Configuration) -> CurlTransfer? {
    unsafe CurlTransfer(number: number, configuration: configuration, share: share, sockets: sockets)
  }

  func add(_ transfer: CurlTransfer) -> CURLMcode { unsafe kc_multi_add(raw, transfer.easy) }

  func remove(_ transfer: CurlTransfer) { unsafe kc_multi_remove(raw, transfer.easy) }

  /// Does what is due by time, the beginning of new transfers above all.
  func perform() -> CURLMcode { unsafe kc_perform_due(raw) }

  /// Waits for sockets, timers or ``wakeUp``, and moves what can be moved then.
  ///
  /// - Parameter longest: In milliseconds; 0 only looks.
  /// - Returns: What libcurl says.
  func wait(_ longest: Int) -> CURLMcode { unsafe kc_wait(raw, sockets, longest) }

  /// The number and result of the next transfer that ended, or `nil`.
  func nextFinished() -> (number: Int, result: CURLcode)? {
    var result = CURLE_OK
    guard let transfer = unsafe kc_next_finished(raw, &result) else { return nil }
    return unsafe (transfer.pointee.number, result)
  }
}

/// Interrupts the waiting of a multi handle.
///
/// `@unchecked`: all it does is to write to an event descriptor, which any thread may; the mailbox forgets this
/// value, under its lock, before the descriptor is closed.
@safe struct CurlWakeUp: @unchecked Sendable {
  private let sockets: UnsafeMutablePointer<kc_sockets>

  init(_ sockets: UnsafeMutablePointer<kc_sockets>) { unsafe self.sockets = sockets }

  func callAsFunction() { unsafe kc_ring(sockets) }
}

/// Initialises libcurl once in a process; thread-safe since 7.84.
let curlIsReady = kc_global_init() == CURLE_OK
