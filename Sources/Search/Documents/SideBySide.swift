/// Works on parts of a whole side by side.
enum SideBySide {
  /// Works on every part in a task of its own.
  ///
  /// - Parameters:
  ///   - parts: One for each thread that shall be busy.
  ///   - work: Done for each part.
  /// - Returns: Results in the order of the parts.
  /// - Throws: What `work` throws for one of the parts.
  static func map<Part: Sendable, Result: Sendable>(
    _ parts: [Part], _ work: @escaping @Sendable (Part) throws -> Result
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      for (number, part) in parts.enumerated() { group.addTask { (number, try work(part)) } }
      var results: [(Int, Result)] = []
      for try await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}
