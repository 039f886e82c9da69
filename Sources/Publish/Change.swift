public import Model

/// What one night changed about one offer.
public struct Change: Sendable, Equatable {
  /// The offer.
  public var sku: SKU
  /// The title, as it is now or was last.
  public var title: String
  /// What happened.
  public var kind: Kind

  /// Makes a change.
  ///
  /// - Parameters:
  ///   - sku: The offer.
  ///   - title: The title.
  ///   - kind: What happened.
  public init(sku: SKU, title: String, kind: Kind) {
    self.sku = sku
    self.title = title
    self.kind = kind
  }

  /// What can happen to an offer.
  public enum Kind: Sendable, Equatable {
    /// New in the catalog.
    case added(Offer)
    /// Missing often enough: kept in the price list as not available.
    case withdrawn(Offer)
    /// On sale again after a withdrawal.
    case returned(Offer)
    /// Withdrawn for long enough: left out from now on.
    case archived
    /// Still there, with other facts; not empty, in the order of the fields below.
    case changed([FieldChange])
  }
}

/// One fact of an offer before and after.
public struct FieldChange: Sendable, Equatable {
  /// The kinds of facts, in the order of their weight for a shop.
  public enum Field: String, Sendable, CaseIterable {
    /// The price, everywhere or in one city.
    case price
    /// Availability, stock or preorder of one store.
    case stock
    /// The title.
    case title
    /// The brand.
    case brand
    /// Categories, description, images, variants of the card.
    case card
    /// One characteristic of the card.
    case characteristic
  }

  /// The kind of fact.
  public var field: Field
  /// The city, the store, the characteristic or the part of the card; empty for a fact there is one of.
  public var key: String
  /// Before, as people read it; `nil` when there was none.
  public var old: String?
  /// After, as people read it; `nil` when there is none.
  public var new: String?

  /// Makes a change.
  ///
  /// - Parameters:
  ///   - field: The kind of fact.
  ///   - key: City, store, name; or empty.
  ///   - old: Before.
  ///   - new: After.
  public init(field: Field, key: String = "", old: String?, new: String?) {
    self.field = field
    self.key = key
    self.old = old
    self.new = new
  }
}
