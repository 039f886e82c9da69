/// The sound of a word in letters that Latin and Cyrillic share, so that наушники, naushniki and naushnyky meet.
///
/// One letter a consonant sound (ш, sh and sch are one), vowels as they sound; hard and soft signs, doubled
/// letters and the glide beside a vowel are left out, because the schemes of transliteration differ in them.
enum Sound {
  /// The sound of a word.
  ///
  /// - Parameters:
  ///   - word: Folded letters, Latin or Cyrillic.
  ///   - softC: Whether a Latin c alone is read as ц instead of к.
  /// - Returns: ASCII; empty for a word without letters of the two scripts.
  static func skeleton(_ word: [UInt8], softC: Bool = false) -> [UInt8] {
    var sounds: [UInt8] = []
    let scalars = String(decoding: word, as: UTF8.self).unicodeScalars.map(\.value)
    var index = 0
    while index < scalars.count {
      if scalars[index] >= 0x80 {
        if scalars[index] == 0x439, index + 1 < scalars.count, scalars[index + 1] == 0x43E {
          sounds.append(E)  // йо
          index += 2
          continue
        }
        sounds += cyrillic[scalars[index]] ?? []
        index += 1
      } else {
        index += appendLatin(scalars, index, softC, to: &sounds)
      }
    }
    return settled(sounds)
  }

  /// Appends the sound of one or more Latin letters; gives how many were read.
  private static func appendLatin(
    _ word: [UInt32], _ start: Int, _ softC: Bool, to sounds: inout [UInt8]
  ) -> Int {
    for length in stride(from: min(4, word.count - start), to: 1, by: -1) {
      if let sound = clusters[Array(word[start..<start + length])] {
        sounds += sound
        return length
      }
    }
    switch word[start] {
    case 0x63: sounds.append(softC ? C : K)  // c
    case 0x6A: sounds.append(start == 0 ? J : I)  // j
    case 0x71: sounds.append(K)  // q
    case 0x77: sounds.append(V)  // w
    case 0x78: sounds += [K, S]  // x
    case 0x79: sounds.append(I)  // y
    case 0x61...0x7A: sounds.append(UInt8(truncatingIfNeeded: word[start]))
    default: break
    }
    return 1
  }

  /// Without doubled sounds, with т and с as ц, and without glides beside vowels.
  private static func settled(_ sounds: [UInt8]) -> [UInt8] {
    var joined: [UInt8] = []
    for sound in sounds {
      if sound == S, joined.last == T {
        joined[joined.count - 1] = C
      } else if joined.last != sound {
        joined.append(sound)
      }
    }
    var result: [UInt8] = []
    for (index, sound) in joined.enumerated() {
      let besideVowel =
        (index > 0 && vowels.contains(joined[index - 1]) && joined[index - 1] != I)
        || (index + 1 < joined.count && vowels.contains(joined[index + 1]) && joined[index + 1] != I)
      if sound == I, besideVowel { continue }
      if result.last != sound { result.append(sound) }
    }
    return result.isEmpty ? joined : result
  }

  // ASCII letters; capitals for sounds that Latin writes with several letters.
  private static let (C, E, I, J, K, S, T, V) = (
    UInt8(0x43), UInt8(0x65), UInt8(0x69), UInt8(0x4A), UInt8(0x6B), UInt8(0x73), UInt8(0x74), UInt8(0x76)
  )
  private static let vowels = Set("aeiou".utf8)

  private static let cyrillic: [UInt32: [UInt8]] = {
    let pairs: [(String, String)] = [
      ("а", "a"), ("б", "b"), ("в", "v"), ("г", "g"), ("д", "d"), ("е", "e"), ("ж", "J"), ("з", "z"),
      ("и", "i"),
      ("й", "i"), ("к", "k"), ("л", "l"), ("м", "m"), ("н", "n"), ("о", "o"), ("п", "p"), ("р", "r"),
      ("с", "s"), ("т", "t"), ("у", "u"), ("ф", "f"), ("х", "h"), ("ц", "C"), ("ч", "X"), ("ш", "S"),
      ("щ", "S"), ("ы", "i"), ("э", "e"), ("ю", "iu"), ("я", "ia"), ("ә", "a"), ("ғ", "g"), ("қ", "k"),
      ("ң", "n"), ("ө", "o"), ("ұ", "u"), ("ү", "u"), ("һ", "h"), ("і", "i"),
    ]
    var table: [UInt32: [UInt8]] = [:]
    for (letter, sound) in pairs {
      for scalar in letter.unicodeScalars { table[scalar.value] = Array(sound.utf8) }
    }
    return table
  }()

  private static let clusters: [[UInt32]: [UInt8]] = {
    let pairs: [(String, String)] = [
      ("shch", "S"), ("sch", "S"), ("sh", "S"), ("ch", "X"), ("zh", "J"), ("kh", "h"), ("ts", "C"),
      ("tz", "C"),
      ("ya", "ia"), ("ja", "ia"), ("yu", "iu"), ("ju", "iu"), ("yo", "e"), ("jo", "e"), ("ye", "e"),
      ("je", "e"), ("ph", "f"), ("ck", "k"),
    ]
    var table: [[UInt32]: [UInt8]] = [:]
    for (letters, sound) in pairs { table[letters.unicodeScalars.map(\.value)] = Array(sound.utf8) }
    return table
  }()
}
