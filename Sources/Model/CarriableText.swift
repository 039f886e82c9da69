extension String {
  /// The text without characters that XML 1.0 cannot carry, whatever the escaping.
  ///
  /// Answers in JSON may hold U+0001 or U+FFFE; a catalog that must also be written as XML may not.
  /// - SeeAlso: Extensible Markup Language 1.0, production 2, Char.
  public var carriable: String {
    guard hasSuspects, !unicodeScalars.allSatisfy(Self.isCarriable) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.filter(Self.isCarriable)))
  }

  /// Whether a byte is among the first of what cannot be carried: controls, and the lead of U+FFFE and U+FFFF.
  private var hasSuspects: Bool {
    let bytes = utf8.span
    for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == 0xEF { return true }
    return false
  }

  private static func isCarriable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }
}

extension Offer {
  /// The offer with texts that every format can carry.
  public var carriable: Offer {
    var offer = self
    offer.model = model.carriable
    offer.brand = brand?.carriable
    return offer
  }
}

extension Product {
  /// The card with texts that every format can carry.
  public var carriable: Product {
    var card = self
    card.title = title.carriable
    card.brand = brand?.carriable
    card.description = description?.carriable
    card.images = images.map(\.carriable)
    card.categories = categories.map { Category(code: $0.code?.carriable, title: $0.title.carriable) }
    card.characteristics = characteristics.map { group in
      CharacteristicGroup(
        name: group.name.carriable,
        characteristics: group.characteristics.map {
          Characteristic(
            code: $0.code?.carriable, name: $0.name.carriable, values: $0.values.map(\.carriable),
            unit: $0.unit?.carriable)
        })
    }
    card.variants = variants.map { variant in
      Variant(
        product: variant.product, isAvailable: variant.isAvailable,
        choices: variant.choices.map { .init(name: $0.name.carriable, value: $0.value.carriable) })
    }
    return card
  }
}
