/// How far a crawl is.
public struct CrawlProgress: Sendable, Hashable {
  /// What is being done, in order.
  public enum Phase: String, Sendable, CaseIterable {
    /// Reading price lists.
    case feed
    /// Paging through the cabinet's list.
    case cabinet
    /// Paging through the listing.
    case listing
    /// Reading a sheet.
    case sheet
    /// Reading product pages.
    case pages
    /// Reading the cabinet's details.
    case details
    /// Reading rating figures.
    case reviews
    /// Reading prices of other sellers.
    case offers
    /// Fetching pictures.
    case images
  }

  /// What is being done.
  public var phase: Phase
  /// How many are done; never decreases within a phase.
  public var done: Int
  /// How many there are, or `nil` while that is unknown.
  public var total: Int?

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - phase: What is being done.
  ///   - done: How many are done.
  ///   - total: How many there are.
  public init(phase: Phase, done: Int, total: Int?) {
    self.phase = phase
    self.done = done
    self.total = total
  }
}
