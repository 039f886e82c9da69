import Model
import Yams

/// Reads `kaspi.yaml`: strictly, so that a typing error is a message and not a default.
public final class ConfigurationReader {
  /// Variables that go before the file.
  let environment: [String: String]
  private let file: String
  private var origins: [Configuration.Origin] = []

  private init(file: String, environment: [String: String]) {
    self.file = file
    self.environment = environment
  }

  /// Reads a configuration.
  ///
  /// - Parameters:
  ///   - text: Content of the file.
  ///   - file: Its path, for errors.
  ///   - environment: Variables that go before the file.
  /// - Returns: The whole configuration with defaults filled in.
  /// - Throws: ``CommandError`` with status `configuration`, naming line, column and the nearest known key.
  public static func read(
    _ text: String, file: String, environment: [String: String]
  ) throws(CommandError) -> Configuration {
    let reader = ConfigurationReader(file: file, environment: environment)
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch { throw reader.failure(error) }
    guard let node else {
      throw CommandError(
        .configuration, what: "the configuration is empty", place: file,
        remedy: "Start from 'kaspi-catalog init'.")
    }
    return try reader.configuration(node)
  }

  // MARK: Sections

  private func configuration(_ node: Node) throws(CommandError) -> Configuration {
    let top = try ConfigurationSection(
      node, path: "", keys: ["language", "shops", "notifier", "assistant"], reader: self)
    let language = try self.language(top, "language", default: "ru")
    let section = try top.section("shops", keys: nil)
    guard !section.names.isEmpty else {
      throw failure("'shops' names no shop", at: section.mark(of: ""))
    }
    var shops: [ShopConfiguration] = []
    for name in section.names {
      shops.append(try shop(name, in: section, isOnly: section.names.count == 1))
    }
    let notifier = top.has("notifier") ? try self.notifier(top) : nil
    // Read for its keys, so that a typing error shows; texts come from templates in this version.
    _ = try top.section("assistant", keys: ["endpoints", "budget", "triggers"])
    var configuration = Configuration(
      language: language, shops: shops, notifier: notifier, origins: origins)
    configuration.hasAssistant = top.has("assistant")
    return configuration
  }

