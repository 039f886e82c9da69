import CCurl

/// One easy handle with its buffers, used for one transfer after another; never leaves its thread.
@safe final class CurlTransfer {
  private let raw: UnsafeMutablePointer<kc_transfer>
  let easy: UnsafeMutableRawPointer
  /// How the handle was set up last; `nil` when unknown.
  private var last: Manner?

  /// Makes the handle and sets what holds for all its transfers.
  init?(
    number: Int, configuration: CurlClient.Configuration, share: UnsafeMutableRawPointer,
    sockets: UnsafeMutablePointer<kc_sockets>
  ) {
    guard let raw = unsafe kc_transfer_make(number), let easy = unsafe raw.pointee.easy else { return nil }
    unsafe self.raw = raw
    unsafe self.easy = easy
    unsafe raw.pointee.head.limit = max(0, configuration.maximumHeaderBytes)
    unsafe kc_set_pointer(easy, CURLOPT_SHARE, share)
    unsafe kc_watch_sockets(easy, sockets)
    // No file: only the wish to use the shared cookies.
    if configuration.cookieFile != nil { unsafe kc_set_string(easy, CURLOPT_COOKIEFILE, "") }
    // Signals are blocked on this thread; see `CurlClient`.
    unsafe kc_set_long(easy, CURLOPT_NOSIGNAL, 1)
    unsafe kc_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    unsafe kc_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    // HTTP/2 where TLS agrees on it. Without `PIPEWAIT`: with it one connection that hangs holds back all
    // other requests to its host until it is known whether they could share it, and their time runs out.
    unsafe kc_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    // Asked for here, unpacked by our own callback; see the shim.
    unsafe kc_set_string(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
    unsafe kc_set_long(easy, CURLOPT_HTTP_CONTENT_DECODING, 0)
    unsafe kc_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
    // Most answers fit, so that most are read in one go.
    unsafe kc_set_long(easy, CURLOPT_BUFFERSIZE, 60 << 10)
    unsafe kc_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 16)
    unsafe kc_set_long(
      easy, CURLOPT_LOW_SPEED_TIME, Int(max(1, configuration.stallTimeout.components.seconds)))
    // An empty proxy is "none, whatever the environment says".
    unsafe kc_set_string(easy, CURLOPT_PROXY, configuration.proxy ?? "")
    if let file = configuration.trustedCertificates {
      unsafe kc_set_string(easy, CURLOPT_CAINFO, file)
      unsafe kc_set_string(easy, CURLOPT_CAPATH, nil)
    }
  }

  deinit { unsafe kc_transfer_free(raw) }

