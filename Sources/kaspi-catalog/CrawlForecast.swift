import CatalogFormat
import Console
import Crawl
import Model
import Store
import SystemPackage

/// `crawl --dry-run`: what a crawl would ask, as far as that can be told without asking anybody.
struct CrawlForecast {
  private let settings: CrawlSettings
  private let rate: Double
  /// Cards that the last crawl knew; `nil` before the first.
  private let cards: Int?

  /// Looks at the configuration and at the last crawl's result.
  ///
  /// - Parameters:
  ///   - job: The shop.
  ///   - wish: What of the crawl is asked for in a special way.
  /// - Throws: ``CommandError`` for a configuration that cannot work; `StoreError`.
  init(job: ShopJob, wish: CrawlWish) throws {
    settings = try CrawlStage(job: job, wish: wish).settings()
    rate = job.shop.pace.rate
    let path = job.folders.crawl.appending("result.json")
    guard try Folder.exists(path) else {
      cards = nil
      return
    }
    cards =
      Set(try CrawlRecordJSON.decode(try AtomicFile.read(path)).shop.offers.compactMap(\.productID)).count
  }

  /// Requests a card, by surface.
  private var perCard: [(surface: String, count: Int)] {
    [
      ("page", settings.enrichPages ? 1 : 0), ("reviews", settings.enrichReviews ? 1 : 0),
      ("offers", settings.enrichOffers ? 1 : 0),
    ]
  }

  private func requests(_ surface: (surface: String, count: Int)) -> Int? {
    guard let cards else { return surface.count == 0 ? 0 : nil }
    let all = cards * surface.count
    guard surface.surface == "page" else { return all }
    // With --changed at least a rotating share is asked for; what has moved is known to the sources only.
    let share = settings.changedOnly ? (all + settings.refreshDays - 1) / max(1, settings.refreshDays) : all
    return min(share, settings.maximumPages ?? .max)
  }

  private var seconds: Int? {
    guard rate > 0 else { return 0 }
    var sum = 0
    for surface in perCard {
      guard let count = requests(surface) else { return nil }
      sum += count
    }
    return Int((Double(sum) / rate).rounded(.up))
  }

  /// The forecast for people.
  var lines: [String] {
    var lines = ["\(settings.shop): nothing is asked and nothing is written"]
    for source in settings.sources {
      lines.append("  source: \(source.kind.rawValue) \(source.publicLocation)")
    }
    for surface in perCard where surface.count > 0 {
      let count = requests(surface)
      let least = settings.changedOnly && surface.surface == "page" ? "at least " : ""
      lines.append(
        "  \(surface.surface): "
          + (count.map { "\(least)\($0.grouped) requests" }
            ?? "a request for every card; the first crawl counts them"))
    }
    if let seconds, seconds > 0 {
      lines.append("  about \(seconds / 60) min at \(rate) requests a second, surfaces one after another")
    }
    return lines
  }

  /// The forecast for programs.
  var document: JSONValue {
    [
      "shop": .string(settings.shop), "dry_run": true,
      "sources": .array(
        settings.sources.map { ["kind": .string($0.kind.rawValue), "source": .string($0.publicLocation)] }),
      "requests": .object(
        Dictionary(
          uniqueKeysWithValues: perCard.map { surface in
            (surface.surface, requests(surface).map { .integer($0) } ?? .null)
          })),
      "seconds": seconds.map { .integer($0) } ?? .null,
    ]
  }
}
