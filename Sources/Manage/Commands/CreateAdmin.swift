import Accounts
import ArgumentParser
import Bootstrap
import Store

struct CreateAdmin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes an administrator's account.",
        discussion: """
            The password is asked for at the terminal, or read from standard input, never taken as an argument, where \
            other users of the machine could see it:

              manage create-admin --username ann --email ann@example.com
              printf '%s' "$PASSWORD" | manage create-admin --username ann --email ann@example.com --password-stdin
              manage create-admin --from-settings     (ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_PASSWORD)

            --from-settings makes nothing when the database has an administrator already.
            """)

    @Option(help: "Name to sign in with.") var username: String?
    @Option(help: "Email address; it counts as verified.") var email: String?
    @Flag(help: "Read the password from the first line of standard input.") var passwordStdin = false
    @Flag(help: "Take name, address and password from ADMIN_*, when there is no administrator yet.")
    var fromSettings = false

    private struct Wanted {
        var username: String
        var email: String
        var password: String
    }

    func validate() throws {
        if fromSettings {
            guard username == nil, email == nil, !passwordStdin else {
                throw ValidationError("--from-settings takes no other options.")
            }
        } else {
            guard username != nil, email != nil else {
                throw ValidationError("Give --username and --email, or --from-settings.")
            }
        }
    }

    func run() async throws {
        let desk = try Desk()
        let store = try desk.store()
        if fromSettings, try await store.accounts.adminExists() {
            print("there is an administrator already; nothing was changed")
            return
        }
        let wanted = try administrator(desk.settings)
        let problems =
            AccountRules.problems(username: wanted.username, email: wanted.email).map { "username: \($0)" }
            + AccountRules.problems(email: wanted.email).map { "email: \($0)" }
            + AccountRules.problems(password: wanted.password, username: wanted.username, email: wanted.email)
            .map { "password: \($0)" }
        guard problems.isEmpty else { throw Complaint(problems.joined(separator: "\n")) }
        let hash = try await PasswordHash.make(
            wanted.password, iterations: desk.settings.accounts.passwordIterations)
        let outcome = try await store.accounts.create(
            NewAccount(
                username: wanted.username, email: wanted.email, passwordHash: hash.description, isVerified: true,
                isAdmin: true))
        switch outcome {
        case .done(let account): print("made the administrator \(account.username) <\(account.email)>")
        case .taken(let names): try await explain(names, wanted, store)
        case .missing: throw Complaint("the account was not made")
        }
        try store.close()
    }

    private func administrator(_ settings: Settings) throws -> Wanted {
        if fromSettings {
            guard let administrator = settings.administrator else {
                throw Complaint("set ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_PASSWORD, or give --username and --email")
            }
            return Wanted(
                username: administrator.username, email: administrator.email, password: administrator.password)
        }
        let password = passwordStdin ? Terminal.lineOfInput() : Terminal.ask(hidden: "Password: ")
        guard let password else { throw Complaint("no password: use --password-stdin where there is no terminal") }
        return Wanted(username: username ?? "", email: email ?? "", password: password)
    }

    private func explain(_ names: TakenNames, _ wanted: Wanted, _ store: Store) async throws {
        if let account = try await store.accounts.find(username: wanted.username), account.isAdmin,
            account.email.lowercased() == wanted.email.lowercased()
        {
            print("the administrator \(account.username) exists already; nothing was changed")
            return
        }
        let fields =
            names.contains([.username, .email]) ? "name and address are" : names == .email ? "address is" : "name is"
        throw Complaint("the \(fields) taken by another account; nothing was changed")
    }
}
