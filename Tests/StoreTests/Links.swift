import FoundationEssentials
import SystemPackage

func makeLink(at link: FilePath, to target: FilePath) throws {
  try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: target.string)
}
