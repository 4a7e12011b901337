import Glibc

/// A command of the host in a process group of its own, which ends with the session; so does what it has started
/// elsewhere, as daemons do.
struct Child {
  var argv: [String]
  var input: [UInt8] = []
  /// In seconds.
  var timeout: Int
  /// Bytes kept of each stream: the last ones.
  var keep = 64 << 10
  /// Puts its mark into the environment; `nil`: only its process group can be ended.
  var leftovers: Leftovers?
  /// Gets each line of both streams as it comes.
  var onLine: ((String) -> Void)?

  struct Outcome {
    /// 128 + signal where it was killed; 124 after its timeout; 127 where it could not be started.
    var status: Int
    var output: [UInt8]
    var error: [UInt8]
    /// More was printed to standard output than was kept.
    var isCut: Bool
  }

  /// Runs it to its end.
  ///
  /// - Parameter hangup: a descriptor at whose hangup the process group is killed, unless it changes packages
  /// - Throws: `Failure` where the controller hung up, or pipes cannot be made.
  func run(hangup: Int32) throws -> Outcome {
    guard let program = argv.first else { throw Failure("an empty command") }
    var pipes = try ChildPipes(wantsInput: !input.isEmpty)
    defer { pipes.closeAll() }
    let pid: pid_t
    switch spawn(program, pipes) {
    case .failure(let code):
      let words = "\(program): \(String(cString: strerror(code)))"
      return Outcome(status: 127, output: [], error: Array(words.utf8), isCut: false)
    case .success(let started): pid = started
    }
    pipes.closeChildEnds()
    return try wait(for: pid, pipes: &pipes, hangup: hangup)
  }

  private enum Spawned {
    case success(pid_t)
    case failure(Int32)
  }

  private func spawn(_ program: String, _ pipes: ChildPipes) -> Spawned {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let read = pipes.inputForChild {
      posix_spawn_file_actions_adddup2(&actions, read, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, pipes.outputForChild, 1)
    posix_spawn_file_actions_adddup2(&actions, pipes.errorForChild, 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var usual = sigset_t()
    sigemptyset(&usual)
    sigaddset(&usual, SIGPIPE)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var pid = pid_t()
    let code = withCStrings(argv) { arguments in
      withCStrings(Self.environment + (leftovers.map { [$0.mark] } ?? [])) {
        posix_spawnp(&pid, program, &actions, &attributes, arguments, $0)
      }
    }
    return code == 0 ? .success(pid) : .failure(code)
  }

  /// The same on every host, whatever ssh or its configuration bring along.
  private static let environment = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=",
    "APT_LISTCHANGES_FRONTEND=none", "NEEDRESTART_SUSPEND=1",
  ]

  private func wait(for pid: pid_t, pipes: inout ChildPipes, hangup: Int32) throws -> Outcome {
    var output = OutputTail(keep: keep, onLine: onLine)
    var error = OutputTail(keep: keep, onLine: onLine)
    var rest = input[...]
    let deadline = monotonicSeconds() + Double(timeout)
    var status: Int?
    var hasHungUp = false

    // Daemons may hold the pipes open after the command itself has ended: its end counts, not theirs.
    while status == nil {
      let left = deadline - monotonicSeconds()
      guard left > 0 else {
        try end(group: pid, leader: pid)
        return Outcome(status: 124, output: output.finish(), error: error.finish(), isCut: output.isCut)
      }
      let ready = poll(pipes, hangup: hasHungUp ? -1 : hangup, seconds: left)
      if ready.hungUp {
        hasHungUp = true
        guard leftovers?.areInstalling == true else {
          try end(group: pid, leader: pid)
          throw Failure("the controller has closed the session; `\(argv.joined(separator: " "))` was stopped")
        }
      }
      if ready.input { try pipes.feed(&rest) }
      Signals.clearChildEnded()
      status = reap(pid)
      try pipes.drain(output: &output, error: &error)
    }
    guard !hasHungUp else { throw Failure("the controller has closed the session") }
    return Outcome(status: status ?? 0, output: output.finish(), error: error.finish(), isCut: output.isCut)
  }

  /// Waits until a pipe is ready, the child has ended, the controller is gone or the time is up.
  private func poll(_ pipes: ChildPipes, hangup: Int32, seconds: Double) -> (hungUp: Bool, input: Bool) {
    // A descriptor of -1 is passed over.
    var watched = [
      pollfd(fd: hangup, events: Hangup.event, revents: 0),
      pollfd(fd: pipes.output ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: pipes.error ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: pipes.input ?? -1, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: Signals.childEnded, events: Int16(POLLIN), revents: 0),
    ]
    guard Glibc.poll(&watched, nfds_t(watched.count), Self.milliseconds(seconds)) > 0 else { return (false, false) }
    return (watched[0].revents != 0, watched[3].revents != 0)
  }

  /// Its status, if it has ended.
  private func reap(_ pid: pid_t) -> Int? {
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
    let signal = Int(status & 0x7f)
    return signal == 0 ? Int(status >> 8 & 0xff) : 128 + signal
  }

  private func end(group: pid_t, leader: pid_t) throws {
    end(processGroup: group, leader: leader)
    try leftovers?.end()
  }

  /// Asks the group to end, gives it two seconds, and kills what is left.
  private func end(processGroup group: pid_t, leader: pid_t) {
    kill(-group, SIGTERM)
    let deadline = monotonicSeconds() + 2
    while reap(leader) == nil {
      let left = deadline - monotonicSeconds()
      guard left > 0 else {
        kill(-group, SIGKILL)
        waitpid(leader, nil, 0)
        return
      }
      var watched = pollfd(fd: Signals.childEnded, events: Int16(POLLIN), revents: 0)
      Glibc.poll(&watched, 1, Self.milliseconds(left))
      Signals.clearChildEnded()
    }
    kill(-group, SIGKILL)
  }

  private static func milliseconds(_ seconds: Double) -> Int32 { Int32(min(seconds * 1000 + 1, 1e9)) }
}

func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The strings as the C library's `argv`: ended by a null pointer, valid during the call.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
  for (index, string) in strings.enumerated() { (pointers + index).initialize(to: strdup(string)) }
  (pointers + strings.count).initialize(to: nil)
  defer {
    for index in strings.indices { free(pointers[index]) }
    pointers.deallocate()
  }
  return body(pointers)
}
