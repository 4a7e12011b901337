/// The protocol's version. Controller and agent of different versions do not talk.
public let protocolVersion = 2

/// What the controller asks of the agent. One at a time: the agent answers a request before it reads the next.
public enum Request: Sendable, Hashable, Codable {
  /// The first frame. With a claim, `.event`s tell whom the host's lock is waited for.
  case hello(version: Int, claim: Claim? = nil)
  /// How the resources differ from the host; changes nothing. Answered by `.differences`.
  case observe([Resource])
  /// Converges the resources in their order, stopping at the first failure. Answered by `.event`s and `.applied`.
  case apply([Resource])
  /// Runs a command and returns its output; for questions to engines. Answered by `.ran`.
  case run(CommandRequest)
  /// A command to the Ceph monitors through librados, with the host's own `/etc/ceph` files. Answered by `.monReply`.
  case mon(MonCommand)
  /// The first bytes of files or devices, each `nil` where it cannot be read. Answered by `.contents`.
  case read(paths: [String], limit: Int)
}

/// A command to run on the host.
public struct CommandRequest: Sendable, Hashable, Codable {
  public var argv: [String]
  public var input: String?
  /// In seconds; the process group is killed after it.
  public var timeout: Int

  public init(_ argv: [String], input: String? = nil, timeout: Int = 60) {
    self.argv = argv
    self.input = input
    self.timeout = timeout
  }
}

/// A command to the Ceph monitors.
public struct MonCommand: Sendable, Hashable, Codable {
  /// A JSON object with `prefix` and its arguments.
  public var json: String
  /// What the command reads besides: a keyring, say.
  public var input: String
  /// In seconds.
  public var timeout: Int
  /// The cephx name that asks.
  public var client: String

  public init(json: String, input: String = "", timeout: Int = 30, client: String = "client.admin") {
    self.json = json
    self.input = input
    self.timeout = timeout
    self.client = client
  }
}

/// What the agent answers.
public enum Response: Sendable, Hashable, Codable {
  case hello(version: Int, facts: Facts)
  /// Only resources that differ, in the order of the request.
  case differences([Difference])
  /// A resource was converged (`changes`, maybe none), or output of the command under way.
  case event(Event)
  /// The end of `.apply`.
  case applied(Applied)
  case ran(CommandResult)
  case monReply(MonReply)
  case contents([[UInt8]?])
  /// The request could not be carried out at all.
  case failed(String)
}

/// What the agent knows of its host at once.
public struct Facts: Sendable, Hashable, Codable {
  public var hostname: String
  /// `12`.
  public var debian: String
  public var kernel: String
  public var cores: Int
  /// In bytes.
  public var memory: UInt64
  /// Seconds since boot.
  public var uptime: Double
  /// `systemd-nspawn`, `docker`; `nil` on a host of its own.
  public var container: String?

  public init(
    hostname: String, debian: String, kernel: String, cores: Int, memory: UInt64, uptime: Double, container: String?
  ) {
    self.hostname = hostname
    self.debian = debian
    self.kernel = kernel
    self.cores = cores
    self.memory = memory
    self.uptime = uptime
    self.container = container
  }
}

/// Progress of `.apply`.
public enum Event: Sendable, Hashable, Codable {
  /// A resource is about to be changed.
  case changing(Difference)
  /// A line that a command of the host printed.
  case output(String)
}

/// How `.apply` ended.
public struct Applied: Sendable, Hashable, Codable {
  /// Ids of the resources that were changed.
  public var changed: [String]
  /// `nil`: all converged.
  public var failure: Failure?

  public init(changed: [String], failure: Failure? = nil) {
    self.changed = changed
    self.failure = failure
  }

  /// The first resource that could not be converged.
  public struct Failure: Sendable, Hashable, Codable, Error {
    public var resource: String
    /// What went wrong and what to do, with the command's own last output.
    public var message: String

    public init(resource: String, message: String) {
      self.resource = resource
      self.message = message
    }
  }
}

public struct CommandResult: Sendable, Hashable, Codable {
  /// 128 + signal where it was killed; 124 after its timeout.
  public var status: Int
  public var output: String
  public var error: String

  public init(status: Int, output: String, error: String) {
    self.status = status
    self.output = output
    self.error = error
  }
}

public struct MonReply: Sendable, Hashable, Codable {
  /// 0, or a negative errno.
  public var status: Int
  public var output: String
  /// The monitor's status line.
  public var message: String

  public init(status: Int, output: String, message: String) {
    self.status = status
    self.output = output
    self.message = message
  }
}
