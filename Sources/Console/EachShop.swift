public import Store

extension Command {
  /// Does a command's work for one shop after another.
  ///
  /// - Parameters:
  ///   - jobs: The shops.
  ///   - name: A shop's name in the workspace.
  ///   - context: Where trouble is told.
  ///   - work: Gives what a document says of the shop, and how its work ended.
  /// - Returns: A document about each shop, and how its work ended, in order.
  /// - Throws: What `work` throws for a single shop; of several only a cancellation ends the others' work too.
  public func eachShop<Job>(
    _ jobs: [Job], name: (Job) -> String, _ context: CommandContext,
    _ work: (Job) async throws -> (JSONValue, ExitStatus)
  ) async throws -> (documents: [JSONValue], statuses: [ExitStatus]) {
    var documents: [JSONValue] = []
    var statuses: [ExitStatus] = []
    for job in jobs {
      do {
        let (document, status) = try await work(job)
        documents.append(document)
        statuses.append(status)
      } catch let error where jobs.count > 1 && !(error is CancellationError) {
        // One shop's trouble must not take the run from the others.
        let failure = Self.failure(error)
        context.terminal.fail(failure)
        documents.append([
          "shop": .string(name(job)), "exit": .integer(Int(failure.status.rawValue)),
          "error": .string(failure.what), "at": .string(failure.place), "do": .string(failure.remedy),
        ])
        statuses.append(failure.status)
      }
    }
    return (documents, statuses)
  }
}

extension [ExitStatus] {
  /// How a run over several shops ended: alike for all, or ``ExitStatus/partly``.
  public var together: ExitStatus { Set(self).count > 1 ? .partly : first ?? .done }
}
