//! One machine, one hub, in virtual time.

use super::*;
use crate::pairing::Credential;
use heliograph_wire::{KeyPair, hex};
use std::path::PathBuf;
use std::sync::LazyLock;

const HUB: &str = "https://hub.example:8443";
const DISPLAY: &str = "019a0000-0000-7000-8000-0000000000aa";

fn hub() -> HubAddress {
    HubAddress::parse(HUB, false).unwrap()
}

/// A golden file of the page on the wire.
fn golden(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../wire/tests/golden");
    let text = std::fs::read_to_string(folder.join(format!("{name}.hex"))).unwrap();
    text.split_whitespace().collect()
}

fn counterpart(nonce: u8) -> Counterpart {
    Counterpart {
        nonce: [nonce; 32],
        root: KeyPair::from_secret([1; 32]).public(),
        certificate: [0x24; 32],
        site: "binhe".parse().unwrap(),
    }
}

static AUTHORITY: LazyLock<String> = LazyLock::new(|| {
    let certified = rcgen::generate_simple_self_signed(["hub.example".to_owned()]).unwrap();
    certified.cert.pem()
});

fn credential() -> Credential {
    Credential {
        site: "binhe".parse().unwrap(),
        id: DISPLAY.to_owned(),
        mqtt_token: "token".to_owned(),
        root: golden("key-root"),
        trust: golden("envelope-trust"),
        broker: "mqtts://0.0.0.0:8883".to_owned(),
        hub: "https://[::]:8443".to_owned(),
        ca: Some(AUTHORITY.clone()),
    }
}

/// The hub, with people who let in whoever waits, as the page on the wire says.
#[derive(Default)]
struct Desk {
    requests: Vec<Request>,
}

struct Request {
    commitment: [u8; 32],
    secret_hash: Option<[u8; 32]>,
    key: Option<[u8; 32]>,
    told: bool,
}

impl Desk {
    fn answer(&mut self, call: &Call) -> Answer {
        let named = |request: &String| request.parse::<usize>().unwrap();
        match call {
            Call::Open { commitment } => {
                self.requests.push(Request {
                    commitment: *commitment,
                    secret_hash: None,
                    key: None,
                    told: false,
                });
                let number = self.requests.len() - 1;
                Answer::Opened {
                    request: number.to_string(),
                    counterpart: counterpart(number as u8),
                }
            }
            Call::Reveal {
                request, introduction, ..
            } => {
                let request = &mut self.requests[named(request)];
                assert_eq!(request.commitment, introduction.commitment(), "what was committed to");
                request.secret_hash = Some(introduction.secret_hash);
                request.key = Some(introduction.key.0);
                Answer::Waiting
            }
            Call::Ask { request, secret, .. } => {
                use sha2::Digest;
                let request = &mut self.requests[named(request)];
                let own = request.secret_hash == Some(sha2::Sha256::digest(secret).into());
                if !own || request.told {
                    return Answer::Over;
                }
                request.told = true;
                Answer::Admitted(Box::new(credential()))
            }
        }
    }
}

/// A machine with a disk, and what has come of it.
struct Bench {
    candidate: Candidate,
    now_ms: u64,
    kept: Option<Kept>,
    stored: Option<Admission>,
    disk: Result<(), String>,
    face: Option<Face>,
    reports: Vec<Report>,
    call: Option<Call>,
}

impl Bench {
    fn new() -> Self {
        Self::with(None, 0)
    }

    fn with(kept: Option<Kept>, start: u8) -> Self {
        Self {
            candidate: Candidate::new(hub(), "{}".to_owned(), kept.clone(), [start; 32], 0),
            now_ms: 0,
            kept,
            stored: None,
            disk: Ok(()),
            face: None,
            reports: Vec::new(),
            call: None,
        }
    }

    /// Does the next thing; `false` when there is none.
    fn step(&mut self) -> bool {
        let Some(action) = self.candidate.poll() else {
            return false;
        };
        match action {
            Action::Keep(kept) => {
                if self.disk.is_ok() {
                    self.kept = Some(kept);
                }
                self.candidate.handle(self.now_ms, Input::Kept(self.disk.clone()));
            }
            Action::Store(admission) => {
                if self.disk.is_ok() {
                    self.stored = Some(*admission);
                }
                self.candidate.handle(self.now_ms, Input::Stored(self.disk.clone()));
            }
            Action::Call(call) => assert!(self.call.replace(call).is_none(), "one call at a time"),
            Action::Show(face) => self.face = Some(face),
            Action::Report(report) => self.reports.push(report),
        }
        true
    }

    fn settles(&mut self) {
        while self.step() {}
    }

