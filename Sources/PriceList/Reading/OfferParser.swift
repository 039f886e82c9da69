import Model
import XML

/// One line of a feed and what became of it.
struct OfferLine {
  var sku: String
  var place: Place
  var outcome: Outcome

  enum Outcome {
    case offer(Offer)
    case heldBack(rule: String, message: String)
  }
}

/// Turns an offer element into an offer, noting every leniency.
///
/// What a rule cannot repair without guessing holds the offer back; the first such rule names it.
struct OfferParser {
  var list: FindingList
  /// Sum of prices written in digits only.
  var integerPriceSum = 0
  private var sku: String?
  private var reason: (rule: String, message: String)?

  init(source: String) { list = FindingList(source: source) }

  /// Reads one offer.
  mutating func line(_ element: FeedElement) -> OfferLine {
    reason = nil
    sku = nil
    let text = attributes(of: element, ["sku"])["sku"] ?? ""
    sku = text.isEmpty ? nil : text
    let code = code(text, element)
    noteStrayText(element)

    let parts = parts(of: element)
    let model = parts["model"]?.first.map { simpleText($0, isTitle: true) }
    if model == nil { note(.missingModel, element, "the offer has no element model") }
    if let model, Blank.isNothing(model), let place = parts["model"]?.first {
      note(.emptyModel, place, "the title is empty")
    }
    let brand = parts["brand"]?.first.map { simpleText($0, isTitle: true) }
    let stocks = availabilities(parts, in: element)
    let pricing = pricing(parts, in: element)

    let place = list.place(element)
    if let reason {
      return OfferLine(
        sku: text, place: place, outcome: .heldBack(rule: reason.rule, message: reason.message))
    }
    guard let code, let pricing else {
      // Each `nil` above has named its reason; this is the net below.
      return OfferLine(
        sku: text, place: place,
        outcome: .heldBack(rule: LintRule.noPrice.id, message: "the offer is incomplete"))
    }
    let offer = Offer(sku: code, model: model ?? "", brand: brand, availabilities: stocks, pricing: pricing)
    return OfferLine(sku: text, place: place, outcome: .offer(offer))
  }

  // MARK: Notes

  mutating func note(_ rule: LintRule, _ element: FeedElement, _ message: String) {
    list.add(rule, element, sku: sku, message)
  }

  /// Notes a breach that holds the offer back.
  mutating func hold(_ rule: LintRule, _ element: FeedElement, _ message: String) {
    note(rule, element, message)
    if reason == nil { reason = (rule.id, message) }
  }

  // MARK: Names

  /// Values of the attributes that may stand here, by their right name.
  mutating func attributes(of element: FeedElement, _ known: [String]) -> [String: String] {
    var values: [String: String] = [:]
    for attribute in element.attributes where attribute.namespace == nil && known.contains(attribute.name) {
      values[attribute.name] = attribute.value
    }
    for attribute in element.attributes {
      if attribute.namespace == "http://www.w3.org/2001/XMLSchema-instance" { continue }
      if attribute.namespace == nil, known.contains(attribute.name) { continue }
      let likely = known.first { $0.lowercased() == attribute.name.lowercased() }
      if let likely, attribute.namespace == nil, values[likely] == nil {
        note(.attributeCase, element, "attribute \(attribute.name) is read as \(likely)")
        values[likely] = attribute.value
      } else {
        note(.unknownAttribute, element, "attribute \(attribute.name) of \(element.name) is not known")
      }
    }
    return values
  }

  /// The right name of an element, or `nil` for one that is not known here.
  mutating func canonical(_ element: FeedElement, _ known: [String]) -> String? {
    if known.contains(element.name) { return element.name }
    guard let likely = known.first(where: { $0.lowercased() == element.name.lowercased() }) else {
      return nil
    }
    note(.elementCase, element, "element \(element.name) is read as \(likely)")
    return likely
  }

  mutating func noteStrayText(_ element: FeedElement) {
    if !Blank.isNothing(element.text) {
      note(.strayText, element, "text between the elements of \(element.name)")
    }
  }

  /// The text of an element that may hold nothing else, raw.
  mutating func simpleText(_ element: FeedElement, isTitle: Bool) -> String {
    _ = attributes(of: element, [])
    noteChildren(element)
    if isTitle { inspect(element.text, element) }
    return element.text
  }

  mutating func noteChildren(_ element: FeedElement) {
    for child in element.children {
      note(.unknownElement, child, "element \(child.name) may not stand inside \(element.name)")
    }
  }

  mutating func inspect(_ text: String, _ element: FeedElement) {
    if TextSigns.isDoubleEncoded(text) {
      note(.doubleEncoded, element, "the text of \(element.name) was encoded twice")
    }
    if TextSigns.hasReplacement(text) {
      note(.replacementCharacter, element, "the text of \(element.name) lost letters")
    }
    if TextSigns.hasControls(text) {
      note(.controlInText, element, "control characters in the text of \(element.name)")
    }
    let scalars = text.unicodeScalars
    if let first = scalars.first, let last = scalars.last, !Blank.isNothing(text),
      Blank.isAny(first) || Blank.isAny(last)
    {
      note(.outerBlanks, element, "blanks around the text of \(element.name)")
    }
  }

  // MARK: Parts

  private mutating func code(_ text: String, _ element: FeedElement) -> SKU? {
    guard !text.unicodeScalars.allSatisfy(\.properties.isWhitespace) else {
      hold(.emptySKU, element, "the offer has no SKU")
      return nil
    }
    guard let code = SKU(text) else {
      let length = text.unicodeScalars.count
      hold(
        .badSKU, element,
        length > SKU.maximumLength ? "the SKU has \(length) characters" : "the SKU holds a control character")
      return nil
    }
    if !code.isPlain { note(.unusualSKU, element, "the SKU is not up to 20 Latin letters, digits, _ or -") }
    if TextSigns.mixesAlphabets(text) {
      note(.mixedAlphabets, element, "the SKU mixes Latin and Cyrillic letters")
    }
    return code
  }

  /// The children by their right name; names that occur once at most are cut to their first element.
  private mutating func parts(of element: FeedElement) -> [String: [FeedElement]] {
    let order = ["model": 0, "brand": 1, "availabilities": 2, "price": 3, "cityprices": 3]
    let known = ["model", "brand", "availabilities", "price", "cityprices", "availability", "preOrder"]
    var parts: [String: [FeedElement]] = [:]
    var highest = 0
    for child in element.children {
      guard let name = canonical(child, known) else {
        note(.unknownElement, child, "element \(child.name) is not known in an offer")
        continue
      }
      if let rank = order[name] {
        if rank < highest { note(.childOrder, child, "\(name) stands too late in its offer") }
        highest = max(highest, rank)
      }
      if name == "availability" {
        note(.unwrappedAvailability, child, "availability stands outside availabilities")
      }
      if name == "preOrder" { note(.preorderElement, child, "preOrder is an attribute of availability") }
      if parts[name] != nil, name != "availability", name != "price", name != "cityprices" {
        note(.duplicateElement, child, "\(name) occurs twice")
        // A second list of stores is read as well: it may say that a store sells nothing.
        if name != "availabilities" { continue }
      }
      parts[name, default: []].append(child)
    }
    return parts
  }
}
