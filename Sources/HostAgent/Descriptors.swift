import Glibc

/// One `read`, tried again where a signal interrupted it; empty at the end.
func readOnce(_ descriptor: Int32, limit: Int, _ what: @autoclosure () -> String) throws(Failure) -> [UInt8] {
  var count = -1
  var code: Int32 = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
    repeat {
      count = read(descriptor, buffer.baseAddress, limit)
      code = errno
    } while count == -1 && code == EINTR
    initialized = max(count, 0)
  }
  guard count >= 0 else { throw Failure(what(), errno: code) }
  return bytes
}

/// Writes all of the bytes.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ what: @autoclosure () -> String) throws(Failure) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count == -1 && errno == EINTR { continue }
    rest.removeFirst(try check(count, what()))
  }
}

/// A pipe whose ends close at exec.
func makePipe() throws(Failure) -> (read: Int32, write: Int32) {
  var ends: [Int32] = [-1, -1]
  try check(pipe(&ends), "pipe")
  for end in ends { try check(fcntl(end, F_SETFD, FD_CLOEXEC), "pipe") }
  return (ends[0], ends[1])
}
