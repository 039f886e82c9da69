/// An answer as a table: as text for a terminal, as Markdown, or as one HTML file that needs nothing else.
public struct ReportTable: Sendable, Equatable {
  /// What the table is about.
  public var title: String
  /// A line below the title; may be empty.
  public var note: String
  /// Headings, one a column.
  public var columns: [String]
  /// Cells, as many a row as there are columns.
  public var rows: [[String]]
  /// What stands in the place of rows when there are none.
  public var empty: String
  /// Numbers that the page draws as a line above the table, oldest first; fewer than two draw nothing.
  public var chart: [Int] = []

  /// Makes a table.
  ///
  /// - Parameters:
  ///   - title: What it is about.
  ///   - note: A line below.
  ///   - columns: Headings.
  ///   - rows: Cells.
  ///   - empty: Said when there are no rows.
  public init(title: String, note: String = "", columns: [String], rows: [[String]], empty: String = "—") {
    self.title = title
    self.note = note
    self.columns = columns
    self.rows = rows
    self.empty = empty
  }

  /// Columns of equal width, two blanks between them; long cells are cut.
  public var text: String {
    var lines = [title]
    if !note.isEmpty { lines.append(note) }
    guard !rows.isEmpty else { return (lines + ["  " + empty]).joined(separator: "\n") + "\n" }
    let table = rows.map { row in row.map { Self.oneLine($0, limit: 80) } }
    let widths = columns.indices.map { column in
      max(columns[column].count, table.map { $0[column].count }.max() ?? 0)
    }
    for row in [columns] + table {
      let cells = row.enumerated().map { index, cell in
        index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
      }
      lines.append("  " + cells.joined(separator: "  "))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A heading and a table.
  public var markdown: String {
    var lines = ["# \(Self.markdown(title))", ""]
    if !note.isEmpty { lines += [Self.markdown(note), ""] }
    guard !rows.isEmpty else { return (lines + [empty]).joined(separator: "\n") + "\n" }
    lines.append("| \(columns.map(Self.markdown).joined(separator: " | ")) |")
    lines.append("| \(columns.map { _ in "---" }.joined(separator: " | ")) |")
    lines += rows.map { "| \($0.map(Self.markdown).joined(separator: " | ")) |" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A whole page with its own style; nothing is loaded from elsewhere.
  ///
  /// - Parameter language: For the `lang` attribute.
  /// - Returns: HTML with a line end behind every line.
  public func html(language: String) -> String {
    let style = """
      body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1f24;\
      background:#fff}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;\
      border-bottom:1px solid #d8dee4;vertical-align:top;overflow-wrap:anywhere}th{background:#f6f8fa}\
      @media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}th{background:#161b22}\
      th,td{border-color:#30363d}}
      """
    var lines = [
      "<!doctype html>", "<html lang=\"\(Self.html(language))\">", "<head>", "<meta charset=\"utf-8\">",
      "<meta name=\"viewport\" content=\"width=device-width\">", "<title>\(Self.html(title))</title>",
      "<style>\(style)</style>", "</head>", "<body>", "<h1>\(Self.html(title))</h1>",
    ]
    if !note.isEmpty { lines.append("<p>\(Self.html(note))</p>") }
    if chart.count > 1 { lines.append(Self.line(chart)) }
    if rows.isEmpty {
      lines.append("<p>\(Self.html(empty))</p>")
    } else {
      lines.append("<table>")
      lines.append("<tr>" + columns.map { "<th>\(Self.html($0))</th>" }.joined() + "</tr>")
      lines += rows.map { row in "<tr>" + row.map { "<td>\(Self.html($0))</td>" }.joined() + "</tr>" }
      lines.append("</table>")
    }
    lines += ["</body>", "</html>"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// A step line: a value holds until the next one.
  private static func line(_ values: [Int]) -> String {
    let (width, height, margin) = (720, 160, 8)
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    func x(_ index: Int) -> Int { margin + index * (width - 2 * margin) / (values.count - 1) }
    func y(_ value: Int) -> Int {
      let share = high == low ? 0.5 : Double(value - low) / Double(high - low)
      return height - margin - Int((share * Double(height - 2 * margin)).rounded())
    }
    var path = "M\(x(0)) \(y(values[0]))"
    for index in 1..<values.count { path += "H\(x(index))V\(y(values[index]))" }
    return
      "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"\(low) – \(high)\">"
      + "<path d=\"\(path)\" fill=\"none\" stroke=\"#0969da\" stroke-width=\"2\"/></svg>"
  }

  private static func oneLine(_ text: String, limit: Int) -> String {
    let line = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return line.count > limit ? line.prefix(limit - 1) + "…" : line
  }

  /// Text that cannot break a Markdown table or start a tag.
  private static func markdown(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("<", with: "&lt;")
      .replacing("\r\n", with: " ").replacing("\n", with: " ").replacing("\r", with: " ")
  }

  private static func html(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
