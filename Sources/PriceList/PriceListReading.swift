public import Model

/// What a price list says, read leniently.
public struct PriceListReading: Sendable, Hashable {
  /// The shop's name as written, or `nil` when the element is missing.
  public var company: String?
  /// The seller's number as written, possibly empty, or `nil` when the element is missing.
  public var merchant: String?
  /// The `date` attribute as written, or `nil`.
  public var date: String?
  /// Offers that can be published, in source order, each SKU once.
  public var offers: [Offer] = []
  /// Where each of ``offers`` begins, in their order.
  public var places = OfferPlaces()
  /// Offers that no price list can carry, in source order.
  public var heldBack: [HeldBackOffer] = []
  /// Every leniency, sorted by line, column and rule; at most 10,000 a rule.
  public var findings: [Finding] = []
  /// Findings left out of ``findings`` because there were too many of one rule, by rule.
  public var suppressed: [String: Int] = [:]
  /// What was counted.
  public var counts = Counts()

  /// Numbers to check a reading by.
  public struct Counts: Sendable, Hashable {
    /// Elements `offer`.
    public var offerElements = 0
    /// Different SKUs that are not empty, those of held back offers among them.
    public var uniqueSKUs = 0
    /// Sum of all prices and city prices that are written in digits only, whatever became of their offer.
    public var integerPriceSum = 0

    /// Makes counts.
    ///
    /// - Parameters:
    ///   - offerElements: Elements `offer`.
    ///   - uniqueSKUs: Different SKUs.
    ///   - integerPriceSum: Sum of all prices in digits.
    public init(offerElements: Int = 0, uniqueSKUs: Int = 0, integerPriceSum: Int = 0) {
      self.offerElements = offerElements
      self.uniqueSKUs = uniqueSKUs
      self.integerPriceSum = integerPriceSum
    }
  }

  /// The seller's number without blanks around it, or `nil` when there is none.
  public var merchantID: MerchantID? {
    merchant.flatMap { MerchantID(Blank.trimmed($0)) }
  }
}

/// Where offers begin in their file.
public struct OfferPlaces: Sendable, Hashable {
  /// A line and a column, from 1; both stop at the greatest number of 32 bits.
  struct Position: Sendable, Hashable {
    var line: UInt32
    var column: UInt32

    init(line: Int, column: Int) {
      self.line = UInt32(clamping: line)
      self.column = UInt32(clamping: column)
    }

    func place(_ source: String) -> Place { Place(source, line: Int(line), column: Int(column)) }
  }

  var source = ""
  var positions: [Position] = []

  /// How many places there are.
  public var count: Int { positions.count }

  /// The place of an offer.
  ///
  /// - Parameter index: The offer's place in the list of offers.
  public subscript(index: Int) -> Place { positions[index].place(source) }
}

/// Why a file cannot be read as a price list at all, or an offer cannot be written into one.
public struct PriceListError: Error, Sendable, Hashable {
  /// At least one finding of severity `error`, the decisive one last.
  public var findings: [Finding]

  /// The finding that decided.
  public var reason: Finding

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - reason: The finding that decided.
  ///   - earlier: What was found before it.
  public init(_ reason: Finding, after earlier: [Finding] = []) {
    self.reason = reason
    findings = earlier + [reason]
  }
}

extension PriceListError: CustomStringConvertible {
  /// `source:line:column: message [rule]`.
  public var description: String { "\(reason.place): \(reason.message) [\(reason.rule)]" }
}
