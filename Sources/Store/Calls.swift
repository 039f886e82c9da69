import Glibc
import SystemPackage

/// The system calls that the rest of the room is made of; each failure becomes a ``StoreError``.
///
/// `unsafe` stands here and in `Digest` only: C functions that take a path or a buffer. No pointer leaves the
/// closure that gave it.
enum Calls {
  static func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode, options: FileDescriptor.OpenOptions = [],
    permissions: FilePermissions? = nil
  ) throws(StoreError) -> FileDescriptor {
    if mode != .readOnly { try Interruption.step("open", path) }
    return try attempt(path, "open") {
      try FileDescriptor.open(path, mode, options: options.union(.closeOnExec), permissions: permissions)
    }
  }

  /// Closes after writing: an error here is a lost write.
  static func close(_ descriptor: FileDescriptor, _ path: FilePath) throws(StoreError) {
    try attempt(path, "close") { try descriptor.close() }
  }

  /// Closes where nothing was written.
  ///
  /// Nothing can be lost by it, and Linux frees the number in every case, so the answer is of no use.
  static func closeReadOnly(_ descriptor: FileDescriptor) {
    _ = Glibc.close(descriptor.rawValue)
  }

  static func read(
    _ descriptor: FileDescriptor, upTo count: Int, _ path: FilePath
  ) throws(StoreError) -> [UInt8] {
    try attempt(path, "read") {
      try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
  }

  /// Reads a part of a file, less where the file ends before it.
  static func read(
    _ descriptor: FileDescriptor, _ range: Range<Int>, _ path: FilePath
  ) throws(StoreError) -> [UInt8] {
    try attempt(path, "read") {
      try unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
        while filled < range.count {
          let rest = unsafe UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
          let count = try unsafe descriptor.read(
            fromAbsoluteOffset: Int64(range.lowerBound + filled), into: rest)
          if count == 0 { return }
          filled += count
        }
      }
    }
  }

  static func write(
    _ descriptor: FileDescriptor, _ bytes: [UInt8], _ path: FilePath
  ) throws(StoreError) {
    try Interruption.step("write", path)
    try attempt(path, "write") {
      var done = 0
      while done < bytes.count {
        done += try unsafe bytes.withUnsafeBytes { buffer in
          try unsafe descriptor.write(UnsafeRawBufferPointer(rebasing: buffer[done...]))
        }
      }
    }
  }

  /// Sets bytes that were just written on their way to the disk, without waiting for them.
  ///
  /// Linux begins to write dirty pages that are said not to be needed, and keeps them until they are written. It
  /// promises nothing, so its answer is of no use.
  static func hasten(_ descriptor: FileDescriptor, _ range: Range<Int>) {
    _ = posix_fadvise(descriptor.rawValue, range.lowerBound, range.count, POSIX_FADV_DONTNEED)
  }

  static func sync(_ descriptor: FileDescriptor, _ path: FilePath) throws(StoreError) {
    try Interruption.step("fsync", path)
    try check(path, "write to disk") { fsync(descriptor.rawValue) }
  }

  static func syncContent(_ descriptor: FileDescriptor, _ path: FilePath) throws(StoreError) {
    try Interruption.step("fdatasync", path)
    try check(path, "write to disk") { fdatasync(descriptor.rawValue) }
  }

  static func syncFolder(_ folder: FilePath) throws(StoreError) {
    let descriptor = try open(folder, .readOnly, options: .directory)
    defer { closeReadOnly(descriptor) }
    try sync(descriptor, folder)
  }

  static func rename(_ source: FilePath, _ target: FilePath) throws(StoreError) {
    try Interruption.step("rename", target)
    try check(target, "put in place") {
      unsafe source.withPlatformString { old in
        unsafe target.withPlatformString { new in unsafe Glibc.rename(old, new) }
      }
    }
  }

  /// Gives a file a second name; both are the same bytes.
  static func link(_ source: FilePath, _ target: FilePath) throws(StoreError) {
    try Interruption.step("link", target)
    try check(target, "link") {
      unsafe source.withPlatformString { old in
        unsafe target.withPlatformString { new in unsafe Glibc.link(old, new) }
      }
    }
  }

  static func makeFolder(_ folder: FilePath, _ permissions: FilePermissions) throws(StoreError) {
    try Interruption.step("mkdir", folder)
    try check(folder, "make the folder") {
      unsafe folder.withPlatformString { unsafe mkdir($0, permissions.rawValue) }
    }
  }

  static func unlink(_ file: FilePath) throws(StoreError) {
    try Interruption.step("unlink", file)
    try check(file, "remove") { unsafe file.withPlatformString { unsafe Glibc.unlink($0) } }
  }

  static func removeFolder(_ folder: FilePath) throws(StoreError) {
    try Interruption.step("rmdir", folder)
    try check(folder, "remove") { unsafe folder.withPlatformString { unsafe rmdir($0) } }
  }

  static func lock(_ descriptor: FileDescriptor, _ path: FilePath) throws(StoreError) {
    try check(path, "lock") { flock(descriptor.rawValue, LOCK_EX | LOCK_NB) }
  }

  /// Gives a lock back; closing the descriptor would do it too, so a failure changes nothing.
  static func unlock(_ descriptor: FileDescriptor) {
    _ = flock(descriptor.rawValue, LOCK_UN)
  }

  /// What tells one file from every other: device and inode.
  struct Identity: Equatable, Sendable {
    var device: UInt
    var inode: UInt
  }

  /// The file behind a descriptor.
  static func identity(of descriptor: FileDescriptor, _ path: FilePath) throws(StoreError) -> Identity {
    var status = stat()
    try check(path, "look at") { unsafe fstat(descriptor.rawValue, &status) }
    return Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
  }

  /// The file that a path names, or `nil` when there is none.
  static func identity(at path: FilePath) throws(StoreError) -> Identity? {
    var status = stat()
    do throws(StoreError) {
      try check(path, "look at") { unsafe path.withPlatformString { unsafe stat($0, &status) } }
    } catch {
      guard error.code == .missing else { throw error }
      return nil
    }
    return Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
  }

  /// Size and last change of the file that a path names, or `nil` when there is none.
  static func stamp(of path: FilePath) throws(StoreError) -> FileStamp? {
    var status = stat()
    do throws(StoreError) {
      try check(path, "look at") { unsafe path.withPlatformString { unsafe stat($0, &status) } }
    } catch {
      guard error.code == .missing else { throw error }
      return nil
    }
    return FileStamp(
      size: Int(status.st_size), seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec)
    )
  }

  static func restrict(
    _ descriptor: FileDescriptor, to permissions: FilePermissions, _ path: FilePath
  ) throws(StoreError) {
    try Interruption.step("chmod", path)
    try check(path, "set permissions of") { fchmod(descriptor.rawValue, permissions.rawValue) }
  }

  static func cut(_ descriptor: FileDescriptor, to length: Int, _ path: FilePath) throws(StoreError) {
    try Interruption.step("ftruncate", path)
    try attempt(path, "cut") { try descriptor.resize(to: Int64(length)) }
  }

  /// Maps a whole file for reading; `nil` for an empty one, which cannot be mapped.
  static func map(
    _ descriptor: FileDescriptor, _ count: Int, _ path: FilePath
  ) throws(StoreError) -> UnsafeRawPointer? {
    guard count > 0 else { return nil }
    var pages: UnsafeMutableRawPointer?
    try check(path, "map") {
      unsafe pages = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0)
      return unsafe pages == MAP_FAILED ? -1 : 0
    }
    return UnsafeRawPointer(pages)
  }

  /// Gives a mapping back; it was read-only, so nothing can be lost.
  static func unmap(_ pages: UnsafeRawPointer?, _ count: Int) {
    if let pages = unsafe pages { _ = unsafe munmap(UnsafeMutableRawPointer(mutating: pages), count) }
  }

  /// Names in a folder, without `.` and `..`, in no order.
  static func names(in folder: FilePath) throws(StoreError) -> [[UInt8]] {
    try attempt(folder, "list") {
      guard let stream = unsafe folder.withPlatformString({ unsafe opendir($0) }) else {
        throw Errno(rawValue: errno)
      }
      defer { unsafe closedir(stream) }
      var names: [[UInt8]] = []
      while true {
        errno = 0
        guard let entry = unsafe readdir(stream) else {
          guard errno == 0 else { throw Errno(rawValue: errno) }
          return names
        }
        // The name lies in the entry, ends with a zero, and is copied before the next call reuses the entry.
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
        if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
      }
    }
  }

  /// Runs a call that says `-1` on failure, again when a signal interrupts it.
  private static func check(_ path: FilePath, _ doing: String, _ call: () -> CInt) throws(StoreError) {
    while call() != 0 {
      let answer = Errno(rawValue: errno)
      if answer != .interrupted { throw StoreError(answer, path, doing) }
    }
  }

  static func attempt<Value>(
    _ path: FilePath, _ doing: String, _ body: () throws -> Value
  ) throws(StoreError) -> Value {
    do {
      return try body()
    } catch let answer as Errno {
      throw StoreError(answer, path, doing)
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(code: .failed, path: path.string, detail: "cannot \(doing): \(error)")
    }
  }
}
