/// The storage that a site offers.
public struct Storage: Sendable, Hashable {
  /// `nil` where no host has a disk for it.
  public var ceph: CephStorage?

  public init(ceph: CephStorage? = nil) { self.ceph = ceph }
}

/// A Ceph cluster.
public struct CephStorage: Sendable, Hashable {
  /// In the order of the file.
  public var pools: [Pool]

  public init(pools: [Pool] = []) { self.pools = pools }
}

/// A replicated pool.
public struct Pool: Sendable, Hashable {
  public var name: String
  public var use: PoolUse
  /// `nil`: derived from what storage must survive.
  public var replicas: Int?
  /// Expected share of the cluster's data, in percent; `nil`: an equal part of what the others leave.
  public var share: Double?
  /// Restricts the pool to disks of this class.
  public var deviceClass: DeviceClass?

  public init(
    name: String, use: PoolUse = .rbd, replicas: Int? = nil, share: Double? = nil, deviceClass: DeviceClass? = nil
  ) {
    self.name = name
    self.use = use
    self.replicas = replicas
    self.share = share
    self.deviceClass = deviceClass
  }
}

/// The application that Ceph is told a pool is for.
public enum PoolUse: String, Sendable, Hashable, CaseIterable, Codable {
  case rbd, cephfs, rgw
}
