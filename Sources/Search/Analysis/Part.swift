/// A piece between hyphens of one token, with what it is made of.
struct Part {
  /// Folded, in one script where it can be.
  let bytes: [UInt8]
  /// What is in it.
  let traits: Traits
  /// Number of bytes before the unit, when it is a number or measure with a unit behind it; 0 otherwise.
  let head: Int
  /// The name of that unit.
  let unit: [UInt8]

  /// The pieces of a folded token.
  ///
  /// - Parameter token: As the tokenizer left it.
  /// - Returns: At least one for a token that is not empty.
  static func parts(of token: [UInt8]) -> [Part] {
    guard token.isEmpty || token.contains(0x2D) else { return [Part(token)] }
    return token.split(separator: 0x2D).map { Part(Array($0)) }
  }

  private init(_ folded: [UInt8]) {
    var bytes = folded
    var traits = Self.traits(of: folded)
    let mayBeMixed =
      !traits.isDisjoint(with: [.cyrillic, .kazakh]) && !traits.isDisjoint(with: [.latin, .digit])
    if mayBeMixed, let unified = Lookalikes.unified(folded, hasDigits: traits.contains(.digit)),
      !traits.contains(.digit) || Self.measure(folded) == nil
    {
      bytes = unified
      traits = Self.traits(of: unified)
    }
    if bytes.last == 0x22 {
      (head, unit) = (bytes.count - 1, Array("in".utf8))
    } else if traits.contains(.digit), let measure = Self.measure(bytes) {
      let unified = Lookalikes.unified(Array(bytes[..<measure.head]), hasDigits: true)
      bytes = (unified ?? Array(bytes[..<measure.head])) + bytes[measure.head...]
      (head, unit) = ((unified?.count ?? measure.head), measure.unit)
    } else {
      (head, unit) = (0, [])
    }
    (self.bytes, self.traits) = (bytes, traits)
  }

  /// Whether it is digits only, with at most a point.
  var isNumber: Bool { traits.isSubset(of: [.digit, .point]) }

  /// Where a number or measure ends and its unit begins: 128гб, 40x60см.
  private static func measure(_ word: [UInt8]) -> (head: Int, unit: [UInt8])? {
    guard let lastDigit = word.lastIndex(where: \.isDigit), lastDigit + 1 < word.count else { return nil }
    let head = word[...lastDigit]
    // Digits, points and the x between them, whatever its script.
    let isMeasure = String(decoding: head, as: UTF8.self).unicodeScalars.allSatisfy {
      ("0"..."9").contains($0) || $0 == "." || $0 == "x" || $0 == "х"
    }
    guard isMeasure, word[0].isDigit, let unit = Units.name(Array(word[(lastDigit + 1)...])) else {
      return nil
    }
    return (lastDigit + 1, unit)
  }

  /// Where letters and digits meet, when they meet once: after two letters or more, or after a number.
  ///
  /// A single letter before digits belongs to them: the 15 of A15 is not the 15 of iPhone 15.
  var boundary: Int? {
    var cut: Int?
    var (position, before) = (0, (letters: 0, isDigit: false))
    let span = bytes.span
    while position < span.count {
      let (scalar, width) = Tokenizer.scalar(at: position, in: span)
      let isDigit = scalar < 0x80 && (UInt8(scalar).isDigit || scalar == 0x2E)
      if position > 0, isDigit != before.isDigit {
        guard cut == nil, before.isDigit || before.letters >= 2 else { return nil }
        cut = position
      }
      before = (before.letters + (isDigit ? 0 : 1), isDigit)
      position += width
    }
    return cut
  }

  /// The numbers of measures like 160x80, when it is that.
  var factors: [ArraySlice<UInt8>] {
    guard traits.contains(.digit) else { return [] }
    let pieces = (head > 0 ? bytes[..<head] : bytes[...]).split(
      separator: 0x78, omittingEmptySubsequences: false)
    guard (2...4).contains(pieces.count),
      pieces.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isDigit || $0 == 0x2E } })
    else { return [] }
    return pieces
  }

  /// What a folded word is made of, found anew because a part differs from the whole.
  static func traits(of word: [UInt8]) -> Traits {
    var traits: Traits = []
    var position = 0
    let span = word.span
    while position < span.count {
      let (scalar, width) = Tokenizer.scalar(at: position, in: span)
      switch ScalarClass(scalar) {
      case .latin: traits.insert(.latin)
      case .cyrillic: traits.insert(.cyrillic)
      case .kazakh: traits.insert(.kazakh)
      case .digit: traits.insert(.digit)
      case .point: traits.insert(.point)
      case .apostrophe: traits.insert(.apostrophe)
      case .hyphen: traits.insert(.hyphen)
      case .gap where scalar == 0x22: traits.insert(.inchMark)
      case .otherLetter, .mark, .ignorable, .gap: traits.insert(.otherLetter)
      }
      position += width
    }
    return traits
  }
}
