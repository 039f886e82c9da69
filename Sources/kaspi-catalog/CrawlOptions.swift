import ArgumentParser

/// What of a crawl is asked for in a special way; nothing for the usual night.
struct CrawlWish: Sendable {
  /// Only pages whose offer has moved, and a rotating share.
  var changed = false
  /// Pages at most, or `nil` for all.
  var budget: Int?
  /// Folder of a cassette to record, or `nil`.
  var record: String?
  /// Folder of a cassette to replay, or `nil`.
  var replay: String?
}

/// How a crawl differs from the usual one.
struct CrawlOptions: ParsableArguments, Sendable {
  @Flag(
    help: """
      Ask only for pages whose offer has moved, and a rotating share of the others; every page is read at least once \
      in `enrich.refresh`.
      """)
  var changed = false

  @Option(help: "Ask for so many pages at most; new and moved ones first.")
  var budget: Int?

  @Option(
    help:
      "Keep all answers in a folder, without secrets and people, so that the crawl can be run again offline.")
  var record: String?

  @Option(help: "Run on recorded answers instead of the network.")
  var replay: String?

  var wish: CrawlWish { CrawlWish(changed: changed, budget: budget, record: record, replay: replay) }

  func validate() throws {
    if let budget, budget < 0 { throw ValidationError("--budget is 0 or more") }
    if record != nil, replay != nil { throw ValidationError("--record and --replay exclude each other") }
  }
}