  private func shop(
    _ name: String, in shops: ConfigurationSection, isOnly: Bool
  ) throws(CommandError) -> ShopConfiguration {
    guard !name.isEmpty, name.utf8.count <= 64, name.utf8.first != 0x2D,
      name.utf8.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x5F
      })
    else {
      throw failure(
        "the shop's name '\(name)' cannot name a folder; use small letters, digits, - and _",
        at: shops.mark(of: name))
    }
    let shop = try shops.section(
      name,
      keys: [
        "merchant", "company", "city", "sources", "enrich", "endpoints", "pace", "policy", "prices",
        "channels",
        "links",
      ])
    let merchant = try shop.value(
      "merchant", default: nil, variable: isOnly ? "KASPI_SHOP_ID" : nil, expected: "the seller's number"
    ) { MerchantID($0) }
    let company = try shop.text("company")
    let city = try shop.value("city", default: nil, expected: "nine digits like \"750000000\"") { CityID($0) }
    let endpoints = try shop.section("endpoints", keys: ["shop", "cabinet", "api", "images"])
    let cabinet = try address(endpoints, "cabinet", default: "https://mc.shop.kaspi.kz")
    let pace = try shop.section("pace", keys: ["rate", "in_flight"])
    var settings = ShopConfiguration(
      name: name, merchant: merchant, company: company, city: city,
      sources: try sources(shop, cabinet: cabinet, isOnly: isOnly),
      enrich: try enrichment(shop),
      endpoints: .init(
        shop: try address(endpoints, "shop", default: "https://kaspi.kz"), cabinet: cabinet,
        api: try address(endpoints, "api", default: "https://kaspi.kz/shop/api/v2"),
        images: try address(endpoints, "images", default: "https://resources.cdn-kaspi.kz/img/m/p")),
      pace: .init(
        rate: try pace.value("rate", default: "1", expected: "requests a second, 0 for no limit") {
          Double($0).flatMap { (0...1000).contains($0) ? $0 : nil }
        },
        inFlight: try pace.count("in_flight", default: 2, in: 1...32)),
      policy: try policy(shop))
    settings.prices = try priceRules(shop)
    settings.channels = try channels(shop)
    settings.linksArePublic = try linksArePublic(shop)
    return settings
  }

  private func notifier(_ top: ConfigurationSection) throws(CommandError) -> NotifierConfiguration {
    let notifier = try top.section(
      "notifier",
      keys: Self.extraKeys.union([
        "orders", "waha", "locale", "quiet_hours", "pacing", "check_numbers", "rules",
      ]))
    let orders = try notifier.section("orders", keys: ["token", "look_back", "rate"])
    let waha = try notifier.section("waha", keys: Self.extraWAHAKeys.union(["url", "key", "session"]))
    let quiet = try notifier.section("quiet_hours", keys: ["from", "to", "zone"])
    _ = try quiet.value("zone", default: "Asia/Almaty", expected: "Asia/Almaty, the only zone of Kazakhstan")
    {
      $0 == "Asia/Almaty" ? $0 : nil
    }
    let pacing = try notifier.section(
      "pacing", keys: ["gap", "block", "block_pause", "hourly", "daily", "daily_new", "typing"])
    return NotifierConfiguration(
      token: try orders.secret("token"),
      lookBack: try orders.duration("look_back", default: "35d"),
      ordersRate: try orders.value("rate", default: "5", expected: "requests a second, 0 for no limit") {
        Double($0).flatMap { (0...1000).contains($0) ? $0 : nil }
      },
      waha: .init(
        url: try address(waha, "url", default: "http://127.0.0.1:3000", variable: "WAHA_API_ENDPOINT"),
        key: try waha.secret("key"),
        session: try waha.text("session", default: "default", variable: "WAHA_SESSION_ID")),
      locale: try language(notifier, "locale", default: "ru"),
      quietHours: .init(
        from: try quiet.value(
          "from", default: "21:00", expected: "a time like 21:00", parse: Written.timeOfDay),
        to: try quiet.value("to", default: "09:00", expected: "a time like 09:00", parse: Written.timeOfDay)),
      pacing: .init(
        gap: try pacing.durations("gap", default: "30s..60s"),
        block: try pacing.count("block", default: 20, in: 0...100_000),
        blockPause: try pacing.durations("block_pause", default: "5m..10m"),
        hourly: try pacing.count("hourly", default: 60, in: 0...100_000),
        daily: try pacing.count("daily", default: 300, in: 0...1_000_000),
        dailyNew: try pacing.count("daily_new", default: 20, in: 0...1_000_000),
        typing: try pacing.flag("typing", default: true)),
      checksNumbers: try notifier.flag("check_numbers", default: true),
      rules: try rules(notifier), extras: try extras(notifier, waha))
  }

  private func rules(_ notifier: ConfigurationSection) throws(CommandError) -> [NotifierConfiguration
    .RuleSettings]
  {
    let defaults: [(event: String, send: String, delay: String, latest: String)] = [
      ("order_created", "true", "0s", "24h"), ("order_accepted", "false", "0s", "24h"),
      ("order_handed_over", "false", "0s", "24h"), ("ready_for_pickup", "false", "0s", "24h"),
      ("order_delivered", "true", "1h", "3d"), ("order_cancelled", "false", "0s", "24h"),
      ("order_returned", "false", "0s", "24h"), ("review_request", "false", "3d", "10d"),
      ("repeat_offer", "false", "30d", "40d"),
    ]
    let section = try notifier.section("rules", keys: Set(defaults.map(\.event)))
    var rules: [NotifierConfiguration.RuleSettings] = []
    for (event, send, delay, latest) in defaults {
      let rule = try section.section(event, keys: Self.conditionKeys.union(["send", "delay", "latest"]))
      rules.append(
        .init(
          event: event, send: try rule.flag("send", default: send == "true"),
          delay: try rule.duration("delay", default: delay),
          latest: try rule.duration("latest", default: latest), conditions: try conditions(rule)))
    }
    return rules.sorted { $0.event < $1.event }
  }

  // MARK: Values of several sections

  private func language(
    _ section: ConfigurationSection, _ key: String, default fallback: String
  ) throws(CommandError) -> Language {
    try section.value(key, default: fallback, expected: "ru, kk or en") { Language(rawValue: $0) }
  }

  private func address(
    _ section: ConfigurationSection, _ key: String, default fallback: String, variable: String? = nil
  ) throws(CommandError) -> String {
    try section.value(key, default: fallback, variable: variable, expected: "an http or https address") {
      text in
      guard text.hasPrefix("http://") || text.hasPrefix("https://"), !text.contains(where: \.isWhitespace)
      else {
        return nil
      }
      return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
  }

  // MARK: Notes and failures

  /// Notes a value and where it came from.
  func note(_ key: String, _ value: String, _ source: String) {
    origins.append(.init(key: key, value: Self.shown(value), source: source))
  }

  /// A value without what an address may hold of secrets: the user in front of the host, values behind the question mark.
  private static func shown(_ value: String) -> String {
    guard let scheme = value.firstRange(of: "://") else { return value }
    var rest = value[scheme.upperBound...]
    let host = rest.prefix { !"/?#".contains($0) }
    if let at = host.lastIndex(of: "@") { rest = "•••@" + rest[rest.index(after: at)...] }
    guard let mark = rest.firstIndex(of: "?") else { return String(value[..<scheme.upperBound] + rest) }
    let pairs = rest[rest.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
    let shown = pairs.map { pair in
      guard let sign = pair.firstIndex(of: "="), !Self.openNames.contains(String(pair[..<sign])) else {
        return String(pair)
      }
      return pair[...sign] + "•••"
    }
    return String(value[..<scheme.upperBound] + rest[...mark]) + shown.joined(separator: "&")
  }

  /// Names in an address whose values say which sheet or page is meant, and open no door.
  private static let openNames: Set<String> = ["format", "output", "gid", "single", "page", "city", "c"]

  /// `kaspi.yaml:12:5`.
  func place(_ mark: Mark?) -> String { mark.map { "\(file):\($0.line):\($0.column)" } ?? file }

  /// A configuration error at a place.
  func failure(_ what: String, at mark: Mark?) -> CommandError {
    CommandError(.configuration, what: what, place: place(mark), remedy: "Correct the line and run again.")
  }

  /// A key that nobody knows, with the nearest one that is known.
  func unknown(key: String, in path: String, at mark: Mark?, among keys: Set<String>) -> CommandError {
    let place = path.isEmpty ? "at the top" : "in '\(path)'"
    let nearest = keys.sorted().map { ($0, Self.distance(key, $0)) }.min { $0.1 < $1.1 }
    let remedy =
      if let nearest, nearest.1 <= max(2, key.count / 3) {
        "Did you mean '\(nearest.0)'?"
      } else {
        "Known keys: \(keys.sorted().joined(separator: ", "))."
      }
    return CommandError(
      .configuration, what: "unknown key '\(key)' \(place)", place: self.place(mark), remedy: remedy)
  }

  private func failure(_ error: any Error) -> CommandError {
    let (what, mark): (String, Mark?) =
      switch error {
      case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
        YamlError.composer(_, let problem, let mark, _):
        ("not valid YAML: \(problem)", mark)
      case YamlError.duplicatedKeysInMapping(let duplicates, let context):
        ("the key '\(duplicates.first.map { "\($0)" } ?? "")' occurs twice", context.mark)
      default: ("not valid YAML", nil)
      }
    return failure(what, at: mark)
  }

  /// Edits from one word to another (Levenshtein).
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
    var row = Array(0...right.count)
    for (index, scalar) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let cost = min(row[column] + 1, row[column + 1] + 1, diagonal + (scalar == right[column] ? 0 : 1))
        diagonal = row[column + 1]
        row[column + 1] = cost
      }
    }
    return row[right.count]
  }
}
