/// What `varde status --format json` prints.
struct SiteStatus: Decodable {
  struct Hosts: Decodable {
    var reachable: Int
    var total: Int
  }
  struct Fabric: Decodable {
    var established: Int
    var sessions: Int
    var fewestNextHops: Int
  }
  struct Ceph: Decodable {
    var health: String
    var quorum: [String]
    var osdsUp: Int
    var osdsIn: Int
    var osds: Int
  }

  var hosts: Hosts
  var fabric: Fabric?
  var ceph: Ceph?
  var problems: [String]
}
