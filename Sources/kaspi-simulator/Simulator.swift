import Store
import Synchronization

/// What the simulator was started with.
struct Settings: Sendable {
  /// The number the sample shop follows from.
  var seed = 1
  /// The night it starts on.
  var night: Int?
  /// The token that the orders API accepts.
  var token = "demo-token"
  /// The key that WAHA accepts.
  var wahaKey = "demo-waha-key"
  /// The `mc-session` cookie that the cabinet accepts.
  var cabinetSession = "demo-session"
  /// The name under which the seller's feed is served: `/feeds/<shop>.xml`.
  var shop = "demo"
}

/// All stand-ins and what they remember.
///
/// Everything but the request log, the messages and the control endpoint's wishes is a function of seed and night.
final class Simulator: Sendable {
  /// What it was started with.
  let settings: Settings
  /// The sample shop.
  let world: World
  /// Saved feeds and pages that stand in for the sample shop, or `nil`.
  let data: DataFolder?
  /// Keeps the night over restarts, or `nil`.
  let memory: StateFile?
  private let guarded: Mutex<State>

  /// What changes while it runs.
  struct State: Sendable {
    var night: Int
    var faults = Faults()
    var log = RequestLog()
    var orderChanges: [String: OrderChange] = [:]
    var waybillReads = 0
    var orderMoves = OrderMoves()
    var waha: WAHAState
    var puller = FeedPuller.Memory()
    var cabinetTotalDrift = 0
    /// What `robots.txt` says; `nil` for the shop's own rules.
    var robots: String?
    /// Whether the listing shows its last page again in place of an empty one.
    var listingRepeats = false
  }

  /// Starts from the settings, or from the file that an earlier run left.
  init(settings: Settings, data: DataFolder? = nil, memory: StateFile? = nil) throws {
    self.settings = settings
    self.data = data
    self.memory = memory
    world = World(seed: settings.seed)
    var state = State(night: settings.night ?? 0, waha: WAHAState())
    if let saved = try memory?.read() { saved.restore(&state) }
    // A night that was asked for goes before the remembered one.
    if let night = settings.night { state.night = night }
    guarded = Mutex(state)
  }

  /// Reads or changes what is remembered, alone.
  func with<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
    guarded.withLock(body)
  }

  /// The night it is.
  var night: Int { with { $0.night } }

  /// Writes down what a second run goes on from; says so on stderr when it cannot.
  func save() {
    guard let memory else { return }
    do {
      try memory.write(with { StateFile.Saved(state: $0) })
    } catch {
      Terminal.complain("state not saved: \(error.path): \(error.detail) \(error.hint)")
    }
  }

  /// Answers one question.
  func answer(_ request: Request) async -> Reply {
    let surface = Surface(request.segments)
    let (number, trouble) = with { state in
      (state.log.begin(request, surface: surface), state.faults.take(for: request, surface: surface))
    }
    var reply: Reply
    if trouble.delay > 0 { await pause(milliseconds: trouble.delay) }
    if let fault = trouble.fault, !fault.isAfter, let spoiled = fault.reply(insteadOf: nil) {
      reply = spoiled
    } else {
      reply = await route(trouble.fault?.asked(request) ?? request, surface: surface)
      if let fault = trouble.fault {
        reply = fault.reply(insteadOf: reply) ?? fault.bent(reply, request) ?? reply
      }
    }
    with { state in
      // A silent answer is over when the client leaves; it counts as answered by nothing.
      let status: Int? =
        switch reply.wire {
        case .silence, .reset: nil
        default: reply.status
        }
      state.log.end(number, surface: surface, status: status)
    }
    return reply
  }

  /// Waits, or stops waiting when the server stops.
  func pause(milliseconds: Int) async {
    do {
      try await Task.sleep(for: .milliseconds(milliseconds))
    } catch {
      // The server is stopping; nobody reads the answer any more.
    }
  }

  private func route(_ request: Request, surface: Surface) async -> Reply {
    switch surface {
    case .pages: return request.segments.first == "l" ? shortLink(request) : shopPage(request)
    case .listing: return listing(request)
    case .offers: return offers(request)
    case .reviews: return reviews(request)
    case .images: return image(request)
    case .orders: return ordersAPI(request)
    case .feeds: return feed(request)
    case .cabinet: return cabinet(request)
    case .waha: return await waha(request)
    case .control: return await control(request)
    case .other where request.segments == ["robots.txt"]: return robots()
    case .other: return .errorPage(404, "Not Found")
    }
  }
}

extension Fault {
  /// What comes instead of an answer; `nil` while there is no answer that could be cut.
  fileprivate func reply(insteadOf answer: Reply?) -> Reply? {
    switch kind {
    case .status(let code, let retryAfter, let isHTML, let body):
      var reply: Reply
      if let body {
        reply = Reply(code, type: isHTML ? "text/html; charset=utf-8" : "application/json", Array(body.utf8))
      } else if isHTML {
        reply = .errorPage(code, "Error")
      } else {
        reply = Reply(code)
      }
      if let retryAfter { reply.headers.append((name: "Retry-After", value: String(retryAfter))) }
      return reply
    case .silence(let seconds):
      var reply = Reply(500)
      reply.wire = .silence(seconds: seconds)
      return reply
    case .reset:
      var reply = Reply(500)
      reply.wire = .reset
      return reply
    case .cutBody(let count):
      guard var reply = answer else { return nil }
      reply.wire = .cut(after: min(count, max(0, reply.body.count - 1)))
      return reply
    case .delay, .rewrite, .redirect, .flood, .bomb, .wrongLength, .block: return nil
    }
  }
}
