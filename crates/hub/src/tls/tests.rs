//! Certificates that are given, and those that a hub makes for itself.

use super::*;
use heliograph_domain::time::DAY_MS;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// When these tests play: 2026-01-01.
const NOW: Instant = Instant(1_767_225_600_000);

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("heliograph-tls-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn put(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.at(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn open(&self, mode: &TlsMode, names: &[&str], listen: &str, now: Instant) -> Result<Option<Arc<Tls>>, TlsError> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        Tls::open(
            mode,
            &Opening {
                data: &self.0,
                site: &"binhe".parse().unwrap(),
                names: &names,
                listen: [listen.parse().unwrap(); 2],
                now,
            },
        )
    }

    /// Opens with the files `hub.pem` and `hub.key`, and `ca.pem` if there is one.
    fn given(&self, names: &[&str]) -> Result<Arc<Tls>, TlsError> {
        let ca = self.at("ca.pem");
        let mode = TlsMode::Given {
            certificate: self.at("hub.pem"),
            key: self.at("hub.key"),
            authority: ca.exists().then_some(ca),
        };
        Ok(self.open(&mode, names, "0.0.0.0:8443", NOW)?.unwrap())
    }

    fn own(&self, names: &[&str], now: Instant) -> Result<Arc<Tls>, TlsError> {
        Ok(self
            .open(&TlsMode::OwnAuthority, names, "127.0.0.1:8443", now)?
            .unwrap())
    }
}

