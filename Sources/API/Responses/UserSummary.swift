import Store

/// An account as signup and login show it.
struct UserSummary {
    let account: Account

    init(_ account: Account) { self.account = account }

    func write(to json: inout JSONWriter) {
        json.member("id", account.id)
        json.member("username", account.username)
        json.member("email", account.email)
        json.member("is_verified", account.isVerified)
        json.member("is_admin", account.isAdmin)
    }
}
