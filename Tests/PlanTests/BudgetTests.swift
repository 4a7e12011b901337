import Design
import Guarantees
import Site
import Testing

@testable import Plan

/// What may run together, by what the site is to survive.
@Suite struct BudgetTests {
  private func design(_ change: (inout Site) -> Void = { _ in }) -> Design {
    var site = Stage.threeRacks
    change(&site)
    return Design(site)
  }

  /// A step for each host, which takes its OSDs down.
  private func restarts(_ design: Design) -> Plan {
    let steps = design.hosts.filter { !$0.disks.isEmpty }.map { host in
      Step(
        id: "\(host.name)/osds", title: "", phase: "", action: .converge(host: host.name, resources: []),
        takesDown: host.disks.map { .osd(host: host.name, disk: $0.path) }, gate: .clean)
    }
    return Plan(site: design.site, steps: steps)
  }

  private func forecast(
    _ design: Design, down: Set<Component> = [], keep: Int = 0, cluster: PlacedSimulation? = nil,
    numbers: [Component: Int] = [:]
  ) -> Forecast {
    Forecast(
      restarts(design), budget: DisruptionBudget(design, keep: keep),
      condition: Condition(down: down, cluster: cluster, numbers: numbers), forks: 25, seconds: { _ in 10 })
  }

  @Test func racksGoOneAfterTheOtherAndWhole() {
    let forecast = forecast(design())
    #expect(
      forecast.waves.map(\.steps) == [
        ["a1/osds", "a2/osds", "a3/osds"], ["b1/osds", "b2/osds"], ["c1/osds", "c2/osds"],
      ])
    #expect(forecast.seconds == 30 && forecast.downtimes.isEmpty && forecast.held == nil)
  }

  @Test func hostsGoOneByOneWhereHostsAreWhatIsSurvived() {
    let forecast = forecast(design { $0.survive.storage = .host })
    #expect(forecast.waves.count == 7 && forecast.waves.allSatisfy { $0.steps.count == 1 })
  }

  @Test func nothingGoesWhereTheBudgetIsSpent() {
    let forecast = forecast(design(), down: [.node("b1")])
    // In the same rack no more is lost than is already.
    #expect(forecast.waves.map(\.steps) == [["b2/osds"]])
    #expect(forecast.held?.hasPrefix("a1/osds: pool 'vms' may have 1 of 3 replicas left") == true)
    #expect(forecast.held?.hasSuffix("down now: b1") == true)
  }

  @Test func whatIsDownMayBeMendedWhateverElseIs() {
    let down: Set<Component> = [.osd(host: "a2", disk: "/dev/vdb"), .osd(host: "b1", disk: "/dev/vdb")]
    #expect(forecast(design(), down: down).waves.flatMap(\.steps) == ["a2/osds", "b1/osds"])
  }

  @Test func furtherFailuresAreKeptInHand() {
    let none = forecast(design(), keep: 1)
    #expect(none.waves.isEmpty && none.held?.contains("nothing would be kept in hand: with ") == true)
    // Four replicas, of which two must be left: one rack for the change, one in hand.
    let four = design { site in
      site.racks.append(
        Rack(name: "d", leaves: (1...2).map { Switch(name: "d-l\($0)", address: Stage.address(140 + $0)) }))
      site.hosts.append(Stage.host("d1", 41, rack: "d"))
      site.storage.ceph?.pools[0].replicas = 4
    }
    #expect(forecast(four, keep: 1).waves.count == 4)
  }

  @Test func whatCannotBeSurvivedIsDowntime() {
    let forecast = forecast(Design(Stage.oneVM))
    #expect(forecast.waves.count == 1)
    #expect(forecast.downtimes.first?.broken.map(\.guarantee).contains(.storageIO) == true)
    let text = PlanText(restarts(Design(Stage.oneVM)), forecast: forecast).text
    #expect(text.contains("DOWNTIME of about 10 s in a1/osds: storage ("), "\(text)")
  }

  /// An OSD that is up and still lacks objects: the map is whole, the copies are not.
  @Test func copiesThatAreBeingMadeCountAsMissing() {
    let design = design()
    func simulation(isWhole: Bool) -> PlacedSimulation {
      PlacedSimulation(
        PlacedCluster(
          name: "c", osds: [],
          pools: [.init(id: 1, name: "vms", size: 3, minSize: 2, needed: 1, rule: nil)],
          groups: [.init(id: "1.0", pool: 1, acting: [0, 4, 6], isWhole: isWhole)], mons: [:]))
    }
    let numbers: [Component: Int] = [.osd(host: "a1", disk: "/dev/vdb"): 0]
    #expect(forecast(design, cluster: simulation(isWhole: true), numbers: numbers).held == nil)
    let held = forecast(design, cluster: simulation(isWhole: false), numbers: numbers).held
    #expect(held == "a1/osds: placement groups stop: 1 of pool 'vms'")
  }

  @Test func aStepOfAHostThatIsDownWaitsForIt() {
    let held = forecast(design(), down: [.node("a1")]).held
    #expect(held == "a1/osds: a1 is down")
  }
}
