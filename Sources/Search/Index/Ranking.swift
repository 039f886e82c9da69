/// The numbers that turn counts into scores: BM25F, BM25 over several weighted fields.
///
/// The frequency of a term in a document is the sum over the fields of
/// `weight × count ÷ (1 − b + b × length ÷ average length)`, and its score is
/// `rarity × frequency × (k1 + 1) ÷ (frequency + k1)`. An index carries the ranking it was built with, because
/// its upper bounds depend on it.
///
/// - SeeAlso: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, 3.6.
public struct Ranking: Sendable, Hashable {
  /// How soon a further occurrence stops to count; greater than 0.
  public var saturation: Double
  /// Weight and length normalisation of each field, by the field's number.
  public var fields: [FieldRanking]
  /// How much a document loses that lacks words of the query, in `0...1`: with 1, half the words give half the
  /// score that their terms add up to.
  public var coverage = 0.5
  /// What the order of the best documents is corrected by.
  public var boosts = Boosts()

  /// Weight and length normalisation of a field.
  public struct FieldRanking: Sendable, Hashable {
    /// How much an occurrence counts; 0 or more.
    public var weight: Double
    /// How much a long field lowers it (`b`), in `0...1`.
    public var lengthShare: Double

    /// Makes the numbers of a field.
    ///
    /// - Parameters:
    ///   - weight: How much an occurrence counts.
    ///   - lengthShare: How much length matters, in `0...1`.
    public init(weight: Double, lengthShare: Double = 0.75) {
      self.weight = weight
      self.lengthShare = lengthShare
    }
  }

  /// Makes a ranking.
  ///
  /// - Parameters:
  ///   - saturation: `k1`, greater than 0.
  ///   - weights: A weight a field, in `Field.allCases`' order; fields beyond the end weigh 1.
  ///   - lengthShare: `b` of all fields.
  public init(saturation: Double = 1.2, weights: [Double], lengthShare: Double = 0.75) {
    self.saturation = saturation
    fields = Field.allCases.enumerated().map { index, _ in
      FieldRanking(weight: index < weights.count ? weights[index] : 1, lengthShare: lengthShare)
    }
  }

  /// What an index is built with unless somebody says otherwise.
  public static let standard = Ranking(weights: [3, 2, 1.5, 1, 0.5, 2, 1])

  /// What the best documents gain or lose by their titles and categories, as shares of their scores.
  ///
  /// Only documents that are among the best by their terms alone are looked at; see ``Reranker``.
  public struct Boosts: Sendable, Hashable {
    /// Words of the query that stand side by side in the title in the query's order.
    public var phrase = 0.15
    /// The share of the title that the query's words make up.
    public var title = 0.15
    /// The narrowest category is a category of what the query asks for : the weight of that
    /// beside the query's words; and as a share, how much of the category's name the query's words make up.
    public var category = 0.6
    /// The brand is named by the query.
    public var brand = 0.1
    /// Lost when the query's words stand only behind a word like "для" or "for": a thing for the thing.
    public var accessory = 0.3
    /// The query's first word begins the title, or its last word ends it.
    public var head = 0.05
    /// Documents of the category that most of the best ones are of.
    public var company = 0.1
    /// Can be ordered now; a tie-breaker.
    public var available = 0.01
    /// The share of the query's words that stand in the title in the very same form.
    public var form = 0.05
    /// The title is the query, word by word.
    public var whole = 0.25
    /// What a star more or less than four is worth; a tie-breaker.
    public var rating = 0.01

    /// The standard numbers.
    public init() {}

    init(values: [Double]) {
      (phrase, title, category, brand) = (values[0], values[1], values[2], values[3])
      (accessory, head, company, available) = (values[4], values[5], values[6], values[7])
      (form, whole, rating) = (values[8], values[9], values[10])
    }

    var values: [Double] {
      [phrase, title, category, brand, accessory, head, company, available, form, whole, rating]
    }
  }

  /// Whether the numbers are in their ranges; those of a foreign file may be anything.
  var isSound: Bool {
    saturation.isFinite && saturation > 0 && (0...1).contains(coverage)
      && boosts.values.allSatisfy { (0...10).contains($0) } && boosts.accessory <= 1
      && fields.count == Field.allCases.count
      && fields.allSatisfy {
        $0.weight.isFinite && $0.weight >= 0 && (0...1).contains($0.lengthShare)
      }
  }
}

