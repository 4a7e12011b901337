import Glibc

/// Why something on this host could not be read or changed: place, what, what to do. Never holds a secret.
struct Failure: Error, CustomStringConvertible {
  var message: String

  init(_ message: String) { self.message = message }

  /// A failed system call, in the words of the C library.
  init(_ doing: String, errno code: Int32) {
    self.init("\(doing): \(String(cString: strerror(code)))")
  }

  var description: String { message }
}

/// The result of a system call.
///
/// - Throws: `Failure` where it is -1
@discardableResult
func check<Number: SignedInteger>(_ result: Number, _ doing: @autoclosure () -> String) throws(Failure) -> Number {
  let code = errno
  guard result != -1 else { throw Failure(doing(), errno: code) }
  return result
}
