import ArgumentParser
import Bootstrap

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks everything that Tern depends on and says what to mend.",
        discussion: """
            A line a check: ok, warn (Tern runs, with something to know) or FAIL. Exits with 1 when a check failed. \
            Changes nothing.
            """)

    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let settings: Settings
        do {
            settings = try Settings.load()
        } catch {
            try show(error.problems.map { Finding(check: "settings", level: .fail, text: $0) })
            throw ExitCode(SettingsError.exitCode)
        }
        var findings = [Finding(check: "settings", level: .ok, text: "all variables are valid")]
        findings += FileChecks(settings: settings).run()
        findings += await StoreCheck(settings: settings).run()
        findings += await QueueChecks(settings: settings).run()
        findings += await MailCheck(settings: settings).run()
        try show(findings)
        if findings.contains(where: { $0.level == .fail }) { throw ExitCode.failure }
    }

    private func show(_ findings: [Finding]) throws {
        if json { return try Terminal.print(json: findings) }
        let width = findings.map(\.check.count).max() ?? 0
        for finding in findings {
            let check = finding.check + String(repeating: " ", count: width - finding.check.count)
            let level = finding.level.shown + String(repeating: " ", count: 4 - finding.level.shown.count)
            print("\(level)  \(check)  \(finding.text)")
        }
    }
}

/// What a check found; `text` also says what to do where something is wrong.
struct Finding: Encodable, Equatable {
    enum Level: String, Encodable {
        case ok, warn, fail

        var shown: String { self == .fail ? "FAIL" : rawValue }
    }

    var check: String
    var level: Level
    var text: String
}
