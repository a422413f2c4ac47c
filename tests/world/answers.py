"""What desks answer, and how it gets back: to the envelope's sender, at the mail server of the notice desk,
threaded as mail programs do it (In-Reply-To, subject with "Re:", the notice quoted)."""

import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage

TEXTS = {
    "ticket-ja": ("[SR-{number:05d}] Re: {subject}", True,
                  "お問い合わせありがとうございます。受け付けました。\n"
                  "受付番号：SR-{number:05d}\n"
                  "担当より順次対応いたします。\n"),
    "claim-ja": ("Re: {subject}", False,
                 "お世話になっております。\n"
                 "ご指摘のドメインについて、停止いたしました。\n"),
    "ticket-en": ("[FW-{number:05d}] Re: {subject}", True,
                  "Thank you for your report. Your ticket number is FW-{number:05d}.\n"),
    "request-en": ("Re: {subject}", False,
                   "Hello,\n\nwe are only a reseller. Please provide a copy of the mandate, and the\n"
                   "customer's account that you mean.\n"),
}


class Answering:
    """Called with what a desk took; sends what that desk answers."""

    def __init__(self, plan, place):
        self.answers = plan.answers
        self.server = place.address(plan.mail["address"])
        self.port = place.port(25)

    def __call__(self, desk, sender, content, number):
        notice = message_from_bytes(content, policy=policy.default)
        for i, name in enumerate(self.answers.get(desk, [])):
            mail = self.write(desk, sender, notice, name, number, i)
            host = desk.split("@")[1]
            with smtplib.SMTP(self.server, self.port, local_hostname=f"mx.{host}", timeout=20) as s:
                s.send_message(mail, desk, [sender])

    @staticmethod
    def write(desk, sender, notice, name, number, i):
        subject, automatic, text = TEXTS[name]
        about = {"number": number, "subject": notice["subject"]}
        mail = EmailMessage()
        mail["From"], mail["To"] = desk, sender
        mail["Subject"] = subject.format(**about)
        mail["In-Reply-To"] = mail["References"] = notice["message-id"]
        mail["Message-ID"] = f"<{number}.{i}@{desk.split('@')[1]}>"
        if automatic:
            mail["Auto-Submitted"] = "auto-replied"
        body = notice.get_body(preferencelist=("plain",))
        quoted = "".join(f"> {line}\n" for line in body.get_content().splitlines()[:20])
        mail.set_content(text.format(**about) + f"\nOn a day, {sender} wrote:\n{quoted}")
        return mail
