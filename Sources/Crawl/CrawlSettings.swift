public import Model
internal import Store

/// What one crawl of one shop is to do, as the configuration says it.
public struct CrawlSettings: Sendable, Hashable {
  /// The shop's name in the configuration; for reports.
  public var shop: String
  /// The buyer's city that pages and listings are asked for; no city is ever assumed.
  public var city: CityID?
  /// The seller's number, where the configuration names it.
  public var merchant: MerchantID?
  /// Where offers come from; the first is the truth about which exist, the others enrich it.
  public var sources: [SourceSettings]
  /// Whether product pages are read.
  public var enrichPages: Bool
  /// Whether rating figures are read.
  public var enrichReviews: Bool
  /// Whether offers of other sellers are read.
  public var enrichOffers = false
  /// Whether the cabinet's details are read for cards whose page is not.
  public var enrichDetails = false
  /// Whether pictures are fetched.
  public var enrichImages = false
  /// The public shop, like `https://kaspi.kz`.
  public var shopEndpoint: String
  /// Where pictures lie, in place of Kaspi's own host; `nil` for the addresses as they are.
  public var imageEndpoint: String?
  /// Product pages asked for at most, or `nil` for all; the rest is a gap.
  public var maximumPages: Int?
  /// Pages of a listing or cabinet asked for at most.
  public var maximumListingPages: Int
  /// Requests in flight at most.
  public var concurrency: Int
  /// Largest price list in bytes.
  public var maximumFeedBytes: Int
  /// Largest page or answer in bytes.
  public var maximumPageBytes: Int
  /// What the requests call themselves; without a browser's name the shop lets them hang.
  public var userAgent: String
  /// How old an unfinished crawl may be to be taken up again.
  public var resumeWithin: Duration
  /// Whether `robots.txt` of the public shop is read and obeyed for product pages.
  public var obeysRobots = false
  /// Whether only pages are asked for whose offer has moved, or whose turn it is.
  public var changedOnly = false
  /// With ``changedOnly``, the days in which every page is asked for at least once.
  public var refreshDays = 14

  /// Whether nothing of an earlier crawl stands in for an answer: what a cassette holds must be whole.
  var asksAnew = false

  /// A browser's name.
  public static let defaultUserAgent =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"

  /// Makes settings.
  ///
  /// - Parameters:
  ///   - shop: The shop's name in the configuration.
  ///   - city: The buyer's city, or `nil`.
  ///   - sources: Where offers come from, the truth first.
  ///   - enrichPages: Whether product pages are read.
  ///   - enrichReviews: Whether rating figures are read.
  ///   - shopEndpoint: The public shop.
  ///   - maximumPages: Product pages at most, or `nil`.
  ///   - maximumListingPages: Pages of a listing at most.
  ///   - concurrency: Requests in flight at most; at least 1.
  ///   - maximumFeedBytes: Largest price list.
  ///   - maximumPageBytes: Largest page or answer.
  ///   - userAgent: What the requests call themselves.
  ///   - resumeWithin: Age of an unfinished crawl that is still taken up.
  public init(
    shop: String, city: CityID?, sources: [SourceSettings], enrichPages: Bool = false,
    enrichReviews: Bool = false, shopEndpoint: String = "https://kaspi.kz", maximumPages: Int? = nil,
    maximumListingPages: Int = 1000, concurrency: Int = 2, maximumFeedBytes: Int = 256 << 20,
    maximumPageBytes: Int = 8 << 20, userAgent: String = defaultUserAgent,
    resumeWithin: Duration = .seconds(12 * 3600)
  ) {
    self.shop = shop
    self.city = city
    self.sources = sources
    self.enrichPages = enrichPages
    self.enrichReviews = enrichReviews
    self.shopEndpoint = shopEndpoint
    self.maximumPages = maximumPages
    self.maximumListingPages = maximumListingPages
    self.concurrency = max(1, concurrency)
    self.maximumFeedBytes = maximumFeedBytes
    self.maximumPageBytes = maximumPageBytes
    self.userAgent = userAgent
    self.resumeWithin = resumeWithin
  }

  /// A digest of everything that decides what is asked; a crawl is taken up only under the same settings.
  var fingerprint: String {
    var lines = [
      shop, city?.code ?? "-", merchant?.text ?? "-", shopEndpoint, "\(enrichPages)", "\(enrichReviews)",
      "\(enrichOffers)", "\(enrichDetails)", "\(enrichImages)", "\(changedOnly)", "\(refreshDays)",
      "\(maximumPages ?? -1)",
    ]
    lines += sources.map { "\($0.kind.rawValue) \($0.location)" }
    return Digest.sha256(Array(lines.joined(separator: "\n").utf8))
  }
}
