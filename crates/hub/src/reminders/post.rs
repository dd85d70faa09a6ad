//! Letters on their way out: SMTP (RFC 5321), within TLS.

use super::digest::Letter;
use heliograph_domain::Instant;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message, SmtpTransport, Transport};
use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};
use thiserror::Error;

/// A server that says nothing for this long is given up for now.
const SILENCE: Duration = Duration::from_secs(20);

/// Where letters go out.
#[derive(Clone)]
pub struct MailPlan {
    from: Mailbox,
    host: String,
    port: u16,
    guard: Guard,
    credentials: Option<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// TLS from the first byte (`smtps`).
    Wrapped,
    /// `STARTTLS`, or the letter is not sent.
    Required,
    /// `STARTTLS` when the server has it: nothing secret is said.
    Wanted,
    /// The server is on this machine.
    None,
}

/// Why letters cannot go out so.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum MailPlanError {
    /// Not such an address.
    #[error("`{0}` is no mail server: write smtps://user@host or smtp://host:25")]
    Url(String),
    /// A password on the command line.
    #[error(
        "the password of the mail server does not belong on the command line: put it into HELIOGRAPH_SMTP_PASSWORD"
    )]
    Password,
    /// A user without a password.
    #[error("the mail server's user `{0}` has no password: put it into HELIOGRAPH_SMTP_PASSWORD")]
    NoPassword(String),
    /// The sender is none.
    #[error("`{0}` is no sender: write --mail-from notices@example.org")]
    From(String),
}

impl MailPlan {
    /// From what was said at the start: `smtp[s]://[user@]host[:port]`, the sender, and the password.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(server: &str, from: &str, password: Option<String>) -> Result<Self, MailPlanError> {
        let wrong = || MailPlanError::Url(server.to_owned());
        let (scheme, rest) = server.split_once("://").ok_or_else(wrong)?;
        let (user, place) = match rest.trim_end_matches('/').rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest.trim_end_matches('/')),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(MailPlanError::Password);
        }
        let credentials = match (user, password) {
            (Some(user), Some(password)) => Some((user.to_owned(), password)),
            (Some(user), None) => return Err(MailPlanError::NoPassword(user.to_owned())),
            (None, _) => None,
        };
        let (host, port) = host_and_port(place).ok_or_else(wrong)?;
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let (guard, usual) = match (scheme, credentials.is_some()) {
            ("smtps", _) => (Guard::Wrapped, 465),
            ("smtp", _) if here => (Guard::None, 25),
            ("smtp", true) => (Guard::Required, 587),
            ("smtp", false) => (Guard::Wanted, 25),
            _ => return Err(wrong()),
        };
        Ok(Self {
            from: from.parse().map_err(|_| MailPlanError::From(from.to_owned()))?,
            host,
            port: port.unwrap_or(usual),
            guard,
            credentials,
        })
    }

    /// Hands a letter over; `id` names it for ever, so that a mailbox can tell when it comes twice.
    pub(super) fn send(&self, to: &str, letter: &Letter, id: &str, now: Instant) -> Result<(), PostError> {
        let domain = self.from.email.domain();
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.parse()?))
            .subject(letter.subject.clone())
            .date(UNIX_EPOCH + Duration::from_millis(now.0))
            .message_id(Some(format!("<{id}@{domain}>")))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())?;
        let transport = self.transport()?;
        // Whatever fails here fails before the letter was offered.
        if !transport.test_connection()? {
            return Err(PostError::Unready);
        }
        transport
            .send(&message)
            .map(drop)
            .map_err(|error| match error.status() {
                Some(_) => PostError::Server(error),
                None => PostError::Silent(error),
            })
    }

    fn transport(&self) -> Result<SmtpTransport, PostError> {
        let parameters = || TlsParameters::new(self.host.clone());
        let tls = match self.guard {
            Guard::Wrapped => Tls::Wrapper(parameters()?),
            Guard::Required => Tls::Required(parameters()?),
            Guard::Wanted => Tls::Opportunistic(parameters()?),
            Guard::None => Tls::None,
        };
        let named = ClientId::Domain(self.from.email.domain().to_owned());
        let builder = SmtpTransport::builder_dangerous(&self.host)
            .port(self.port)
            .timeout(Some(SILENCE))
            .hello_name(named)
            .tls(tls);
        Ok(match &self.credentials {
            Some((user, password)) => builder
                .credentials(Credentials::new(user.clone(), password.clone()))
                .build(),
            None => builder.build(),
        })
    }
}

