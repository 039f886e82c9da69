internal import Model
internal import Store
internal import SystemPackage

/// Compares what a crawl saw with what the crawls before it saw, and names what has changed in kind.
///
/// The past is kept in `crawl/coverage.json`, the last ``DriftWatch/depth`` whole crawls. Pure but for reading and
/// writing that file.
struct DriftWatch: Sendable {
  /// One crawl, as far as drift is concerned.
  struct Entry: Sendable, Hashable {
    var run: String
    var offers: Int
    /// Parts that did not come: what is missing because of them has not drifted.
    var gaps: Int
    var fields: [CrawlReport.CoverageField: Int]
    var shapes: [CrawlReport.Surface: ShapeCount]
  }

  /// The number of the format of `coverage.json`.
  static let format = 1
  /// Crawls that are remembered.
  static let depth = 10
  /// Answers that a share needs to mean anything.
  static let fewest = 5
  /// Share of answers in which a key had something in it, from which on its absence means something.
  static let usual = 0.6
  /// Part of that share that is left when a key has drifted.
  static let remains = 0.5
  /// Points by which the coverage of a field may fall.
  static let fall = 0.1

  /// Alerts about a crawl.
  ///
  /// - Parameters:
  ///   - entry: The crawl.
  ///   - past: Crawls before it, oldest first.
  /// - Returns: Warnings `drift-…`, sorted by rule.
  static func alerts(_ entry: Entry, past: [Entry]) -> [Finding] {
    var alerts: [Finding] = []
    func alert(_ rule: String, _ place: String, _ message: String, _ hint: String) {
      alerts.append(
        Finding(rule: rule, severity: .warning, place: Place(place), message: message, hint: hint))
    }
    for (field, count) in entry.fields.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let shares = past.filter { $0.offers > 0 }.map { Double($0.fields[field] ?? 0) / Double($0.offers) }
      guard entry.offers >= fewest, let usual = median(shares) else { continue }
      let now = Double(count) / Double(entry.offers)
      if Double(count + entry.gaps) / Double(entry.offers) < usual - fall {
        alert(
          "drift-coverage", "crawl",
          "the field \(field.rawValue) is there for \(percent(now)) of the offers; the last \(shares.count) crawls had it for \(percent(usual))",
          "Look at the other alerts of this crawl; kaspi-catalog reparse tells a change of pages from a gap.")
      }
    }
    for (surface, shape) in entry.shapes.sorted(by: { $0.key.rawValue < $1.key.rawValue })
    where shape.answers >= fewest {
      let place = "surface \(surface.rawValue)"
      let before = past.compactMap { $0.shapes[surface] }.filter { $0.answers >= fewest }
      for name in Set(before.flatMap(\.filled.keys)).sorted() {
        guard let usual = median(before.map { $0.share(name) }), usual >= Self.usual,
          shape.share(name) <= usual * remains
        else { continue }
        let isEmpty = shape.part(shape.empty[name]) > 1 - usual && shape.part(shape.empty[name]) >= 0.25
        let newcomers = shape.unknown.filter { other, count in
          shape.part(count) >= Self.usual * remains
            && (median(before.map { $0.part($0.unknown[other]) }) ?? 0) < 0.1
        }.keys.sorted()
        if isEmpty {
          alert(
            "drift-null", place,
            "the key \(name) is empty in \(percent(shape.part(shape.empty[name]))) of the answers; it was filled in \(percent(usual))",
            "The shop has stopped saying it; nothing is taken off the catalog for that.")
        } else {
          let guess = newcomers.isEmpty ? "" : "; new keys: \(newcomers.prefix(5).joined(separator: ", "))"
          alert(
            "drift-key", place,
            "the key \(name) is missing from \(percent(1 - shape.share(name))) of the answers; it was there in \(percent(usual))\(guess)",
            "The shop has renamed or dropped it: a newer version of this program may be needed.")
        }
      }
      let known = before.compactMap { $0.languages.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }
      if let now = shape.languages.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key,
        let usual = known.last, now != usual
      {
        alert(
          "drift-language", place, "the answers are in the language \(now); they were in \(usual)",
          "Texts of the catalog would change their language; check `Accept-Language` and the shop.")
      }
      if shape.part(shape.otherCity) > 0.1 {
        alert(
          "drift-city", place,
          "\(shape.otherCity) of \(shape.answers) answers were made for another city than the one asked for",
          "Prices of another city are not used for this one; crawl again, and check `city`.")
      }
    }
    return alerts.sorted { ($0.rule, $0.place.source, $0.message) < ($1.rule, $1.place.source, $1.message) }
  }

  private static func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }

  // MARK: The file

  /// Reads the past; what cannot be read is no past.
  ///
  /// - Parameter folder: The crawl's folder.
  /// - Returns: Entries, oldest first, and a finding when the file was there and could not be used.
  /// - Throws: ``StoreError`` when the disk refuses.
  static func past(in folder: FilePath) throws(StoreError) -> (entries: [Entry], finding: Finding?) {
    let path = folder.appending("coverage.json")
    guard try Folder.exists(path) else { return ([], nil) }
    let value: JSONValue
    do { value = try JSONValue(parsing: try AtomicFile.read(path)) } catch {
      return ([], damaged(path, "\(error)"))
    }
    guard value["format"]?.int == format, let runs = value["runs"]?.array else {
      return ([], damaged(path, "its format is not \(format)"))
    }
    return (runs.compactMap(Entry.init), nil)
  }

  private static func damaged(_ path: FilePath, _ why: String) -> Finding {
    Finding(
      rule: "coverage-unreadable", severity: .warning, place: Place(path.string),
      message: "the coverage of earlier crawls cannot be read: \(why)",
      hint: "It begins anew with this crawl; drift shows from the next one on.")
  }

  /// Remembers a crawl.
  static func remember(_ entry: Entry, past: [Entry], in folder: FilePath) throws(StoreError) {
    let runs = (past.filter { $0.run != entry.run } + [entry]).suffix(depth)
    try AtomicFile.write(
      CanonicalJSON.document(["format": .integer(format), "runs": .array(runs.map(\.json))]),
      to: folder.appending("coverage.json"))
  }
}

