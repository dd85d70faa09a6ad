use super::*;
use heliograph_wire::KeyPair;

const NOW: Instant = Instant(1_795_485_930_000);
const SECRET: [u8; 32] = [0x22; 32];

fn peer(last: u8) -> Option<IpAddr> {
    Some(IpAddr::from([192, 0, 2, last]))
}

fn name(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn hub() -> Counterpart {
    Counterpart {
        nonce: [0x23; 32],
        root: KeyPair::from_secret([1; 32]).public(),
        certificate: [0; 32],
        site: "binhe".parse().unwrap(),
    }
}

fn machine(number: u8) -> Introduction {
    Introduction {
        key: KeyPair::from_secret([number; 32]).public(),
        nonce: [number; 32],
        secret_hash: Sha256::digest(SECRET).into(),
        facts: "{}".to_owned(),
    }
}

fn opened(book: &mut Book, id: Uuid, now: Instant) -> Result<Instant, Turned> {
    book.open(id, peer(1), machine(7).commitment(), hub(), now)
}

fn revealed() -> (Book, Uuid) {
    let (mut book, id) = (Book::default(), name(1));
    opened(&mut book, id, NOW).unwrap();
    book.reveal(id, machine(7), NOW).unwrap();
    (book, id)
}

#[test]
fn a_machine_waits_is_let_in_and_hears_its_token_once() {
    let (mut book, id) = revealed();
    assert_eq!(book.ask(id, &SECRET, NOW), Ok(Standing::Waiting));
    let waiting = book.waiting(NOW);
    assert_eq!(waiting[0].short_string, machine(7).short_string(&hub()));
    book.claim(id, NOW).unwrap();
    assert_eq!(book.claim(id, NOW), Err(Turned::Decided), "one person decides");
    assert_eq!(book.ask(id, &SECRET, NOW), Ok(Standing::Waiting));
    let display = DisplayId(name(9));
    book.admitted(id, display, "token".to_owned());
    assert_eq!(book.ask(id, &[0; 32], NOW), Err(Turned::Stranger));
    let told = book.ask(id, &SECRET, NOW);
    assert_eq!(told, Ok(Standing::Admitted(display, "token".to_owned())));
    assert_eq!(book.ask(id, &SECRET, NOW), Err(Turned::Over), "once");
    assert!(book.waiting(NOW).is_empty());
}

#[test]
fn a_refused_machine_is_told_so_and_stays_refused() {
    let (mut book, id) = revealed();
    book.claim(id, NOW).unwrap();
    book.give_back(id);
    book.claim(id, NOW).unwrap();
    book.refused(id);
    for _ in 0..2 {
        assert_eq!(book.ask(id, &SECRET, NOW), Ok(Standing::Refused));
    }
    book.admitted(id, DisplayId(name(9)), "token".to_owned());
    assert_eq!(book.ask(id, &SECRET, NOW), Ok(Standing::Refused));
}

#[test]
fn another_introduction_than_was_committed_to_ends_the_request() {
    let (mut book, id) = (Book::default(), name(1));
    opened(&mut book, id, NOW).unwrap();
    assert!(book.waiting(NOW).is_empty(), "people see nothing before it is revealed");
    assert_eq!(book.ask(id, &SECRET, NOW), Err(Turned::Over));
    assert_eq!(book.reveal(id, machine(8), NOW), Err(Turned::Broken));
    assert_eq!(book.reveal(id, machine(7), NOW), Err(Turned::Over));
    let (mut book, id) = revealed();
    assert_eq!(book.reveal(id, machine(8), NOW), Err(Turned::Broken));
    assert_eq!(
        book.reveal(id, machine(7), NOW),
        Ok(()),
        "a stranger does not end what people see"
    );
}

#[test]
fn a_request_lives_ten_minutes_by_whatever_clock() {
    let (mut book, id) = revealed();
    let end = NOW.plus_ms(LIFE_MS);
    assert_eq!(book.ask(id, &SECRET, Instant(end.0 - 1)), Ok(Standing::Waiting));
    assert_eq!(book.ask(id, &SECRET, end), Err(Turned::Over));
    let (mut book, id) = revealed();
    assert_eq!(
        book.claim(id, Instant(NOW.0 - LIFE_MS)),
        Err(Turned::Over),
        "a clock set back"
    );
}

#[test]
fn one_address_opens_ten_in_a_minute_and_others_are_not_in_its_way() {
    let mut book = Book::default();
    let mut ask = |number: u128, from: Option<IpAddr>, now: Instant| {
        book.open(name(number), from, [0; 32], hub(), now).map(|_| ())
    };
    for number in 0..10 {
        assert_eq!(ask(number, peer(1), NOW.plus_ms(number as u64 * 1000)), Ok(()));
    }
    let refused = ask(10, peer(1), NOW.plus_ms(10_000));
    assert_eq!(refused, Err(Turned::TooMany { retry_after_s: 50 }));
    assert_eq!(ask(11, peer(2), NOW.plus_ms(10_000)), Ok(()));
    assert_eq!(ask(12, peer(1), NOW.plus_ms(MINUTE_MS)), Ok(()));
    let six = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    for number in 20..30 {
        assert_eq!(ask(number, six(&format!("2001:db8::{number}")), NOW), Ok(()));
    }
    assert!(ask(30, six("2001:db8::ffff"), NOW).is_err(), "one house");
    assert!(ask(31, six("2001:db8:0:1::1"), NOW).is_ok(), "another");
}

#[test]
fn fifty_are_open_at_once_and_one_that_is_decided_makes_room() {
    let (mut book, first) = revealed();
    for number in 2..=50 {
        let from = peer(u8::try_from(number).unwrap());
        book.open(name(number), from, [0; 32], hub(), NOW.plus_ms(1000))
            .unwrap();
    }
    let full = book.open(name(51), peer(51), [0; 32], hub(), NOW.plus_ms(1000));
    assert_eq!(full, Err(Turned::TooMany { retry_after_s: 599 }));
    book.refused(first);
    assert!(book.open(name(51), peer(51), [0; 32], hub(), NOW.plus_ms(1000)).is_ok());
}

#[test]
fn callers_without_number_do_not_fill_the_memory() {
    let mut book = Book::default();
    for number in 0..5000u32 {
        let from = Some(IpAddr::from(number.to_be_bytes()));
        // Broken at once, so that it is not open any more.
        if book.open(name(1), from, [0; 32], hub(), NOW).is_ok() {
            let _ = book.reveal(name(1), machine(7), NOW);
        }
    }
    assert!(book.recent.len() <= MOST_ADDRESSES && book.requests.is_empty());
}
