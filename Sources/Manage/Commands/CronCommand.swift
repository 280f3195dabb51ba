import ArgumentParser
import Jobs
import Store

struct CronCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cron", abstract: "Shows and steers the scheduled work.",
        subcommands: [CronList.self, CronRun.self, CronEnable.self, CronDisable.self])
}

struct CronList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The same as scheduler-info.")

    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        var info = SchedulerInfo()
        info.json = json
        try await info.run()
    }
}

struct CronRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs an entry now, by a worker, and waits for the result.")

    @Argument(help: "One of \(Chores.entries.joined(separator: ", ")).") var name: String
    @Option(help: "Seconds to wait for the result.") var timeout = 3600
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard Chores.entries.contains(name) else { throw ValidationError("There is no entry named \(name) to run.") }
    }

    func run() async throws {
        try await runChore(name, timeout: timeout, json: json)
    }
}

struct CronEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: "Lets an entry run at its times.")

    @Argument(help: "Name of the entry.") var name: String

    func run() async throws {
        try await setEntry(name, isEnabled: true)
    }
}

struct CronDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Keeps an entry from running until it is enabled again.")

    @Argument(help: "Name of the entry.") var name: String

    func run() async throws {
        try await setEntry(name, isEnabled: false)
    }
}

private func setEntry(_ name: String, isEnabled: Bool) async throws {
    let store = try Desk().store()
    guard try await store.schedules.set(name, isEnabled: isEnabled) else {
        let exists = try await store.schedules.list().contains { $0.name == name }
        throw Complaint(
            exists
                ? "\(name) can't be switched off: Tern depends on it"
                : "there is no entry named \(name); beat writes its timetable when it starts")
    }
    try store.close()
    print("\(name) is \(isEnabled ? "enabled" : "disabled")")
}
