// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let jwtKit = product(name: "JWTKit", package: "jwt-kit")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
}

func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func executable(
    _ name: String, _ dependencies: [Target.Dependency], path: String? = nil, resources: [Resource]? = nil
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], resources: resources,
        swiftSettings: settings)
}

let package = Package(
    name: "tern",
    products: [
        .library(name: "Queue", targets: ["Queue"]),
        .executable(name: "api", targets: ["API"]),
        .executable(name: "worker", targets: ["Worker"]),
        .executable(name: "beat", targets: ["Beat"]),
        .executable(name: "manage", targets: ["Manage"]),
        .executable(name: "bench", targets: ["Bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        // The job engine, a library product of its own.
        .systemLibrary(name: "CHiredis"),
        library("Identifiers"),
        library("Redis", ["CHiredis", .logging]),
        library(
            "Queue", ["Identifiers", "Redis", .lifecycle, .logging, .metrics], resources: [.embedInCode("Scripts")]),

        // What Tern's processes share.
        library("Jobs", ["Identifiers", "Queue", "Redis", .lifecycle, .logging]),
        library("Store", ["Identifiers", .crypto, .grdb, .logging]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        library("Curl", ["CCurl", .logging]),
        library("Mail", ["Curl", .logging]),
        library("Accounts", [.crypto, .cryptoExtras]),
        .target(
            name: "CFaiss", cxxSettings: [.unsafeFlags(["-O3"])],
            linkerSettings: [.linkedLibrary("faiss"), .linkedLibrary("openblas"), .linkedLibrary("gomp")]),
        library("Assistant", ["CFaiss", "Curl", "Identifiers", "Store", .crypto, .logging]),
        library(
            "Bootstrap",
            ["Redis", .configuration, .lifecycle, .logging, .metrics, .unixSignals]),
        .systemLibrary(name: "CMarkdown"),
        // The pages' templates, styles and scripts, embedded by the C compiler: a byte array literal in Swift takes it 20 s.
        .target(name: "CAssets", exclude: ["Scripts", "Styles", "Templates"]),

        // The four processes: thin, one build function each.
        executable(
            "API",
            [
                "Accounts", "Bootstrap", "CAssets", "CMarkdown", "Identifiers", "Jobs", "Queue", "Redis", "Store",
                .crypto, .cryptoExtras, .hummingbird, .jwtKit, .lifecycle, .logging, .metrics, .mustache, .nioCore,
            ]),
        executable(
            "Worker",
            [
                "Assistant", "Bootstrap", "Curl", "Identifiers", "Jobs", "Mail", "Queue", "Redis", "Store",
                .crypto, .lifecycle, .logging, .metrics,
            ]),
        executable(
            "Beat",
            ["Bootstrap", "Identifiers", "Jobs", "Queue", "Redis", "Store", .lifecycle, .logging, .metrics]),
        executable(
            "Manage",
            [
                "Accounts", "Bootstrap", "Curl", "Identifiers", "Jobs", "Mail", "Queue", "Redis", "Store",
                .argumentParser, .crypto,
            ]),
        executable(
            "Bench", ["Curl", "Identifiers", "Queue", "Redis", .lifecycle, .logging, .unixSignals],
            path: "bench/Bench"),

        .target(
            name: "TestSupport", dependencies: ["Curl", "Redis"], path: "Tests/TestSupport", swiftSettings: settings),
        tests("Identifiers", ["Identifiers"]),
        tests("Redis", ["Redis"]),
        tests("Queue", ["Queue", "Redis", "Identifiers", .logging, .lifecycle]),
        tests("Jobs", ["Jobs", "Queue", "Redis", "Identifiers"]),
        tests("Store", ["Store", "Identifiers"]),
        tests("Curl", ["Curl"]),
        tests("Mail", ["Mail", "Curl"]),
        tests("Assistant", ["Assistant", "Store", "Identifiers"]),
        tests("Bootstrap", ["Bootstrap", .logging, .lifecycle]),
        tests("Accounts", ["Accounts"]),
        tests(
            "API",
            [
                "API", "Bootstrap", "Jobs", "Queue", "Redis", "Store", "Curl", "Identifiers", .lifecycle, .logging,
            ]),
        tests(
            "Worker",
            [
                "Worker", "Assistant", "Bootstrap", "Curl", "Jobs", "Mail", "Queue", "Redis", "Store", "Identifiers",
                .lifecycle, .logging,
            ]),
        tests("Beat", ["Beat", "Bootstrap", "Jobs", "Queue", "Redis", "Store", "Identifiers", .lifecycle, .logging]),
        tests("Manage", ["Accounts", "Identifiers", "Jobs", "Manage", "Queue", "Redis", "Store", .logging]),
        tests("EndToEnd", ["Curl", "Redis"]),
        tests("Browser", ["Curl", "Redis"]),
    ],
    cxxLanguageStandard: .cxx17
)