/// Without the password.
impl fmt::Display for MailPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · {}:{}", self.from, self.host, self.port)
    }
}

/// `host`, `host:port`, `[fd00::7]:25`.
fn host_and_port(place: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (place, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:_".contains(c);
    (!host.is_empty() && host.chars().all(plain)).then(|| (host.to_owned(), port))
}

/// Someone's address, if it is one.
pub(crate) fn address_of(text: &str) -> Option<String> {
    let short = text.len() <= 200;
    let address = text.parse::<Address>().ok().filter(|_| short)?;
    Some(address.to_string())
}

/// Why a letter did not go out.
#[derive(Debug, Error)]
pub(super) enum PostError {
    #[error("the address is none: {0}")]
    Address(#[from] lettre::address::AddressError),
    #[error("the letter could not be written: {0}")]
    Letter(#[from] lettre::error::Error),
    #[error("the mail server did not take it: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
    #[error("the mail server answers, but not as one")]
    Unready,
    #[error("the mail server went away before it said whether it has the letter: {0}")]
    Silent(lettre::transport::smtp::Error),
}

impl PostError {
    /// Whether the server may have it all the same.
    pub(super) fn is_uncertain(&self) -> bool {
        matches!(self, Self::Silent(_))
    }
}

/// `Auto-Submitted: auto-generated` (RFC 3834): no absence notice answers it.
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod within_tls;

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(server: &str, password: Option<&str>) -> Result<MailPlan, MailPlanError> {
        MailPlan::new(server, "notices@binhe.example", password.map(str::to_owned))
    }

    #[test]
    fn a_server_is_guarded_as_its_address_says() {
        for (server, password, host, port, guard) in [
            (
                "smtps://office@mail.example",
                Some("geheim"),
                "mail.example",
                465,
                Guard::Wrapped,
            ),
            (
                "smtp://office@mail.example",
                Some("geheim"),
                "mail.example",
                587,
                Guard::Required,
            ),
            (
                "smtp://a@b.cn@mail.example:2525",
                Some("geheim"),
                "mail.example",
                2525,
                Guard::Required,
            ),
            ("smtp://relay.lan", None, "relay.lan", 25, Guard::Wanted),
            ("smtp://127.0.0.1:1025", None, "127.0.0.1", 1025, Guard::None),
            ("smtp://[fd00::7]:25/", None, "fd00::7", 25, Guard::Wanted),
        ] {
            let plan = plan(server, password).unwrap();
            assert_eq!(
                (plan.host.as_str(), plan.port, plan.guard),
                (host, port, guard),
                "{server}"
            );
            assert!(!plan.to_string().contains("geheim"), "what is shown has no password");
        }
    }

    #[test]
    fn what_cannot_work_is_refused_at_the_start() {
        let fault = |server: &str| plan(server, None).err().unwrap();
        assert_eq!(fault("smtp://office:secret@mail.example"), MailPlanError::Password);
        assert_eq!(
            fault("smtp://office@mail.example"),
            MailPlanError::NoPassword("office".to_owned())
        );
        for server in [
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://mail.example:x",
            "smtp://a b",
        ] {
            assert_eq!(fault(server), MailPlanError::Url(server.to_owned()));
        }
        let from = MailPlan::new("smtp://mail.example", "nobody", None).err();
        assert_eq!(from, Some(MailPlanError::From("nobody".to_owned())));
    }

    #[test]
    fn an_address_is_one_and_brings_nothing_else_along() {
        assert_eq!(address_of("li@binhe.example").as_deref(), Some("li@binhe.example"));
        for wrong in [
            "li",
            "li@binhe.example\r\nBcc: x@y",
            "li@binhe.example, x@y.example",
            "Li <li@binhe.example>",
            "",
        ] {
            assert_eq!(address_of(wrong), None, "{wrong}");
        }
    }
}
