import Yams

/// What of a shop is about crawling: sources, enrichment, addresses, pace.
extension ConfigurationReader {
  /// The variable that names a published sheet; the seed's.
  static let sheetVariable = "GOOGLE_SHEET_URL"

  /// Sources in the file's order, the truth first.
  ///
  /// With one shop, the variable `GOOGLE_SHEET_URL` replaces the address of its sheet, or adds a sheet behind the
  /// sources where there is none.
  ///
  /// - Parameters:
  ///   - shop: The shop's section.
  ///   - cabinet: Address of the cabinet, for a source that names none.
  ///   - isOnly: Whether this is the only shop.
  /// - Returns: At least one source.
  /// - Throws: ``CommandError`` for a missing list, an unknown kind, or a key that the kind does not have.
  func sources(
    _ shop: ConfigurationSection, cabinet: String, isOnly: Bool
  ) throws(CommandError) -> [ShopConfiguration.Source] {
    guard let nodes = try shop.list("sources"), !nodes.isEmpty else {
      throw failure(
        "'\(shop.name("sources"))' is missing; name at least one source", at: shop.mark(of: "sources"))
    }
    var sources: [ShopConfiguration.Source] = []
    let kinds = ShopConfiguration.Source.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    for (index, node) in nodes.enumerated() {
      let source = try ConfigurationSection(
        node, path: "\(shop.name("sources"))[\(index)]",
        keys: ["kind", "url", "cookies", "redirects", "max_megabytes"], reader: self)
      let kind = try source.value("kind", default: nil, expected: "one of \(kinds)") {
        ShopConfiguration.Source.Kind(rawValue: $0)
      }
      var read = ShopConfiguration.Source(kind: kind, url: "")
      switch kind {
      case .feed, .listing: read.url = try source.text("url")
      case .sheet: read.url = try source.text("url", variable: isOnly ? Self.sheetVariable : nil)
      case .cabinet:
        read.url = try source.text("url", default: cabinet)
        read.cookies = try cookies(source)
      }
      guard kind == .cabinet || !source.has("cookies") else {
        throw failure("only a source of kind 'cabinet' has cookies", at: source.mark(of: "cookies"))
      }
      if source.has("redirects") {
        guard kind == .feed || kind == .sheet else {
          throw failure(
            "only a source of kind 'feed' or 'sheet' is led on to other hosts",
            at: source.mark(of: "redirects"))
        }
        read.redirects = try redirects(source)
      }
      if source.has("max_megabytes") {
        guard kind == .feed || kind == .sheet else {
          throw failure(
            "only a source of kind 'feed' or 'sheet' is one large file", at: source.mark(of: "max_megabytes"))
        }
        read.maximumMegabytes = try source.value(
          "max_megabytes", default: nil, expected: "a whole number from 1 to 1024"
        ) { Int($0).flatMap { (1...1024).contains($0) ? $0 : nil } }
      }
      sources.append(read)
    }
    if isOnly, !sources.contains(where: { $0.kind == .sheet }),
      let sheet = environment[Self.sheetVariable], !sheet.isEmpty
    {
      note("\(shop.name("sources"))[\(sources.count)].url", sheet, "$\(Self.sheetVariable)")
      sources.append(.init(kind: .sheet, url: sheet))
    }
    return sources
  }

  /// Hosts that an address may lead on to: `host.example`, or `.example` for all below it.
  private func redirects(_ source: ConfigurationSection) throws(CommandError) -> [String] {
    var hosts: [String] = []
    for node in try source.list("redirects") ?? [] {
      let host = node.scalar?.string.lowercased() ?? ""
      let isHost =
        host.utf8.contains { $0 != 0x2E }
        && host.utf8.allSatisfy { byte in
          (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D
        }
      guard isHost else {
        throw failure(
          "'\(source.name("redirects"))' names hosts, like export.example or .example", at: node.mark)
      }
      hosts.append(host)
    }
    return hosts
  }

  /// The path of a cookie file: libcurl reads it itself, so it must be a file.
  private func cookies(_ source: ConfigurationSection) throws(CommandError) -> ShopConfiguration.CookieFile? {
    guard source.has("cookies") else { return nil }
    let mark = source.mark(of: "cookies")
    let cookies = try source.section("cookies", keys: ["file"])
    guard let path = cookies.optionalText("file"), !path.isEmpty else {
      throw failure(
        "'\(source.name("cookies"))' must be {file: PATH}, a cookie file in Netscape format", at: mark)
    }
    note(cookies.name("file"), "•••", place(cookies.mark(of: "file")))
    return .init(path: path, source: place(mark))
  }

  /// What is fetched beside the offers.
  func enrichment(_ shop: ConfigurationSection) throws(CommandError) -> ShopConfiguration.Enrichment {
    let enrich = try shop.section(
      "enrich", keys: ["pages", "reviews", "offers", "details", "images", "refresh"])
    return .init(
      pages: try enrich.flag("pages", default: true), reviews: try enrich.flag("reviews", default: false),
      offers: try enrich.flag("offers", default: false), details: try enrich.flag("details", default: true),
      images: try enrich.flag("images", default: false),
      refresh: try enrich.value("refresh", default: "14d", expected: "a time of a day or more, like 14d") {
        Written.duration($0).flatMap { $0 >= .seconds(86_400) ? $0 : nil }
      })
  }
}
