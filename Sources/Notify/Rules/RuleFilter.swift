public import Model

/// Which orders a rule is about; everything that is not named lets every order through.
public struct RuleFilter: Sendable, Hashable {
  /// Ways of delivery, or empty for all.
  public var deliveries: Set<MessageContext.DeliveryWay>
  /// Towns as people write them, or empty for all; small and capital letters count as the same.
  public var cities: Set<String>
  /// Least total in whole tenge.
  public var minimumTotal: Int?
  /// Greatest total in whole tenge.
  public var maximumTotal: Int?
  /// Titles of categories, one of which a line must have; empty for all.
  public var categories: Set<String>
  /// Whether the buyer has bought before.
  public var buyers: Buyers

  /// Who may have bought.
  public enum Buyers: String, Sendable, Hashable, CaseIterable {
    /// Everybody.
    case any
    /// Those whose first order it is, as far as the snapshots and the outbox tell.
    case first
    /// Those who have bought before.
    case returning
  }

  /// Lets every order through.
  public static let none = RuleFilter()

  /// Makes a filter.
  ///
  /// - Parameters:
  ///   - deliveries: Ways of delivery, or empty for all.
  ///   - cities: Towns, or empty for all.
  ///   - minimumTotal: Least total.
  ///   - maximumTotal: Greatest total.
  ///   - categories: Titles of categories, or empty for all.
  ///   - buyers: Whether the buyer has bought before.
  public init(
    deliveries: Set<MessageContext.DeliveryWay> = [], cities: Set<String> = [], minimumTotal: Int? = nil,
    maximumTotal: Int? = nil, categories: Set<String> = [], buyers: Buyers = .any
  ) {
    self.deliveries = deliveries
    self.cities = Set(cities.map(Self.folded))
    self.minimumTotal = minimumTotal
    self.maximumTotal = maximumTotal
    self.categories = Set(categories.map(Self.folded))
    self.buyers = buyers
  }

  /// Whether a rule with this filter is about an order.
  ///
  /// What the order does not say cannot be matched: an order without a town is in no town.
  ///
  /// - Parameters:
  ///   - order: The order.
  ///   - isReturning: Whether the buyer has bought before.
  /// - Returns: Whether the rule is about it.
  public func matches(_ order: Order, isReturning: Bool) -> Bool {
    if !deliveries.isEmpty, !deliveries.contains(MessageContext.way(of: order)) { return false }
    if !cities.isEmpty {
      guard let town = order.town, cities.contains(Self.folded(town)) else { return false }
    }
    if let minimumTotal, order.total < minimumTotal { return false }
    if let maximumTotal, order.total > maximumTotal || order.total == 0 { return false }
    if !categories.isEmpty {
      let found = (order.entries ?? []).contains {
        $0.category.map { categories.contains(Self.folded($0)) } ?? false
      }
      if !found { return false }
    }
    return switch buyers {
    case .any: true
    case .first: !isReturning
    case .returning: isReturning
    }
  }

  /// A town without the short word in front of it, in small letters.
  private static func folded(_ text: String) -> String {
    let small = MessageContext.clean(text).lowercased()
    for prefix in ["г. ", "г.", "город ", "қ. "] where small.hasPrefix(prefix) {
      return String(small.dropFirst(prefix.count)).trimmed
    }
    return small
  }
}

/// One of several texts for the same event, for comparing them.
public struct RuleVariant: Sendable, Hashable {
  /// The name in the file `<event>.<locale>.<name>.mustache`; `main` means the file without a name.
  public var name: String
  /// Its share against the other variants' weights.
  public var weight: Int

  /// The text without a name of its own.
  public static let main = "main"

  /// Makes a variant.
  ///
  /// - Parameters:
  ///   - name: Small Latin letters and digits.
  ///   - weight: 0 or more.
  public init(name: String, weight: Int) {
    self.name = name
    self.weight = weight
  }
}

/// A picture or document that follows a text.
public struct Attachment: Sendable, Hashable {
  /// How WhatsApp shows it.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A JPEG picture.
    case image
    /// A file to open.
    case document
  }

  /// How it is shown.
  public var kind: Kind
  /// The file, below the workspace.
  public var file: String

  /// Makes an attachment.
  ///
  /// - Parameters:
  ///   - kind: How it is shown.
  ///   - file: The file, below the workspace.
  public init(kind: Kind, file: String) {
    self.kind = kind
    self.file = file
  }
}
