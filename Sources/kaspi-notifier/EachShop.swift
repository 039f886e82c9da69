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
    let (documents, statuses) = try await eachShop(jobs, name: { $0.shop.name }, context) { job in
      var (members, status) = try await work(job)
      members["shop"] = .string(job.shop.name)
      return (JSONValue.object(members), status)
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return statuses.together
  }
}
