import Design
import HostProtocol
import Plan

/// What every node has, whatever its engines: kernel modules and parameters.
public enum Base {
  /// The resources of one node, in the order in which they are applied.
  public static func resources(_ node: Node) -> [Resource] {
    let modules = node.modules.map { Resource.module(ModuleResource($0)) }
    guard !node.sysctls.isEmpty else { return modules }
    return modules + [.sysctls(SysctlResource("kernel", values: node.sysctls))]
  }
}
