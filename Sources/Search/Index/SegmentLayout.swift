/// The fixed numbers of the segment format; the page "Segment" describes it byte by byte.
enum SegmentLayout {
  /// Not text, survives no change of line ends, and names us.
  static let magic: [UInt8] = [0x8B, 0x4B, 0x53, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// The number of this format.
  static let format: UInt32 = 4
  /// Bytes before the section table.
  static let headerSize = 32
  /// Bytes of an entry of the section table.
  static let entrySize = 24
  /// Sections start at multiples of this; the bytes between are zero.
  static let alignment = 8
  /// Postings in a full block.
  static let blockSize = 128
  /// Zero bytes behind the last postings, so that eight bytes can be read at any place before them.
  static let postingPadding = 8
  /// Shapes from this number on stand behind the gap instead of beside it.
  static let innerShapes: UInt32 = 3
  /// Bits of a place in a list of so many shapes.
  static func paletteWidth(_ count: Int) -> Int {
    count < 2 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
  }
  /// Bytes of a block's head.
  static let blockHeadSize = 12
  /// Bytes of an entry of the term dictionary.
  static let termEntrySize = 16
  /// Bytes of the collection section before the fields, and of each field.
  static let collectionSize = 40 + boostCount * 8
  static let fieldSize = 32
  /// Numbers of a ranking beside those of the fields; see ``Ranking/Boosts``.
  static let boostCount = 11
  /// Bytes of a document's fingerprint.
  static let fingerprintSize = 5
  /// Bytes of a word's record.
  static let wordSize = 8
  /// Words by length: as many lengths for Latin words, then as many for all others.
  static let wordLengths = 41
  /// Words of this many letters are kept for spelling.
  static let spelledLengths = 2...40
  /// Most words of a synonym's side.
  static let synonymWords = 4
  /// Longest field, in primary terms; longer ones count as this long.
  static let maximumLength = 65_535
  /// Most documents: numbers fit 28 bits beside a field in the builder's tallies.
  static let maximumDocuments = 1 << 28

  /// The sections, in the order of the file.
  enum Section: Int, CaseIterable {
    case collection
    case terms
    case termTexts
    case postings
    case shapes
    case lengths
    case marks
    case documentStarts
    case documents
    case names
    case words
    case wordTexts
    case wordLetters
    case wordSounds
    case wordStarts
    case synonyms
    case fingerprints

    /// Four letters in the section table.
    var tag: [UInt8] {
      switch self {
      case .collection: Array("COLL".utf8)
      case .terms: Array("TERM".utf8)
      case .termTexts: Array("TEXT".utf8)
      case .postings: Array("POST".utf8)
      case .shapes: Array("SHAP".utf8)
      case .names: Array("NAME".utf8)
      case .lengths: Array("LENS".utf8)
      case .marks: Array("MARK".utf8)
      case .documentStarts: Array("DOCX".utf8)
      case .documents: Array("DOCS".utf8)
      case .words: Array("WORD".utf8)
      case .wordTexts: Array("WTXT".utf8)
      case .wordLetters: Array("WLET".utf8)
      case .wordSounds: Array("WSND".utf8)
      case .wordStarts: Array("WLEN".utf8)
      case .synonyms: Array("SYNO".utf8)
      case .fingerprints: Array("HASH".utf8)
      }
    }

    /// The tag as text, for messages.
    var name: String { String(decoding: tag, as: UTF8.self) }
  }

  /// Bits of a document's mark.
  enum Mark {
    static let knowledge: UInt8 = 1
    static let available: UInt8 = 2
    static let all: UInt8 = 3
  }

  /// Bits that say which optional parts a stored document has.
  enum Stored {
    static let price: UInt8 = 1
    static let stock: UInt8 = 2
    static let brand: UInt8 = 4
    static let category: UInt8 = 8
    static let text: UInt8 = 16
    static let rating: UInt8 = 32
  }
}
