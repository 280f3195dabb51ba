import Accounts
import Store

/// Compares a password with an account's, in the same time whether or not the account exists.
struct PasswordCheck: Sendable {
    let store: Store
    /// Rounds of a new hash.
    let iterations: Int

    /// The account when the password is its own; nil without telling whether there is an account.
    func account(_ account: Account?, password: String) async throws -> Account? {
        guard let account, let hash = PasswordHash(account.passwordHash) else {
            try await spend(iterations, on: password)
            return nil
        }
        guard try await hash.verify(password), account.isActive else {
            try await spend(iterations - hash.iterations, on: password)
            return nil
        }
        if hash.needsRehash(iterations: iterations) {
            let renewed = try await PasswordHash.make(password, iterations: iterations)
            try await store.accounts.setPasswordHash(renewed.description, of: account.id)
        }
        return account
    }

    /// The account with this name or address; an address may be given as the name.
    func find(username: String?, email: String?) async throws -> Account? {
        if let username, let account = try await store.accounts.find(username: username) { return account }
        guard let address = email ?? username, address.contains("@") else { return nil }
        return try await store.accounts.find(email: address)
    }

    /// The rounds a right name would have cost.
    private func spend(_ rounds: Int, on password: String) async throws {
        if rounds > 0 { _ = try await PasswordHash.make(password, iterations: rounds) }
    }
}
