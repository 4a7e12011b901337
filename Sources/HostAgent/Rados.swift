import Glibc
import HostProtocol

typealias RadosHandle = UnsafeMutableRawPointer

/// The few functions of librados that ask monitors, found at run time: most hosts have no librados, and the agent
/// must start there, too. Signatures: rados/librados.h.
struct Rados {
  private typealias Create2 =
    @convention(c) (
      UnsafeMutablePointer<RadosHandle?>, UnsafePointer<CChar>, UnsafePointer<CChar>, UInt64
    ) -> Int32
  private typealias ReadFile = @convention(c) (RadosHandle, UnsafePointer<CChar>?) -> Int32
  private typealias Set = @convention(c) (RadosHandle, UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
  private typealias Connect = @convention(c) (RadosHandle) -> Int32
  private typealias Shutdown = @convention(c) (RadosHandle) -> Void
  private typealias FreeBuffer = @convention(c) (UnsafeMutablePointer<CChar>?) -> Void
  private typealias MonCommandCall =
    @convention(c) (
      RadosHandle, UnsafeMutablePointer<UnsafePointer<CChar>?>, Int, UnsafePointer<UInt8>?, Int,
      UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, UnsafeMutablePointer<Int>,
      UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, UnsafeMutablePointer<Int>
    ) -> Int32

  private let create2: Create2
  private let readFile: ReadFile
  private let setOption: Set
  private let connectCluster: Connect
  private let shutdownCluster: Shutdown
  private let freeBuffer: FreeBuffer
  private let monCommand: MonCommandCall

  init() throws(MonFailure) {
    guard let library = dlopen("librados.so.2", RTLD_NOW | RTLD_LOCAL) else {
      throw MonFailure(code: ENOENT, message: "librados.so.2 cannot be loaded (package librados2): \(Self.loaderWords)")
    }
    func symbol<Function>(_ name: String, as type: Function.Type) throws(MonFailure) -> Function {
      guard let address = dlsym(library, name) else {
        throw MonFailure(code: ENOSYS, message: "librados.so.2 has no \(name): \(Self.loaderWords)")
      }
      return unsafeBitCast(address, to: type)
    }
    create2 = try symbol("rados_create2", as: Create2.self)
    readFile = try symbol("rados_conf_read_file", as: ReadFile.self)
    setOption = try symbol("rados_conf_set", as: Set.self)
    connectCluster = try symbol("rados_connect", as: Connect.self)
    shutdownCluster = try symbol("rados_shutdown", as: Shutdown.self)
    freeBuffer = try symbol("rados_buffer_free", as: FreeBuffer.self)
    monCommand = try symbol("rados_mon_command", as: MonCommandCall.self)
  }

  private static var loaderWords: String { dlerror().map { String(cString: $0) } ?? "no reason given" }

  /// - Parameter timeout: in seconds
  func connect(client: String, timeout: Int) throws(MonFailure) -> RadosHandle {
    var created: RadosHandle?
    try check(create2(&created, "ceph", client, 0), "\(client) of cluster ceph")
    guard let cluster = created else { throw MonFailure(code: ENOMEM, message: "librados gave no handle") }
    do throws(MonFailure) {
      try check(readFile(cluster, nil), "/etc/ceph/ceph.conf")
      set(cluster, "client_mount_timeout", "\(timeout)")
      set(cluster, "rados_mon_op_timeout", "\(timeout)")
      try check(connectCluster(cluster), "no connection to the monitors as \(client)")
      return cluster
    } catch {
      shutdownCluster(cluster)
      throw error
    }
  }

  /// Options that a version does not know are passed over.
  func set(_ cluster: RadosHandle, _ option: String, _ value: String) {
    _ = setOption(cluster, option, value)
  }

  func command(_ cluster: RadosHandle, _ json: String, input: [UInt8]) -> MonReply {
    var output: UnsafeMutablePointer<CChar>?
    var outputLength = 0
    var words: UnsafeMutablePointer<CChar>?
    var wordsLength = 0
    defer {
      freeBuffer(output)
      freeBuffer(words)
    }
    let status = json.withCString { json in
      var commands: UnsafePointer<CChar>? = json
      return monCommand(
        cluster, &commands, 1, input, input.count, &output, &outputLength, &words, &wordsLength)
    }
    return MonReply(
      status: Int(status), output: Self.text(output, outputLength), message: Self.text(words, wordsLength))
  }

  func shutdown(_ cluster: RadosHandle) { shutdownCluster(cluster) }

  private func check(_ status: Int32, _ what: String) throws(MonFailure) {
    guard status < 0 else { return }
    throw MonFailure(code: -status, message: "\(what): \(String(cString: strerror(-status)))")
  }

  private static func text(_ bytes: UnsafeMutablePointer<CChar>?, _ length: Int) -> String {
    guard let bytes else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
  }
}
