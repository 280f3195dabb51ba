import Dispatch
import Glibc
import Logging
import Queue
import ServiceLifecycle

/// The signals beside TERM and INT: TSTP takes no new jobs, CONT takes them again, TTIN logs what runs, and a second TERM
/// gives everything back at once.
struct WorkerSignals: Service {
    let runner: JobRunner
    let logger: Logger

    func run() async throws {
        let queue = DispatchQueue(label: "tern.worker.signals")
        var terminations = 0
        let sources = [SIGTSTP, SIGCONT, SIGTTIN, SIGTERM].map { number in
            if number != SIGTERM { signal(number, SIG_IGN) }
            return (number, DispatchSource.makeSignalSource(signal: number, queue: queue))
        }
        for (number, source) in sources {
            switch number {
            case SIGTSTP: source.setEventHandler { obey(quiet: true) }
            case SIGCONT: source.setEventHandler { obey(quiet: false) }
            case SIGTTIN: source.setEventHandler { tellRunning() }
            default:
                source.setEventHandler {
                    terminations += 1
                    if terminations > 1 { runner.giveBackNow() }
                }
            }
            source.resume()
        }
        // Heard until the very end: a second TERM comes while the runner drains, which is before this service's turn.
        try? await gracefulShutdown()
        for (_, source) in sources { source.cancel() }
    }

    private func obey(quiet: Bool) {
        logger.notice(quiet ? "takes no new jobs" : "takes jobs again")
        runner.quiet(quiet)
    }

    private func tellRunning() {
        let running = runner.running()
        logger.notice("running jobs", metadata: ["jobs.count": "\(running.count)"])
        for (attempt, elapsed) in running {
            logger.notice(
                "running",
                metadata: [
                    "job.id": "\(attempt.id)", "job.kind": "\(attempt.kind)", "job.attempt": "\(attempt.number)",
                    "job.seconds": "\(elapsed.components.seconds)",
                ])
        }
    }
}
