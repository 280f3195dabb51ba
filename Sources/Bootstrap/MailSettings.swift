import FoundationEssentials

extension Settings.Mail {
    init(reading reader: inout SettingsReader, dataDirectory: String, directory: String) {
        folder = "\(dataDirectory)/mail"
        let user = reader.optional("EMAIL_HOST_USER")
        let security = Self.security(&reader)
        let port = reader.optionalInteger("EMAIL_PORT", in: 1...65_535) ?? (security == .implicitTLS ? 465 : 587)
        from =
            reader.optional("DEFAULT_FROM_EMAIL")
            ?? (user?.contains("@") == true ? user ?? "" : "Tern <tern@localhost>")
        if !from.contains("@") || from.contains(where: \.isNewline) {
            reader.refuse("DEFAULT_FROM_EMAIL", "write an address such as Tern <tern@example.com>")
        }
        guard let host = reader.optional("EMAIL_HOST") else {
            if user != nil {
                reader.refuse(
                    "EMAIL_HOST", "EMAIL_HOST_USER is set, so name its server, such as EMAIL_HOST=smtp.gmail.com")
            }
            return
        }
        var server = Server(
            host: host,
            port: port,
            security: security, username: user, password: reader.optional("EMAIL_HOST_PASSWORD"))
        if user != nil, server.password == nil {
            reader.refuse(
                "EMAIL_HOST_PASSWORD", "EMAIL_HOST_USER is set, so set its password (for Gmail an App Password)")
        }
        if let file = reader.optional("EMAIL_CA_FILE") {
            let path = absolute(file, in: directory)
            server.authorityFile = path
            if !FileManager.default.isReadableFile(atPath: path) {
                reader.refuse("EMAIL_CA_FILE", "name a file of PEM certificates that this user may read")
            }
        }
        self.server = server
    }

    /// STARTTLS unless told otherwise: a password never goes out in the clear by default.
    private static func security(_ reader: inout SettingsReader) -> Security {
        let usesSSL = reader.flag("EMAIL_USE_SSL")
        let usesTLS = reader.optionalFlag("EMAIL_USE_TLS")
        if usesSSL, usesTLS == true {
            reader.refuse("EMAIL_USE_SSL", "EMAIL_USE_TLS is true as well; keep one: SSL on port 465, TLS on port 587")
        }
        if usesSSL { return .implicitTLS }
        return usesTLS ?? true ? .startTLS : .none
    }
}
