import Assistant
package import Bootstrap
import Curl
import FoundationEssentials
import Jobs
package import Logging
import Mail
import Queue
import Redis
package import ServiceLifecycle
import Store

/// Puts a worker together; nothing runs before its services do.
package func buildWorker(settings: Settings, options: WorkerOptions, logger: Logger) throws -> [any Service] {
    let address = try RedisAddress(parsing: settings.storage.redisURL)
    let namespace = settings.storage.namespace
    let store = try Store.open(
        path: settings.storage.databasePath, synchronous: settings.storage.isFullySynchronous ? .full : .normal)
    try store.migrate()
    let redis = RedisConnection(address, logger: logger)
    let feed = AnswerFeed(redis: redis, namespace: namespace)
    let run = TrackedRun(
        store: store, feed: feed, queue: JobQueue(redis: redis, namespace: namespace), logger: logger)
    let knowledge = try makeKnowledge(settings, options, store, logger)
    let refresh = RefreshKnowledgeHandler(run: run, knowledge: knowledge, file: settings.assistant.knowledgeBase)
    let handlers = try makeHandlers(
        settings, run, knowledge, refresh, Replies(redis: redis, namespace: namespace), logger)
    let recorder = JobRecorder(store: store, feed: feed, logger: logger)

    var configuration = JobRunner.Configuration(queues: options.queues, concurrency: options.concurrency)
    configuration.drain = settings.process.drain
    let runner = JobRunner(
        address: address, namespace: namespace, handlers: handlers, configuration: configuration,
        willConclude: { try await recorder.record($0, $1) }, logger: logger)
    let maintainer = Maintainer(
        address: address, namespace: namespace, didEnd: { try await recorder.record($0, $1) }, logger: logger)
    let signals = WorkerSignals(runner: runner, logger: logger)
    return [maintainer, KnowledgeAtStart(refresh: refresh, logger: logger), signals, runner]
}

private func makeHandlers(
    _ settings: Settings, _ run: TrackedRun, _ knowledge: Knowledge, _ refresh: RefreshKnowledgeHandler,
    _ replies: Replies, _ logger: Logger
) throws -> Handlers {
    let answer = GenerateAnswerHandler(run: run) { question, history in
        try await knowledge.parts().answerer.answer(question, history: history)
    }
    let title = MakeTitleHandler(run: run)
    let mail = SendMailHandler(
        run: run, mailer: makeMailer(settings.mail, logger), from: try MailAddress(parsing: settings.mail.from),
        publicURL: settings.server.publicURL)
    let ingest = IngestDocumentHandler(run: run, knowledge: knowledge)
    let embed = EmbedChunksHandler(run: run, knowledge: knowledge)
    let delete = DeleteDocumentHandler(run: run)
    let housekeeping = HousekeepingHandler(
        run: run,
        retention: HousekeepingHandler.Retention(
            conversationDays: settings.upkeep.conversationRetentionDays,
            unverifiedDays: settings.upkeep.unverifiedRetentionDays, jobs: settings.upkeep.jobRetention))
    let statistics = StatisticsHandler(run: run)
    let backup = BackupHandler(run: run, folder: "\(settings.storage.directory)/backups")
    let search = SearchKnowledgeHandler(knowledge: knowledge, replies: replies, logger: logger)

    var handlers = Handlers()
    handlers.on(GenerateAnswer.self) { try await answer.handle($0, $1) }
    handlers.on(MakeTitle.self) { try await title.handle($0, $1) }
    handlers.on(SendMail.self) { try await mail.handle($0, $1) }
    handlers.on(IngestDocument.self) { try await ingest.handle($0, $1) }
    handlers.on(EmbedChunks.self) { try await embed.handle($0, $1) }
    handlers.on(DeleteDocument.self) { try await delete.handle($0, $1) }
    handlers.on(RefreshKnowledge.self) { try await refresh.handle($0, $1) }
    handlers.on(RunHousekeeping.self) { try await housekeeping.handle($0, $1) }
    handlers.on(StoreStatistics.self) { try await statistics.handle($0, $1) }
    handlers.on(BackupDatabase.self) { try await backup.handle($0, $1) }
    handlers.on(SearchKnowledge.self) { try await search.handle($0, $1) }
    return handlers
}

/// The encoder is opened by the first job that needs it, but a file that isn't there is told at the start.
private func makeKnowledge(
    _ settings: Settings, _ options: WorkerOptions, _ store: Store, _ logger: Logger
) throws -> Knowledge {
    let path = settings.assistant.embeddingModelFile
    let needing: Set = [JobQueues.answers, JobQueues.ingestion, JobQueues.embedding]
    if options.queues.contains(where: { needing.contains($0.name) }), !FileManager.default.isReadableFile(atPath: path)
    {
        throw SettingsError(["EMBEDDING_MODEL_FILE=\(path): can't be read; name the file minilm-l6-v2.int8.bin"])
    }
    return Knowledge(store: store, providers: settings.assistant.providers, logger: logger) {
        EmbeddedEmbedder(model: try EmbeddingModel(path: path))
    }
}

private func makeMailer(_ settings: Settings.Mail, _ logger: Logger) -> any Mailer {
    guard let server = settings.server else {
        logger.notice(
            "mail goes to files, since EMAIL_HOST is not set", metadata: ["mail.folder": "\(settings.folder)"])
        return FileMailer(folder: settings.folder)
    }
    let security: SMTPRequest.Security =
        switch server.security {
        case .none: .none
        case .startTLS: .startTLS
        case .implicitTLS: .implicitTLS
        }
    return SMTPMailer(
        host: server.host, port: server.port, security: security, username: server.username,
        password: server.password, authorityFile: server.authorityFile)
}