    /// The call that it makes within so long.
    fn calls_within(&mut self, ms: u64) -> Call {
        let until_ms = self.now_ms + ms;
        loop {
            self.settles();
            if let Some(call) = self.call.take() {
                return call;
            }
            assert!(self.now_ms < until_ms, "no call within {ms} ms");
            self.now_ms += 100;
            self.candidate.handle(self.now_ms, Input::Tick);
        }
    }

    /// That it makes no call for so long.
    fn is_quiet_for(&mut self, ms: u64) {
        let until_ms = self.now_ms + ms;
        while self.now_ms < until_ms {
            self.now_ms += 100;
            self.candidate.handle(self.now_ms, Input::Tick);
            self.settles();
            assert!(self.call.is_none(), "{:?} after {} ms", self.call, self.now_ms);
        }
    }

    fn hears(&mut self, answer: Answer) {
        self.candidate.handle(self.now_ms, Input::Answered(answer));
        self.settles();
    }

    /// Up to the moment in which its code stands on the panel.
    fn waits(&mut self) -> String {
        assert!(matches!(self.calls_within(60_000), Call::Open { .. }));
        self.hears(Answer::Opened {
            request: "0".to_owned(),
            counterpart: counterpart(0x23),
        });
        assert!(matches!(self.calls_within(0), Call::Reveal { .. }));
        self.hears(Answer::Waiting);
        match &self.face {
            Some(Face::Code(code)) => code.clone(),
            other => panic!("no code: {other:?}"),
        }
    }

    fn key(&self) -> [u8; 32] {
        self.kept.as_ref().unwrap().key
    }
}

#[test]
fn the_code_is_that_of_the_page_and_another_certificate_makes_another() {
    let facts = golden("enrol-facts");
    let facts: Vec<u8> = (0..facts.len())
        .step_by(2)
        .map(|at| hex::decode::<1>(&facts[at..at + 2]).unwrap()[0])
        .collect();
    let code = |certificate| {
        Kept {
            key: [5; 32],
            opened: Some(Opened {
                hub: HUB.to_owned(),
                request: "0".to_owned(),
                nonce: [0x21; 32],
                secret: [0x22; 32],
                facts: String::from_utf8(facts.clone()).unwrap(),
                counterpart: Counterpart {
                    certificate,
                    ..counterpart(0x23)
                },
            }),
        }
        .short_string()
        .unwrap()
    };
    assert_eq!(hex::encode(code([0x24; 32]).as_bytes()), golden("enrol-short"));
    assert_eq!(hex::encode(code([0; 32]).as_bytes()), golden("enrol-short-plain"));
}

#[test]
fn it_keeps_before_it_speaks_and_stores_before_it_says_so() {
    let mut bench = Bench::new();
    assert!(bench.step() && bench.face == Some(Face::Calling));
    assert!(bench.step() && bench.kept.is_some(), "the key first");
    let code = bench.waits();
    assert_eq!(
        bench.kept.as_ref().unwrap().short_string(),
        Some(code.clone()),
        "durable before it is shown"
    );
    assert_eq!(bench.reports, [Report::Compare(code)]);

    for _ in 0..3 {
        assert!(matches!(bench.calls_within(3_000), Call::Ask { .. }));
        bench.hears(Answer::Waiting);
    }
    let _ = bench.calls_within(3_000);
    bench
        .candidate
        .handle(bench.now_ms, Input::Answered(Answer::Admitted(Box::new(credential()))));
    assert!(bench.candidate.admitted().is_none());
    assert!(bench.step() && bench.stored.is_some());
    bench.settles();
    let admission = bench.candidate.admitted().unwrap();
    assert_eq!(Some(admission), bench.stored.as_ref());
    assert_eq!(bench.reports.last(), Some(&Report::Admitted(DISPLAY.parse().unwrap())));
    let identity = &admission.identity;
    assert_eq!(identity.secret, bench.key());
    // A hub that listens everywhere is where it was called.
    assert_eq!(identity.hub.as_deref(), Some(HUB));
    assert_eq!(
        identity.broker.as_ref().unwrap().to_string(),
        "mqtts://hub.example:8883"
    );
    assert!(admission.trust.has_keys());
}

