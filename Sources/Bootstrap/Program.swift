import Glibc
public import Logging
public import ServiceLifecycle
import UnixSignals

/// A process of Tern between its start and its end: what every `main` does around its own assembly.
public struct Program: Sendable {
    public var settings: Settings
    public var logger: Logger

    /// Reads the settings, sets up logging and runs `body`; a problem prints one clear line and ends the process.
    ///
    /// Exit codes: 78 when the configuration can't be used, 1 when the process failed. Call it once, first thing.
    public static func run(_ name: String, _ body: (Program) async throws -> Void) async {
        signal(SIGPIPE, SIG_IGN)
        do {
            try await body(start(name))
        } catch is CancellationError {
            return
        } catch let error as SettingsError {
            fail("\(error)", code: SettingsError.exitCode)
        } catch {
            fail("\(name): \(error)", code: EXIT_FAILURE)
        }
    }

    /// Settings, the data folder and the logging system.
    public static func start(_ name: String) throws(SettingsError) -> Program {
        let settings = try Settings.load()
        try settings.makeDataDirectory()
        let level = Logger.Level(rawValue: settings.process.logLevel) ?? .info
        let format = LogFormat(named: settings.process.logFormat)
        LoggingSystem.bootstrap { _ in LineLogHandler(label: name, level: level, format: format) }
        return Program(settings: settings, logger: Logger(label: name))
    }

    /// Runs services until SIGTERM or SIGINT, then ends them in reverse order within the drain time.
    ///
    /// Order is order of dependency. A service that ends by itself or fails ends all of them. After the drain time and
    /// `margin` what still runs is cancelled, and a little later left behind.
    public func serve(_ services: [any Service], margin: Duration = .seconds(5)) async throws {
        logger.info("starting", metadata: ["process.id": "\(getpid())"])
        var configuration = ServiceGroupConfiguration(
            services: services.map { service in
                .init(
                    service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], cancellationSignals: [], logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.process.drain + margin
        configuration.maximumCancellationDuration = margin
        configuration.logging.keys.signalKey = "signal"
        configuration.logging.keys.serviceKey = "service"
        configuration.logging.keys.errorKey = "error"
        try await ServiceGroup(configuration: configuration).run()
        logger.info("stopped")
    }

    private static func fail(_ message: String, code: Int32) -> Never {
        LineLogHandler.writeToStandardError(message + "\n")
        exit(code)
    }
}
