import Console
import Store

extension Command {
  /// Does a command's work for one shop after another, and prints one document about all of them.
  ///
  /// - Parameters:
  ///   - jobs: The shops.
  ///   - context: Where to print.
  ///   - work: Gives what the document says of the shop, and how its work ended.
  /// - Returns: How the work ended where it ended alike for all shops, else ``ExitStatus/partly``.
  /// - Throws: What `work` throws for a single shop; of several only a cancellation ends the others' work too.
  func eachShop(
    _ jobs: [NotifierJob], _ context: CommandContext,
    _ work: (NotifierJob) async throws -> ([String: JSONValue], ExitStatus)
  ) async throws -> ExitStatus {
    var documents: [JSONValue] = []
    var statuses: Set<ExitStatus> = []
    for job in jobs {
      var document: [String: JSONValue]
      do {
        let (members, status) = try await work(job)
        document = members
        statuses.insert(status)
      } catch let error where jobs.count > 1 && !(error is CancellationError) {
        // One shop's trouble must not silence the others.
        let failure = Self.failure(error)
        context.terminal.fail(failure)
        document = ["exit": .integer(Int(failure.status.rawValue))]
        statuses.insert(failure.status)
      }
      document["shop"] = .string(job.shop.name)
      documents.append(.object(document))
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return statuses.count > 1 ? .partly : statuses.first ?? .done
  }
}
