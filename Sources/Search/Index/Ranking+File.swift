import Store

extension Ranking {
  /// Reads a file of numbers: a JSON object, in which what is left out keeps its standard.
  ///
  /// Members: `saturation`, `coverage`, `fields` (by field name: `weight`, `length`), `boosts` (by name: `phrase`,
  /// `title`, `category`, `brand`, `accessory`, `head`, `company`, `available`, `form`, `whole`, `rating`).
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - source: What an error names.
  /// - Throws: ``IndexError`` with code `input` for JSON that cannot be read, an unknown name, or a number out of its
  ///   range.
  public init(reading bytes: [UInt8], source: String) throws(IndexError) {
    self = .standard
    let file: JSONValue
    do throws(JSONError) { file = try JSONValue(parsing: bytes) } catch {
      throw IndexError(code: .input, path: source, detail: "the ranking is no JSON: \(error.message)")
    }
    func number(_ value: JSONValue, _ name: String) throws(IndexError) -> Double {
      guard let number = value.double ?? value.int.map(Double.init) else {
        throw IndexError(code: .input, path: source, detail: "'\(name)' is no number")
      }
      return number
    }
    func unknown(_ name: String) -> IndexError {
      IndexError(
        code: .input, path: source, detail: "the ranking has no number '\(name)'",
        hint: "See the page Ranking for the names.")
    }
    for (name, value) in file.object ?? [:] {
      switch name {
      case "saturation": saturation = try number(value, name)
      case "coverage": coverage = try number(value, name)
      case "fields":
        for (field, numbers) in value.object ?? [:] {
          guard let index = Field.allCases.firstIndex(where: { $0.name == field }) else {
            throw unknown(field)
          }
          for (key, value) in numbers.object ?? [:] {
            switch key {
            case "weight": fields[index].weight = try number(value, key)
            case "length": fields[index].lengthShare = try number(value, key)
            default: throw unknown("\(field).\(key)")
            }
          }
        }
      case "boosts":
        var values = boosts.values
        for (key, value) in value.object ?? [:] {
          guard let index = Boosts.names.firstIndex(of: key) else { throw unknown(key) }
          values[index] = try number(value, key)
        }
        boosts = Boosts(values: values)
      default: throw unknown(name)
      }
    }
    guard file.object != nil, isSound else {
      throw IndexError(
        code: .input, path: source, detail: "a number of the ranking is out of its range",
        hint: "Shares are 0 to 1, weights 0 or more, saturation above 0.")
    }
  }
}

extension Ranking {
  /// What the numbers of ``values`` are called.
  static let names =
    ["saturation", "coverage"]
    + Field.allCases.flatMap { ["fields.\($0.name).weight", "fields.\($0.name).length"] }
    + Boosts.names.map { "boosts.\($0)" }

  /// All numbers in the order of ``names``.
  var values: [Double] {
    [saturation, coverage] + fields.flatMap { [$0.weight, $0.lengthShare] } + boosts.values
  }

  /// Takes all numbers.
  init(values: [Double]) {
    self = .standard
    (saturation, coverage) = (values[0], values[1])
    for field in fields.indices {
      fields[field] = FieldRanking(weight: values[2 + 2 * field], lengthShare: values[3 + 2 * field])
    }
    boosts = Boosts(values: Array(values[(2 + 2 * fields.count)...]))
  }

  /// The file that ``init(reading:source:)`` reads, with every number in it.
  public var file: [UInt8] {
    let fields = zip(Field.allCases, fields).map { field, numbers in
      (
        field.name,
        ["length": .decimal(numbers.lengthShare), "weight": .decimal(numbers.weight)] as JSONValue
      )
    }
    let boosts = zip(Boosts.names, boosts.values).map { ($0, JSONValue.decimal($1)) }
    return CanonicalJSON.document([
      "boosts": .object(Dictionary(uniqueKeysWithValues: boosts)), "coverage": .decimal(coverage),
      "fields": .object(Dictionary(uniqueKeysWithValues: fields)), "saturation": .decimal(saturation),
    ])
  }
}

extension Ranking.Boosts {
  /// Names in files, in the order of ``values``.
  static let names = [
    "phrase", "title", "category", "brand", "accessory", "head", "company", "available", "form", "whole",
    "rating",
  ]
}
