/// One source of offers.
public struct SourceSettings: Sendable, Hashable {
  /// The kinds of source.
  public enum Kind: String, Sendable, CaseIterable {
    /// A price list, by address or path.
    case feed
    /// The seller's cabinet, behind a session.
    case cabinet
    /// The seller's public listing.
    case listing
    /// A CSV sheet, by address or path.
    case sheet

    /// What it is called in a sentence.
    var words: String {
      switch self {
      case .feed: "price list"
      case .cabinet: "cabinet"
      case .listing: "listing"
      case .sheet: "sheet"
      }
    }
  }

  /// The kind.
  public var kind: Kind
  /// An address or, for a feed and a sheet, an absolute path.
  ///
  /// A listing's may be any address that carries its query: from a browser, from the interface, the query alone, or
  /// the shop alone. A cabinet's is where its paths begin; an address of its list is understood too.
  public var location: String
  /// What a path is called in reports and catalogs, the same on every machine; `nil` for the path itself.
  public var shownAs: String?
  /// Hosts that the address of a price list or sheet may lead on to, beside its own; `.example.com` stands for all
  /// hosts below it.
  public var redirectHosts: [String] = []
  /// Largest price list or sheet in bytes, or `nil` for ``CrawlSettings/maximumFeedBytes``.
  public var maximumBytes: Int?

  /// Names a source.
  ///
  /// - Parameters:
  ///   - kind: The kind.
  ///   - location: Address or absolute path.
  ///   - shownAs: What a path is called in reports.
  public init(kind: Kind, location: String, shownAs: String? = nil) {
    self.kind = kind
    self.location = location
    self.shownAs = shownAs
  }

  /// The location without user, password and query, for reports and journals.
  public var publicLocation: String {
    isFile ? shownAs ?? location : WebAddress.withoutSecrets(location)
  }

  /// Kind and location, for sentences.
  var publicName: String { "\(kind.rawValue) \(publicLocation)" }

  /// Whether it is a file on this machine.
  var isFile: Bool { (kind == .feed || kind == .sheet) && WebAddress.parts(of: location).scheme.isEmpty }
}
