import Glibc

/// The pipes between the agent and one child. Every end closes at exec, but those that the child is given.
struct ChildPipes {
  /// The agent's ends; `nil` once closed. Reads and writes on them do not block.
  private(set) var input: Int32?
  private(set) var output: Int32?
  private(set) var error: Int32?
  /// The child's ends.
  private(set) var inputForChild: Int32?
  private(set) var outputForChild: Int32
  private(set) var errorForChild: Int32

  init(wantsInput: Bool) throws {
    (output, outputForChild) = try makePipe()
    (error, errorForChild) = try makePipe()
    if wantsInput { (inputForChild, input) = try makePipe() }
    for descriptor in [input, output, error].compactMap({ $0 }) {
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }
  }

  /// After the child has its own copies.
  mutating func closeChildEnds() {
    for descriptor in [inputForChild, outputForChild, errorForChild] { Self.close(descriptor) }
    (inputForChild, outputForChild, errorForChild) = (nil, -1, -1)
  }

  mutating func closeAll() {
    closeChildEnds()
    for descriptor in [input, output, error] { Self.close(descriptor) }
    (input, output, error) = (nil, nil, nil)
  }

  private static func close(_ descriptor: Int32?) {
    if let descriptor, descriptor >= 0 { _ = Glibc.close(descriptor) }
  }

  /// Writes what the child takes now; its input ends with the last byte, or when it does not read any more.
  mutating func feed(_ rest: inout ArraySlice<UInt8>) throws {
    guard let input else { return }
    let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
    if count > 0 { rest.removeFirst(count) }
    if rest.isEmpty || (count == -1 && errno == EPIPE) {
      Self.close(input)
      self.input = nil
    }
  }

  /// Takes all that is there now.
  mutating func drain(output tail: inout OutputTail, error errorTail: inout OutputTail) throws {
    if let output, try Self.drain(output, into: &tail) {
      Self.close(output)
      self.output = nil
    }
    if let error, try Self.drain(error, into: &errorTail) {
      Self.close(error)
      self.error = nil
    }
  }

  /// `true`: the end has come.
  private static func drain(_ descriptor: Int32, into tail: inout OutputTail) throws -> Bool {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { return true }
      guard count > 0 else { return false }
      tail.append(piece[..<count])
    }
  }
}