/// Whatever is done is cut once before it, and once after it and before anything follows from it.
#[test]
fn a_power_cut_at_any_step_leaves_a_machine_that_gets_in() {
    let mut whole = None;
    for cut in 0.. {
        for done in [false, true] {
            let (mut desk, mut bench, mut steps, mut cuts) = (Desk::default(), Bench::new(), 0, 0);
            while bench.candidate.admitted().is_none() {
                assert!(bench.now_ms < 60_000, "cut at {cut}, {done}: it does not get in");
                if steps == cut && cuts == 0 {
                    cuts = 1;
                    if done {
                        // Its effect is there, at the hub or on the disk; what follows from it is lost.
                        let _ = bench.step();
                        let _ = bench.call.take().map(|call| desk.answer(&call));
                    }
                    let (kept, stored) = (bench.kept.take(), bench.stored.take());
                    if stored.is_some() {
                        // It starts as a display, and needs no pairing.
                        break;
                    }
                    bench = Bench::with(kept, 1);
                }
                steps += 1;
                if !bench.step() {
                    match bench.call.take() {
                        Some(call) => bench.hears(desk.answer(&call)),
                        None => {
                            bench.now_ms += 1_000;
                            bench.candidate.handle(bench.now_ms, Input::Tick);
                        }
                    }
                }
            }
            if cuts == 0 {
                whole = Some(steps);
            }
        }
        if whole.is_some() {
            break;
        }
    }
    assert!(whole.unwrap() > 8, "every step was cut: {whole:?}");
}

#[test]
fn a_lost_answer_strands_nobody_and_the_hub_sees_the_same_machine() {
    let (mut desk, mut bench) = (Desk::default(), Bench::new());
    for _ in 0..2 {
        let call = bench.calls_within(1_000);
        bench.hears(desk.answer(&call));
    }
    let ask = bench.calls_within(3_000);
    assert!(matches!(desk.answer(&ask), Answer::Admitted(_)));
    // The network was cut before the answer came.
    bench.hears(Answer::Failed("reset".to_owned()));
    assert!(matches!(bench.face, Some(Face::Code(_))));
    while bench.candidate.admitted().is_none() {
        let call = bench.calls_within(30_000);
        bench.hears(desk.answer(&call));
    }
    assert!(bench.reports.contains(&Report::Over));
    let keys: Vec<_> = desk.requests.iter().map(|request| request.key).collect();
    assert!(keys.len() == 2 && keys[0] == keys[1], "one key");
    assert_ne!(desk.requests[0].secret_hash, desk.requests[1].secret_hash);
}

#[test]
fn a_refused_machine_rests_longer_each_time_and_says_so_until_it_has_a_new_code() {
    let mut bench = Bench::new();
    let mut codes = Vec::new();
    for least_ms in [45_000, 90_000, 180_000, 360_000, 675_000, 675_000] {
        codes.push(bench.waits());
        let _ = bench.calls_within(3_000);
        bench.hears(Answer::Refused);
        assert_eq!(bench.face, Some(Face::Refused));
        bench.is_quiet_for(least_ms - 200);
        // Up to a third longer.
        let open = bench.calls_within(least_ms / 3 + 400);
        assert!(matches!(open, Call::Open { .. }) && bench.face == Some(Face::Refused));
        bench.hears(Answer::Failed("away".to_owned()));
    }
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 6, "each request has a code of its own");
}

#[test]
fn a_refused_machine_that_is_switched_off_and_on_asks_at_once() {
    let mut bench = Bench::new();
    let code = bench.waits();
    let _ = bench.calls_within(3_000);
    bench.hears(Answer::Refused);
    let mut bench = Bench::with(bench.kept, 1);
    assert!(matches!(bench.calls_within(0), Call::Ask { .. }));
    bench.hears(Answer::Refused);
    assert_ne!(bench.face, Some(Face::Refused));
    assert_ne!(bench.waits(), code);
    assert!(bench.now_ms < 2_000);
}

#[test]
fn after_ten_minutes_it_asks_anew_also_where_the_hub_is_not_there_to_say_so() {
    for there in [true, false] {
        let mut bench = Bench::new();
        let code = bench.waits();
        // Whoever asks for the first time again has noticed.
        while let Call::Ask { .. } = bench.calls_within(62_000) {
            assert_eq!(bench.face, Some(Face::Code(code.clone())));
            assert!(bench.now_ms < LIFE_MS);
            bench.hears(if there {
                Answer::Waiting
            } else {
                Answer::Failed("away".to_owned())
            });
        }
        assert!((LIFE_MS..LIFE_MS + 62_000).contains(&bench.now_ms), "{}", bench.now_ms);
        assert_eq!(
            bench.face,
            Some(Face::Calling),
            "a code that is over does not stand there"
        );
        assert!(bench.reports.contains(&Report::Over));
    }
}