/// How long the fields of a collection are.
struct FieldStatistics: Sendable, Hashable {
  /// Documents that have the field at all.
  var documents = 0
  /// Primary terms in all of them.
  var totalLength = 0

  /// Mean length over the documents that have the field; 1 where none has.
  var averageLength: Double { totalLength > 0 ? Double(totalLength) / Double(documents) : 1 }
}

/// A ranking over one collection: the one place where scores are calculated, for writing and for reading.
struct Scoring: Sendable {
  private let saturation: Double
  private let documents: Double
  // By field number.
  private var weights = InlineArray<8, Double>(repeating: 0)
  private var bases = InlineArray<8, Double>(repeating: 0)
  private var slopes = InlineArray<8, Double>(repeating: 0)

  /// Prepares the arithmetic.
  ///
  /// - Parameters:
  ///   - ranking: Sound.
  ///   - statistics: An entry a field.
  ///   - documentCount: Documents in the collection.
  init(_ ranking: Ranking, _ statistics: [FieldStatistics], documentCount: Int) {
    saturation = ranking.saturation
    documents = Double(documentCount)
    for (field, numbers) in ranking.fields.enumerated() where field < statistics.count {
      weights[field] = numbers.weight
      bases[field] = 1 - numbers.lengthShare
      slopes[field] = numbers.lengthShare / statistics[field].averageLength
    }
  }

  /// What one field adds to a term's frequency.
  ///
  /// - Parameters:
  ///   - count: Occurrences in the field.
  ///   - field: The field's number.
  ///   - length: The field's length in this document.
  /// - Returns: 0 or more, finite.
  @inline(__always)
  func frequency(_ count: Int, field: Int, length: Int) -> Double {
    let norm = bases[field] + slopes[field] * Double(length)
    // With b = 1 a field of length 0 has no norm; it has no occurrence either, unless a file lies.
    return norm > 0 ? weights[field] * Double(count) / norm : 0
  }

  /// The share of its rarity that a term of this frequency scores.
  ///
  /// - Parameter frequency: The sum over the fields.
  /// - Returns: 0 to `k1 + 1`, growing with the frequency.
  @inline(__always)
  func saturated(_ frequency: Double) -> Double { Self.saturated(frequency, saturation) }

  /// The same for a number that stands by itself: a copy of the whole arithmetic is two hundred bytes.
  ///
  /// - Parameters:
  ///   - frequency: The sum over the fields.
  ///   - saturation: `k1`.
  /// - Returns: 0 to `k1 + 1`.
  @inline(__always)
  static func saturated(_ frequency: Double, _ saturation: Double) -> Double {
    frequency * (saturation + 1) / (frequency + saturation)
  }

  /// How telling a term is, in natural logarithms.
  ///
  /// - Parameter documentFrequency: Documents with the term.
  /// - Returns: More than 0.
  func rarity(documentFrequency: Int) -> Double {
    let present = min(Double(documentFrequency), documents)
    return naturalLogarithm(1 + (documents - present + 0.5) / (present + 0.5))
  }
}

/// The natural logarithm, calculated here so that scores and run files are the same on every machine.
///
/// The C library's last digit differs between versions. The argument is brought to `√½...√2` by its exponent;
/// there the series of the inverse hyperbolic tangent ends within double precision.
///
/// - Parameter argument: Greater than 0, finite.
/// - Returns: Its logarithm, to about 15 digits.
func naturalLogarithm(_ argument: Double) -> Double {
  var (significand, exponent) = (argument.significand, Double(argument.exponent))
  if significand > 2.0.squareRoot() {
    significand /= 2
    exponent += 1
  }
  let ratio = (significand - 1) / (significand + 1)
  let square = ratio * ratio
  var (sum, power) = (0.0, ratio)
  for odd in stride(from: 1.0, through: 27, by: 2) {
    sum += power / odd
    power *= square
  }
  return 2 * sum + exponent * 0.693_147_180_559_945_309_4
}