extension DriftWatch.Entry {
  fileprivate var json: JSONValue {
    func counts(_ values: [String: Int]) -> JSONValue { .object(values.mapValues { .integer($0) }) }
    return [
      "run": .string(run), "offers": .integer(offers), "gaps": .integer(gaps),
      "fields": .object(
        Dictionary(uniqueKeysWithValues: fields.map { ($0.key.rawValue, .integer($0.value)) })),
      "shapes": .object(
        Dictionary(
          uniqueKeysWithValues: shapes.map { surface, shape in
            (
              surface.rawValue,
              [
                "answers": .integer(shape.answers), "filled": counts(shape.filled),
                "empty": counts(shape.empty), "unknown": counts(shape.unknown),
                "languages": counts(shape.languages), "other_city": .integer(shape.otherCity),
              ]
            )
          })),
    ]
  }

  fileprivate init?(_ value: JSONValue) {
    guard let run = value["run"]?.string, let offers = value["offers"]?.int else { return nil }
    func counts(_ value: JSONValue?) -> [String: Int] { (value?.object ?? [:]).compactMapValues(\.int) }
    var fields: [CrawlReport.CoverageField: Int] = [:]
    for (name, count) in counts(value["fields"]) {
      if let field = CrawlReport.CoverageField(rawValue: name) { fields[field] = count }
    }
    var shapes: [CrawlReport.Surface: ShapeCount] = [:]
    for (name, entry) in value["shapes"]?.object ?? [:] {
      guard let surface = CrawlReport.Surface(rawValue: name) else { continue }
      shapes[surface] = ShapeCount(
        answers: entry["answers"]?.int ?? 0, filled: counts(entry["filled"]), empty: counts(entry["empty"]),
        unknown: counts(entry["unknown"]), languages: counts(entry["languages"]),
        otherCity: entry["other_city"]?.int ?? 0)
    }
    self.init(
      run: run, offers: offers, gaps: value["gaps"]?.int ?? 0, fields: fields, shapes: shapes)
  }
}
