public import Model

/// Everything that `kaspi.yaml`, the environment and the defaults say.
public struct Configuration: Sendable, Equatable {
  /// Language of reports.
  public var language: Language
  /// Shops by name, sorted.
  public var shops: [ShopConfiguration]
  /// The notifier, or `nil` when the file has no such section.
  public var notifier: NotifierConfiguration?
  /// Every value with where it came from, in the file's order of sections.
  public var origins: [Origin]
  /// Whether the file has a section for an assistant, which this version only checks for typing errors.
  public var hasAssistant = false

  /// A value and its source, as `config show --origin` prints them.
  public struct Origin: Sendable, Equatable {
    /// Dotted name: `shops.demo.city`.
    public var key: String
    /// As people write it; `•••` for a secret.
    public var value: String
    /// `kaspi.yaml:12:5`, `$WAHA_API_ENDPOINT` or `default`.
    public var source: String
  }
}

/// Language of reports.
public enum Language: String, Sendable, CaseIterable {
  /// Russian.
  case ru
  /// Kazakh.
  case kk
  /// English.
  case en
}

/// One shop.
public struct ShopConfiguration: Sendable, Equatable {
  /// The name in `shops`, which names folders too.
  public var name: String
  /// The seller's number.
  public var merchant: MerchantID
  /// The shop's name in the price list.
  public var company: String
  /// The city whose prices are read; none is ever assumed.
  public var city: CityID
  /// Sources of offers; the first is the truth about which exist.
  ///
  /// Not empty.
  public var sources: [Source]
  /// What is fetched beside the offers.
  public var enrich: Enrichment
  /// Where Kaspi is.
  public var endpoints: Endpoints
  /// How fast Kaspi's public pages are asked.
  public var pace: Pace
  /// What may change in one night.
  public var policy: PolicySettings
  /// Rules between the catalog's prices and every channel's.
  public var prices: [PriceRuleSettings] = []
  /// Where offers are written to beside Kaspi's price list.
  public var channels: [ChannelSettings] = []
  /// Whether public files may carry links made from the seller's own cabinet data.
  public var linksArePublic = false

  /// One source of offers.
  public struct Source: Sendable, Equatable {
    /// What it is.
    public var kind: Kind
    /// An address, or a path below the workspace.
    public var url: String
    /// The session of a cabinet, or `nil`.
    public var cookies: CookieFile?
    /// Hosts that the address of a price list or sheet may lead on to, beside its own.
    public var redirects: [String] = []
    /// Largest price list or sheet in megabytes (2^20 bytes), or `nil` for the crawler's own limit.
    public var maximumMegabytes: Int?

    /// Names a source.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - url: An address or a path.
    ///   - cookies: The session of a cabinet.
    public init(kind: Kind, url: String, cookies: CookieFile? = nil) {
      self.kind = kind
      self.url = url
      self.cookies = cookies
    }

    /// The kinds of source that can be read.
    public enum Kind: String, Sendable, CaseIterable {
      /// An existing price list.
      case feed
      /// The seller's cabinet, behind a session.
      case cabinet
      /// The public listing of the seller.
      case listing
      /// A CSV sheet: SKU, price, stock by store.
      case sheet
    }
  }

  /// A file of cookies in Netscape format; what it holds is a secret.
  public struct CookieFile: Sendable, Equatable {
    /// A path, from the workspace.
    public var path: String
    /// Where the configuration names it, for errors.
    public var source: String
  }

  /// What is fetched beside the offers.
  public struct Enrichment: Sendable, Equatable {
    /// Product pages: characteristics, images, variants.
    public var pages: Bool
    /// Ratings.
    public var reviews: Bool
    /// Offers of other sellers, for the price reports.
    public var offers: Bool
    /// Details from the cabinet, where pages are not read.
    public var details: Bool
    /// Pictures themselves, not only their addresses.
    public var images: Bool
    /// With `--changed`, the longest time in which every page is read once.
    public var refresh: Duration
  }

  /// Where Kaspi is; the simulator's addresses in a demo.
  public struct Endpoints: Sendable, Equatable {
    /// The public shop.
    public var shop: String
    /// The seller's cabinet.
    public var cabinet: String
    /// The orders API.
    public var api: String
    /// Pictures.
    public var images: String
  }

  /// How fast public pages are asked.
  public struct Pace: Sendable, Equatable {
    /// Requests a second to one host; 0 for no limit.
    public var rate: Double
    /// Requests at a time to one host.
    public var inFlight: Int
  }
}

/// The notifier.
public struct NotifierConfiguration: Sendable, Equatable {
  /// The orders API's token, or `nil`.
  public var token: Secret?
  /// How far back orders are read.
  public var lookBack: Duration
  /// Requests a second to the orders API; 0 for no limit.
  public var ordersRate: Double
  /// WAHA.
  public var waha: WAHASettings
  /// Default language of messages.
  public var locale: Language
  /// When nobody is written to.
  public var quietHours: QuietHoursSettings
  /// How messages are spread.
  public var pacing: PacingSettings
  /// Whether a number is checked before the first message.
  public var checksNumbers: Bool
  /// Rules by event name, sorted.
  public var rules: [RuleSettings]
  /// What the section says beyond the basics.
  public var extras: NotifierExtras

  /// Where WAHA is and how it is opened.
  public struct WAHASettings: Sendable, Equatable {
    /// Base address.
    public var url: String
    /// The key, or `nil`.
    public var key: Secret?
    /// The WhatsApp session.
    public var session: String
  }

  /// When nobody is written to, in Almaty time.
  public struct QuietHoursSettings: Sendable, Equatable {
    /// Minutes after midnight.
    public var from: Int
    /// Minutes after midnight; earlier than `from` when the night is between them.
    public var to: Int
  }

  /// How messages are spread.
  public struct PacingSettings: Sendable, Equatable {
    /// Pause between two messages.
    public var gap: ClosedRange<Duration>
    /// Messages before a longer pause; 0 for none.
    public var block: Int
    /// The longer pause.
    public var blockPause: ClosedRange<Duration>
    /// Messages an hour.
    public var hourly: Int
    /// Messages a day.
    public var daily: Int
    /// Messages a day to people never written to.
    public var dailyNew: Int
    /// Whether typing is shown before a message.
    public var typing: Bool
  }

  /// One rule.
  public struct RuleSettings: Sendable, Equatable {
    /// The event's name.
    public var event: String
    /// Whether it is sent.
    public var send: Bool
    /// Wait after the event.
    public var delay: Duration
    /// Age after which it is not sent any more.
    public var latest: Duration
    /// Which orders it is about, in which language and with what.
    public var conditions: RuleConditions
  }
}

/// A part of a whole, from nothing to all of it and beyond.
public struct Share: Sendable, Hashable, CustomStringConvertible {
  /// 0.05 for 5%.
  public var fraction: Double

  /// Makes a share.
  ///
  /// - Parameter fraction: 0.05 for 5%.
  public init(fraction: Double) { self.fraction = fraction }

  /// Reads `5%` or `0.5%`.
  ///
  /// - Parameter text: A number from 0 with a percent sign behind it.
  public init?(_ text: String) {
    guard text.hasSuffix("%"), let number = Double(text.dropLast()), number >= 0, number.isFinite else {
      return nil
    }
    fraction = number / 100
  }

  /// As people write it: `5%`.
  public var description: String {
    let percent = (fraction * 100_000).rounded() / 1000
    return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
  }
}
