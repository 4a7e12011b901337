import HostAgent

AgentProgram.main()