#[test]
fn a_hub_that_is_down_or_busy_is_asked_patiently_and_people_are_told_once() {
    let mut bench = Bench::new();
    let mut waits = Vec::new();
    for _ in 0..8 {
        let before_ms = bench.now_ms;
        let call = bench.calls_within(31_000);
        assert!(matches!(call, Call::Open { .. }));
        waits.push(bench.now_ms - before_ms);
        bench.hears(Answer::Failed("refused".to_owned()));
    }
    assert!(waits[1] <= 1_100 && waits[7] >= 22_500, "{waits:?}");
    assert_eq!(bench.reports, [Report::Failed("refused".to_owned())]);
    let _ = bench.calls_within(31_000);
    bench.hears(Answer::Later { after_ms: 50_000 });
    bench.is_quiet_for(49_000);
    let _ = bench.waits();
}

#[test]
fn a_disk_that_refuses_is_told_and_nothing_is_asked_or_lost() {
    let mut bench = Bench::new();
    bench.disk = Err("read-only".to_owned());
    bench.is_quiet_for(60_000);
    assert_eq!((&bench.face, &bench.kept), (&Some(Face::Disk), &None));
    assert_eq!(bench.reports, [Report::NotKept("read-only".to_owned())]);
    bench.disk = Ok(());
    let _ = bench.waits();
    let _ = bench.calls_within(3_000);
    // The credential is told once, and the disk is full at that moment.
    bench.disk = Err("full".to_owned());
    bench.hears(Answer::Admitted(Box::new(credential())));
    bench.is_quiet_for(120_000);
    assert!(bench.candidate.admitted().is_none() && bench.face == Some(Face::Disk));
    bench.disk = Ok(());
    bench.is_quiet_for(31_000);
    assert!(bench.candidate.admitted().is_some() && bench.stored.is_some());
}

#[test]
fn who_answers_with_another_certificate_is_not_spoken_to() {
    let mut bench = Bench::new();
    let code = bench.waits();
    match bench.calls_within(3_000) {
        Call::Ask { certificate, .. } => assert_eq!(certificate, [0x24; 32]),
        other => panic!("{other:?}"),
    }
    bench.hears(Answer::AnotherCertificate);
    assert_eq!(bench.reports.last(), Some(&Report::AnotherCertificate));
    assert_eq!(bench.face, Some(Face::Calling));
    assert_ne!(bench.waits(), code);
}

/// A credential and what is wrong with it.
type Spoilt = (&'static str, fn(&mut Credential));

#[test]
fn a_credential_that_is_none_is_never_stored() {
    let spoilt: [Spoilt; 10] = [
        ("another root", |it| it.root = golden("key-second-root")),
        ("no root", |it| it.root = "zz".to_owned()),
        ("another site", |it| it.site = "elsewhere".parse().unwrap()),
        ("no trust", |it| it.trust = String::new()),
        ("another's trust", |it| it.trust = golden("envelope-head")),
        ("no token", |it| it.mqtt_token = String::new()),
        ("no id", |it| it.id = "me".to_owned()),
        ("no broker", |it| it.broker = "hub".to_owned()),
        ("no authority", |it| it.ca = None),
        ("a broken authority", |it| it.ca = Some("-----BEGIN".to_owned())),
    ];
    for (what, spoil) in spoilt {
        let mut told = credential();
        spoil(&mut told);
        let mut bench = Bench::new();
        let _ = bench.waits();
        let _ = bench.calls_within(3_000);
        bench.hears(Answer::Admitted(Box::new(told)));
        assert!(matches!(bench.reports.last(), Some(Report::Unbelievable(_))), "{what}");
        assert!(bench.stored.is_none() && bench.candidate.admitted().is_none(), "{what}");
        assert!(
            matches!(bench.calls_within(2_000), Call::Open { .. }),
            "{what}: it begins anew"
        );
    }
}

#[test]
fn another_hub_is_asked_anew_with_the_same_key() {
    let mut bench = Bench::new();
    let _ = bench.waits();
    let kept = bench.kept.clone();
    let elsewhere = HubAddress::parse("https://other.example", false).unwrap();
    let mut moved = Candidate::new(elsewhere, "{}".to_owned(), kept.clone(), [9; 32], 0);
    let calls: Vec<_> = std::iter::from_fn(|| moved.poll()).collect();
    assert!(
        calls
            .iter()
            .any(|action| matches!(action, Action::Call(Call::Open { .. })))
    );
    // The control: at the same hub it goes on with what is open.
    let mut same = Candidate::new(hub(), "{}".to_owned(), kept, [9; 32], 0);
    let calls: Vec<_> = std::iter::from_fn(|| same.poll()).collect();
    assert!(
        calls
            .iter()
            .any(|action| matches!(action, Action::Call(Call::Ask { .. })))
    );
}
