import Console
import Crawl
import HTTP
import Model

/// How politely each part of Kaspi is asked, and which hosts may be asked at all.
struct CrawlManners {
  let shop: ShopConfiguration

  /// Surfaces with limits of their own, after kaspi.md's table: what is seen to be safe, and a little less.
  ///
  /// `pace.rate` is the rate of public pages; the others keep their relation to it. A rate of 0 is for the simulator.
  var surfaces: [PoliteClient.Surface] {
    let pages = URLParts(shop.endpoints.shop)
    var surfaces: [PoliteClient.Surface] = []
    func add(
      _ name: String, _ base: URLParts?, _ path: String, _ limit: RateLimiter.Limit, _ retries: RetryPolicy
    ) {
      guard let base else { return }
      let prefix = base.path == "/" ? "" : base.path
      surfaces.append(
        PoliteClient.Surface(
          name: name, host: base.host, pathPrefix: prefix + path, limit: limit, retries: retries,
          jitter: shop.pace.rate > 0 ? 0.25 : 0, adapts: true))
    }
    add("pages", pages, "/shop/", limit(1, inFlight: shop.pace.inFlight), publicRetries(forbidden: 15))
    add(
      "listing", pages, "/yml/product-view/", limit(1, inFlight: shop.pace.inFlight),
      publicRetries(forbidden: 15))
    add(
      "offers", pages, "/yml/offer-view/", limit(2, inFlight: shop.pace.inFlight),
      publicRetries(forbidden: 10))
    add(
      "reviews", pages, "/yml/review-view/", limit(1, inFlight: shop.pace.inFlight),
      publicRetries(forbidden: 15))
    for source in shop.sources where source.kind == .cabinet {
      // One read a second, one at a time: a cabinet that feels attacked bans the whole account.
      let one = shop.pace.rate > 0 ? 1 : shop.pace.inFlight
      let rate = shop.pace.rate > 0 ? min(shop.pace.rate, 1) : .infinity
      let base = URLParts(source.url).map { Self.cabinetBase($0) }
      guard let base else { continue }
      surfaces.append(
        PoliteClient.Surface(
          name: "cabinet", host: base.host, pathPrefix: base.path + "/bff/",
          limit: RateLimiter.Limit(perSecond: rate, maximumInFlight: one),
          retries: shop.pace.rate > 0
            ? RetryPolicy(maximumAttempts: 3, shortestWaits: [429: .seconds(60)]) : Self.impatient,
          jitter: shop.pace.rate > 0 ? 0.25 : 0, adapts: true))
      break
    }
    return surfaces
  }

  private static func cabinetBase(_ parts: URLParts) -> (host: String, path: String) {
    var path = parts.path[...]
    if let list = path.firstRange(of: "/bff/") { path = path[..<list.lowerBound] }
    while path.hasSuffix("/") { path = path.dropLast() }
    return (parts.host, String(path))
  }

  /// For every other host.
  var fallback: RateLimiter.Limit { limit(1, inFlight: shop.pace.inFlight) }

  /// When every other host is asked again.
  var fallbackRetries: RetryPolicy { shop.pace.rate > 0 ? RetryPolicy() : Self.impatient }

  /// For the simulator, which has no need of care: as often, with short waits.
  private static let impatient = RetryPolicy(firstWait: .milliseconds(50))

  private func limit(_ factor: Double, inFlight: Int) -> RateLimiter.Limit {
    RateLimiter.Limit(
      perSecond: shop.pace.rate > 0 ? shop.pace.rate * factor : .infinity, maximumInFlight: inFlight)
  }

  /// A 429 or 403 is waited out before it is believed, unless the simulator is asked.
  private func publicRetries(forbidden: Int) -> RetryPolicy {
    guard shop.pace.rate > 0 else { return Self.impatient }
    return RetryPolicy(
      maximumAttempts: 3, shortestWaits: [429: .seconds(15), 403: .seconds(forbidden)])
  }

  /// The only hosts that may be asked.
  var hosts: Set<String> {
    var hosts: Set<String> = []
    var addresses = [shop.endpoints.shop]
    if shop.enrich.images { addresses.append(shop.endpoints.images) }
    addresses += shop.sources.map(\.url)
    for address in addresses {
      if let host = URLParts(URLQuery.escaped(address))?.host { hosts.insert(host) }
    }
    return hosts
  }
}
