public import SystemPackage

/// Numbers for a monitor, in the text form that Prometheus reads: one file that several programs write to.
public enum MetricsFile {
  /// One metric.
  public struct Metric: Sendable {
    /// Behind the program's prefix, with its unit last, like `night_seconds`.
    var name: String
    var help: String
    var values: [(labels: [(String, String)], value: Int)]

    /// Describes a metric.
    ///
    /// - Parameters:
    ///   - name: Behind the prefix.
    ///   - help: One sentence.
    ///   - values: A value for each set of labels.
    public init(_ name: String, _ help: String, _ values: [(labels: [(String, String)], value: Int)]) {
      self.name = name
      self.help = help
      self.values = values
    }

    /// Describes a metric with one value.
    ///
    /// - Parameters:
    ///   - name: Behind the prefix.
    ///   - help: One sentence.
    ///   - value: The value.
    public init(_ name: String, _ help: String, _ value: Int) { self.init(name, help, [([], value)]) }
  }

  /// The lines of a program about one shop.
  ///
  /// - Parameters:
  ///   - prefix: The program's, like `kaspi_catalog_`.
  ///   - shop: The shop's name: small letters, digits, `-` and `_`.
  ///   - metrics: In the order of the file.
  /// - Returns: Lines, each with its end.
  public static func text(prefix: String, shop: String, _ metrics: [Metric]) -> String {
    var text = ""
    for metric in metrics {
      text += "# HELP \(prefix)\(metric.name) \(metric.help)\n# TYPE \(prefix)\(metric.name) gauge\n"
      for (labels, value) in metric.values {
        let all = ([("shop", shop)] + labels).map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
        text += "\(prefix)\(metric.name){\(all)} \(value)\n"
      }
    }
    return text
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, letter in
      result += letter == "\\" ? "\\\\" : letter == "\"" ? "\\\"" : letter.isNewline ? "\\n" : String(letter)
    }
  }

  /// Puts a program's lines into the file; what others wrote there stays.
  ///
  /// - Parameters:
  ///   - text: The program's lines.
  ///   - prefix: What all its metrics begin with.
  ///   - path: `output/<shop>/metrics.prom`.
  /// - Throws: ``StoreError``.
  public static func replace(_ text: String, prefix: String, in path: FilePath) throws(StoreError) {
    var others = ""
    if try Folder.exists(path) {
      let old = String(decoding: try AtomicFile.read(path, maximumBytes: 1 << 24), as: UTF8.self)
      for line in old.split(separator: "\n") where !line.contains(prefix) { others += line + "\n" }
    }
    // By prefix, so that the file does not depend on who wrote last.
    func name(_ block: String) -> Substring { block.hasPrefix("#") ? block.dropFirst(7) : block[...] }
    let blocks = [others, text].sorted { name($0) < name($1) }
    try AtomicFile.write(Array(blocks.joined().utf8), to: path)
  }
}
