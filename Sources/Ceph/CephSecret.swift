import Foundation
import Plan

/// The secrets and identities of a Ceph cluster, by the names under which the store keeps them.
public enum CephSecret {
  /// The cluster's identity; no secret, but made once like one.
  public static let fsid = "ceph/fsid"

  /// The key of a cephx entity: `mon.`, `client.admin`, `mgr.a1`, `client.vms`.
  public static func key(_ entity: String) -> String { "ceph/\(entity)" }

  /// The key of an OSD, by its UUID: its number is given later.
  public static func osdKey(uuid: String) -> String { "ceph/osd.\(uuid)" }

  /// A new value for one of the names above.
  public static func make(_ name: String) -> String {
    name == fsid ? UUID().uuidString.lowercased() : cephxKey()
  }

  /// A cephx key as `ceph-authtool --gen-key` writes it: base64 of type 1 (AES), the time of its making in seconds
  /// and nanoseconds, and the length and bytes of a random 128-bit key, all little-endian.
  static func cephxKey() -> String {
    var generator = SystemRandomNumberGenerator()
    let now = UInt32(truncatingIfNeeded: Int(Date().timeIntervalSince1970))
    var bytes: [UInt8] = [1, 0]
    bytes += withUnsafeBytes(of: now.littleEndian, Array.init)
    bytes += [0, 0, 0, 0, 16, 0]
    bytes += (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return Data(bytes).base64EncodedString()
  }
}
