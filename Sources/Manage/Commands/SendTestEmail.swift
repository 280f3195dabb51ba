import Accounts
import ArgumentParser
import Bootstrap
import FoundationEssentials
import Identifiers
import Mail

struct SendTestEmail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test-email",
        abstract: "Sends a mail by the configured server and shows the server's answer.",
        discussion: "Goes out at once, not through the queue. Without EMAIL_HOST the mail becomes a file.")

    @Option(help: "Address to send to.") var to: String

    func validate() throws {
        guard AccountRules.problems(email: to).isEmpty else { throw ValidationError("'\(to)' is no email address.") }
    }

    func run() async throws {
        let desk = try Desk()
        let content = MailTemplate(product: "Tern", username: to).test(link: desk.settings.server.publicURL)
        do {
            let message = MailMessage(
                id: JobID.make().description, date: Date(), from: try MailAddress(parsing: desk.settings.mail.from),
                to: MailAddress(address: to), content: content)
            let answer = try await desk.mailer().send(message)
            let place =
                desk.settings.mail.server.map { "\($0.host):\($0.port) answered" }
                ?? "EMAIL_HOST is not set, so written to"
            print("\(place) \(answer)")
        } catch let error as MailError {
            throw Complaint(error.description)
        }
    }
}