  /// Sets what belongs to one hop of one request.
  ///
  /// - Returns: The first refusal of libcurl, or `CURLE_OK`.
  func prepare(_ request: CheckedRequest, url: String, timeout: Duration) -> CURLcode {
    unsafe kc_transfer_clear(raw, 1 << 20)
    unsafe raw.pointee.body.limit = request.maximumBytes
    for line in request.lines where unsafe kc_transfer_add_line(raw, line) == 0 { return CURLE_OUT_OF_MEMORY }

    let milliseconds = max(1, timeout.roundedUpMilliseconds)
    let connect = min(milliseconds, max(1, request.connectTimeout.roundedUpMilliseconds))
    // A declared length is counted before decompression, which can be a little larger than after it.
    let declared = request.method == "HEAD" ? 0 : request.maximumBytes.saturated(adding: 1024)
    let manner = Manner(
      timeout: milliseconds, connect: connect, declared: declared, isRead: request.isRead,
      isEncrypted: url.hasPrefix("https:"), method: request.method, hasBody: request.body != nil)
    let refusal = unsafe Self.first([
      kc_set_string(easy, CURLOPT_URL, url), kc_set_pointer(easy, CURLOPT_HTTPHEADER, raw.pointee.lines),
    ])
    // Most requests of a handle differ from the one before in their address only.
    if refusal == CURLE_OK, manner == last, !manner.hasBody { return CURLE_OK }
    last = nil
    guard refusal == CURLE_OK else { return refusal }
    var results = unsafe [
      kc_set_long(easy, CURLOPT_TIMEOUT_MS, milliseconds),
      kc_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, connect),
      kc_set_size(easy, CURLOPT_MAXFILESIZE_LARGE, Int64(declared)),
      // On a reused connection that dies before an answer libcurl sends the request again by itself. That is
      // right for a read and wrong for everything else, so everything else gets a connection of its own.
      kc_set_long(easy, CURLOPT_FRESH_CONNECT, request.isRead ? 0 : 1),
      kc_look_before_request(easy, manner.isEncrypted ? 0 : 1),
      // Back to the plain GET, whatever the last request was.
      kc_set_long(easy, CURLOPT_HTTPGET, 1),
    ]
    if let body = request.body { unsafe results.append(kc_set_body(easy, body, body.count)) }
    if request.method == "HEAD" { unsafe results.append(kc_set_long(easy, CURLOPT_NOBODY, 1)) }
    let isPlain = request.isRead && request.body == nil
    unsafe results.append(kc_set_string(easy, CURLOPT_CUSTOMREQUEST, isPlain ? nil : request.method))
    let outcome = Self.first(results)
    if outcome == CURLE_OK { last = manner }
    return outcome
  }

  private static func first(_ results: [CURLcode]) -> CURLcode {
    results.first { $0 != CURLE_OK } ?? CURLE_OK
  }

  /// What is set for a request beside its address and its header lines.
  private struct Manner: Equatable {
    var timeout: Int
    var connect: Int
    var declared: Int
    var isRead: Bool
    var isEncrypted: Bool
    var method: String
    var hasBody: Bool
  }

  /// Whether a byte of the request was handed to the network, over all tries of libcurl.
  var sentSomething: Bool {
    var size = 0
    return unsafe kc_get_long(easy, CURLINFO_REQUEST_SIZE, &size) != CURLE_OK || size > 0
  }

  /// Whether the headers of a final answer came to their end.
  ///
  /// libcurl takes a connection that ends among the headers for the end of an answer without a body.
  var hasWholeHead: Bool { unsafe raw.pointee.head_complete != 0 && status >= 200 }

  /// Whether a packed body stopped before its end, although the transfer was whole.
  var isCut: Bool { unsafe kc_is_cut(raw) != 0 }

  var status: Int {
    var code = 0
    unsafe kc_get_long(easy, CURLINFO_RESPONSE_CODE, &code)
    return code
  }

  /// Where a 3xx answer points, made absolute, or `nil`.
  var redirect: String? {
    var text: UnsafePointer<CChar>?
    unsafe kc_get_string(easy, CURLINFO_REDIRECT_URL, &text)
    return unsafe text.map { unsafe String(cString: $0) }
  }

  var verdict: Int32 { unsafe raw.pointee.verdict }

  /// The library's own words about a failure.
  func message(for result: CURLcode) -> String {
    let own = unsafe String(cString: kc_transfer_error(raw))
    let text = own.isEmpty ? unsafe String(cString: kc_easy_error(result)) : own
    return String(text.prefix { !$0.isNewline })
  }

  /// Copies the answer out.
  func answer(url: String) -> HTTPResponse {
    var version = 0
    unsafe kc_get_long(easy, CURLINFO_HTTP_VERSION, &version)
    let head = unsafe UnsafeBufferPointer(start: raw.pointee.head.bytes, count: raw.pointee.head.count)
    let body = unsafe UnsafeBufferPointer(start: raw.pointee.body.bytes, count: raw.pointee.body.count)
    return unsafe HTTPResponse(
      status: status, headers: Self.headers(in: head), body: Array(body), url: url,
      version: Self.name(ofVersion: version))
  }

  private static func name(ofVersion version: Int) -> String {
    switch version {
    case Int(CURL_HTTP_VERSION_1_0): "1.0"
    case Int(CURL_HTTP_VERSION_1_1): "1.1"
    case Int(CURL_HTTP_VERSION_2_0): "2"
    default: ""
    }
  }

  /// Splits header lines; a line that begins with a blank continues the one before it.
  private static func headers(in head: UnsafeBufferPointer<UInt8>) -> [(name: String, value: String)] {
    var result: [(name: String, value: String)] = []
    result.reserveCapacity(12)
    var start = 0
    for index in 0...head.count {
      guard unsafe index == head.count || head[index] == 0x0A || head[index] == 0x0D else { continue }
      let line = start..<index
      start = index + 1
      guard let first = line.first else { continue }
      if unsafe head[first] == 0x20 || head[first] == 0x09 {
        guard let last = result.indices.last else { continue }
        unsafe result[last].value += " " + trimmed(head, line)
      } else if let colon = line.first(where: { unsafe head[$0] == 0x3A }) {
        unsafe result.append((trimmed(head, first..<colon), trimmed(head, (colon + 1)..<line.upperBound)))
      }
    }
    return result
  }

  private static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, unsafe bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    while start < end, unsafe bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return unsafe String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
  }
}

extension Duration {
  /// Whole milliseconds, rounded up, at most those of a day.
  var roundedUpMilliseconds: Int {
    let (seconds, attoseconds) = self < .seconds(86_400) ? components : (86_400, 0)
    return Int(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

extension Int {
  func saturated(adding other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
