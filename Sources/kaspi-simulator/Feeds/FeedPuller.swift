import FoundationEssentials
import FoundationNetworking
import Store
import SystemPackage

/// Fetches a published price list the way Kaspi does, and judges it.
enum FeedPuller {
  /// What it remembers between two pulls.
  struct Memory: Sendable {
    /// Tags by address.
    var tags: [String: String] = [:]
    /// The last verdict on each address.
    var verdicts: [String: JSONValue] = [:]
  }

  /// What came back.
  enum Fetched {
    /// A file, with its tag where there is one.
    case file([UInt8], tag: String?)
    /// The same file as last time.
    case unchanged
    /// Nothing that could be judged, and why.
    case failed(String)
  }

  /// Fetches from a loopback address or a path.
  static func fetch(_ source: String, credentials: (user: String, password: String)?, tag: String?) async
    -> Fetched
  {
    guard source.contains("://") else {
      do {
        return .file(try AtomicFile.read(FilePath(source)), tag: nil)
      } catch {
        return .failed(error.detail)
      }
    }
    guard let url = URL(string: source), ["http", "https"].contains(url.scheme ?? ""),
      ["127.0.0.1", "localhost"].contains(url.host ?? "")
    else { return .failed("only a path or an address on 127.0.0.1 is pulled") }
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 30)
    if let tag { request.setValue(tag, forHTTPHeaderField: "If-None-Match") }
    if let credentials {
      let pair = Data("\(credentials.user):\(credentials.password)".utf8).base64EncodedString()
      request.setValue("Basic \(pair)", forHTTPHeaderField: "Authorization")
    }
    do {
      let (body, response) = try await URLSession.shared.data(for: request)
      guard let answer = response as? HTTPURLResponse else { return .failed("no HTTP answer") }
      switch answer.statusCode {
      case 200: return .file([UInt8](body), tag: answer.value(forHTTPHeaderField: "ETag"))
      case 304: return .unchanged
      default: return .failed("HTTP status \(answer.statusCode)")
      }
    } catch {
      return .failed("not reached: \(error)")
    }
  }
}

extension Simulator {
  /// `POST /control/pull` with `{"url":…}` or `{"path":…}`, optionally `{"user":…,"password":…}`.
  func pull(_ request: Request) async -> Reply {
    let question = JSONValue(body: request.body)
    guard let source = question?["url"]?.string ?? question?["path"]?.string, !source.isEmpty else {
      return refused("url or path is needed")
    }
    var credentials: (user: String, password: String)?
    if let user = question?["user"]?.string { credentials = (user, question?["password"]?.string ?? "") }
    let (known, last) = with { ($0.puller.tags[source], $0.puller.verdicts[source]) }
    switch await FeedPuller.fetch(source, credentials: credentials, tag: known) {
    case .unchanged:
      return .json(["status": .string("notModified"), "etag": .text(known), "last": last ?? .null])
    case .failed(let reason):
      return .json(["status": .string("unreachable"), "reason": .string(reason)])
    case .file(let bytes, let tag):
      let verdict = FeedVerdict.judge(bytes)
      var fields = verdict.json.object ?? [:]
      fields["status"] = .string(
        verdict.accepted == 0 ? "rejected" : verdict.errors.isEmpty ? "accepted" : "partly")
      fields["etag"] = .text(tag)
      fields["bytes"] = .integer(bytes.count)
      fields["sha256"] = .string(Digest.sha256(bytes))
      let answer = JSONValue.object(fields)
      with { state in
        state.puller.tags[source] = tag
        state.puller.verdicts[source] = answer
      }
      return .json(answer)
    }
  }
}
