import FoundationEssentials
import FoundationNetworking
import Store

/// Carries events to their receivers, each on its own and in no order, as the gateway does.
extension Simulator {
  /// Delivers what is noted, until the task is cancelled.
  func deliverWebhooks() async {
    await withDiscardingTaskGroup { group in
      var started = 0
      while !Task.isCancelled {
        let known = with { $0.waha.deliveries.count }
        while started < known {
          let number = started
          group.addTask { await self.deliver(number) }
          started += 1
        }
        await pause(milliseconds: 10)
      }
      group.cancelAll()
    }
  }

  /// Tries one delivery until it arrives or its tries are used up.
  private func deliver(_ number: Int) async {
    while !Task.isCancelled {
      let delivery = with { $0.waha.deliveries[number] }
      let (status, retryAfter) = await Self.post(delivery, version: with { $0.waha.version })
      let attempt = delivery.tries + 1
      let isOver = status.map { (200...299).contains($0) } == true || attempt > delivery.hook.attempts
      with { state in
        state.waha.deliveries[number].tries = attempt
        state.waha.deliveries[number].status = status
        state.waha.deliveries[number].isOver = isOver
      }
      if isOver { return }
      await pause(milliseconds: delivery.hook.pause(behind: attempt, retryAfter: retryAfter))
    }
  }

  private static func post(
    _ delivery: WebhookDelivery, version: String
  ) async -> (status: Int?, retryAfter: Int?) {
    guard let url = URL(string: delivery.hook.url) else { return (nil, nil) }
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 30)
    request.httpMethod = "POST"
    request.httpBody = Data(delivery.body)
    var headers = [
      "Content-Type": "application/json", "User-Agent": "WAHA/\(version)",
      "X-Webhook-Request-Id": delivery.request, "X-Webhook-Timestamp": "\(delivery.timestamp)",
    ]
    if let key = delivery.hook.key {
      headers["X-Webhook-Hmac"] = Digest.hmacSHA512(delivery.body, key: Array(key.utf8))
      headers["X-Webhook-Hmac-Algorithm"] = "sha512"
    }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    do {
      let (_, response) = try await URLSession.shared.data(for: request)
      let answer = response as? HTTPURLResponse
      return (
        answer?.statusCode, answer?.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) }
      )
    } catch {
      // Refused, reset or too late: all of it is tried again.
      return (nil, nil)
    }
  }

  /// `GET /control/webhooks?wait=SECONDS`: what was noted; waits until nothing is on its way any more.
  func webhooks(_ request: Request) async -> Reply {
    let end = ContinuousClock.now + .seconds(request.parameter("wait").flatMap { Double($0) } ?? 0)
    while ContinuousClock.now < end, with({ state in state.waha.deliveries.contains { !$0.isOver } }) {
      await pause(milliseconds: 10)
    }
    return .json(["deliveries": .array(with { $0.waha.deliveries.map(\.json) })])
  }
}
