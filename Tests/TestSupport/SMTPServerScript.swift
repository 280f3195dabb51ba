extension SMTPServer {
    static let script = """
        import asyncio, json, os, ssl, sys, time
        from aiosmtpd.smtp import SMTP, AuthResult

        folder, encryption, certificate, key, username, password, port = sys.argv[1:]

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("reject"):
                    return "550 5.1.1 no such mailbox here"
                if address.startswith("busy"):
                    return "451 4.3.0 come back later"
                envelope.rcpt_tos.append(address)
                return "250 2.1.5 ok"

            async def handle_DATA(self, server, session, envelope):
                message = {
                    "sender": envelope.mail_from,
                    "recipients": envelope.rcpt_tos,
                    "text": envelope.content.decode("utf-8", "replace"),
                }
                name = os.path.join(folder, "%d.json" % time.time_ns())
                with open(name + ".part", "w") as file:
                    json.dump(message, file)
                os.rename(name + ".part", name)
                return "250 2.0.0 taken as " + os.path.basename(name)

        def authenticate(server, session, envelope, mechanism, data):
            isRight = data.login == username.encode() and data.password == password.encode()
            return AuthResult(success=isRight, handled=False)

        def session():
            return SMTP(
                Handler(), hostname="localhost", decode_data=False,
                tls_context=context if encryption == "startTLS" else None,
                require_starttls=encryption == "startTLS",
                authenticator=authenticate if username else None, auth_required=bool(username),
                auth_require_tls=encryption == "startTLS",
            )

        context = None
        if encryption != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)

        async def serve():
            loop = asyncio.get_running_loop()
            implicit = context if encryption == "implicitTLS" else None
            server = await loop.create_server(session, "127.0.0.1", int(port), ssl=implicit, reuse_address=True)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()

        asyncio.run(serve())
        """
}
