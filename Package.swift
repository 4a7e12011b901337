// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// One module of the house (see ARCHITECTURE.md); its name says what lives in it.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], resources: resources, swiftSettings: settings)
}

/// The agent runs on hosts without Swift, in every configuration; so the same objects serve it and the tests. What the
/// static libraries need themselves is told by them only where all is compiled for them.
let selfContained: [LinkerSetting] =
  [
    .unsafeFlags(["-static-stdlib", "-Xlinker", "--strip-all"], .when(platforms: [.linux]))
  ]
  + [
    "FoundationInternationalization", "FoundationEssentials", "_FoundationCShims", "_FoundationCollections",
    "_FoundationICU", "swiftSynchronization",
  ].map { .linkedLibrary($0, .when(platforms: [.linux])) }

let package = Package(
  name: "varde",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "varde", targets: ["varde"]),
    .executable(name: "varde-agent", targets: ["varde-agent"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // Pure: no clock, disk, network or random source.
    room("Site", [.product(name: "Yams", package: "Yams")]),
    room("Drawing"),
    room("Design", ["Site", "Drawing"]),
    room("Guarantees", ["Design", "Drawing"]),
    room("Plan", ["Guarantees", "Design", "HostProtocol"]),
    room("HostProtocol"),
    room("Debian"),
    room("HostAgent", ["HostProtocol", "Debian"]),
    // Optimised also where all else is not: its tests map millions of inputs.
    .target(name: "CrushKernel", cSettings: [.unsafeFlags(["-O2"])]),
    .target(name: "Crush", dependencies: ["CrushKernel"], swiftSettings: settings + [.unsafeFlags(["-O"])]),
    // Effects: hosts, engines, disk.
    room("Processes", [.product(name: "Subprocess", package: "swift-subprocess")]),
    room("Hosts", ["HostProtocol", .product(name: "Subprocess", package: "swift-subprocess")]),
    room("Base", ["Plan"]),
    room("Fabric", ["Plan", "Hosts", "Guarantees"]),
    room("Ceph", ["Plan", "Hosts", "Guarantees", "Debian", "Crush"]),
    room("Store", [.product(name: "GRDB", package: "GRDB.swift")]),
    room("Rollout", ["Plan", "Guarantees", "Hosts", "Store"]),
    room("Controller", ["Site", "Base", "Fabric", "Ceph", "Crush", "Guarantees", "Rollout"]),
    room("Lab", ["Design", "Debian", "Processes"]),
    .target(
      name: "Rehearsal",
      dependencies: [
        "Design", "Drawing", "Guarantees", "HostProtocol", "Plan", "Hosts", "Ceph", "Store", "Rollout", "Controller",
        "Lab",
      ], resources: [.embedInCode("Probes/rbd-writer.py"), .embedInCode("Probes/flows.py")], swiftSettings: settings),
    .executableTarget(
      name: "varde",
      dependencies: [
        "Site", "Design", "Guarantees", "Plan", "Hosts", "Fabric", "Ceph", "Crush", "Store", "Rollout", "Controller",
        "Lab", "Rehearsal", "Processes",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    .executableTarget(
      name: "varde-agent", dependencies: ["HostAgent"], swiftSettings: settings, linkerSettings: selfContained),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    tests("SiteTests", ["Site"], resources: [.copy("Broken")]),
    tests("DesignTests", ["Design", "Guarantees"]),
    tests("HostProtocolTests", ["HostProtocol"]),
    tests("CrushTests", ["Crush"], resources: [.copy("msr-mappings.txt")]),
    tests("AgentTests", ["HostAgent", "Debian"]),
    tests("HostsTests", ["Hosts", "HostProtocol"]),
    tests(
      "PlanTests", ["Plan", "Guarantees", "Base", "Fabric", "Ceph", "Store", "Rollout", "Controller"],
      resources: [.copy("Golden")]),
    tests("SimulationTests", ["Site", "Design", "Guarantees", "HostProtocol", "Plan"]),
    tests("FuzzTests", ["Site", "Design", "HostProtocol", "Plan"]),
    tests("RehearsalTests", ["Rehearsal", "Site", "Design", "Guarantees", "Plan"]),
    tests("LabTests", ["Lab"]),
    tests("TwinTests", ["Processes", "Ceph", "Hosts", "Plan", .product(name: "GRDB", package: "GRDB.swift")]),
  ]
)
