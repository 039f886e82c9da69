import FoundationEssentials
import Glibc
import SystemPackage
import TestKit
import Testing

@testable import Store

/// A result goes where a person wants it, and never takes the place of something that is no file.
@Suite struct OutputFileTests {
  @Test func replacesFilesAndWritesThroughEverythingElse() throws {
    let folder = try TemporaryFolder()
    let file = folder.path.appending("run.trec")
    try OutputFile.write([0x61, 0x62, 0x63], to: file)
    try OutputFile.write([0x64], to: file)
    #expect(try AtomicFile.read(file) == [0x64])
    let link = folder.path.appending("link")
    try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: file.string)
    try OutputFile.write([0x65, 0x66], to: link)
    #expect(try AtomicFile.read(file) == [0x65, 0x66], "the file behind the link")
    #expect(try Folder.kind(of: link) == .other, "the link is still one")
    #expect(throws: StoreError.self) { try OutputFile.write([0x61], to: folder.path) }
    let pipe = folder.path.appending("pipe")
    #expect(unsafe mkfifo(pipe.string, 0o600) == 0)
    // Somebody has to listen, or the writing would wait.
    let reader = try FileDescriptor.open(pipe, .readOnly, options: .nonBlocking)
    try OutputFile.write([0x61, 0x62], to: pipe)
    var heard = [UInt8](repeating: 0, count: 8)
    let count = try unsafe heard.withUnsafeMutableBytes { try unsafe reader.read(into: $0) }
    try reader.close()
    #expect(count == 2 && heard[..<2] == [0x61, 0x62])
    #expect(try Folder.kind(of: pipe) == .other && !(try Folder.holdsFile(pipe)))
    #expect(try Folder.holdsFile(link) && !(try Folder.holdsFile(folder.path)))
    #expect(try !Folder.holdsFile(folder.path.appending("nothing")))
  }
}
