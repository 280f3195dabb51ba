import Accounts
import Foundation
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct CommandTests {
    @Test func `help teaches every command`() async throws {
        let manage = try ManageProcess()
        let help = try await manage("--help")
        #expect(help.code == 0)
        for command in [
            "migrate", "create-admin", "scheduler-info", "run-housekeeping", "jobs", "send-test-email", "doctor",
        ] {
            #expect(help.output.contains(command))
            #expect(try await manage(command, "--help").code == 0)
        }
        #expect(try await manage("--version").output.hasPrefix("tern manage "))
    }

    @Test func `wrong usage and wrong configuration have codes of their own`() async throws {
        var manage = try ManageProcess()
        #expect(try await manage("fly").code == 64)
        #expect(try await manage("jobs", "list", "--state", "sleeping").code == 64)
        #expect(try await manage("create-admin").code == 64)
        manage.variables["SECRET_KEY"] = nil
        manage.variables["PORT"] = "x"
        let result = try await manage("migrate")
        #expect(result.code == 78)
        #expect(result.output.isEmpty)
        #expect(result.errors.split(separator: "\n").map { $0.prefix { $0 != " " } } == ["PORT=x:", "SECRET_KEY"])
        #expect(!FileManager.default.fileExists(atPath: manage.databasePath))
    }

    @Test func `migrate makes the schema once`() async throws {
        let manage = try ManageProcess()
        let first = try await manage("migrate")
        #expect(first.code == 0)
        #expect(first.output.contains("applied: "))
        let second = try await manage("migrate")
        #expect(second.code == 0)
        #expect(second.output == "the schema is up to date: version \(Store.neededSchemaVersion)\n")
    }

    @Test func `without a schema the other commands ask for migrate`() async throws {
        let manage = try ManageProcess()
        let result = try await manage("jobs", "list")
        #expect(result.code == 1)
        #expect(result.errors == "manage: the database has no current schema: run manage migrate\n")
    }

    @Test func `a restored backup brings back what was there, and only when asked for`() async throws {
        let manage = try ManageProcess()
        _ = try await manage("migrate")
        let backup = String(try await manage("backup").output.dropLast())
        let made = try await manage(
            "create-admin", "--username", "ann", "--email", "ann@example.com", "--password-stdin",
            input: "correct horse\n")
        #expect(made.code == 0, "\(made.errors)")

        #expect(try await manage("restore", backup).errors.contains("add --yes"))
        #expect(try await manage("restore", manage.folder.file("none"), "--yes").code == 1)
        let store = try Store.open(path: manage.databasePath)
        #expect(try await store.accounts.find(username: "ann") != nil)
        #expect(try await manage("restore", backup, "--yes").code == 1, "the database is open")
        try store.close()

        let restored = try await manage("restore", backup, "--yes")
        #expect(restored.code == 0, "\(restored.errors)")
        let after = try Store.open(path: manage.databasePath)
        #expect(try await after.accounts.find(username: "ann") == nil)
        #expect(FileManager.default.fileExists(atPath: manage.databasePath + ".replaced"))
    }

    @Test func `an administrator is made once, with a password that verifies`() async throws {
        let manage = try ManageProcess()
        _ = try await manage("migrate")
        let first = try await manage(
            "create-admin", "--username", "Ann", "--email", "ann@example.com", "--password-stdin",
            input: "correct horse\n")
        #expect(first.code == 0, "\(first.errors)")
        let store = try Store.open(path: manage.databasePath)
        let account = try #require(try await store.accounts.find(username: "ann"))
        #expect(account.isAdmin && account.isVerified && account.isActive)
        #expect(try await #require(PasswordHash(account.passwordHash)).verify("correct horse"))

        let second = try await manage(
            "create-admin", "--username", "ann", "--email", "Ann@example.com", "--password-stdin",
            input: "another one\n")
        #expect(second.code == 0)
        #expect(second.output == "the administrator Ann exists already; nothing was changed\n")
        let other = try await manage(
            "create-admin", "--username", "bob", "--email", "ann@example.com", "--password-stdin",
            input: "another one\n")
        #expect(other.code == 1)
        #expect(other.errors.contains("address is taken"))
        #expect(try await store.accounts.find(username: "ann")?.passwordHash == account.passwordHash)
    }

    @Test func `an administrator keeps the rules of accounts`() async throws {
        let manage = try ManageProcess()
        _ = try await manage("migrate")
        let result = try await manage(
            "create-admin", "--username", "a", "--email", "nobody", "--password-stdin", input: "password")
        #expect(result.code == 1)
        #expect(result.errors.split(separator: "\n").count == 3)
        let silent = try await manage("create-admin", "--username", "ann", "--email", "a@example.com")
        #expect(silent.code == 1)
        #expect(silent.errors.contains("--password-stdin"))
    }

    @Test func `the administrator of the settings is made when there is none`() async throws {
        var manage = try ManageProcess()
        _ = try await manage("migrate")
        #expect(try await manage("create-admin", "--from-settings").code == 1)
        manage.variables.merge(
            ["ADMIN_USERNAME": "root", "ADMIN_EMAIL": "root@example.com", "ADMIN_PASSWORD": "correct horse"]
        ) { $1 }
        let first = try await manage("create-admin", "--from-settings")
        #expect(first.output == "made the administrator root <root@example.com>\n")
        manage.variables["ADMIN_USERNAME"] = "other"
        let second = try await manage("create-admin", "--from-settings")
        #expect(second.code == 0)
        #expect(second.output == "there is an administrator already; nothing was changed\n")
    }

    @Test func `a test mail shows what the server says`() async throws {
        let server = try await SMTPServer.start()
        var manage = try ManageProcess(["DEFAULT_FROM_EMAIL": "Tern <tern@example.com>"])
        let file = try await manage("send-test-email", "--to", "ann@example.com")
        #expect(file.code == 0)
        #expect(file.output.contains(".eml"))
        manage.variables.merge(
            ["EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "\(server.port)", "EMAIL_USE_TLS": "false"]
        ) { $1 }
        let sent = try await manage("send-test-email", "--to", "ann@example.com")
        #expect(sent.code == 0)
        #expect(sent.output.contains("answered 250 2.0.0"))
        #expect(try await server.message(to: "ann@example.com").text.contains("Subject: Test mail from Tern"))
        let refused = try await manage("send-test-email", "--to", "reject@example.com")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("550 5.1.1 no such mailbox here"))
        #expect(try await manage("send-test-email", "--to", "ann").code == 64)
    }
}
