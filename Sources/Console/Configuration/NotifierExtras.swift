import Yams

/// What the notifier's section says beyond the basics.
public struct NotifierExtras: Sendable, Equatable {
  /// Whether the chats are read for stops before anything is sent.
  public var readsChats: Bool
  /// The key that WAHA signs webhooks with, or `nil`.
  public var webhookKey: Secret?
  /// The shop's number on WhatsApp as people write it, or `nil`: for links in messages.
  public var contact: String?
  /// The owner's number for the digest, or `nil`.
  public var owner: String?
  /// Whether numbers other than Kazakhstan's mobiles are written to.
  public var otherNumbers: Bool
  /// How long WAHA's answers may take: readings, texts, media.
  public var timeouts: (read: Duration, send: Duration, media: Duration) {
    (readTimeout, sendTimeout, mediaTimeout)
  }
  /// Pauses before each look for a message of unknown fate; `nil` for the program's own.
  public var lookAfter: [Duration]?
  var readTimeout: Duration
  var sendTimeout: Duration
  var mediaTimeout: Duration
}

/// Which orders a rule is about, in which language and with what.
public struct RuleConditions: Sendable, Equatable {
  /// The language, or `nil` for the order's or the shop's.
  public var locale: Language?
  /// Ways of delivery, or empty for all: `kaspi`, `pickup`, `shop`.
  public var deliveries: [String]
  /// Towns, or empty for all.
  public var cities: [String]
  /// Least and greatest total in tenge, each or `nil`.
  public var minimumTotal: Int?
  /// Greatest total in tenge, or `nil`.
  public var maximumTotal: Int?
  /// Titles of categories, or empty for all.
  public var categories: [String]
  /// `any`, `first` or `returning`.
  public var buyers: String
  /// Names of texts that take turns, with their weights.
  public var variants: [Variant]
  /// A picture or document behind the text, or `nil`.
  public var attachment: Attachment?

  /// One of several texts.
  public struct Variant: Sendable, Equatable {
    /// The name in the file; `main` for the file without one.
    public var name: String
    /// Its weight.
    public var weight: Int
  }

  /// A file behind a text.
  public struct Attachment: Sendable, Equatable {
    /// `image` or `document`.
    public var kind: String
    /// A path below the workspace.
    public var file: String
  }
}

extension ConfigurationReader {
  /// Keys of `notifier` that this file reads.
  static let extraKeys: Set<String> = ["inbox", "contact", "owner", "other_numbers"]
  /// Keys of `notifier.waha` that this file reads.
  static let extraWAHAKeys: Set<String> = ["timeouts", "look_after"]
  /// Keys of a rule that this file reads.
  static let conditionKeys: Set<String> = ["locale", "only", "variants", "attach"]

  /// Reads what the section says beyond the basics.
  func extras(
    _ notifier: ConfigurationSection, _ waha: ConfigurationSection
  ) throws(CommandError) -> NotifierExtras {
    let inbox = try notifier.section("inbox", keys: ["chats", "hmac"])
    let timeouts = try waha.section("timeouts", keys: ["read", "send", "media"])
    return NotifierExtras(
      readsChats: try inbox.flag("chats", default: true), webhookKey: try inbox.secret("hmac"),
      contact: try notifier.optional("contact", expected: "a telephone number") { $0 },
      owner: try notifier.optional("owner", expected: "a telephone number") { $0 },
      otherNumbers: try notifier.flag("other_numbers", default: false),
      lookAfter: try waha.texts("look_after").map { texts throws(CommandError) in
        var pauses: [Duration] = []
        for text in texts {
          guard let pause = Written.duration(text) else {
            throw failure("'\(text)' is no time like 2s", at: waha.mark(of: "look_after"))
          }
          pauses.append(pause)
        }
        return pauses
      },
      readTimeout: try timeouts.duration("read", default: "10s"),
      sendTimeout: try timeouts.duration("send", default: "60s"),
      mediaTimeout: try timeouts.duration("media", default: "120s"))
  }

  /// Reads what a rule says beyond send, delay and latest.
  func conditions(_ rule: ConfigurationSection) throws(CommandError) -> RuleConditions {
    let only = try rule.section("only", keys: ["delivery", "city", "total", "category", "buyer"])
    let deliveries = try only.texts("delivery") ?? []
    for text in deliveries where !["kaspi", "pickup", "shop"].contains(text) {
      throw failure("'\(text)' is no way of delivery: kaspi, pickup or shop", at: only.mark(of: "delivery"))
    }
    let total = try only.optional("total", expected: "tenge like 10000.., ..50000 or 10000..50000") {
      Self.amounts($0)
    }
    return RuleConditions(
      locale: try rule.optional("locale", expected: "ru, kk or en") { Language(rawValue: $0) },
      deliveries: deliveries, cities: try only.texts("city") ?? [], minimumTotal: total?.low,
      maximumTotal: total?.high, categories: try only.texts("category") ?? [],
      buyers: try only.value("buyer", default: "any", expected: "any, first or returning") {
        ["any", "first", "returning"].contains($0) ? $0 : nil
      }, variants: try variants(rule), attachment: try attachment(rule))
  }

  private func variants(_ rule: ConfigurationSection) throws(CommandError) -> [RuleConditions.Variant] {
    let section = try rule.section("variants", keys: nil)
    var variants: [RuleConditions.Variant] = []
    for name in section.names {
      let isName =
        (1...20).contains(name.utf8.count)
        && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
      guard isName else {
        throw failure(
          "'\(name)' cannot name a text; use small Latin letters and digits", at: section.mark(of: name))
      }
      variants.append(.init(name: name, weight: try section.count(name, default: 1, in: 0...1000)))
    }
    return variants
  }

  private func attachment(_ rule: ConfigurationSection) throws(CommandError) -> RuleConditions.Attachment? {
    guard rule.has("attach") else { return nil }
    let attach = try rule.section("attach", keys: ["kind", "file"])
    return .init(
      kind: try attach.value("kind", default: nil, expected: "image or document") {
        ["image", "document"].contains($0) ? $0 : nil
      }, file: try attach.text("file"))
  }

  /// `10000..`, `..50000`, `10000..50000`.
  static func amounts(_ text: String) -> (low: Int?, high: Int?)? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let (left, right) = (text[..<dots.lowerBound], text[dots.upperBound...])
    let (low, high) = (Int(left), Int(right))
    guard left.isEmpty || low != nil, right.isEmpty || high != nil, low != nil || high != nil,
      low ?? 0 <= high ?? .max, low ?? 0 >= 0
    else { return nil }
    return (low, high)
  }
}

extension ConfigurationSection {
  /// A value that may be left out, noted only where it is given.
  func optional<Value>(
    _ key: String, expected: String, parse: (String) -> Value?
  ) throws(CommandError) -> Value? {
    guard has(key) else { return nil }
    return try value(key, default: nil, expected: expected, parse: parse)
  }

  /// A list of texts, or a single one; `nil` when absent.
  func texts(_ key: String) throws(CommandError) -> [String]? {
    guard has(key) else { return nil }
    if let single = optionalText(key) { return [single] }
    var texts: [String] = []
    for node in try list(key) ?? [] {
      guard let text = node.scalar?.string, !text.isEmpty else {
        throw fail("'\(name(key))' must be a list of texts", at: key)
      }
      texts.append(text)
    }
    return texts
  }
}
