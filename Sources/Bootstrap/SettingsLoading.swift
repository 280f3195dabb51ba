import FoundationEssentials

extension Settings {
    /// The configuration of this process, in the folder where it was started.
    public static func load() throws(SettingsError) -> Settings {
        try load(
            environment: ProcessInfo.processInfo.environment,
            directory: FileManager.default.currentDirectoryPath)
    }

    /// Reads and checks the whole configuration: the process environment over `.env` over the defaults.
    ///
    /// `.env` is `./.env`, or what `TERN_ENV_FILE` names. Relative paths start at `directory`. Nothing is written.
    public static func load(
        environment: [String: String], directory: String
    ) throws(SettingsError) -> Settings {
        let file = try environmentFile(named: environment["TERN_ENV_FILE"] ?? "", in: directory)
        var reader = SettingsReader(environment: environment, file: file)
        let settings = Settings(reading: &reader, directory: directory)
        let problems = reader.problems + unknownNames(in: environment) + unknownNames(in: file)
        guard problems.isEmpty else { throw SettingsError(problems) }
        return settings
    }

    /// Makes the data folder, readable by its owner only, where it is missing.
    public func makeDataDirectory() throws(SettingsError) {
        do {
            try FileManager.default.createDirectory(
                atPath: storage.directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SettingsError([
                "DATA_DIR=\(storage.directory): can't be made; name a folder that this user may write to"
            ])
        }
    }

    private init(reading reader: inout SettingsReader, directory: String) {
        let storage = Storage(reading: &reader, directory: directory)
        self.storage = storage
        server = Server(reading: &reader)
        secrets = Secrets(reading: &reader)
        administrator = Administrator(reading: &reader)
        mail = Mail(reading: &reader, dataDirectory: storage.directory, directory: directory)
        assistant = Assistant(reading: &reader, directory: directory)
        accounts = Accounts(
            requiresVerification: reader.flag("REQUIRE_EMAIL_VERIFICATION"),
            passwordIterations: reader.integer("PASSWORD_ITERATIONS", in: 1...100_000_000),
            accessTokenLifetime: reader.seconds("ACCESS_TOKEN_LIFETIME", in: 10...86_400),
            refreshTokenLifetime: reader.seconds("REFRESH_TOKEN_LIFETIME", in: 60...31_536_000))
        limits = Limits(reading: &reader)
        upkeep = Upkeep(reading: &reader)
        process = Process(reading: &reader)
    }

    private static func environmentFile(
        named name: String, in directory: String
    ) throws(SettingsError) -> [String: String] {
        let path = absolute(name.isEmpty ? ".env" : name, in: directory)
        guard let data = FileManager.default.contents(atPath: path) else {
            if name.isEmpty, !FileManager.default.fileExists(atPath: path) { return [:] }
            throw SettingsError(["TERN_ENV_FILE=\(path): can't be read; name a file that this user may read"])
        }
        return try EnvironmentFile.parse(String(decoding: data, as: UTF8.self), path: path)
    }

    private static func unknownNames(in values: [String: String]) -> [String] {
        let known = Variable.all.map(\.name).filter { $0.hasPrefix("TERN_") }
        return values.keys.filter { $0.hasPrefix("TERN_") && !known.contains($0) }.sorted()
            .map { "\($0): unknown name; remove it, or write one of \(known.joined(separator: ", "))" }
    }
}

/// A path as it is from the root, `.` and `..` resolved.
func absolute(_ path: String, in directory: String) -> String {
    let full = path.hasPrefix("/") ? path : "\(directory)/\(path)"
    var parts: [Substring] = []
    for part in full.split(separator: "/") where part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
}
