import Model

extension OfferParser {
  /// Stores and stock of an offer.
  mutating func availabilities(_ parts: [String: [FeedElement]], in element: FeedElement) -> [Availability] {
    var entries: [(element: FeedElement, entry: Availability)] = []
    func keep(_ element: FeedElement, _ entry: Availability?) {
      if let entry { entries.append((element, entry)) }
    }
    for wrapper in parts["availabilities"] ?? [] { readWrapper(wrapper, keep) }
    for child in parts["availability"] ?? [] { keep(child, availability(child)) }
    if parts["availabilities"] == nil, parts["availability"] == nil {
      note(.noAvailability, element, "the offer names no store")
    }

    var kept: [Availability] = []
    for (child, entry) in entries {
      guard let twin = kept.first(where: { $0.store.text.utf8.elementsEqual(entry.store.text.utf8) }) else {
        kept.append(entry)
        continue
      }
      if twin == entry {
        note(.duplicateStore, child, "store \(entry.store) is named twice")
      } else {
        hold(.conflictingStore, child, "store \(entry.store) is named twice, with different stock")
      }
    }
    applyPreorder(parts["preOrder"]?.first, to: &kept)
    return kept
  }

  private mutating func readWrapper(_ wrapper: FeedElement, _ keep: (FeedElement, Availability?) -> Void) {
    _ = attributes(of: wrapper, [])
    noteStrayText(wrapper)
    if wrapper.children.isEmpty { note(.emptyAvailabilities, wrapper, "availabilities holds nothing") }
    for child in wrapper.children {
      switch canonical(child, ["availability", "availabilities"]) {
      case "availability": keep(child, availability(child))
      case "availabilities":
        note(.nestedAvailabilities, child, "availabilities stands inside availabilities")
        if child.children.isEmpty { keep(child, availability(child)) } else { readWrapper(child, keep) }
      default: note(.unknownElement, child, "element \(child.name) is not known in availabilities")
      }
    }
  }

  private mutating func availability(_ element: FeedElement) -> Availability? {
    let fields = attributes(of: element, ["available", "storeId", "preOrder", "stockCount"])
    noteStrayText(element)
    noteChildren(element)
    let isAvailable: Bool
    switch fields["available"] {
    case "yes": isAvailable = true
    case "no": isAvailable = false
    case nil:
      note(.missingAvailable, element, "available is missing and read as no")
      isAvailable = false
    case .some(let word):
      note(.badAvailable, element, "available=\"\(word)\" is read as no")
      isAvailable = false
    }
    let preorder = fields["preOrder"].flatMap { preorderDays($0, element) }
    let stock = fields["stockCount"].flatMap { stockCount($0, element) }
    guard let store = StoreID(fields["storeId"] ?? "") else {
      hold(.missingStore, element, "a stock entry names no store")
      return nil
    }
    if isAvailable, stock == 0, (preorder ?? 0) == 0 {
      note(.availableWithoutStock, element, "available=\"yes\" with a stock of 0")
    }
    return Availability(store: store, isAvailable: isAvailable, stock: stock, preorderDays: preorder)
  }

  private mutating func stockCount(_ text: String, _ element: FeedElement) -> Int? {
    func bad(_ value: Int?) -> Int? {
      let read = value.map(String.init) ?? "unknown"
      note(.badStock, element, "stockCount=\"\(text)\" is read as \(read)")
      return value
    }
    switch NumberForm(text) {
    case .plain(let value): return value ?? bad(nil)
    case .odd(let value):
      note(.numberForm, element, "stockCount=\"\(text)\" is read as \(value)")
      return value
    case .zeroFraction(let value), .fraction(let value):
      // The schema knows the point only.
      if text.utf8.contains(0x2C) { return bad(value) }
      note(.decimalStock, element, "stockCount=\"\(text)\" is read as \(value)")
      return value
    case .spaced(let value), .atLeast(let value): return bad(value)
    case .negative: return bad(0)
    case .empty, .other: return bad(nil)
    }
  }

  /// Days of preorder; an offer whose days cannot be told is held back, because none would promise the
  /// goods now.
  private mutating func preorderDays(_ text: String, _ element: FeedElement) -> Int? {
    switch NumberForm(text) {
    case .plain(let days?) where days <= 30: return days
    case .odd(let days) where days <= 30:
      note(.numberForm, element, "preOrder=\"\(text)\" is read as \(days)")
      return days
    case .empty:
      note(.badPreorder, element, "preOrder is empty and read as none")
      return nil
    case .plain, .odd, .zeroFraction, .fraction, .spaced, .atLeast, .negative, .other:
      hold(.badPreorder, element, "preOrder=\"\(text)\" is not 0 to 30 whole days")
      return nil
    }
  }

  private mutating func applyPreorder(_ element: FeedElement?, to entries: inout [Availability]) {
    guard let element, let days = preorderDays(simpleText(element, isTitle: false), element), days > 0 else {
      return
    }
    for index in entries.indices where entries[index].preorderDays == nil {
      entries[index].preorderDays = days
    }
  }
}
