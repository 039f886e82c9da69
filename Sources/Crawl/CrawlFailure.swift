public import Model

/// Why a crawl found no offers, or stopped early: the kind decides what its caller does next.
public struct CrawlFailure: Error, Sendable, Hashable {
  /// What callers tell apart.
  public enum Kind: String, Sendable, CaseIterable {
    /// Worth another try later: no connection, 429, 5xx.
    case temporary
    /// The source answers with something that is not what it should be.
    case badInput = "bad-input"
    /// The shop refuses to talk.
    case blocked
    /// The cabinet no longer knows the session; a person has to log in.
    case expired
    /// The settings ask for something impossible.
    case configuration
  }

  /// The kind.
  public var kind: Kind
  /// What happened, in one sentence without full stop.
  public var what: String
  /// Where, without secrets.
  public var place: Place
  /// What to do next.
  public var hint: String

  /// Makes a failure.
  ///
  /// - Parameters:
  ///   - kind: The kind.
  ///   - what: What happened.
  ///   - place: Where.
  ///   - hint: What to do next.
  public init(kind: Kind, what: String, place: Place, hint: String) {
    self.kind = kind
    self.what = what
    self.place = place
    self.hint = hint
  }

  /// Says why an answer did not come.
  ///
  /// - Parameters:
  ///   - problem: What the fetcher says.
  ///   - place: Where, without secrets.
  init(_ problem: Fetcher.Problem, place: String) {
    switch problem {
    case .gone:
      self.init(
        kind: .badInput, what: "there is nothing at this address (404)", place: Place(place),
        hint: "Check the address in kaspi.yaml.")
    case .stopped(.silent):
      self.init(
        kind: .temporary, what: "\(Fetcher.silenceLimit) requests in a row got no usable answer",
        place: Place(place), hint: "Run it again later: it goes on where it stopped.")
    case .stopped(.refused):
      self.init(
        kind: .blocked, what: "blocked: the shop refuses to answer", place: Place(place),
        hint: PageError(code: .blocked, source: "", detail: "").hint)
    case .stopped(.expired):
      self.init(
        kind: .expired, what: "the cabinet session is over", place: Place(place),
        hint:
          "Log in to the cabinet by hand, export its cookies in Netscape format to the cookie file, run again."
      )
    case .forbidden:
      self.init(
        kind: .configuration, what: "robots.txt of the shop forbids this page", place: Place(place),
        hint: "Leave `enrich.pages` off, or take the facts from the cabinet.")
    case .unreadable(let error):
      self.init(kind: .badInput, what: error.detail, place: Place(error.source), hint: error.hint)
    case .failed(Fetcher.tooLarge, _):
      self.init(
        kind: .badInput, what: Fetcher.tooLarge, place: Place(place),
        hint: "A price list or sheet that is meant to be so large needs `max_megabytes` in its source.")
    case .failed(let reason, let isTemporary):
      self.init(
        kind: isTemporary ? .temporary : .badInput, what: reason, place: Place(place),
        hint: isTemporary
          ? "Run it again later." : "Mend what the reason names, or the address in kaspi.yaml.")
    }
  }
}