struct Office {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Office {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self {
            pem: params.self_signed(&key).unwrap().pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// PEM of a certificate for `hub.example` and of its key.
    fn issue(&self, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["hub.example".to_owned()]).unwrap();
        change(&mut params);
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

fn why(opened: Result<Arc<Tls>, TlsError>) -> String {
    opened.unwrap_err().to_string()
}

#[test]
fn plain_text_stays_on_the_machine_unless_it_is_asked_for() {
    let folder = Folder::new("plain");
    let plain = |mode: &TlsMode, listen: &str| folder.open(mode, &[], listen, NOW).map(|tls| tls.is_some());
    for within in ["127.0.0.1:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
        assert!(!plain(&TlsMode::Plain, within).unwrap());
    }
    for abroad in ["0.0.0.0:80", "[::]:80", "10.0.0.7:80"] {
        let refused = plain(&TlsMode::Plain, abroad).unwrap_err();
        assert!(matches!(refused, TlsError::PlainAbroad(_)) && refused.to_string().contains("--plain"));
        assert!(!plain(&TlsMode::PlainAnywhere, abroad).unwrap());
    }
}

#[test]
fn given_certificates_are_shown_and_their_authority_is_what_displays_trust() {
    let (folder, office) = (Folder::new("given"), Office::new("office"));
    let (leaf, key) = office.issue(|_| {});
    folder.put("hub.key", &key, 0o640);
    // With the authority at the end of the chain, or beside it.
    folder.put("hub.pem", &format!("{leaf}{}", office.pem), 0o644);
    let within = folder.given(&["hub.example"]).unwrap().facts();
    folder.put("hub.pem", &leaf, 0o644);
    folder.put("ca.pem", &office.pem, 0o644);
    let beside = folder.given(&["hub.example"]).unwrap().facts();
    assert_eq!(within, beside);
    assert_eq!(beside.ca_pem, office.pem);
    assert_eq!(
        beside.leaf_sha256,
        sha256(&files::certificates(Path::new(""), &leaf).unwrap()[0])
    );
}

#[test]
fn what_is_wrong_with_given_certificates_is_said() {
    let (folder, office) = (Folder::new("wrong"), Office::new("office"));
    let (leaf, key) = office.issue(|_| {});
    folder.put("ca.pem", &office.pem, 0o644);
    assert!(why(folder.given(&[])).contains("hub.key: No such file"));
    folder.put("hub.key", &key, 0o600);
    folder.put("hub.pem", "nothing", 0o644);
    assert!(why(folder.given(&[])).contains("holds no certificate"));
    folder.put("hub.pem", &leaf, 0o644);
    folder.put("hub.key", &office.issue(|_| {}).1, 0o600);
    assert!(why(folder.given(&[])).contains("does not fit the certificate"));
    folder.put("hub.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----", 0o600);
    assert!(why(folder.given(&[])).contains("passphrase"));
    folder.put("hub.key", &leaf, 0o600);
    assert!(why(folder.given(&[])).contains("no private key"));
    folder.put("hub.key", &key, 0o644);
    assert!(why(folder.given(&[])).contains("chmod 640"));
    folder.put("hub.key", &key, 0o600);
    let foreign = why(folder.given(&["other.example"]));
    assert!(
        foreign.contains("other.example") && foreign.contains("hub.example"),
        "{foreign}"
    );
    assert!(why(folder.given(&["http://hub"])).contains("--tls-name"));
    folder.put("ca.pem", &Office::new("another").pem, 0o644);
    assert!(why(folder.given(&[])).contains("did not issue it"));
    folder.put("ca.pem", &office.pem, 0o644);
    let _right: Arc<Tls> = folder.given(&["hub.example"]).unwrap();
}

#[test]
fn certificates_that_no_display_would_take_do_not_start_a_hub() {
    let (folder, office) = (Folder::new("useless"), Office::new("office"));
    folder.put("ca.pem", &office.pem, 0o644);
    let try_with = |change: fn(&mut CertificateParams)| {
        let (leaf, key) = office.issue(change);
        folder.put("hub.pem", &leaf, 0o644);
        folder.put("hub.key", &key, 0o600);
        folder.given(&["hub.example"])
    };
    assert!(why(try_with(|params| params.not_after = date_time_ymd(2025, 12, 31))).contains("has expired"));
    assert!(why(try_with(|params| params.not_before = date_time_ymd(2026, 1, 2))).contains("set the clock"));
    let authority = why(try_with(|params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)
    }));
    assert!(authority.contains("an authority's own certificate"), "{authority}");
    let _right: Arc<Tls> = try_with(|_| {}).unwrap();
}

#[test]
fn a_given_certificate_that_is_renewed_is_shown_and_a_broken_one_is_not() {
    let (folder, office) = (Folder::new("renewed"), Office::new("office"));
    folder.put("ca.pem", &office.pem, 0o644);
    let renew = || {
        let (leaf, key) = office.issue(|_| {});
        folder.put("hub.pem", &leaf, 0o644);
        folder.put("hub.key", &key, 0o600);
    };
    renew();
    let tls = folder.given(&["hub.example"]).unwrap();
    let first = tls.facts();
    tls.look_again(NOW);
    assert_eq!(tls.facts(), first);
    renew();
    folder.put("hub.pem", "half written", 0o644);
    tls.look_again(NOW);
    assert_eq!(tls.facts(), first, "the old one goes on");
    renew();
    tls.look_again(NOW);
    let second = tls.facts();
    assert_ne!(second.leaf_sha256, first.leaf_sha256);
    assert_eq!(second.ca_pem, first.ca_pem);
}

#[test]
fn a_hub_makes_itself_an_authority_once() {
    let folder = Folder::new("own");
    let first = folder.own(&[], NOW).unwrap();
    assert_eq!(folder.own(&[], NOW).unwrap().facts(), first.facts());
    assert_eq!(first.own_authority(), Some(folder.at("tls/ca.pem").as_path()));
    for key in ["tls/ca.key", "tls/hub.key"] {
        assert_eq!(
            fs::metadata(folder.at(key)).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    let other = Folder::new("own-other");
    assert_ne!(other.own(&[], NOW).unwrap().facts().ca_pem, first.facts().ca_pem);
    // Whoever can read a key can pose as the hub.
    for key in ["hub.key", "ca.key"] {
        let path = folder.at("tls").join(key);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(why(folder.own(&["new.example"], NOW)).contains("chmod 600"), "{key}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn its_certificate_is_renewed_in_time_and_for_new_names_under_the_same_authority() {
    let folder = Folder::new("lasting");
    let first = folder.own(&["hub.example"], NOW).unwrap();
    let leaf = || folder.own(&["hub.example"], NOW).unwrap().facts().leaf_sha256;
    assert_eq!(leaf(), first.facts().leaf_sha256);

    let soon = NOW.plus_ms(336 * DAY_MS);
    first.look_again(soon);
    assert_eq!(leaf(), first.facts().leaf_sha256, "two months are left");
    let (old, late) = (first.facts(), NOW.plus_ms(338 * DAY_MS));
    first.look_again(late);
    let renewed = first.facts();
    assert_ne!(renewed.leaf_sha256, old.leaf_sha256);
    assert_eq!(renewed.ca_pem, old.ca_pem);

    let named = folder.own(&["hub.example", "new.example"], late).unwrap();
    assert_ne!(named.facts().leaf_sha256, renewed.leaf_sha256);
    let chain = named.shown.read().unwrap().key.cert.clone();
    for name in ["new.example", "127.0.0.1", "localhost"] {
        is_for(&chain[0], name).unwrap();
    }
    assert!(is_for(&chain[0], "other.example").is_err());
    let anchors = files::certificates(Path::new(""), &renewed.ca_pem).unwrap();
    leads_to(&chain, &anchors, late).unwrap();
    assert!(
        leads_to(&chain, &anchors, late.plus_ms(400 * DAY_MS)).is_err(),
        "it does end"
    );
}

#[test]
fn what_is_broken_is_made_anew_as_long_as_the_authority_is_whole() {
    let folder = Folder::new("broken");
    let first = folder.own(&[], NOW).unwrap().facts();
    // A power cut between the two files of a renewal leaves a key that does not fit.
    folder.put("tls/hub.key", &KeyPair::generate().unwrap().serialize_pem(), 0o600);
    let second = folder.own(&[], NOW).unwrap().facts();
    assert!(second.leaf_sha256 != first.leaf_sha256 && second.ca_pem == first.ca_pem);
    fs::remove_file(folder.at("tls/hub.pem")).unwrap();
    assert_eq!(folder.own(&[], NOW).unwrap().facts().ca_pem, first.ca_pem);
    // An authority whose key is kept elsewhere is needed only when there is something to issue.
    fs::remove_file(folder.at("tls/ca.key")).unwrap();
    let _good: Arc<Tls> = folder.own(&[], NOW).unwrap();
    assert!(why(folder.own(&["new.example"], NOW)).contains("ca.key"));
}
