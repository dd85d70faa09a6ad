//! Letters within TLS, to a real mail server (aiosmtpd) whose certificate the test makes. What the machine trusts is read
//! from `SSL_CERT_FILE` once a process, so each letter goes out from a process of its own: this test, run again.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::Value;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Set in the process that only sends: `GUARD HOST PORT`.
const SENDS: &str = "HELIOGRAPH_TEST_LETTER";
const THIS: &str = "reminders::post::within_tls::letters_go_within_tls_and_only_to_whom_the_certificate_names";

/// A folder that goes away.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let mut random = [0; 8];
        getrandom::fill(&mut random).unwrap();
        let path = std::env::temp_dir().join(format!("heliograph-mail-{}", crate::keys::hex(&random)));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn keep(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An authority: its certificate, and what it signs with.
fn authority(name: &str) -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = params.self_signed(&key).unwrap().pem();
    (pem, Issuer::new(params, key))
}

struct MailServer {
    child: Child,
    port: u16,
    said: Lines<BufReader<ChildStdout>>,
}

impl MailServer {
    fn start(manner: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/python/smtp_server.py");
        let mut python = Command::new("/usr/bin/python3");
        let mut child = python.arg(script).args(manner).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&said.next().unwrap().unwrap()).unwrap();
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        Self { child, port, said }
    }

    /// All letters that it took; it is over then.
    fn took(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        let _ = self.child.wait();
        let lines = self.said.by_ref().map_while(Result::ok);
        lines.map(|line| serde_json::from_str(&line).unwrap()).collect()
    }
}

/// Sends as the environment says.
fn send(told: &str) -> Result<(), PostError> {
    let mut told = told.split(' ');
    let guard = match told.next().unwrap() {
        "wrapped" => Guard::Wrapped,
        _ => Guard::Required,
    };
    let plan = MailPlan {
        from: "notices@binhe.example".parse().unwrap(),
        host: told.next().unwrap().to_owned(),
        port: told.next().unwrap().parse().unwrap(),
        guard,
        credentials: None,
    };
    let letter = Letter {
        subject: "2 项到期".to_owned(),
        text: "见工作台。".to_owned(),
    };
    plan.send("li@binhe.example", &letter, "one", Instant(1_800_000_000_000))
}

/// Sends from a process that trusts this authority; whether the letter went out.
fn goes_out(guard: &str, host: &str, port: u16, trusted: &Path) -> bool {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", THIS, "--nocapture"])
        .env(SENDS, format!("{guard} {host} {port}"))
        .env("SSL_CERT_FILE", trusted)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        told.contains("letter: "),
        "{told} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    told.contains("letter: sent")
}

#[test]
fn letters_go_within_tls_and_only_to_whom_the_certificate_names() {
    if let Ok(told) = std::env::var(SENDS) {
        let told = send(&told).map_or_else(|error| error.to_string(), |()| "sent".to_owned());
        writeln!(std::io::stdout(), "letter: {told}").unwrap();
        return;
    }
    let folder = Folder::new();
    let (own, issuer) = authority("Own");
    let (foreign, _) = authority("Foreign");
    let (own, foreign) = (folder.keep("own.pem", &own), folder.keep("foreign.pem", &foreign));
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    folder.keep("cert.pem", &params.signed_by(&key, &issuer).unwrap().pem());
    folder.keep("key.pem", &key.serialize_pem());
    let place = folder.0.to_str().unwrap();
    for (guard, manner) in [("wrapped", "tls"), ("required", "starttls")] {
        let server = MailServer::start(&[manner, place]);
        assert!(goes_out(guard, "localhost", server.port, &own), "{manner}");
        assert!(
            !goes_out(guard, "localhost", server.port, &foreign),
            "{manner}: an authority that nobody trusts"
        );
        assert!(
            !goes_out(guard, "127.0.0.1", server.port, &own),
            "{manner}: the certificate names another"
        );
        let took = server.took();
        assert_eq!(took.len(), 1, "{manner}: {took:?}");
        assert_eq!(
            (&took[0]["within_tls"], &took[0]["subject"]),
            (&true.into(), &"2 项到期".into())
        );
    }
    // Whoever takes STARTTLS out of the way gets no letter.
    let plain = MailServer::start(&[]);
    assert!(!goes_out("required", "localhost", plain.port, &own));
    assert!(plain.took().is_empty());
}
