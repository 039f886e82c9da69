import FoundationEssentials
import SystemPackage
import TestKit
import Testing

@testable import Console

@Suite struct SecretTests {
  private func secret(_ place: Secret.Place) -> Secret { Secret(place: place, source: "kaspi.yaml:1:1") }

  @Test func comesFromEnvironmentFileOrCommand() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("secrets/key.txt", Array("s3cret\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path.string)
    let script = try folder.write("secrets/ask", Array("#!/bin/sh\ncat secrets/key.txt\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script.string)
    let values = [
      try await secret(.environment("K")).value(workspace: folder.path, environment: ["K": "s3cret"]),
      try await secret(.file("secrets/key.txt")).value(workspace: folder.path, environment: [:]),
      try await secret(.command(["cat", "secrets/key.txt"])).value(workspace: folder.path, environment: [:]),
      // A path: from the root, and from the workspace.
      try await secret(.command(["/bin/cat", "secrets/key.txt"])).value(
        workspace: folder.path, environment: [:]),
      try await secret(.command(["secrets/ask"])).value(workspace: folder.path, environment: [:]),
    ]
    #expect(values == Array(repeating: "s3cret", count: 5))
    #expect("\(secret(.environment("K")))" == "•••")
  }

  @Test func refusesAFileThatOthersMayRead() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("key.txt", Array("s3cret\n".utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path.string)
    let error = await #expect(throws: CommandError.self) {
      try await secret(.file("key.txt")).value(workspace: folder.path, environment: [:])
    }
    #expect(error?.status == .configuration)
    #expect(error?.remedy.hasPrefix("chmod 600") == true)
  }

  @Test(arguments: [
    Secret.Place.environment("K"), .file("absent"), .command(["false"]), .command(["no-such-program-here"]),
  ])
  func saysWhenThereIsNone(place: Secret.Place) async throws {
    let folder = try TemporaryFolder()
    let error = await #expect(throws: CommandError.self) {
      try await secret(place).value(workspace: folder.path, environment: [:])
    }
    #expect(error?.status == .configuration)
  }
}
