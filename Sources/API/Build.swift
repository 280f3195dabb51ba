package import Bootstrap
import Hummingbird
import Jobs
package import Logging
import Queue
import Redis
package import ServiceLifecycle
import Store

/// Puts the API together: nothing listens before its services run.
///
/// The database is opened and brought up to date, since every process may be the first.
package func buildAPI(settings: Settings, logger: Logger) async throws -> AssembledAPI {
    let store = try Store.open(
        path: settings.storage.databasePath, synchronous: settings.storage.isFullySynchronous ? .full : .normal)
    try store.migrate()
    let parts = try await Parts(settings: settings, store: store, logger: logger)
    let listening = ListeningPort()
    let server = Application(
        router: try routes(settings: settings, parts: parts).router,
        server: .http1(configuration: .init(idleTimeout: .seconds(75))),
        configuration: .init(
            address: .hostname(settings.server.host, port: settings.server.port), backlog: 4096),
        onServerRunning: { listening.open(on: $0) }, logger: logger)
    return AssembledAPI(
        services: [parts.connection, parts.doorbell, parts.queues, parts.dispatcher, server, parts.room],
        listening: listening)
}

/// The services of an API in the order in which they start; they end in reverse.
package struct AssembledAPI: Sendable {
    package let services: [any Service]
    package let listening: ListeningPort
}

private func routes(settings: Settings, parts: Parts) throws -> RouteTable {
    let routes = RouteTable()
    routes.addMiddleware {
        RequestScope(
            headers: CommonHeaders(isSecure: settings.server.isSecure), routes: routes.list, pages: parts.pages,
            bodyLimit: settings.limits.bodyBytes)
        Authentication(
            signIns: parts.signIns, cookies: parts.cookies, origin: parts.origin,
            clientAddress: ClientAddress(trustedProxies: settings.server.trustedProxies))
    }
    PageController(pages: parts.pages).addRoutes(to: routes)
    HealthController(store: parts.store, redis: parts.redis).addRoutes(to: routes)
    SignupController(
        store: parts.store, mails: AccountMails(store: parts.store, dispatcher: parts.dispatcher),
        passwordIterations: settings.accounts.passwordIterations, limits: parts.limits, pages: parts.pages
    ).addRoutes(to: routes)
    LoginController(
        signIns: parts.signIns,
        passwords: PasswordCheck(store: parts.store, iterations: settings.accounts.passwordIterations),
        cookies: parts.cookies, origin: parts.origin, limits: parts.limits, pages: parts.pages
    ).addRoutes(to: routes)
    let profiles = ProfileController(
        store: parts.store, mails: AccountMails(store: parts.store, dispatcher: parts.dispatcher), pages: parts.pages)
    profiles.addRoutes(to: routes)

    let passwords = PasswordController(
        store: parts.store,
        passwords: PasswordCheck(
            store: parts.store, iterations: settings.accounts.passwordIterations),
        mails: AccountMails(store: parts.store, dispatcher: parts.dispatcher), limits: parts.limits)
    passwords.addRoutes(to: routes)

    let signedIn = routes.group(context: SignedInContext.self)
    ChatController(store: parts.store, desk: parts.desk).addRoutes(to: signedIn)
    JobController(jobs: parts.jobs, cancellation: parts.cancellation).addRoutes(to: signedIn)
    ConversationController(
        store: parts.store,
        removal: ConversationRemoval(
            store: parts.store, cancellation: parts.cancellation, dispatcher: parts.dispatcher)
    ).addRoutes(to: signedIn)
    ExportController(store: parts.store).addRoutes(to: signedIn)
    FeedbackController(store: parts.store).addRoutes(to: signedIn)
    HistoryController(store: parts.store).addRoutes(to: signedIn)
    passwords.addRoutes(to: signedIn)
    profiles.addRoutes(to: signedIn)
    SessionController(store: parts.store).addRoutes(to: signedIn)
    PersonalTokenController(store: parts.store).addRoutes(to: signedIn)
    KnowledgeController(store: parts.store, inquiry: parts.inquiry).addRoutes(to: signedIn)

    let administrator = routes.group(context: AdministratorContext.self)
    SchedulerController(
        store: parts.store, queue: parts.queue, jobs: parts.jobs, dispatcher: parts.dispatcher,
        timeZone: settings.upkeep.timeZone
    ).addRoutes(to: administrator)
    TimetableController(store: parts.store).addRoutes(to: administrator)
    QueueController(store: parts.store, queue: parts.queue).addRoutes(to: administrator)
    return routes
}
