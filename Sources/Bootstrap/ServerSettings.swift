extension Settings.Server {
    init(reading reader: inout SettingsReader) {
        host = reader.string("HOST")
        port = reader.integer("PORT", in: 0...65_535)
        let urlHost = host.contains(":") ? "[\(host)]" : host
        publicURL = reader.address("PUBLIC_URL", fallback: "http://\(urlHost):\(port)")
        trustedProxies = []
        for text in reader.list("TRUSTED_PROXIES") {
            if let range = AddressRange(text) {
                trustedProxies.append(range)
            } else {
                reader.refuse("TRUSTED_PROXIES", "'\(text)' is no address; write some such as 127.0.0.1,10.0.0.0/8")
            }
        }
    }
}

extension Settings.Secrets {
    static let command = "openssl rand -base64 48"

    init(reading reader: inout SettingsReader) {
        key = reader.optional("SECRET_KEY") ?? ""
        previousKey = reader.optional("SECRET_KEY_PREVIOUS")
        if key.utf8.count < 32 {
            reader.refuse("SECRET_KEY", "write at least 32 bytes, made by: \(Self.command)")
        }
        if let previousKey, previousKey.utf8.count < 32 {
            reader.refuse("SECRET_KEY_PREVIOUS", "shorter than 32 bytes; write the former SECRET_KEY, or nothing")
        }
    }
}

extension Settings.Administrator {
    init?(reading reader: inout SettingsReader) {
        let names = ["ADMIN_USERNAME", "ADMIN_EMAIL", "ADMIN_PASSWORD"]
        let values = names.map { reader.optional($0) }
        if values.allSatisfy({ $0 == nil }) { return nil }
        for (name, value) in zip(names, values) where value == nil {
            reader.refuse(name, "set all of \(names.joined(separator: ", ")), or none of them")
        }
        (username, email, password) = (values[0] ?? "", values[1] ?? "", values[2] ?? "")
    }
}

extension Settings.Limits {
    init(reading reader: inout SettingsReader) {
        login = reader.limit("RATE_LIMIT_LOGIN")
        signup = reader.limit("RATE_LIMIT_SIGNUP")
        mail = reader.limit("RATE_LIMIT_MAIL")
        chat = reader.limit("RATE_LIMIT_CHAT")
        unfinishedPerUser = reader.integer("MAX_UNFINISHED_PER_USER", in: 1...1_000_000)
        queueLatency = reader.seconds("MAX_QUEUE_LATENCY", in: 1...86_400)
        answerDeadline = reader.seconds("ANSWER_DEADLINE", in: 1...86_400)
        bodyBytes = reader.integer("MAX_BODY_BYTES", in: 16_384...1_073_741_824)
        uploadBytes = reader.integer("MAX_UPLOAD_BYTES", in: 1024...1_073_741_824)
    }
}
